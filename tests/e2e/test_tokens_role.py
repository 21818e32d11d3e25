"""The tokens role alone against token servers that work, fail, and lie."""
import json
import os
import re
import stat
import threading
import time

import pytest

import tokenserver
from tokenserver import MARK, SECRET, TokenServer, change, say
from tokensrole import ACCOUNT, TokensRole, account


# The default run takes one of a kind; the others run with --long.
LONG = pytest.mark.skipif(os.environ.get('POSTROOM_LONG') != '1', reason='runs with --long')


def also(*values):
    return [pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=LONG)
            for value in values]


@pytest.fixture
def server(authority):
    with TokenServer(authority) as server:
        yield server


@pytest.fixture
def state(tmp_path):
    path = tmp_path / 'state'
    path.mkdir(mode=0o770)
    return path


def stored(state, mailbox='crm'):
    return json.loads((state / 'tokens' / f'{mailbox}.json').read_text())


def plant(server, state, token=None, mailbox='crm', user='crm', **changed):
    """A login as the role itself stores it."""
    token = token or server.new_refresh()
    folder = state / 'tokens'
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f'{mailbox}.json'
    file.write_text(json.dumps({
        'format': 1, 'token_url': server.url(), 'client_id': 'postroom', 'user': user,
        'refresh_token': token, 'login_ms': 1, 'used_ms': 1, 'refresh_until_ms': 0, **changed}))
    file.chmod(0o600)
    return token


def no_secret_in(role, server, state):
    """Nothing that is secret was logged or told."""
    told = role.log + ''.join(one.text for one in role.tokens) + \
        ''.join(one.text for one in role.states) + ''.join(text for _, text in role.logins)
    assert MARK not in told and SECRET not in told
    for one in server.secrets():
        assert one not in told


@pytest.fixture
def role(build, state, server, authority):
    """role(**of the account): started, with a login planted; stopped and looked through after."""
    roles = []

    def make(planted=True, answer_ms=20000, renew_min_ms=0, **settings):
        if planted:
            plant(server, state)
        made = TokensRole(build, state, [account(
            settings.pop('token_url', server.url()), ca_file=settings.pop(
                'ca_file', authority.path), **settings)], answer_ms,
            renew_min_ms=renew_min_ms).start()
        roles.append(made)
        return made
    yield make
    for one in roles:
        if one.process.poll() is None:
            assert one.stop() == 0, one.log
        no_secret_in(one, server, state)


def test_rotated_token_is_stored_before_it_is_used(role, server, state):
    first = plant(server, state)
    one = role(planted=False)
    got = one.fetch()
    assert got.error == 'none' and got.token in server.access
    kept = stored(state)
    assert kept['refresh_token'] != first and kept['refresh_token'] in server.refresh
    assert kept['login_ms'] == 1 and kept['used_ms'] > 1
    folder = state / 'tokens'
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in os.listdir(folder):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    # the request: RFC 6749 section 6
    form = server.grants()[0]
    assert form == {'grant_type': 'refresh_token', 'client_id': 'postroom',
                    'client_secret': SECRET, 'refresh_token': first, 'scope': 'mail offline'}
    state_told = one.wait(lambda role: next((s for s in role.states if s.renewed), None))
    assert state_told.error == 'none' and state_told.refresh_used == kept['used_ms']
    assert 3590_000 < state_told.until - state_told.renewed <= 3600_000


def test_a_token_that_lives_is_given_again_and_one_refused_is_renewed(role, server):
    one = role()
    first = one.fetch()
    assert one.fetch().token == first.token and len(server.grants()) == 1
    second = one.fetch(refused=True)
    assert second.error == 'none' and second.token != first.token and len(server.grants()) == 2


def test_renewed_before_its_end(role, server):
    """Of its own accord, again and again: what is handed out is the newest, not one that ended."""
    server.lifetime = 2
    one = role(renew_min_ms=500)
    first = one.fetch()
    one.wait(lambda role: len({state.renewed for state in role.states} - {0}) >= 3,
             what='renewals')
    later = one.fetch()
    assert later.error == 'none' and list(server.access).index(later.token) >= 2
    assert later.token != first.token


def test_failed_renewal_is_told_and_the_token_is_used_on(role, server):
    server.lifetime = 5
    one = role(renew_min_ms=500)
    first = one.fetch()
    server.lies += [say(503, b'down')] * 10
    told = one.wait(lambda role: role.states[-1].error == 'temporary' and role.states[-1])
    assert told.until and one.fetch().token == first.token
    one.wait(lambda role: 'token-not-renewed' in role.log, what='the warning')


