"""The daemon as a whole against a real server: its roles come back, its service manager is told, it
stops without losing a mail, reloads, refuses a second one."""
import os
import random
import signal
import subprocess
import time

import pytest

from postroomd import PATIENCE_S, Postroomd, is_alive, mailbox, wait_for


def mail(number, to='crm@example.org', subject=None, body='Good morning.'):
    return (f'Return-Path: <p{number}@customer.example>\nDelivered-To: {to}\n'
            f'From: Person {number} <p{number}@customer.example>\nTo: {to}\n'
            f'Subject: {subject or f"Question {number}"}\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n'
            f'Message-ID: <m{number}@customer.example>\n\n{body}\n').encode()


@pytest.fixture
def make(build, tmp_path, dovecot, authority):
    """make(users, **settings): a daemon with one mailbox a user, each of kind support."""
    made = []

    def maker(users, boxes=None, environment=None, **settings):
        daemon = Postroomd(build, tmp_path / f'daemon{len(made)}', environment)
        secret = daemon.secret('all')
        daemon.boxes = [mailbox(name, dovecot, name, authority, secret=secret,
                                **(boxes or {}).get(name, {})) for name in users]
        daemon.settings = settings
        daemon.configure(mailboxes=daemon.boxes, **settings)
        made.append(daemon)
        return daemon

    yield maker
    for daemon in made:
        print(*daemon.log, sep='\n')  # shown when the test failed
        if daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()


@pytest.fixture
def users(dovecot):
    """Two users of this test alone."""
    name = dovecot.new_name('d')
    return [dovecot.add_user(name + letter) for letter in 'ab']


def check_each_once(daemon, numbers):
    """Every mail is one message, stored byte for byte, decided, with one delivery."""
    raw = daemon.raw_mails()
    assert sorted(raw) == sorted(f'm{number}@customer.example' for number in numbers)
    assert all(len(copies) == 1 for copies in raw.values())
    for number in numbers:
        assert raw[f'm{number}@customer.example'][0] == mail(number).replace(b'\n', b'\r\n')
    counts = daemon.sum()
    assert counts['fetched'] == len(numbers) and counts['received'] == counts['dead'] == 0
    assert daemon.query('SELECT count(*) FROM delivery') == [(len(numbers),)]


def test_service_manager(make, dovecot, users):
    dovecot.deliver(users[0], mail(1))
    with make(users, environment={'WATCHDOG_USEC': '9000000'}) as daemon:
        daemon.wait_settled(1)
        daemon.wait_notified('STATUS=1 mails')
        first = time.monotonic()
        daemon.wait_notified('WATCHDOG=1', after=first)
        assert daemon.terminate() == 0
        lines = [line for _, line in daemon.notified]
        assert lines.index('READY=1') < lines.index('STOPPING=1')


def test_watchdog_stays_away_while_a_role_hangs(make, users):
    with make(users, environment={'WATCHDOG_USEC': '3000000'}) as daemon:
        daemon.expected = {'hangs', 'died'}
        daemon.wait_notified('WATCHDOG=1')
        ledger = daemon.pid('ledger')
        os.kill(ledger, signal.SIGSTOP)
        stopped = time.monotonic()
        daemon.wait_event('hangs', what='ledger')
        wait_for(lambda: not is_alive(ledger), what='end of the hanging ledger')
        ended = time.monotonic()
        late = [at - stopped for at, line in daemon.notified
                if line == 'WATCHDOG=1' and stopped + 5 < at < ended]
        assert not late  # nobody says that all is well once the ledger was silent for too long
        daemon.wait_notified('WATCHDOG=1', after=ended)


@pytest.mark.parametrize('role', ['ledger', 'parser', 'reader'])
def test_role_comes_back(make, dovecot, users, role):
    for number in range(10):
        dovecot.deliver(users[number % 2], mail(number))
    with make(users) as daemon:
        daemon.expected = {'died', 'parser-died'}
        daemon.wait_settled(10)
        for turn in range(3):
            pid = daemon.pid(role)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not is_alive(pid), what='its end')  # pylint: disable=W0640
            for number in range(10 + 4 * turn, 14 + 4 * turn):
                dovecot.deliver(users[number % 2], mail(number))
            daemon.wait_settled(14 + 4 * turn)
        check_each_once(daemon, range(22))


def test_supervisor_dies_with_its_children(make, dovecot, users):
    with make(users) as daemon:
        daemon.kill()
        dovecot.deliver(users[0], mail(1))
        daemon.start()
        daemon.wait_settled(1)
        check_each_once(daemon, [1])


