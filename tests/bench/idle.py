"""What it costs to wait: polls that find nothing, 200 mailboxes in IDLE, a start on a database of a
million messages."""
import os
import pathlib
import shutil
import sys
import tempfile
import time

from tests.bench import ROOT, Figure, build
from tests.bench.ingest import cpu_seconds
from tests.bench.large import MESSAGES, database

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
import fakeimap  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import Postroomd, mailbox, wait_for  # noqa: E402 # pylint: disable=C0413

MAILBOXES = 200
SECONDS = 20
POLLS = 10
POLL_S = 1
ROOMY = 'default_process_limit = 1000\ndefault_client_limit = 4000\n'  # of the server


def pss_mib(pid):
    with open(f'/proc/{pid}/smaps_rollup') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('Pss:')) / 1024


def cpu_of(daemon):
    return sum(cpu_seconds([(one['role'], one['pid']) for one in daemon.roles()] +
                           [('supervisor', daemon.process.pid)]).values())


def polls(folder, programs, authority):
    """A server without IDLE, asked each second."""
    capabilities = fakeimap.CAPABILITIES.replace(' IDLE', '')
    with fakeimap.Server(authority.issue('localhost'), capabilities=capabilities) as server:
        server.tls_port = server.port
        daemon = Postroomd(programs.parent, folder / 'polls')
        daemon.configure(mailboxes=[mailbox('support', server, 'u', authority, poll=f'{POLL_S}s',
                                            secret=daemon.secret('support'))])
        with daemon:
            server.wait(lambda one: one.count('EXAMINE') > 1, what='the first polls')
            reader = [('reader', daemon.pid('reader'))]
            commands, before = len(server.commands), server.count('EXAMINE')
            cpu = cpu_seconds(reader)['reader']
            server.wait(lambda one: one.count('EXAMINE') >= before + POLLS, 60, 'more polls')
            polled = server.count('EXAMINE') - before
            yield Figure('idle.round-trips-a-poll', (len(server.commands) - commands) / polled,
                         'commands', at_most=2)
            yield Figure('idle.cpu-a-poll', (cpu_seconds(reader)['reader'] - cpu) / polled * 1000,
                         'ms', at_most=1)


def mailboxes(folder, programs, authority):
    with dovecot.Dovecot(folder / 'dovecot', authority, ROOMY) as server:
        daemon = Postroomd(programs.parent, folder / 'many')
        secret = daemon.secret('all')
        daemon.configure(mailboxes=[
            mailbox(f'box{number}', server, server.add_user(f'user{number}'), authority,
                    secret=secret) for number in range(MAILBOXES)])
        with daemon:
            wait_for(lambda: daemon.query(
                "SELECT count(*) FROM mailbox WHERE last_success_ms IS NOT NULL") ==
                [(MAILBOXES,)], 300, 'all mailboxes to be watched', 0.2)
            pids = [one['pid'] for one in daemon.roles()] + [daemon.process.pid]
            yield Figure(f'idle.{MAILBOXES}-mailboxes.memory', sum(map(pss_mib, pids)),
                         'MiB of PSS', at_most=1024)
            begin, cpu = time.monotonic(), cpu_of(daemon)
            time.sleep(SECONDS)  # what is measured is that nothing happens
            share = (cpu_of(daemon) - cpu) / (time.monotonic() - begin)
            yield Figure(f'idle.{MAILBOXES}-mailboxes.cpu', share * 100, '% of a core', at_most=1)


def start_of_large(folder, programs):
    daemon = Postroomd(programs.parent, folder / 'large')
    shutil.copyfile(database() / 'postroom.db', daemon.state / 'postroom.db')
    (daemon.state / 'postroom.db').chmod(0o660)
    daemon.expected = {'waiting'}  # for the mailbox's server, which does not exist
    begin = time.monotonic()
    daemon.start(wait=False)
    daemon.wait_notified('READY=1')
    ready = next(at for at, line in daemon.notified if line == 'READY=1')
    assert daemon.terminate() == 0
    yield Figure(f'idle.start-on-{MESSAGES}', ready - begin, 's', at_most=1)


def idle():
    programs = build()
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR', '/tmp')) as folder:
        folder = pathlib.Path(folder)
        authority = certificates.Authority(str(folder / 'ca'))
        yield from polls(folder, programs, authority)
        yield from mailboxes(folder, programs, authority)
        yield from start_of_large(folder, programs)


FIGURES = {'idle': idle}