@pytest.mark.parametrize('rotation', ['same', 'none'])
def test_refresh_token_that_stays(role, server, state, rotation):
    server.rotation = rotation
    token = plant(server, state)
    one = role(planted=False)
    assert one.fetch().error == 'none' and one.fetch(refused=True).error == 'none'
    assert stored(state)['refresh_token'] == token and len(server.grants()) == 2


def test_client_credentials(role, server, state):
    one = role(planted=False, grant='client-credentials')
    got = one.fetch()
    assert got.token in server.access
    assert server.grants()[0]['grant_type'] == 'client_credentials'
    assert not os.path.exists(state / 'tokens' / 'crm.json')


def test_basic_authentication(role, server):
    server._token = lambda form: (200, {'access_token': server.new_access(),
                                        'token_type': 'Bearer'})
    one = role(basic=True, secret='s e:cret/' + SECRET)
    assert one.fetch().error == 'none'
    _, form, headers = server.requests[0]
    assert 'client_secret' not in form and 'client_id' not in form
    import base64
    user, password = base64.b64decode(headers['Authorization'].split()[1]).decode().split(':')
    assert (user, password) == ('postroom', 's%20e%3Acret%2F' + SECRET)


# ---------------------------------------------------------------- refusals

def test_revoked(role, server):
    one = role()
    server.revoke()
    got = one.fetch()
    assert got.error == 'auth' and 'invalid_grant' in got.text
    # the server's description has the token in it: it is left out
    assert 'mailbox login' in got.text and 'left out' in got.text
    one.wait(lambda role: role.states[-1].error == 'auth', what='the state')
    assert one.fetch().error == 'auth' and len(server.grants()) == 2  # asked again when asked


def test_nobody_logged_in(role, server):
    one = role(planted=False)
    told = one.wait(lambda role: role.states and role.states[0])
    assert told.error == 'auth' and 'postroom mailbox login crm' in told.text
    assert one.fetch().error == 'auth' and server.grants() == []


@pytest.mark.parametrize('changed', [
    {'token_url': 'https://other.example/token'}, {'client_id': 'other'}, {'user': 'other'}])
def test_a_login_is_shown_to_nobody_else(role, server, state, changed):
    """A configuration that names another server must not send it the refresh token."""
    plant(server, state, **changed)
    one = role(planted=False)
    got = one.fetch()
    assert got.error == 'auth' and 'another token server, client or user' in got.text
    assert server.requests == []


@pytest.mark.parametrize('content', [b'', b'{', b'{"format": 2}', b'\0' * 100, b'x' * 200_000],
                         ids=['empty', 'cut', 'later', 'zeros', 'huge'])
def test_damaged_file(role, state, server, content):
    plant(server, state)
    (state / 'tokens' / 'crm.json').write_bytes(content)
    got = role(planted=False).fetch()
    assert got.error in ('auth', 'temporary') and 'tokens/crm.json' in got.text


def test_file_that_others_can_read(role, state, server):
    plant(server, state)
    (state / 'tokens' / 'crm.json').chmod(0o644)
    got = role(planted=False).fetch()
    assert got.error == 'auth' and 'chmod 600' in got.text and server.requests == []


def test_folder_that_others_can_read(build, state, server, authority):
    plant(server, state)
    (state / 'tokens').chmod(0o750)
    one = TokensRole(build, state, [account(server.url())]).start(wait=False)
    one.wait(lambda role: role.refused)
    assert 'chmod 700' in one.refused[0][1] and one.wait_end() == 1


def test_wrong_client_secret_is_read_again(role, server, authority):
    one = role(secret='old-' + SECRET)
    got = one.fetch()
    assert got.error == 'auth' and 'invalid_client' in got.text and 'client_secret' in got.text
    one.send(ACCOUNT, account(server.url(), ca_file=authority.path))
    assert one.fetch().error == 'none'


def test_client_secret_that_cannot_be_read(role, server):
    got = role(secret='', fault='secret file /x: cannot be opened').fetch()
    assert got.error == 'auth' and '/x: cannot be opened' in got.text and server.requests == []


# ---------------------------------------------------------------- servers that fail and lie

