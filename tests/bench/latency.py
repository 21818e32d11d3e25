"""From the server's notice that mail has come to its record, committed."""
import pathlib
import sqlite3
import statistics
import sys
import tempfile
import time

from tests.bench import ROOT, Figure, build
from tests.bench.generate import write_maildir

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
import fakeimap  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import Postroomd, mailbox, wait_for  # noqa: E402 # pylint: disable=C0413

MAILS = 200
BACKFILL = 20_000  # short mails of another mailbox
PAUSE = 0.02  # from the beginning of IDLE to the mail
REST = b'Subject: short\r\nContent-Type: text/plain\r\n\r\nA question.\r\n'


class Notices(fakeimap.Session):
    """Knows when it last told of new mail."""

    at = 0.0

    def send(self, data):
        if 'EXISTS' in (data if isinstance(data, str) else data.decode('latin-1')):
            Notices.at = time.perf_counter()
        super().send(data)


class Seen:
    """Looks whether a mail's record is there, at the cost of one small query."""

    def __init__(self, state):
        self.database = sqlite3.connect(f'file:{state}/postroom.db?mode=ro', uri=True, timeout=30)

    def is_decided(self, message_id):
        row = self.database.execute('SELECT state FROM message WHERE message_id = ?',
                                    (message_id,)).fetchone()
        return row is not None and row[0] != 'received'


def deliver(server, seen, number):
    """Milliseconds from the notice to the record."""
    message_id = f'{number}.latency@mail.example'
    head = f'Message-ID: <{message_id}>\r\nFrom: a{number}@b.example\r\n'.encode()
    before = Notices.at
    server.wait(lambda one: one.count('IDLE') > number, what='IDLE')
    time.sleep(PAUSE)
    server.mailboxes['INBOX'].add(head + REST)
    wait_for(lambda: seen.is_decided(message_id), 60, f'the record of {message_id}', 0.0005)
    recorded = time.perf_counter()
    assert Notices.at > before
    return (recorded - Notices.at) * 1000


def p99(times):
    return sorted(times)[len(times) * 99 // 100]


def measure(folder, programs, authority, server, others=(), busy=lambda daemon: True):
    daemon = Postroomd(programs.parent, folder / f'latency{len(others)}')
    daemon.configure(mailboxes=[
        mailbox(f'support{number}', one, user, authority, secret=daemon.secret(f'support{number}'))
        for number, (one, user) in enumerate([(server, 'u'), *others])])
    times = []
    with daemon:
        seen = Seen(daemon.state)
        for number in range(MAILS):
            if not busy(daemon):
                break
            times.append(deliver(server, seen, number))
    return times


def latency():
    programs = build()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        authority = certificates.Authority(str(folder / 'ca'))
        fakeimap.Session = Notices
        certificate = authority.issue('localhost')
        with fakeimap.Server(certificate) as server:
            server.tls_port = server.port
            times = measure(folder, programs, authority, server)
        yield Figure('latency.median', statistics.median(times), 'ms', at_most=10)
        yield Figure('latency.p99', p99(times), 'ms', at_most=50)
        with dovecot.Dovecot(folder / 'dovecot', authority) as big, \
                fakeimap.Server(certificate) as server:
            server.tls_port = server.port
            user = big.add_user('big')
            write_maildir(big.maildir(user), BACKFILL, small=True)
            big.own(big.maildir(user))
            times = measure(folder, programs, authority, server, [(big, user)],
                            lambda daemon: daemon.sum()['fetched'] < BACKFILL)
        yield Figure('latency.in-a-backfill.mails', len(times), 'mails')
        yield Figure('latency.in-a-backfill.median', statistics.median(times), 'ms')
        yield Figure('latency.in-a-backfill.p99', p99(times), 'ms', at_most=500)


FIGURES = {'latency': latency}
