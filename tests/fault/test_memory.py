"""Memory that ends: an allocation of a command, or of the daemon's ledger, fails, in our own code, in
SQLite or in another library (memory_fails.c), once or from then on. The command ends with the reason,
by a refusal or as memory_exhausted() does, never by a signal; the database is whole; asked again it
finishes. The ledger ends likewise, or says what it did not do, and the daemon by itself ends where it
ends undisturbed."""
import itertools
import signal
import subprocess

import pytest

import commands
from faults import LONG
from planted import Programs
from scenarios import SCENARIOS, Run
from sweep import sweep

STEP = 20 if LONG else 600  # a command makes some thousand allocations
LEDGER_STEP = 40 if LONG else 4800
EX_OSERR = 71  # of memory_exhausted()


class Lane(commands.Lane):
    def __init__(self, build, directory, name, last):
        super().__init__(build, directory, name)
        self.library = build / 'bin/memory-fails.so'
        self.last = last
        self.put_back()
        counted = directory / 'allocations'
        done = self.start(MEMORY_FAILS_COUNT=str(counted))
        assert done.returncode == 0, done.stderr
        self.total = int(counted.read_text())

    def start(self, **environment):
        return subprocess.run(
            [self.place.postroom.program, *map(str, self.words)], capture_output=True, text=True,
            env=self.place.postroom.environment(LD_PRELOAD=str(self.library), **environment),
            timeout=240, check=False)

    def fail(self, number):
        self.put_back()
        done = self.start(MEMORY_FAILS_AT=str(number), MEMORY_FAILS_LAST=str(self.last))
        told = f'{done.returncode}: {done.stderr[-500:]}'
        assert done.returncode >= 0, f'{signal.Signals(-done.returncode).name}: {told}'
        if done.returncode == 0:  # it was done without, or what it was for was no part of the work
            self.compare()
        elif done.returncode == EX_OSERR:
            assert 'memory-exhausted' in done.stderr, told
        else:
            assert done.stderr.startswith('postroom: ') and 'memory' in done.stderr, told
        self.look()
        self.finish()
        return True


def memory_sweep(build, directory, name, last, step=STEP):
    return sweep(lambda number: Lane(build, directory / f'{name}-{number}', name, last),
                 lambda lane: lane.total, Lane.fail, commands.COMMANDS[name].step(step))


@pytest.mark.parametrize('name, last', itertools.product(commands.COMMANDS, (1, 0)))
def test_allocation_fails(build, tmp_path, name, last):
    memory_sweep(build, tmp_path, name, last).check(f'{name}, {"one" if last else "all from one on"}')


class LedgerLane:
    """One scenario; what fails, fails in a ledger, and not again in the next."""

    def __init__(self, build, directory, name, last):
        self.programs = Programs(build, directory / 'build')
        self.run = Run(self.programs.build, directory / 'run', SCENARIOS[name])
        self.run.daemon.expected |= {'memory-exhausted', 'checkpoint-failed', 'not-written',
                                     'not-decided', 'copy-undecided', 'died-deciding'}
        self.last = last
        self.programs.fail_memory(0, 0)
        self.golden = self.run.play()
        self.total = self.programs.allocations()

    def fail(self, number):
        self.programs.fail_memory(number, self.last)
        left = self.run.play()
        deaths = [one for one in left.log if one.event == 'died' and one.fields['what'] == 'ledger']
        assert not any('SIG' in one.fields['how'] for one in deaths), deaths
        assert len(deaths) <= 1, deaths
        assert left.server == self.golden.server, left.server
        for table, rows in self.golden.database.items():
            assert left.database[table] == rows, f'{table}: {left.database[table]}, not {rows}'[:2000]
        return self.programs.allocations() >= number


@pytest.mark.parametrize('name, last', itertools.product(('resolved-and-moved', 'upgrade'), (1, 0)))
def test_allocation_of_the_ledger_fails(build, tmp_path, name, last):
    result = sweep(lambda number: LedgerLane(build, tmp_path / f'{name}-{number}', name, last),
                   lambda lane: lane.total, LedgerLane.fail, LEDGER_STEP)
    result.check(f'{name}, {"one" if last else "all from one on"}')