LIES = {
    'error 500': (say(500, b'<html>oops</html>', 'text/html'), 'temporary', 'HTTP 500'),
    'error 503': (say(503, {'error': 'temporarily_unavailable'}), 'temporary', 'not available'),
    'too many': (say(429, {'error': 'slow_down'}), 'temporary', 'less often'),
    'html': (say(200, b'<html>log in to the guest network</html>', 'text/html'), 'temporary',
             'no whole JSON'),
    'empty': (say(200, b''), 'temporary', 'no whole JSON'),
    'redirect': (say(302, b'', Location='http://127.0.0.1:1/'), 'temporary', 'HTTP 302'),
    'not found': (say(404, b'nothing'), 'temporary', 'HTTP 404'),
    'huge': (tokenserver.huge, 'temporary', 'too large'),
    'huge header': (tokenserver.huge_header, 'temporary', ''),
    'drip': (tokenserver.drip, 'temporary', 'localhost:{port}: no whole answer within 5 seconds'),
    'silence': (tokenserver.silence, 'temporary',
                'localhost:{port}: no whole answer within 5 seconds'),
    'mac': (change(token_type='mac', refresh_token=None), 'auth', 'of type mac'),
    'no type': (change(token_type=None, refresh_token=None), 'temporary', 'token_type'),
    'no access token': (change(access_token=None, refresh_token=None), 'temporary',
                        'no access token'),
    'control characters': (change(access_token='a\1auth=Bearer x', refresh_token=None),
                           'temporary', 'can be none'),
    'empty refresh token': (change(refresh_token=''), 'temporary', 'can be none'),
}


@pytest.mark.parametrize('name', LIES)
def test_server_that_is_of_no_use(role, server, state, name):
    """The reason is told, and the next honest answer is taken; the login is not lost by it."""
    lie, error, words = LIES[name]
    server.rotation = 'none'  # these lies come before the server rotates anything
    token = plant(server, state)
    one = role(planted=False, answer_ms=5000 if 'seconds' in words else 20000)
    server.lies.append(lie)
    got = one.fetch()
    assert got.error == error, got
    assert words.format(port=server.https.server_address[1]) in got.text, got
    assert stored(state)['refresh_token'] == token
    got = one.fetch()
    assert got.error == 'none' and got.token in server.access


@pytest.mark.parametrize('name,fields', [
    ('zero', {'expires_in': 0}), ('negative', {'expires_in': -5}), ('missing', {'expires_in': None}),
    ('huge', {'expires_in': 10**30}), ('text', {'expires_in': 'tomorrow'}),
    ('list', {'expires_in': [3600]})])
def test_lies_about_the_life_of_a_token(role, server, state, name, fields):
    one = role()
    server.lies.append(change(**fields))
    got = one.fetch()
    assert got.error == 'none' and got.token in server.access
    told = one.wait(lambda role: next((s for s in role.states if s.renewed), None))
    day = 86_400_000
    assert told.until == (0 if name != 'huge' else told.renewed + day)
    assert one.fetch().token == got.token  # and no storm of renewals
    assert len(server.grants()) == 1 and stored(state)['refresh_token'] in server.refresh


@pytest.mark.parametrize('lie', [
    change(token_type='mac'), change(access_token=None), change(token_type=None),
    change(access_token='\n')])
def test_a_rotated_token_outlives_the_rest_of_its_answer(role, server, state, lie):
    """The server has forgotten the one before: what it gave in its place is kept."""
    server.rotation = 'strict'
    one = role()
    server.lies.append(lie)
    assert one.fetch().error in ('auth', 'temporary')
    assert stored(state)['refresh_token'] in server.refresh
    assert one.fetch().error == 'none'


def test_truncated_and_cut_off(role, server, state):
    """Its new refresh token is lost with the answer; one whose line allows it goes on."""
    one = role()
    server.lies += [tokenserver.cut, tokenserver.hang_up]
    assert 'no whole JSON' in one.fetch().text
    assert one.fetch().error == 'temporary'
    assert one.fetch().error == 'none'


def test_one_slow_server_holds_up_nobody_else(build, state, server, authority):
    plant(server, state)
    plant(server, state, mailbox='other')
    accounts = [account(server.url(), name, ca_file=authority.path) for name in ('crm', 'other')]
    go_on = threading.Event()

    def late(handler, form, honest):
        go_on.wait(120)
        handler.reply(200, honest)
    with TokensRole(build, state, accounts, answer_ms=30000) as one:
        server.lies.append(late)
        slow = one.ask('crm')
        one.wait(lambda _: len(server.requests) == 1, what='the first request')
        assert one.fetch('other').error == 'none'
        assert not [token for token in one.tokens if token.id == slow]
        go_on.set()
        assert one.answer(slow).error == 'none'
        no_secret_in(one, server, state)


# ---------------------------------------------------------------- TLS

WRONG = {
    'expired': {'from_days': -10, 'to_days': -5},
    'another host': {'names': 'DNS:other.example'},
    'self-signed': {'self_signed': True},
}


