"""Secrets of a running daemon: those that change, and those that only the supervisor may read."""
import base64
import os
import signal
import subprocess
import time

import pytest

from dovecot import free_ports
from fakeimap import CAPABILITIES, Mailbox, Server
from postroom import Postroom
from postroomd import Postroomd, mailbox, wait_for
from test_daemon import mail


def tagged(number, tag):
    return (f'Return-Path: <anna@example.org>\nDelivered-To: crm+{tag}@example.org\n'
            f'From: Anna <anna@example.org>\nTo: Pieter <p{number}@customer.example>\n'
            f'Subject: Offer {number}\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n'
            f'Message-ID: <t{number}@example.org>\n\nGood morning.\n').encode()


def reload(daemon):
    seen = len(daemon.log)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_event('reloaded', seen)


def state_of(daemon, number):
    rows = daemon.query('SELECT state FROM message WHERE message_id = ?', f't{number}@example.org')
    return rows[0][0] if rows and rows[0][0] != 'received' else None


def test_secret_tag_from_credentials_and_after_a_reload(build, tmp_path, dovecot, authority, user):
    credentials = tmp_path / 'credentials'
    credentials.mkdir()
    (credentials / 'tag').write_text('first5ecret\n')
    daemon = Postroomd(build, tmp_path / 'daemon',
                       {'CREDENTIALS_DIRECTORY': str(credentials)})
    box = mailbox('crm', dovecot, user, authority, kind='capture', secret=daemon.secret('all'),
                  who_may_write={'secret-tag': {'credential': 'tag'}})
    daemon.configure(mailboxes=[box])
    with daemon:
        dovecot.deliver(user, tagged(1, 'first5ecret'))
        assert wait_for(lambda: state_of(daemon, 1), what='a decision') == 'waiting'
        dovecot.deliver(user, tagged(2, 'other5ecret'))
        assert wait_for(lambda: state_of(daemon, 2), what='a decision') == 'quarantined'

        (credentials / 'tag').write_text('other5ecret\n')
        reload(daemon)
        dovecot.deliver(user, tagged(3, 'other5ecret'))
        assert wait_for(lambda: state_of(daemon, 3), what='a decision') == 'waiting'
        dovecot.deliver(user, tagged(4, 'first5ecret'))
        assert wait_for(lambda: state_of(daemon, 4), what='a decision') == 'quarantined'

        (credentials / 'tag').unlink()
        daemon.expected = {'secret-not-read'}
        reload(daemon)
        dovecot.deliver(user, tagged(5, 'other5ecret'))
        assert wait_for(lambda: state_of(daemon, 5), what='a decision') == 'quarantined'
    assert '5ecret' not in '\n'.join(map(str, daemon.log))


def test_a_mended_password_counts_after_a_reload(build, tmp_path, dovecot, authority, user):
    """A mailbox that waits an hour after three refusals goes on at once."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    box = mailbox('crm', dovecot, user, authority, secret=daemon.secret('all', 'wr0ng'))
    daemon.configure(mailboxes=[box])
    dovecot.deliver(user, mail(1))
    with daemon:
        daemon.expected = {'refused'}
        daemon.wait_event('refused',
                          waits_for='another secret; then: postroom mailbox retry crm')
        daemon.secret('all')
        reload(daemon)
        daemon.wait_settled(1)
    assert 'wr0ng' not in '\n'.join(map(str, daemon.log))


@pytest.mark.skipif(os.environ.get('POSTROOM_LONG') != '1', reason='runs with --long')
def test_commands_that_hang_do_not_make_the_daemon_deaf(build, tmp_path):
    """Half a minute each: it is told to end while the first one hangs, not after the last."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    asked = tmp_path / 'asked'
    daemon.configure(mailboxes=[{
        'name': f'box{number}', 'kind': 'support', 'addresses': [f'box{number}@example.org'],
        'server': {'host': 'localhost', 'port': 1, 'tls': 'none'},
        'login': {'user': 'u', 'password': {'command': f'touch {asked}; exec sleep 600'}}}
        for number in range(5)])
    daemon.expected = {'not-started', 'retrying', 'refused'}
    daemon.start(wait=False)
    wait_for(asked.exists, what='the first command')
    begin = time.monotonic()
    daemon.process.terminate()
    assert daemon.process.wait(200) == 0
    assert time.monotonic() - begin < 100  # 150 s if all of them had their turn


