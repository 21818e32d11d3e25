"""What kills, power losses and failing disks do: how many points were tried, how many ended otherwise
than undisturbed, the slowest recovery. Beside ours, mbsync and getmail at the calls that they make.
A tenth of the points; all of them with POSTROOM_LONG=1."""
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

from tests.bench import ROOT, Figure, build

sys.path[:0] = [str(ROOT / 'tests/fault'), str(ROOT / 'tests/e2e')]
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
import commands  # noqa: E402 # pylint: disable=wrong-import-position
import peers  # noqa: E402 # pylint: disable=wrong-import-position
import test_disk  # noqa: E402 # pylint: disable=wrong-import-position
import test_powerloss  # noqa: E402 # pylint: disable=wrong-import-position
import test_sweep  # noqa: E402 # pylint: disable=wrong-import-position
import test_sweep_daemon  # noqa: E402 # pylint: disable=wrong-import-position
from scenarios import SCENARIOS  # noqa: E402 # pylint: disable=wrong-import-position
from sweep import Result  # noqa: E402 # pylint: disable=wrong-import-position


def summary(name, results):
    total = Result()
    for result in results:
        total.add(result)
    for failure in total.failures:
        print(failure, file=sys.stderr)
    yield Figure(f'{name}.points', total.reached, 'points', at_least=1)
    yield Figure(f'{name}.all-points', total.of_all, 'points')
    yield Figure(f'{name}.failed', len(total.failures), 'points', at_most=0)
    yield Figure(f'{name}.slowest', total.slowest_s, 's')


def beside(name, folder, programs, authority, **options):
    """The peers at the same faults, on a Dovecot; a peer that is not there is named."""
    for absent in sorted(set(peers.PEERS) - set(peers.installed())):
        print(f'{name}: {absent} is not installed, nothing to compare with', file=sys.stderr)
    if not dovecot.available():
        print(f'{name}: no Dovecot for the peers', file=sys.stderr)
        return
    with dovecot.Dovecot(folder / 'dovecot', authority) as server:
        for peer in peers.installed():
            result, found = peers.peer_sweep(programs.parent, folder, peer, server, **options)
            yield Figure(f'{name}.{peer}.points', result.reached, 'points')
            for what, count in found.items():
                yield Figure(f'{name}.{peer}.{what}', count, 'points')


def crash():
    programs = build()
    with tempfile.TemporaryDirectory(prefix='postroom-crash') as place:
        folder = pathlib.Path(place)
        authority = certificates.Authority(str(folder / 'ca'))
        yield from summary('crash.daemon', [
            test_sweep_daemon.kill_sweep(programs.parent, folder, authority, name, role)
            for name, role in itertools.product(SCENARIOS, ('ledger', 'reader'))])
        yield from summary('crash.commands', [
            test_sweep.kill_sweep(programs.parent, folder, name) for name in commands.COMMANDS])
        yield from beside('crash', folder, programs, authority)


def diskfault():
    programs = build()
    with tempfile.TemporaryDirectory(prefix='postroom-disk') as place:
        folder = pathlib.Path(place)
        authority = certificates.Authority(str(folder / 'ca'))
        yield from summary('diskfault.daemon', [
            test_disk.daemon_sweep(programs.parent, folder, name, fault)
            for name, fault in itertools.product(test_disk.LEDGERS, test_disk.FAULTS)])
        yield from summary('diskfault.commands', [
            test_disk.command_sweep(programs.parent, folder, name, fault)
            for name, fault in itertools.product(commands.COMMANDS, test_disk.FAULTS)])
        yield from beside('diskfault', folder, programs, authority, error='ENOSPC', last=1)


def powerloss():
    program = build() / 'powerloss'

    def images(*words):
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True,
                              check=False)
        return json.loads(done.stdout)

    full = images(test_powerloss.IMAGES)
    normal = images(test_powerloss.TEETH, 'normal')
    yield Figure('powerloss.images', full['images'], 'disks')
    yield Figure('powerloss.lost', full['lost'], 'disks', at_most=0)
    yield Figure('powerloss.damaged', full['damaged'], 'disks', at_most=0)
    # with synchronous=NORMAL losses must be found, or the test sees none
    yield Figure('powerloss.lost-unsynced', normal['lost'], 'disks', at_least=1)
    yield Figure('powerloss.images-unsynced', normal['images'], 'disks')


FIGURES = {'crash': crash, 'diskfault': diskfault, 'powerloss': powerloss}