@pytest.mark.parametrize('name', WRONG)
def test_wrong_certificate(build, state, authority, name):
    certificate = authority.issue('wrong-' + name.replace(' ', '-'), **WRONG[name])
    with TokenServer(authority, certificate) as server:
        plant(server, state)
        accounts = [account(server.url(), ca_file=authority.path)]
        with TokensRole(build, state, accounts) as one:
            got = one.fetch()
            assert got.error == 'temporary' and 'certificate' in got.text, got
            assert server.requests == []  # no byte of a secret before a verified peer


def test_system_store_does_not_know_our_authority(role, server):
    got = role(ca_file='').fetch()
    assert got.error == 'temporary' and 'certificate' in got.text and server.requests == []


def test_plain_http_goes_to_this_machine_only(role, server, state):
    plant(server, state, token_url=server.url(plain=True))
    one = role(planted=False, token_url=server.url(plain=True))
    assert one.fetch().error == 'none'


def test_plain_http_elsewhere_is_not_connected_to(role, server, state):
    """The configuration refuses it already; a name that resolves elsewhere is caught here."""
    url = 'http://192.0.2.1:9/token'
    plant(server, state, token_url=url)
    got = role(planted=False, token_url=url, answer_ms=20000).fetch()
    assert got.error == 'temporary' and 'https only' in got.text


# ---------------------------------------------------------------- logging in

def test_device_login(role, server, state):
    one = role(planted=False, device_url=server.url('device'))
    server.lies += [None, say(400, {'error': 'authorization_pending'}), say(500, b'oops')]
    one.login()
    address, code, _ = one.wait(lambda role: role.codes and role.codes[0])
    assert (address, code) == ('https://login.example.org/device', 'WDJB-MJHT')
    one.wait(lambda _: len(server.grants()) >= 2, what='polling')
    assert one.logins == [] and not (state / 'tokens' / 'crm.json').exists()
    server.approved.set()
    assert one.wait_login() == ('none', '')
    kept = stored(state)
    assert kept['refresh_token'] in server.refresh and kept['user'] == 'crm'
    assert kept['login_ms'] == kept['used_ms'] > 1
    assert one.fetch().error == 'none'
    form = server.requests[0][1]
    assert form == {'client_id': 'postroom', 'client_secret': SECRET, 'scope': 'mail offline'}


@pytest.mark.parametrize('lie,words', [
    (say(400, {'error': 'access_denied'}), 'said no'),
    *also((say(400, {'error': 'expired_token'}), 'has expired'),
          (say(200, b'<html>'), 'no whole JSON')),
])
def test_device_login_refused(role, server, state, lie, words):
    one = role(planted=False, device_url=server.url('device'))
    server.lies += [None, lie]
    one.login()
    error, text = one.wait_login()
    assert error != 'none' and words in text
    assert not (state / 'tokens' / 'crm.json').exists()


def test_device_login_without_refresh_token(role, server, state):
    one = role(planted=False, device_url=server.url('device'))
    server.approved.set()
    server.lies += [None, change(refresh_token=None)]
    one.login()
    error, text = one.wait_login()
    assert error == 'auth' and 'offline_access' in text


@LONG
def test_slow_down_is_obeyed(role, server, state):
    one = role(planted=False, device_url=server.url('device'))
    server.lies += [None, say(400, {'error': 'slow_down'})]
    server.approved.set()
    one.login()
    one.wait(lambda _: len(server.grants()) >= 1)
    began = time.monotonic()
    assert one.wait_login() == ('none', '')
    assert time.monotonic() - began > 5.5  # 1 + 5 seconds, RFC 8628 section 3.5


def test_login_with_a_token_that_a_person_has(role, server, state):
    one = role(planted=False)
    given = server.new_refresh()
    one.login(given)
    assert one.wait_login() == ('none', '')
    assert stored(state)['refresh_token'] in server.refresh
    assert stored(state)['refresh_token'] != given
    one.login('r-' + MARK + '-wrong')
    one.logins.clear()
    error, text = one.wait_login()
    assert error == 'auth' and 'invalid_grant' in text or 'in its words' in text


# ---------------------------------------------------------------- two processes, and kill -9

def test_two_processes_never_show_one_token_twice(build, state, server, authority):
    """The daemon and `postroomd --check`: under strict rotation the second would be theft."""
    server.rotation = 'strict'
    plant(server, state)
    accounts = [account(server.url(), ca_file=authority.path)]
    with TokensRole(build, state, accounts) as one, TokensRole(build, state, accounts) as two:
        asked = [(role, role.ask(refused=True)) for _ in range(10) for role in (one, two)]
        for role, number in asked[-2:]:
            assert role.answer(number).error == 'none'
        assert {token.error for role in (one, two) for token in role.tokens} == {'none'}
    shown = [form['refresh_token'] for form in server.grants()]
    assert len(shown) == len(set(shown)) >= 2