def test_stop_during_a_pull_loses_nothing(make, dovecot, users):
    rng = random.Random(1)
    for number in range(1500):
        dovecot.deliver(users[number % 2], mail(number))
    daemon = make(users)
    for _ in range(8):
        daemon.start()
        before = daemon.settled()
        wait_for(lambda: daemon.settled() >= min(1500, before + rng.randint(1, 300)),  # noqa: B023
                 what='some progress')
        assert daemon.terminate() == 0
        assert daemon.sum()['received'] == 0  # what it took is decided
    with daemon:
        daemon.wait_settled(1500)
        check_each_once(daemon, range(1500))


def test_reload(make, dovecot, users):
    with make(users[:1]) as daemon:
        daemon.expected = {'reload-refused'}
        good = daemon.config.read_text()
        pid = daemon.pid('reader')
        mark = time.monotonic()
        daemon.config.write_text(good.replace('"kind"', '"kindd"'))
        daemon.process.send_signal(signal.SIGHUP)
        refused = daemon.wait_event('reload-refused')[0]
        assert 'kindd' in refused.fields['error'] and 'did you mean' in refused.fields['error']
        daemon.wait_notified('RELOADING=1', after=mark)
        daemon.wait_notified('READY=1', after=mark)
        daemon.wait_notified('the old one stays', after=mark)
        dovecot.deliver(users[0], mail(1))
        daemon.wait_settled(1)

        # one more mailbox: its reader starts, the other one goes on undisturbed
        secret = daemon.secret('more')
        second = {**daemon.boxes[0], 'name': 'second', 'addresses': ['second@example.org'],
                  'login': {'user': users[1], 'password': {'file': secret}}}
        daemon.configure(mailboxes=[daemon.boxes[0], second])
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_event('reloaded')
        daemon.pid('reader', 'second')
        assert daemon.pid('reader', users[0]) == pid
        dovecot.deliver(users[1], mail(2))
        daemon.wait_settled(2)

        # a changed one: only its reader is another process
        third = {**second, 'poll': '30s'}
        daemon.configure(mailboxes=[daemon.boxes[0], third])
        before = daemon.pid('reader', 'second')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not is_alive(before), what='end of the changed reader')
        daemon.pid('reader', 'second')
        assert daemon.pid('reader', users[0]) == pid

        # and away again
        daemon.configure(mailboxes=[daemon.boxes[0]])
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len([1 for one in daemon.roles() if one['role'] == 'reader']) == 1,
                 what='end of the reader that is not wanted')
        dovecot.deliver(users[0], mail(3))
        daemon.wait_settled(3)
        check_each_once(daemon, [1, 2, 3])


def test_second_daemon_is_refused(make, build, tmp_path, users):
    with make(users) as daemon:
        second = Postroomd(build, tmp_path / 'second')
        second.config.write_text(daemon.config.read_text())
        second.start(wait=False)
        assert second.wait() == 1
        refused = second.events('refused')[0]
        ledger = daemon.pid('ledger')
        assert f'process {ledger}' in refused.fields['error']
        assert daemon.process.poll() is None


def test_bad_configuration_ends_at_once(make, users):
    daemon = make(users)
    daemon.config.write_text('mailboxes: no list\n')
    daemon.start(wait=False)
    assert daemon.wait() == 1
    assert 'postroom.yaml:1:' in daemon.events('not-started')[0].fields['error']


def test_unreadable_secret_is_told_and_mended(make, dovecot, users):
    daemon = make(users[:1])
    daemon.expected = {'not-started'}
    secret = daemon.directory / 'all.password'
    secret.chmod(0o644)
    with daemon:
        failed = daemon.wait_event('not-started')[0]
        assert 'run: chmod' in failed.fields['error']
        state = wait_for(lambda: daemon.query('SELECT state, last_error FROM mailbox '
                                              'WHERE last_error IS NOT NULL'), what='the report')
        assert state[0][0] == 'refused' and 'run: chmod' in state[0][1]
        secret.chmod(0o600)
        dovecot.deliver(users[0], mail(1))
        daemon.wait_settled(1)


