"""daemon/tokens_wire.h in Python, and a harness that plays the supervisor for one tokens role."""
import collections
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time

from tokenserver import CLIENT, SECRET
from wire import ERRORS, Unpack, read_exactly, span

START, ACCOUNT, WANTED, LOGIN = 112, 113, 114, 115
TOKEN, STATE, CODE, LOGGED_IN = 120, 121, 122, 123
STOP, PROGRESS, READY, REFUSED = 3, 17, 80, 81
GRANTS = {'refresh-token': 1, 'client-credentials': 2}

Token = collections.namedtuple('Token', 'id mailbox error text token')
State = collections.namedtuple(
    'State', 'mailbox grant login renewed until refresh_used refresh_until error text')


def account(token_url, mailbox='crm', user='crm', grant='refresh-token', device_url='',
            secret=SECRET, fault='', scope='mail offline', ca_file='', basic=False):
    return (span(mailbox) + span(user) + struct.pack('<B', GRANTS[grant]) + span(token_url) +
            span(device_url) + span(CLIENT) + struct.pack('<B', basic) + span(secret) +
            span(fault) + span(scope) + span(ca_file))


class TokensRole:
    """before: words in front of the program (strace)."""

    def __init__(self, build, state, accounts, answer_ms=20000, before=(), progress_ms=1000,
                 renew_min_ms=0):
        self.program = [*before, str(build / 'bin' / 'postroomd'), '--role', 'tokens']
        self.state, self.accounts, self.answer_ms = str(state), accounts, answer_ms
        self.progress_ms, self.renew_min_ms = progress_ms, renew_min_ms
        self.changed = threading.Condition()
        self.tokens, self.states, self.codes, self.logins, self.refused = [], [], [], [], []
        self.ready, self.progress, self.log, self.ended, self.last_id = False, 0, '', False, 0

    def start(self, wait=True):
        self.control, theirs = socket.socketpair()
        high = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD, 10)
        command = f'exec "$0" "$@" 3<&{high} {high}<&-'
        self.process = subprocess.Popen(['bash', '-c', command, *self.program], pass_fds=[high],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.close(high)
        theirs.close()
        body = span(self.state) + struct.pack('<qqqBI', self.progress_ms, self.answer_ms,
                                              self.renew_min_ms, False, len(self.accounts))
        self.send(START, body + span(b''.join(self.accounts)))
        for target in (self._serve, self._read_log):
            threading.Thread(target=target, daemon=True).start()
        if wait:
            self.wait(lambda role: role.ready, what='ready')
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def send(self, kind, body=b''):
        try:
            self.control.sendall(struct.pack('<II', kind, len(body)) + body)
        except OSError:
            pass  # it was killed: what comes of that is looked at elsewhere

    def stop(self, timeout=60):
        self.send(STOP)
        return self.wait_end(timeout)

    def kill(self):
        self.process.kill()
        return self.wait_end()

    def wait_end(self, timeout=60):
        status = self.process.wait(timeout)
        self.wait(lambda role: role.ended, what='the end of its log')
        self.control.close()
        return status

    def _read_log(self):
        for line in self.process.stderr:
            with self.changed:
                self.log += line.decode()
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _serve(self):
        while True:
            try:
                header = read_exactly(self.control, 8)
                kind, size = struct.unpack('<II', header or b'\0' * 8)
                body = read_exactly(self.control, size) if size else b''
            except OSError:
                return
            if not header:
                return
            with self.changed:
                self._take(kind, Unpack(body or b''))
                self.changed.notify_all()

    def _take(self, kind, into):
        if kind == READY:
            self.ready = True
        elif kind == PROGRESS:
            self.progress += 1
        elif kind == REFUSED:
            self.refused.append((ERRORS[into.number('B')], into.text()))
        elif kind == TOKEN:
            self.tokens.append(Token(into.number('I'), into.text(), ERRORS[into.number('B')],
                                     into.text(), into.text()))
        elif kind == STATE:
            self.states.append(State(into.text(), into.number('B'),
                                     *[into.number('q') for _ in range(5)],
                                     ERRORS[into.number('B')], into.text()))
        elif kind == CODE:
            self.codes.append((into.text(), into.text(), into.number('q')))
        elif kind == LOGGED_IN:
            self.logins.append((ERRORS[into.number('B')], into.text()))
        else:
            raise AssertionError(f'frame {kind}')
        into.done()

    def wait(self, condition, timeout=120, what='condition'):
        until = time.monotonic() + timeout
        with self.changed:
            while True:
                result = condition(self)
                if result:
                    return result
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f'{what} did not come true within {timeout} s: {self.log}')
                self.changed.wait(min(left, 0.5))

    def ask(self, mailbox='crm', refused=False):
        """Asks without waiting; the id of the request."""
        self.last_id += 1
        self.send(WANTED, struct.pack('<I', self.last_id) + span(mailbox) +
                  struct.pack('<B', refused))
        return self.last_id

    def answer(self, number, timeout=120):
        return self.wait(lambda role: next((one for one in role.tokens if one.id == number), None),
                         timeout, f'answer {number}')

    def fetch(self, mailbox='crm', refused=False):
        return self.answer(self.ask(mailbox, refused))

    def login(self, token=''):
        """The beginning of a login; its end is wait_login."""
        self.send(LOGIN, span('crm') + span(token))

    def wait_login(self, timeout=120):
        return self.wait(lambda role: role.logins and role.logins[-1], timeout, 'the login')