def test_a_stop_waits_for_the_answer(build, state, server, authority):
    """The refresh token on its way is the only one there is."""
    server.rotation = 'strict'
    plant(server, state)
    go_on = threading.Event()

    def late(handler, form, honest):
        go_on.wait(120)
        handler.reply(200, honest)
    one = TokensRole(build, state, [account(server.url(), ca_file=authority.path)]).start()
    server.lies.append(late)
    one.ask()
    one.wait(lambda _: len(server.requests) == 1)
    one.send(3)
    one.control.shutdown(1)
    go_on.set()
    assert one.wait_end() == 0
    assert stored(state)['refresh_token'] in server.refresh


def traced(build, state, accounts, call, what):
    """The role under strace, which does something at one of its system calls. (syscall=getpid: made
    in its place, since the role's filter would kill it for the invalid call of strace.)"""
    return TokensRole(build, state, accounts, before=(
        'strace', '-f', '-qq', '-o', '/dev/null', '-e', f'trace={call}', '-e',
        f'inject={call}:{what}'))


def calls_of_a_renewal(build, state, server, accounts, call):
    """The numbers of such calls between the start of the role and a token, and one beyond; of those
    that open a file the ones that open ours."""
    log = state / 'trace'
    plant(server, state)
    with TokensRole(build, state, accounts, before=(
            'strace', '-f', '-qq', '-o', str(log), '-e', f'trace={call}')) as one:
        assert one.fetch().error == 'none'
    lines = [line for line in log.read_text().splitlines() if f' {call}(' in line]
    ours = [number for number, line in enumerate(lines, 1) if 'crm' in line]
    return (ours if call == 'openat' else list(range(1, len(lines) + 1))) + [len(lines) + 1]


@pytest.mark.parametrize('call', ['openat', 'fsync', 'renameat',
                                  *also('write', 'fchmod', 'sendto')])
def test_killed_between_rotation_and_use(build, state, server, authority, call):
    """At each call of that kind from the answer on: what is stored is a whole file, with the new
    token or with the old one, which the server keeps until the new one is used."""
    accounts = [account(server.url(), ca_file=authority.path)]
    if not os.access('/usr/bin/strace', os.X_OK):
        pytest.skip('no strace')
    ended = 0
    for number in calls_of_a_renewal(build, state, server, accounts, call):
        plant(server, state)
        one = traced(build, state, accounts, call, f'signal=SIGKILL:when={number}')
        one.start(wait=False)
        one.ask()
        one.wait(lambda role: role.ended or role.tokens, what='an end or a token')
        got = any(token.error == 'none' for token in one.tokens)
        one.stop()
        kept = stored(state)
        assert kept['refresh_token'] in server.refresh
        if got:
            assert kept['used_ms'] > 1  # stored before it was used
            ended += 1
    assert ended, 'nowhere did it come to a token'
    with TokensRole(build, state, accounts) as one:
        assert one.fetch().error == 'none'


@pytest.mark.parametrize('call,error', [('fsync', 'EIO'), ('renameat', 'ENOSPC')])
def test_disk_that_does_not_take_the_new_token(build, state, server, authority, call, error):
    """The access token is not used before the new refresh token is on the disk."""
    server.rotation = 'strict'
    accounts = [account(server.url(), ca_file=authority.path)]
    plant(server, state)
    with traced(build, state, accounts, call, f'error={error}:when=1..2:syscall=getpid') as one:
        got = one.fetch()
        assert got.error == 'temporary' and 'can\'t be stored' in got.text, got
        assert got.token == ''
        one.wait(lambda role: any('token-stored' in line for line in role.log.splitlines()))
        got = one.fetch()
        assert got.error == 'none' and stored(state)['refresh_token'] in server.refresh
        assert len(server.grants()) == 1  # the answer was kept, not asked for again
        no_secret_in(one, server, state)


def test_nothing_secret_in_ps(role, server, state):
    one = role()
    assert one.fetch().error == 'none'
    with open(f'/proc/{one.process.pid}/cmdline', 'rb') as file:
        words = file.read().decode()
    if os.getuid() == 0:  # others may not look
        with open(f'/proc/{one.process.pid}/environ', 'rb') as file:
            words += file.read().decode(errors='replace')
    assert MARK not in words and SECRET not in words
    assert re.search(r'--role\0tokens', words)