def test_refused_password_is_mended_and_retried(make, dovecot, users):
    daemon = make(users[:1])
    daemon.expected = {'refused'}
    daemon.secret('all', 'wrong')
    dovecot.deliver(users[0], mail(1))
    with daemon:
        wait_for(lambda: daemon.query("SELECT 1 FROM mailbox WHERE state = 'refused' "
                                      "AND waits_for LIKE '%retry%'"), what='three refusals')
        daemon.wait_notified(users[0])  # STATUS names the failing mailbox
        daemon.secret('all')
        done = subprocess.run([daemon.program.parent / 'postroom', '--config', daemon.config,
                               'mailbox', 'retry', users[0]], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        daemon.wait_event('retry-asked', mailbox=users[0])
        daemon.wait_settled(1)


def run(daemon, *arguments):
    done = subprocess.run([daemon.program, '--config', daemon.config, *arguments],
                          capture_output=True, text=True, timeout=PATIENCE_S)
    return done.returncode, done.stdout, done.stderr


def test_check_logs_in_everywhere(make, dovecot, users):
    daemon = make(users)
    status, out, _ = run(daemon, '--check')
    assert status == 0
    assert [line.split(':')[:2] for line in out.splitlines()] == [
        [user, f' ok (localhost as {user}, 1 folder)'] for user in users]
    daemon.boxes[1]['login']['password']['file'] = daemon.secret('other', 'wrong')
    daemon.configure(mailboxes=daemon.boxes)
    status, out, _ = run(daemon, '--check')
    lines = out.splitlines()
    assert status == 1 and ': ok' in lines[0] and f'{users[1]}: auth: ' in lines[1]
    daemon.config.write_text(daemon.config.read_text().replace('"login"', '"logn"'))
    status, out, errors = run(daemon, '--check')
    assert status == 1 and out == '' and 'did you mean' in errors


def test_preview_counts(make, dovecot, users):
    for number in range(3):
        dovecot.deliver(users[0], mail(number))
    daemon = make(users[:1], boxes={users[0]: {'since': '2030-01-01'}})
    status, out, _ = run(daemon, '--preview', users[0])
    assert status == 0 and f'{users[0]}/INBOX: 3 mails' in out and '; 0 since then' in out
    assert run(daemon, '--preview', 'nobody')[0] == 3
    assert not (daemon.state / 'postroom.db').exists()


def test_nearly_full_disk_pauses_the_readers(make, dovecot, users):
    with make(users[:1]) as daemon:
        pass
    daemon.expected = {'paused'}
    storage = {'directory': str(daemon.state), 'min_free': '1000TiB'}
    daemon.configure(mailboxes=daemon.boxes, storage=storage)
    dovecot.deliver(users[0], mail(1))
    with daemon:
        daemon.wait_event('paused')
        daemon.wait_notified('disk nearly full')
        wait_for(lambda: daemon.query("SELECT 1 FROM mailbox WHERE state = 'paused'"),
                 what='the reader to pause')
        assert daemon.sum()['fetched'] == 0
        daemon.configure(mailboxes=daemon.boxes,
                         storage={'directory': str(daemon.state), 'min_free': '16MiB'})
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_event('resumed')
        daemon.wait_settled(1)


def test_same_mail_in_two_mailboxes_is_one_message(make, dovecot, users):
    both = mail(1)
    for user in users:
        dovecot.deliver(user, both)
    boxes = {users[0]: {'kind': 'support'}, users[1]: {'kind': 'leads'}}
    with make(users, boxes=boxes) as daemon:
        wait_for(lambda: daemon.query('SELECT count(*) FROM delivery') == [(2,)],
                 what='two deliveries')
        wait_for(lambda: daemon.query('SELECT count(*) FROM route') == [(2,)], what='two routes')
        assert daemon.sum()['fetched'] == 1
        assert daemon.query('SELECT count(*) FROM support_case') == [(1,)]
        assert daemon.query('SELECT count(*) FROM deal') == [(1,)]


@pytest.mark.parametrize('action', ['seen', 'flag', 'move'])
def test_server_action(make, dovecot, users, action):
    user = users[0]
    dovecot.create(user, 'Done')
    for number in range(3):
        dovecot.deliver(user, mail(number))
    # only filed mail is moved: as leads, people nobody knows become contacts
    boxes = {user: {'action': {'move': 'Done'} if action == 'move' else action, 'kind': 'leads'}}
    with make([user], boxes=boxes) as daemon:
        daemon.wait_settled(3)
        if action == 'move':
            wait_for(lambda: len(dovecot.uids(user, 'Done')) == 3, what='the move')
            assert dovecot.uids(user) == []
        else:
            flag = {'seen': '\\Seen', 'flag': '\\Flagged'}[action]
            wait_for(lambda: all(flag in flags for flags in dovecot.flags(user).values()),
                     what=flag)
        wait_for(lambda: daemon.query('SELECT count(*) FROM server_action') == [(0,)],
                 what='the actions to be done')


def test_folder_made_anew_is_read_anew_and_recognised(make, dovecot, users):
    user = users[0]
    for number in range(20):
        dovecot.deliver(user, mail(number))
    with make([user]) as daemon:
        daemon.wait_settled(20)
    dovecot.bump_uidvalidity(user)
    dovecot.deliver(user, mail(20))
    with daemon:
        daemon.wait_settled(21)
        wait_for(lambda: daemon.query('SELECT count(*) FROM delivery') == [(41,)],
                 what='the deliveries under the new UIDVALIDITY')
        assert daemon.sum()['fetched'] == 21
        assert daemon.query('SELECT count(*) FROM support_case') == [(21,)]
