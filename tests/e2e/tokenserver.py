"""An OAuth server of the tests' own, over TLS: token and device endpoints that keep what they gave,
rotate refresh tokens, and misbehave when told to; and the introspection that Dovecot asks (plain,
on another port)."""
import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse

CLIENT, SECRET = 'postroom', 'client-s3cret-of-the-tests'
MARK = 'tok3n'  # stands in every token: no log may have it


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        pass  # a client that went away


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_POST(self):
        size = int(self.headers.get('Content-Length', 0))
        form = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
        self.close_connection = True
        self.server.owner.answer(self, form)

    def reply(self, status, value, kind='application/json', **headers):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Connection', 'close')  # or Dovecot keeps it for its next question
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


class TokenServer:
    """lies: functions (handler, form, honest answer) -> None that answer in place of the server,
    each once. rotation: 'new' (a new refresh token each time; the one before is good until the new
    one is used), 'strict' (the one before is dead at once), 'same' (given again), 'none' (not
    given)."""

    def __init__(self, authority, certificate=None, user='crm'):
        self.user, self.rotation, self.lifetime = user, 'new', 3600
        self.scope_needed = None
        self.lock = threading.RLock()
        self.refresh = {}   # token -> its number in its line
        self.access = {}    # token -> active until
        self.requests, self.lies, self.introspected = [], [], []
        self.device = None  # of a login under way
        self.approved = threading.Event()
        self.revoked = False
        certificate, key = certificate or authority.issue('tokens')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.https, self.plain = (Server(('127.0.0.1', 0), Handler) for _ in range(2))
        self.https.socket = context.wrap_socket(self.https.socket, server_side=True,
                                                do_handshake_on_connect=False)
        for one in (self.https, self.plain):
            one.owner = self
            threading.Thread(target=one.serve_forever, kwargs={'poll_interval': 0.05},
                             daemon=True).start()

    def close(self):
        for one in (self.https, self.plain):
            one.shutdown()
            one.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def url(self, path='token', host='localhost', plain=False):
        server = self.plain if plain else self.https
        return f"http{'' if plain else 's'}://{host}:{server.server_address[1]}/{path}"

    # ------------------------------------------------------------ tokens

    def new_refresh(self, number=0):
        token = f'r-{MARK}-{secrets.token_urlsafe(24)}'
        with self.lock:
            self.refresh[token] = number
        return token

    def new_access(self):
        token = f'a-{MARK}-{secrets.token_urlsafe(24)}'
        with self.lock:
            self.access[token] = time.time() + self.lifetime
        return token

    def kill_access(self):
        """Every access token so far is dead; refresh tokens live."""
        with self.lock:
            self.access.clear()

    def revoke(self):
        with self.lock:
            self.access.clear()
            self.refresh.clear()

    def secrets(self):
        with self.lock:
            return [SECRET, *self.refresh, *self.access]

    def grants(self, kind=None):
        with self.lock:
            return [form for path, form, _ in self.requests if path == '/token' and
                    kind in (None, form.get('grant_type'))]

    # ------------------------------------------------------------ answering

    def answer(self, handler, form):
        path = urllib.parse.urlparse(handler.path).path
        with self.lock:
            self.requests.append((path, form, dict(handler.headers)))
            answers = {'/token': self._token, '/device': self._device,
                       '/introspect': self._introspect}
            status, value = answers[path](form) if path in answers else (404, {})
            lie = self.lies.pop(0) if self.lies and path != '/introspect' else None
        if lie:
            lie(handler, form, value)
        else:
            handler.reply(status, value)

    def _grant(self, refresh_token=None):
        value = {'access_token': self.new_access(), 'token_type': 'Bearer',
                 'expires_in': self.lifetime}
        if refresh_token:
            value['refresh_token'] = refresh_token
        return 200, value

    def _token(self, form):
        if form.get('client_id') != CLIENT or form.get('client_secret', SECRET) != SECRET:
            return 401, {'error': 'invalid_client'}
        grant = form.get('grant_type')
        if grant == 'client_credentials':
            return self._grant() if 'client_secret' in form else (401, {'error': 'invalid_client'})
        if grant == 'urn:ietf:params:oauth:grant-type:device_code':
            return self._poll(form)
        if grant != 'refresh_token':
            return 400, {'error': 'unsupported_grant_type'}
        token = form.get('refresh_token')
        if token not in self.refresh:
            return 400, {'error': 'invalid_grant',
                         'error_description': f'The token {token} has been revoked.'}
        return self._grant(self._rotate(token))

    def _rotate(self, token):
        if self.rotation == 'none':
            return None
        if self.rotation == 'same':
            return token
        number = self.refresh[token]
        for other in [one for one, its in self.refresh.items() if its < number]:
            del self.refresh[other]  # the new one is used: those before it are over
        if self.rotation == 'strict':
            del self.refresh[token]
        return self.new_refresh(number + 1)

    def _device(self, form):
        self.device = f'd-{MARK}-{secrets.token_urlsafe(16)}'
        return 200, {'device_code': self.device, 'user_code': 'WDJB-MJHT',
                     'verification_uri': 'https://login.example.org/device', 'expires_in': 600,
                     'interval': 1}

    def _poll(self, form):
        if form.get('device_code') != self.device:
            return 400, {'error': 'invalid_grant'}
        if not self.approved.is_set():
            return 400, {'error': 'authorization_pending'}
        return self._grant(self.new_refresh())

    def _introspect(self, form):
        token = form.get('token')
        self.introspected.append(token)
        if self.access.get(token, 0) < time.time():
            return 200, {'active': False}
        return 200, {'active': True, 'username': self.user, 'scope': 'mail'}


# Lies: each takes (handler, form, honest answer).

def say(status, value, kind='application/json', **headers):
    return lambda handler, form, honest: handler.reply(status, value, kind, **headers)


def change(**fields):
    """The honest answer with other fields; None takes one out."""
    def lie(handler, form, honest):
        value = {key: field for key, field in {**honest, **fields}.items() if field is not None}
        handler.reply(200, value)
    return lie


def cut(handler, form, honest):
    """Truncated JSON under an honest Content-Length."""
    handler.reply(200, json.dumps(honest).encode()[:-20])


def hang_up(handler, form, honest):
    """Half of what Content-Length promises."""
    body = json.dumps(honest).encode()
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % (2 * len(body)) + body)
    handler.connection.close()


def huge(handler, form, honest):
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a": "')
    for _ in range(4096):
        handler.wfile.write(b'x' * 4096)


def huge_header(handler, form, honest):
    handler.wfile.write(b'HTTP/1.1 200 OK\r\n')
    for number in range(65536):
        handler.wfile.write(b'X-Header-%d: %s\r\n' % (number, b'x' * 100))


def drip(handler, form, honest):
    """A byte now and then, without end."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')
    for _ in range(600):
        handler.wfile.write(b' ')
        handler.wfile.flush()
        time.sleep(0.05)


def silence(handler, form, honest):
    handler.connection.settimeout(30)
    handler.connection.recv(1)  # until the client gives up
