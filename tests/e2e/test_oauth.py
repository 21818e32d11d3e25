"""OAuth from end to end: a daemon, a Dovecot that asks a token server about each token, and that
token server over TLS."""
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import threading
import time

import pytest

import dovecot as dovecot_module
import tokenserver
from dovecot import Dovecot
from postroomd import PATIENCE_S, Postroomd, is_alive, wait_for
from test_daemon import mail
from tokenserver import CLIENT, MARK, SECRET, TokenServer, say

CONFIG = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""  # without the penalty: who was refused is answered later each time, up to 15 seconds
INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
scope = mail
"""


@pytest.fixture(scope='module')
def bearer(authority, tmp_path_factory):
    """(Dovecot, TokenServer), for all tests of the file."""
    if not dovecot_module.available():
        pytest.skip('dovecot is not installed')
    import tempfile
    with TokenServer(authority) as tokens, tempfile.TemporaryDirectory(prefix='dovecot') as folder:
        path = pathlib.Path(folder) / 'oauth2.conf'
        path.write_text(INTROSPECTION.format(url=tokens.url('introspect', '127.0.0.1', plain=True)))
        with Dovecot(folder, authority, CONFIG.format(path=path)) as server:
            yield server, tokens


@pytest.fixture
def oauth(bearer):
    """(Dovecot, TokenServer, a user of this test alone), the token server as new."""
    server, tokens = bearer
    user = server.new_name('o')
    tokens.user, tokens.rotation, tokens.lifetime = user, 'new', 3600
    tokens.lies.clear(), tokens.requests.clear(), tokens.revoke(), tokens.approved.clear()
    return server, tokens, server.add_user(user)


def box(daemon, server, tokens, user, authority, name='crm', auth='xoauth2', **settings):
    oauth = {'grant': 'refresh-token', 'token_url': tokens.url(), 'device_url':
             tokens.url('device'), 'client_id': CLIENT, 'ca_file': authority.path,
             'client_secret': {'file': daemon.secret('client', SECRET)}, 'scope': 'mail',
             **settings.pop('oauth', {})}
    return {'name': name, 'kind': 'support', 'addresses': [f'{name}@example.org'],
            'server': {'host': 'localhost', 'port': server.tls_port, 'ca_file': authority.path},
            'login': {'user': user, 'auth': auth, 'oauth': oauth}, **settings}


class Daemon(Postroomd):
    def cli(self, *words, status=0, **more):
        done = subprocess.run([self.program.parent / 'postroom', '--config', self.config, *words],
                              capture_output=True, text=True, timeout=PATIENCE_S, **more)
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def mailbox(self, name='crm'):
        import json
        return next(one for one in json.loads(self.cli('status', '--json'))['mailboxes']
                    if one['name'] == name)

    def log_in(self, token):
        return self.cli('mailbox', 'login', 'crm', '--refresh-token', input=token + '\n')


@pytest.fixture
def daemon(build, tmp_path, oauth, authority):
    """One mailbox with a refresh-token grant, nobody logged in yet. Whatever it wrote is looked
    through for secrets at the end."""
    made = Daemon(build, tmp_path / 'daemon')
    made.configure(mailboxes=[box(made, *oauth, authority)])
    yield made
    server, tokens, user = oauth
    words = '\n'.join(map(str, made.log))
    database = b''.join((made.state / name).read_bytes() for name in os.listdir(made.state)
                        if name.startswith('postroom.db'))
    assert MARK not in words and SECRET not in words
    assert MARK.encode() not in database and SECRET.encode() not in database


def secrets_of_processes(daemon):
    """What `ps` shows of them; to root their environment too."""
    words = ''
    for role in daemon.roles():
        for name in ('cmdline', 'environ') if os.getuid() == 0 else ('cmdline',):
            words += pathlib.Path(f"/proc/{role['pid']}/{name}").read_text(errors='replace')
    return MARK in words or SECRET in words


# ---------------------------------------------------------------- mail comes in

@pytest.mark.parametrize('auth', ['xoauth2', 'oauthbearer'])
def test_mail_by_a_refresh_token(daemon, oauth, authority, auth):
    server, tokens, user = oauth
    daemon.configure(mailboxes=[box(daemon, *oauth, authority, auth=auth)])
    daemon.log_in(tokens.new_refresh())  # before the daemon ran for the first time
    server.deliver(user, mail(1))
    with daemon:
        daemon.wait_settled(1)
        assert not secrets_of_processes(daemon)
        wait_for(lambda: daemon.mailbox()['token'], what='the token in status')
        shown = daemon.mailbox()
        assert re.fullmatch(r'token renewed \S+ \S+, until \S+ \S+', shown['login'])
        assert shown['token']['grant'] == 'refresh-token' and shown['token']['error'] is None
        assert 'token renewed' in daemon.cli('status')
        assert 'token renewed' in daemon.cli('mailbox', 'show', 'crm')


def test_mail_by_client_credentials(daemon, oauth, authority):
    server, tokens, user = oauth
    daemon.configure(mailboxes=[box(daemon, *oauth, authority,
                                    oauth={'grant': 'client-credentials'})])
    server.deliver(user, mail(1))
    with daemon:
        daemon.wait_settled(1)
        assert {form['grant_type'] for form in tokens.grants()} == {'client_credentials'}


def test_mail_by_a_token_command(daemon, oauth, authority, tmp_path):
    """Without a grant there is no tokens role."""
    server, tokens, user = oauth
    file = tmp_path / 'token'
    file.write_text(tokens.new_access())
    one = box(daemon, *oauth, authority)
    one['login'] = {'user': user, 'auth': 'xoauth2', 'token': {'command': f'cat {file}'}}
    daemon.configure(mailboxes=[one])
    server.deliver(user, mail(1))
    with daemon:
        daemon.wait_settled(1)
        assert 'tokens' not in [role['role'] for role in daemon.roles()]
        assert daemon.mailbox()['login'] is None


def test_check_logs_in_beside_the_daemon(daemon, oauth):
    """Under strict rotation: were the token shown twice, one of both would lose its login."""
    server, tokens, user = oauth
    tokens.rotation = 'strict'
    daemon.log_in(tokens.new_refresh())
    with daemon:
        wait_for(lambda: tokens.introspected, what='the login of the reader')
        for _ in range(3):
            done = subprocess.run([daemon.program, '--config', daemon.config, '--check'],
                                  capture_output=True, text=True, timeout=PATIENCE_S)
            assert done.returncode == 0 and 'crm: ok' in done.stdout, done
            assert done.stderr == ''
        server.deliver(user, mail(1))
        daemon.wait_settled(1)
    shown = [form['refresh_token'] for form in tokens.grants()]
    assert len(shown) == len(set(shown)) >= 4


# ---------------------------------------------------------------- refusals

def test_refused_once_is_renewed_once(daemon, oauth):
    """The mail server forgot the access token: one renewal, and it goes on."""
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    daemon.expected = {'refused', 'retrying'}
    with daemon:
        daemon.wait_event('connected')
        before = len(tokens.grants('refresh_token'))
        tokens.kill_access()
        server.kick(user)
        server.deliver(user, mail(1))
        daemon.wait_settled(1)
        assert len(tokens.grants('refresh_token')) == before + 1
    refused = daemon.events('refused')
    assert len(refused) == 1 and refused[0].fields['waits_for'] == 'the next try'
    # RFC 7628's error, in words
    assert 'the access token has expired, was revoked' in refused[0].fields['error']


def test_refused_twice_waits(daemon, oauth, authority):
    """A token server that works and a mail server that takes none of its tokens: no more than one
    renewal, then auth_retry, so that nothing is locked."""
    server, tokens, user = oauth
    daemon.configure(mailboxes=[box(daemon, *oauth, authority, auth_retry='1h')])
    tokens.user = 'somebody-else'
    daemon.log_in(tokens.new_refresh())
    daemon.expected = {'refused'}
    with daemon:
        daemon.wait_event('refused',
                          waits_for='another login; then: postroom mailbox retry crm')
        grants = len(tokens.grants('refresh_token'))
        assert grants == 3  # the login's own, the first, and one renewal
        wait_for(lambda: daemon.mailbox()['state'] == 'refused', what='the state')
        assert 'refuses the login' in daemon.mailbox()['last_error']
        tokens.user = user
        server.deliver(user, mail(1))
        daemon.cli('mailbox', 'retry', 'crm')
        daemon.wait_settled(1)


def test_revoked_and_logged_in_again(daemon, oauth):
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    daemon.expected = {'refused', 'retrying', 'token-not-renewed'}
    with daemon:
        daemon.wait_event('connected')
        tokens.revoke()
        server.kick(user)
        daemon.wait_event('refused', waits_for='another login; then: postroom mailbox retry crm')
        wait_for(lambda: daemon.mailbox()['token']['error'], what='the error in status')
        wait_for(lambda: daemon.mailbox()['state'] == 'refused', what='the state')
        shown = daemon.mailbox()
        assert 'invalid_grant' in shown['last_error']
        assert 'postroom mailbox login' in shown['last_error']
        found = daemon.cli('doctor', status=6)
        assert 'error: tokens: crm gets no access token' in found
        assert 'postroom mailbox login crm' in found
        server.deliver(user, mail(1))
        daemon.log_in(tokens.new_refresh())  # which makes the daemon try at once
        daemon.wait_settled(1)
        wait_for(lambda: not daemon.mailbox()['token']['error'], what='no error in status')


def test_token_server_that_is_down_and_comes_back(daemon, oauth):
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    tokens.lies += [say(503, b'<html>down</html>', 'text/html')] * 2
    daemon.expected = {'retrying'}
    server.deliver(user, mail(1))
    with daemon:
        daemon.wait_event('retrying')
        daemon.wait_settled(1)
    errors = [one.fields['error'] for one in daemon.events('retrying')]
    assert len(errors) == 2 and all('(HTTP 503)' in one for one in errors)


def test_client_secret_is_read_again(daemon, oauth):
    """It ran out and was replaced: mailbox retry is enough."""
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    file = daemon.secret('client', 'old-' + SECRET)
    daemon.expected = {'refused'}
    server.deliver(user, mail(1))
    with daemon:
        daemon.wait_event('refused')
        wait_for(lambda: daemon.mailbox()['state'] == 'refused', what='the state')
        assert 'invalid_client' in daemon.mailbox()['last_error']
        pathlib.Path(file).write_text(SECRET)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_settled(1)


# ---------------------------------------------------------------- logging in

def test_device_login(daemon, oauth):
    """By a person at a terminal, while the daemon waits for it."""
    server, tokens, user = oauth
    server.deliver(user, mail(1))
    daemon.expected = {'refused'}
    with daemon:
        daemon.wait_event('refused')
        wait_for(lambda: daemon.mailbox()['state'] == 'refused', what='the state')
        assert 'postroom mailbox login crm' in daemon.mailbox()['last_error']
        person = subprocess.Popen(
            [daemon.program.parent / 'postroom', '--config', daemon.config, 'mailbox', 'login',
             'crm'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = [person.stdout.readline() for _ in range(3)]
        assert 'https://login.example.org/device' in lines[0] and 'WDJB-MJHT' in lines[1]
        tokens.approved.set()
        rest, _ = person.communicate(timeout=PATIENCE_S)
        assert person.returncode == 0 and 'logged in' in rest
        assert MARK not in ''.join(lines) + rest
        daemon.wait_settled(1)


def test_login_is_typed_unseen(daemon, oauth):
    server, tokens, user = oauth
    token = tokens.new_refresh()
    main, side = pty.openpty()
    person = subprocess.Popen(
        [daemon.program.parent / 'postroom', '--config', daemon.config, 'mailbox', 'login', 'crm',
         '--refresh-token'], stdin=side, stdout=side, stderr=side, start_new_session=True)
    os.close(side)
    seen = b''

    def read_until(words):
        nonlocal seen
        until = time.monotonic() + PATIENCE_S
        while words not in seen and time.monotonic() < until:
            if select.select([main], [], [], 0.5)[0]:
                try:
                    seen += os.read(main, 4096)
                except OSError:
                    break
        assert words in seen, seen
    read_until(b'not shown')
    os.write(main, token.encode() + b'\n')
    read_until(b'logged in')
    assert person.wait(PATIENCE_S) == 0 and token.encode() not in seen
    os.close(main)


def test_login_of_what_nobody_logs_in_to(daemon, oauth, authority):
    daemon.configure(mailboxes=[box(daemon, *oauth, authority,
                                    oauth={'grant': 'client-credentials'})])
    assert 'nobody logs in' in daemon.cli('mailbox', 'login', 'crm', status=1)
    daemon.cli('mailbox', 'login', 'other', status=3)


# ---------------------------------------------------------------- the role itself

def test_reload_starts_and_ends_the_role(daemon, oauth, authority, tmp_path):
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    with_grant = box(daemon, *oauth, authority)
    file = tmp_path / 'token'
    file.write_text(tokens.new_access())
    by_command = {**with_grant, 'login': {'user': user, 'auth': 'xoauth2',
                                          'token': {'command': f'cat {file}'}}}
    daemon.configure(mailboxes=[by_command])

    def has_role():
        return 'tokens' in [role['role'] for role in daemon.roles()]

    def reload(one):
        daemon.configure(mailboxes=[one])
        daemon.process.send_signal(signal.SIGHUP)
    with daemon:
        daemon.wait_event('connected')
        assert not has_role()
        reload(with_grant)
        daemon.wait_event('token-renewed')
        assert has_role()
        server.deliver(user, mail(1))
        daemon.wait_settled(1)
        file.write_text(tokens.new_access())
        reload(by_command)
        wait_for(lambda: not has_role(), what='the end of the role')
        server.deliver(user, mail(2))
        daemon.wait_settled(2)


def test_role_killed(daemon, oauth):
    """Readers go on; who waits for a token gets it from the next one."""
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    daemon.expected = {'died', 'retrying'}

    killed = threading.Event()

    def late(handler, form, honest):
        killed.wait(PATIENCE_S)
        handler.reply(200, honest)
    with daemon:
        daemon.wait_event('connected')
        old = daemon.pid('tokens')
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: not is_alive(old), what='its end')
        assert daemon.pid('tokens') != old
        server.deliver(user, mail(1))
        daemon.wait_settled(1)
        seen = len(tokens.requests)
        tokens.lies.append(late)
        server.kick(user)
        wait_for(lambda: len(tokens.requests) > seen, what='a renewal')
        os.kill(daemon.pid('tokens'), signal.SIGKILL)
        killed.set()
        server.deliver(user, mail(2))
        daemon.wait_settled(2)


def test_role_has_no_database(daemon, oauth):
    """And nobody but it has its folder open."""
    if os.getuid() != 0:
        pytest.skip('only root may look at the open files of processes that may not be dumped')
    server, tokens, user = oauth
    daemon.log_in(tokens.new_refresh())
    with daemon:
        daemon.wait_event('connected')
        for role in daemon.roles():
            folder = f"/proc/{role['pid']}/fd"
            files = {os.readlink(f'{folder}/{name}') for name in os.listdir(folder)}
            holds = {name for name in files if name.startswith(str(daemon.state))}
            if role['role'] == 'tokens':
                assert all(name.startswith(f'{daemon.state}/tokens') for name in holds)
                assert holds
            else:
                assert not any('/tokens' in name for name in holds), role


def test_forecast(daemon, oauth, authority):
    """What will end, before it ends a mailbox."""
    import json
    server, tokens, user = oauth
    tokens.lies.append(tokenserver.change(refresh_token_expires_in=5 * 86400))
    tokens.rotation = 'none'
    daemon.log_in(tokens.new_refresh())
    # the lie answered the login: the record has the end of the refresh token
    record = daemon.state / 'tokens' / 'crm.json'
    kept = json.loads(record.read_text())
    kept['used_ms'] -= 40 * 86_400_000
    kept['refresh_until_ms'] = kept['used_ms'] + 45 * 86_400_000
    record.write_text(json.dumps(kept))
    tokens.lies += [say(503, b'down')] * 50
    daemon.expected = {'retrying', 'token-not-renewed'}
    with daemon:
        wait_for(lambda: (daemon.mailbox()['login'] or '').find('unused') > 0, what='the state')
        assert 'no token yet; refresh token unused for 40 days; refresh token until' in \
            daemon.mailbox()['login']
        found = daemon.cli('doctor', status=6)
        assert 'its login ends in 4 days' in found
        assert 'its refresh token is unused for 40 days' in found
    (daemon.state / 'tokens').chmod(0o755)
    assert f'chmod 700 {daemon.state}/tokens' in daemon.cli('doctor', status=6)
    (daemon.state / 'tokens').chmod(0o700)
