"""A mailbox that moves to another account while its old reader still has mail in hand."""
import os
import signal
import threading

from fakeimap import Mailbox, Server
from postroomd import PATIENCE_S, Postroomd, wait_for
from test_reader import mail


def box(server, user, secret):
    return {'name': 'help', 'kind': 'support', 'addresses': ['help@example.org'],
            'server': {'host': 'localhost', 'port': server.port, 'tls': 'none'},
            'login': {'user': user, 'password': {'file': secret}}}


def test_the_old_reader_does_not_move_the_new_cursor(build, tmp_path):
    """Both accounts have the same UIDVALIDITY, so only the account tells their UIDs apart. The old
    one's mails lie with the parser, which stands still, when the configuration changes."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    secret = daemon.secret('all')
    old_mails = [mail(number) for number in range(1000, 3000)]
    new_mails = [mail(number) for number in range(10)]
    parser_stands = threading.Event()

    def late(*_):
        parser_stands.wait(PATIENCE_S)
        return False

    with Server(tls='none', user='old', mailboxes={'INBOX': Mailbox(old_mails)},
                hooks={'GREETING': late}) as old, \
            Server(tls='none', user='new', mailboxes={'INBOX': Mailbox(new_mails)}) as new:
        daemon.configure(parsers=1, mailboxes=[box(old, 'old', secret)])
        with daemon:
            parser = daemon.pid('parser')
            os.kill(parser, signal.SIGSTOP)
            parser_stands.set()
            # 400 at least are in the ledger's queue, or on their way
            old.wait(lambda s: s.count('UID FETCH') >= 5, what='two batches of bodies')
            daemon.configure(parsers=1, mailboxes=[box(new, 'new', secret)])
            reader = daemon.pid('reader')
            daemon.process.send_signal(signal.SIGHUP)
            wait_for(lambda: daemon.pid('reader') != reader, what='the reader of the new account')
            os.kill(parser, signal.SIGCONT)
            wait_for(lambda: len(new_ids(daemon)) == 10, what="the new account's mail")
            cursors = dict(daemon.query('SELECT account, last_uid FROM folder'))
            assert cursors[f'new@localhost:{new.port}'] == 10
            assert 0 <= cursors[f'old@localhost:{old.port}'] < 2000
            # nothing of the old account was stored under the new one's folder
            stored, = daemon.query(
                'SELECT count(*) FROM delivery d JOIN folder f ON f.id = d.folder_id '
                'WHERE f.account = ?', f'new@localhost:{new.port}')[0]
            assert stored == 10


def new_ids(daemon):
    """Message-IDs below 1000: the new account's."""
    ids = [row[0] for row in daemon.query('SELECT message_id FROM message')]
    return {one for one in ids if one and int(one.split("@")[0]) < 1000}
