"""How many mails a second the whole chain takes from a Dovecot over TLS into the record, against a
client that fetches the same mails from the same server and forgets them."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench import ROOT, Figure, build, peers
from tests.bench.generate import write_maildir

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import Postroomd, mailbox, wait_for  # noqa: E402 # pylint: disable=C0413

MAILS = int(os.environ.get('POSTROOM_BENCH_MAILS', 10_000))
ROUNDS = 3
BOUND = 2000
OF_RAW, OF_RAW_SEARCHABLE = 0.30, 0.25  # at least, of the raw client's rate in the same run
EVERY = 0.05  # seconds between two looks: looking costs a core, too


def floor_program(folder):
    program = pathlib.Path(folder) / 'floor'
    subprocess.run(['gcc', '-O2', '-D_GNU_SOURCE', '-std=c17', '-o', program,
                    ROOT / 'tests/bench/floor.c', '-lssl', '-lcrypto'], check=True)
    return program


def fetch_and_forget(program, server, user):
    """Mails a second of the raw client."""
    done = subprocess.run([program, 'localhost', str(server.tls_port), user, 'secret', str(MAILS)],
                          stdout=subprocess.PIPE, check=True, text=True)
    mails, _, seconds = done.stdout.split()
    assert int(mails) == MAILS, done.stdout
    return MAILS / float(seconds)


def cpu_seconds(pids):
    """{role: seconds} so far."""
    ticks = {}
    for role, pid in pids:
        with open(f'/proc/{pid}/stat') as file:
            fields = file.read().rsplit(')', 1)[1].split()
        ticks[role] = ticks.get(role, 0) + int(fields[11]) + int(fields[12])
    return {role: value / os.sysconf('SC_CLK_TCK') for role, value in ticks.items()}


def is_indexed(daemon):
    return daemon.query('SELECT count(*) FROM search_text WHERE indexed = 0') == [(0,)]


def pull(daemon):
    """Mails a second from the start of the daemon until all are recorded; with the search index;
    CPU seconds of each role; its largest resident set in MiB."""
    begin = time.perf_counter()
    daemon.start(wait=False)
    wait_for(lambda: (daemon.state / 'postroom.db').exists() and has_message_table(daemon) and
             daemon.settled() >= MAILS, 300, 'all mails to be recorded', EVERY)
    recorded = time.perf_counter() - begin
    wait_for(lambda: is_indexed(daemon), 300, 'the search index', EVERY)
    indexed = time.perf_counter() - begin
    roles = [(one['role'], one['pid']) for one in daemon.roles()]
    cpu = cpu_seconds(roles)
    peak = max(peak_mib(pid) for _, pid in roles)
    counts = daemon.sum()
    assert daemon.terminate() == 0
    daemon.check_log()
    assert counts['fetched'] == MAILS and counts['dead'] == counts['received'] == 0, counts
    return MAILS / recorded, MAILS / indexed, cpu, peak


def against_raw(name, ratio, bound):
    yield Figure(name, ratio, 'of its rate', at_least=bound, peer='raw TLS client that discards',
                 ratio=ratio)


def has_message_table(daemon):
    return daemon.query("SELECT 1 FROM sqlite_master WHERE name = 'search_text'") != []


def peak_mib(pid):
    with open(f'/proc/{pid}/status') as file:
        lines = dict(line.split(':', 1) for line in file if ':' in line)
    return int(lines['VmHWM'].split()[0]) / 1024


def ingest():
    programs = build()
    with tempfile.TemporaryDirectory(prefix='postroom-bench') as folder:
        authority = certificates.Authority(str(pathlib.Path(folder) / 'ca'))
        floor = floor_program(folder)
        with dovecot.Dovecot(pathlib.Path(folder) / 'dovecot', authority) as server:
            user = server.add_user('bench')
            write_maildir(server.maildir(user), MAILS)
            server.own(server.maildir(user))
            fetch_and_forget(floor, server, user)  # so that Dovecot has its index and cache
            rates = []
            for turn in range(ROUNDS):
                raw = fetch_and_forget(floor, server, user)
                daemon = Postroomd(programs.parent, pathlib.Path(folder) / f'round{turn}')
                daemon.configure(mailboxes=[mailbox(
                    'support', server, user, authority, secret=daemon.secret('support'))])
                rates.append((raw, *pull(daemon)))
                shutil.rmtree(daemon.directory)
            beside = [peers.mbsync(folder, server, user, authority, MAILS),
                      peers.mu(folder, server.maildir(user), MAILS),
                      peers.notmuch(folder, server.maildir(user), MAILS)]
    raw, recorded, indexed, cpu, peak = sorted(rates, key=lambda one: one[1])[ROUNDS // 2]
    yield Figure('ingest.raw-client', raw, 'mails/s')
    yield Figure('ingest.recorded', recorded, 'mails/s', at_least=BOUND)
    yield from against_raw('ingest.recorded.of-raw', recorded / raw, OF_RAW)
    yield Figure('ingest.recorded-and-indexed', indexed, 'mails/s')
    yield from against_raw('ingest.recorded-and-indexed.of-raw', indexed / raw, OF_RAW_SEARCHABLE)
    for peer in beside:
        yield peer.figure(recorded if peer.only_fetches else indexed)
    for role, seconds in sorted(cpu.items()):
        yield Figure(f'ingest.cpu.{role}', seconds / MAILS * 1e6, 'µs/mail')
    yield Figure('ingest.peak-resident', peak, 'MiB')
    yield Figure('ingest.spread', statistics.pstdev(one[1] for one in rates) / recorded * 100, '%')


FIGURES = {'ingest': ingest}
