"""The largest resident set of each role while a mailbox is pulled, and whether it grows."""
import os
import pathlib
import sys
import tempfile

from tests.bench import ROOT, Figure, build
from tests.bench.generate import Generator, write_mails
from tests.bench.ingest import has_message_table, is_indexed, peak_mib

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import Postroomd, mailbox, wait_for  # noqa: E402 # pylint: disable=C0413

MAILS = int(os.environ.get('POSTROOM_BENCH_MEMORY_MAILS', 100_000))
FULL = 2000  # of them, the first, as large as mail is, with files
LIMITS = {'reader': 64, 'parser': 64, 'ledger': 128}
GROWTH_MIB = 2  # from a fifth of the mails on


def mails():
    full, small = Generator(), Generator(small=True)
    yield from (full.mail(number) for number in range(FULL))
    yield from (small.mail(number) for number in range(FULL, MAILS))


def peaks(daemon):
    found = {}
    for one in daemon.roles():
        found[one['role']] = max(found.get(one['role'], 0), peak_mib(one['pid']))
    return found


def memory():
    programs = build()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        authority = certificates.Authority(str(folder / 'ca'))
        with dovecot.Dovecot(folder / 'dovecot', authority) as server:
            user = server.add_user('bench')
            write_mails(server.maildir(user), mails())
            server.own(server.maildir(user))
            daemon = Postroomd(programs.parent, folder / 'daemon')
            daemon.configure(mailboxes=[mailbox('support', server, user, authority,
                                                secret=daemon.secret('support'))])
            with daemon.start(wait=False).running():
                wait_for(lambda: (daemon.state / 'postroom.db').exists() and
                         has_message_table(daemon), 60, 'the database')
                wait_for(lambda: daemon.settled() >= MAILS // 5, 600, 'a fifth of the mails', 0.2)
                early = peaks(daemon)
                wait_for(lambda: daemon.settled() >= MAILS, 1200, 'all mails', 0.5)
                wait_for(lambda: is_indexed(daemon), 600, 'the search index', 0.5)
                late = peaks(daemon)
    for role, most in LIMITS.items():
        yield Figure(f'memory.{role}.peak', late[role], 'MiB', at_most=most)
        yield Figure(f'memory.{role}.growth', late[role] - early[role], 'MiB',
                     at_most=GROWTH_MIB)


FIGURES = {'memory': memory}
