"""postroom beside a running postroomd, on one database."""
import pytest
from postroom import Postroom
from postroomd import Postroomd, mailbox, wait_for


def mail(number):
    return (f'Delivered-To: support@example.org\nFrom: Karel Kunde <karel@kunde.example>\n'
            f'To: support@example.org\nSubject: Question {number}\n'
            f'Date: Mon, 16 Nov 2026 10:00:00 +0100\n'
            f'Message-ID: <q{number}@kunde.example>\n\nGood morning.\n').encode()


@pytest.fixture
def daemon(build, tmp_path, dovecot, authority, user):
    """With one mailbox of kind support, not started."""
    made = Postroomd(build, tmp_path / 'daemon')
    box = mailbox('support', dovecot, user, authority, secret=made.secret('support'))
    made.configure(mailboxes=[box])
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.fixture
def postroom(build, daemon):
    return Postroom(build, daemon.directory, daemon.config)


def state_of(postroom):
    return postroom.json('status')['mailboxes'][0]


def test_status_follows_the_daemon(daemon, postroom, dovecot, user):
    dovecot.deliver(user, mail(1))
    with daemon:
        daemon.wait_settled(1)
        box = wait_for(lambda: state_of(postroom)['last_success'] and state_of(postroom),
                       what='a mailbox that was read to its end')
        assert box['name'] == 'support' and box['kind'] == 'support'
        assert box['last_error'] is None
        assert [(folder['folder'], folder['last_uid']) for folder in box['cursor']] == [('INBOX', 1)]
        assert box['cursor'][0]['uidvalidity'] > 0
        ledger = postroom.json('status')['ledger']
        assert ledger['fetched'] == ledger['deliveries'] == 1 and ledger['received'] == 0
        wait_for(lambda: state_of(postroom)['waits_for'] == 'new mail', what='a mailbox at rest')
        findings = postroom.json('doctor', code=None)
        assert [one for one in findings if one['check'] == 'mailboxes'] == []


def test_both_write(daemon, postroom, dovecot, user):
    """A person resolves and imports while the daemon takes mail: nobody loses anything."""
    with daemon:
        for number in range(1, 21):
            dovecot.deliver(user, mail(number))
            postroom('task', 'add', f'Task {number}')
        daemon.wait_settled(20)
        for item in postroom.json('unresolved', 'list', '--address', 'karel@kunde.example')[:1]:
            postroom('unresolved', 'create', item['id'])
        assert len(postroom.json('task', 'list')) == 20
        counts = postroom.json('status')['ledger']
        assert counts['fetched'] == 20 and counts['dead'] == 0


def test_mailbox_retry(daemon, postroom, dovecot, user):
    """A password that was put right counts at once, not after auth_retry."""
    secret = daemon.directory / 'support.password'
    daemon.secret('support', 'wrong')
    dovecot.deliver(user, mail(1))
    with daemon:
        refused = wait_for(lambda: 'retry' in (state_of(postroom)['waits_for'] or '') and
                           state_of(postroom), what='a mailbox that waits for another secret')
        assert refused['last_error']
        checks = [one for one in postroom.json('doctor', code=6) if one['check'] == 'mailboxes']
        assert checks and 'support' in checks[0]['finding']
        secret.write_text('secret\n')
        postroom('mailbox', 'retry', 'support')
        daemon.wait_settled(1)
        # Whatever it said of the refusals was provoked.
        daemon.expected = {one.event for one in daemon.log if one.level <= 4}
    postroom('mailbox', 'retry', 'odd', code=3)


def test_backup_runs_and_restore_refuses(daemon, postroom, dovecot, user, tmp_path):
    dovecot.deliver(user, mail(1))
    with daemon:
        daemon.wait_settled(1)
        postroom('backup', tmp_path / 'copy.db')
        assert postroom('restore', tmp_path / 'copy.db', '--yes', code=1).err
    postroom('restore', tmp_path / 'copy.db', '--yes')
    assert postroom.json('status')['ledger']['fetched'] == 1