def test_a_configuration_that_others_can_write_is_refused(build, tmp_path):
    """It names commands that the daemon runs."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    daemon.config.chmod(0o666)
    daemon.start(wait=False)
    assert daemon.wait() == 1
    assert 'chmod o-w' in daemon.events('not-started')[0].fields['error']
    daemon.config.chmod(0o640)
    daemon.expected = {'not-started', 'reload-refused'}
    with daemon:
        daemon.config.chmod(0o666)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_event('reload-refused')


PLANTED = {'password': 'Pl4ntedPassw0rdOne', 'refused': 'Pl4ntedPassw0rdTwo', 'tag': 'pl4ntedtag',
           'token': 'Pl4nted.Acc3ss.Token', 'command': 'Pl4ntedByC0mmand',
           'plain': 'Pl4ntedInPla1nSasl', 'mistagged': 'Pl4ntedPassw0rdThree'}


def echo(session, tag, rest):
    """A server that repeats what it refuses, and what it does not understand."""
    session.no(tag, f'[AUTHENTICATIONFAILED] who is {rest}?')
    return True


def echo_untold(session, tag, rest):
    """The same under a tag that nobody used: that ends the connection."""
    session.send(f'x{tag} NO who is {rest}?\r\n')
    return True


def disguises(secret):
    """The secret as it is, and what of its base64 does not depend on the bytes around it."""
    plain = secret.encode()
    yield plain
    yield secret.encode('utf-16-le')
    for before in range(3):
        yield base64.b64encode(bytes(before) + plain)[-(-before * 4 // 3):].rstrip(b'=')[:-1]


def find_secrets(name, data):
    return [f'{what} in {name}' for what, secret in PLANTED.items()
            if any(form in data for form in disguises(secret))]


def of_processes(daemon):
    """What ps and /proc show of each process of the daemon."""
    for pid in [daemon.process.pid, *(role['pid'] for role in daemon.roles())]:
        for name in ('cmdline', 'environ', 'comm', 'status'):
            try:
                with open(f'/proc/{pid}/{name}', 'rb') as file:
                    yield f'/proc/PID/{name}', file.read()
            except OSError:
                pass  # it ended, or its environment can't be read, which is better


def test_planted_secrets_are_nowhere(build, tmp_path):
    """Passwords, a token, a secret tag and a calendar's address are planted and used, well and in
    vain; then everything that anybody could read is searched for them."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    port, = free_ports(1)
    files = {name: daemon.secret(name, value) for name, value in PLANTED.items()}
    with Server(tls='none', password=PLANTED['password'],
                mailboxes={'INBOX': Mailbox([tagged(1, PLANTED['tag']).replace(b'\n', b'\r\n')])}) \
            as good, Server(tls='none', password='other', hooks={'LOGIN': echo}) as refusing, \
            Server(tls='none', hooks={'AUTHENTICATE': echo}) as oauth, \
            Server(tls='none', capabilities=f'{CAPABILITIES} LOGINDISABLED AUTH=PLAIN',
                   hooks={'AUTHENTICATE': echo}) as plain, \
            Server(tls='none', hooks={'LOGIN': echo_untold}) as mistagging, \
            Server(tls='none', password=PLANTED['command']) as commanded:
        def box(name, server, secret, **more):
            return {'name': name, 'kind': 'support', 'addresses': [f'{name}@example.org'],
                    'server': {'host': 'localhost', 'port': server.port, 'tls': 'none'},
                    'login': {'user': 'u', 'password': secret}, **more}

        daemon.configure(feed={'listen': f'127.0.0.1:{port}'}, mailboxes=[
            box('crm', good, {'file': files['password']}, kind='capture',
                who_may_write={'secret-tag': {'file': files['tag']}}),
            box('wrong', refusing, {'file': files['refused']}),
            box('plain', plain, {'file': files['plain']}),
            box('mistagged', mistagging, {'file': files['mistagged']}),
            {**box('oauth', oauth, None), 'login': {'user': 'u', 'auth': 'xoauth2',
                                                   'token': {'file': files['token']}}},
            box('command', commanded, {'command': f"cat {files['command']}"})])
        daemon.expected = {'refused', 'retrying', 'died'}
        with daemon:
            postroom = Postroom(build, daemon.directory, daemon.config)
            daemon.wait_event('serving')
            address = postroom.json('feed', 'add', 'anna')['events']
            PLANTED['feed'] = address.split('/')[-2]
            wait_for(lambda: subprocess.run(
                ['curl', '-s', f'http://127.0.0.1:{port}/feed/{PLANTED["feed"]}/x'],
                check=False, capture_output=True).returncode == 0, what='an answer of the feed')
            daemon.wait_settled(1)
            for name in ('wrong', 'plain', 'oauth'):
                daemon.wait_event('refused', mailbox=name)
            daemon.wait_event('retrying', mailbox='mistagged')
            commanded.wait(lambda s: s.count('LOGIN'), what='the login by command')
            found = [one for name, data in of_processes(daemon) for one in find_secrets(name, data)]
            os.kill(daemon.pid('reader', 'crm'), signal.SIGSEGV)  # no core file keeps its memory
            daemon.wait_event('died')
            for words in (['status'], ['status', '--json'], ['doctor', '--json'], ['config', 'show'],
                          ['config', 'show', '--json'], ['feed', 'list', '--json'],
                          ['message', 'list', '--json'], ['mailbox', 'list', '--json']):
                done = postroom(*words, code=None)
                found += find_secrets(' '.join(words), done.bytes + done.err.encode())
        check = subprocess.run([daemon.program, '--config', daemon.config, '--check'],
                               capture_output=True, timeout=120, check=False)
        found += find_secrets('--check', check.stdout + check.stderr)
    found += find_secrets('the log', '\n'.join(map(str, daemon.log)).encode())
    kept = [path for path in tmp_path.rglob('*') if path.is_file() and path.suffix != '.password']
    assert any(path.name == 'postroom.db' for path in kept)
    for path in kept:
        if path.name.startswith('core'):
            found.append(f'a core file: {path}')
        # the tag stands in the mail itself, as its sender wrote it: raw mail is kept as it came
        found += [one for one in find_secrets(path.name, path.read_bytes())]
    assert not found, found
