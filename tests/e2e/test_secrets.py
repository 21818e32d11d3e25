"""Secrets of a running daemon: those that change, and those that only the supervisor may read."""
import signal

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
        daemon.wait_event('refused', timeout=60,
                          waits_for='another secret; then: postroom mailbox retry crm')
        daemon.secret('all')
        reload(daemon)
        daemon.wait_settled(1, timeout=20)
    assert 'wr0ng' not in '\n'.join(map(str, daemon.log))


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
