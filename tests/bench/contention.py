"""Four writers at once: the daemon pulls a mailbox, an import and a backup run again and again, and a
person's small commands are timed. None may be refused for another's sake."""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from tests.bench import ROOT, Figure, build
from tests.bench.generate import Generator, write_maildir

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
from postroom import Postroom  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import Postroomd, mailbox  # noqa: E402 # pylint: disable=wrong-import-position

WRITES = int(os.environ.get('POSTROOM_BENCH_WRITES', 400))
MAILS = int(os.environ.get('POSTROOM_BENCH_MAILS', 10_000))
IMPORTED = 200  # mails of one import
P99_MS = 250


class Beside(threading.Thread):
    """A command again and again, until told to stop."""

    def __init__(self, make_words, environment):
        super().__init__(daemon=True)
        self.make_words, self.environment = make_words, environment
        self.stopping = False
        self.runs, self.errors = 0, []

    def run(self):
        while not self.stopping:
            done = subprocess.run(self.make_words(self.runs), env=self.environment,
                                  capture_output=True, text=True, check=False)
            self.runs += 1
            if done.returncode != 0:
                self.errors.append(done.stderr)


def write_mails(folder, first):
    """Ones that the database does not know yet."""
    generator = Generator(seed=first, small=True)
    folder.mkdir()
    for number in range(IMPORTED):
        (folder / f'{number}.eml').write_bytes(generator.mail(number)[0])
    return folder


def times_ms(postroom):
    """Of each small write, from the start of the command to its end."""
    times, errors = [], []
    for number in range(WRITES):
        begin = time.perf_counter()
        done = postroom('task', 'add', f'Task {number}', code=None)
        times.append((time.perf_counter() - begin) * 1000)
        if done.code != 0:
            errors.append(done.err)
    return sorted(times), errors


def contention():
    programs = build()
    with tempfile.TemporaryDirectory(prefix='postroom-bench') as place:
        folder = pathlib.Path(place)
        authority = certificates.Authority(str(folder / 'ca'))
        with dovecot.Dovecot(folder / 'dovecot', authority) as server:
            user = server.add_user('bench')
            write_maildir(server.maildir(user), MAILS, small=True)
            server.own(server.maildir(user))
            daemon = Postroomd(programs.parent, folder / 'daemon')
            daemon.configure(mailboxes=[mailbox('crm', server, user, authority, kind='capture',
                                                who_may_write='none',
                                                secret=daemon.secret('crm'))])
            with daemon:
                yield from measure(daemon, Postroom(programs.parent, folder, daemon.config), folder)


def measure(daemon, postroom, folder):
    program, environment = postroom.program, postroom.environment()
    writers = {
        'import': Beside(lambda run: [program, 'import', '--mailbox', 'crm', str(write_mails(
            folder / f'mails{run}', 1000 + run))], environment),
        'backup': Beside(lambda run: [program, 'backup', str(folder / 'backup.db')], environment)}
    begun = daemon.sum()['fetched']
    for writer in writers.values():
        writer.start()
    times, errors = times_ms(postroom)
    pulled = daemon.sum()['fetched'] - begun
    for writer in writers.values():
        writer.stopping = True
        writer.join()
        errors += writer.errors
    for error in errors:
        print(error, file=sys.stderr)
    yield Figure('contention.writes', len(times), 'commands')
    yield Figure('contention.p50', times[len(times) // 2], 'ms')
    yield Figure('contention.p99', times[len(times) * 99 // 100], 'ms', at_most=P99_MS)
    yield Figure('contention.worst', times[-1], 'ms')
    yield Figure('contention.refused', len(errors), 'commands', at_most=0)
    # all four were at it meanwhile
    yield Figure('contention.recorded-meanwhile', pulled, 'mails', at_least=1)
    for name, writer in writers.items():
        yield Figure(f'contention.{name}s-meanwhile', writer.runs, 'runs', at_least=1)


FIGURES = {'contention': contention}
