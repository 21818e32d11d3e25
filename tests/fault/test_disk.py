"""A disk that is full or fails: a command says so and ends with an error, or what it wrote is kept;
the ledger says so, ends and is started again. Nothing that was told to be done is lost, and all is
finished when the disk works again: by the daemon itself, by the same command asked again."""
import base64
import itertools
import random
import re

import pytest

import commands
from faults import LONG
from scenarios import SCENARIOS, Run, Scenario, mail, people
from sweep import sweep

STEP = 1 if LONG else 40  # some 140 of 5,600
# What a person has to read to know what to do; for each errno.
WORDS = {'ENOSPC': r'full|No space left|free space', 'EIO': r'/output error|free space'}
# (errno, how many calls fail, 0: from that one on); after one failed sync nobody knows what is kept
FAULTS = (('ENOSPC', 0), ('ENOSPC', 1), ('EIO', 1))
LEDGERS = ('first-start', 'resolved-and-moved', 'upgrade')  # scenarios


def fail_command(lane, number):
    done = lane.disturb(number)
    errno = lane.options['error']
    try:
        if done.code == 0:  # the checkpoint at its end: what was committed is in the log
            lane.compare()
        else:
            assert done.code == 1, f'{done.code}: {done.err}'
            assert re.search(WORDS[errno], done.err), done.err
            assert done.err.startswith('postroom: '), done.err
        lane.look()
        lane.finish()
    except AssertionError as error:
        raise AssertionError(f'at {done.report.disturbed}: {error}') from error
    return bool(done.report.disturbed)


def command_sweep(build, directory, name, fault, step=STEP):
    return sweep(lambda number: commands.Lane(build, directory / f'{name}-{number}', name,
                                              error=fault[0], last=fault[1]),
                 lambda lane: lane.total, fail_command, commands.COMMANDS[name].step(step))


class DaemonLane:
    """One scenario whose ledger has a bad disk; space is back when the next one is started."""

    def __init__(self, build, directory, name, fault):
        self.run = Run(build, directory, SCENARIOS[name])
        self.run.daemon.expected |= {'checkpoint-failed', 'not-written'}
        self.error, self.last = fault
        self.golden = self.run.again(role='ledger', error=self.error)

    def fail(self, number):
        left = self.run.again(role='ledger', at=number, error=self.error, last=self.last)
        where = f'at {left.report.disturbed}'
        for one in left.log:
            if one.event in ('ended', 'refused') and one.level <= 3:
                assert re.search(WORDS[self.error], one.fields['error']), f'{where}: {one}'
        told = [one for one in left.log if one.level <= 4]
        assert told or not left.report.disturbed, f'{where}: nothing is told'
        assert left.server == self.golden.server, f'{where}: {left.server}'
        for table, rows in self.golden.database.items():
            assert left.database[table] == rows, \
                f'{where}: {table}: {left.database[table]}, not {rows}'[:2000]
        return bool(left.report.disturbed)


def daemon_sweep(build, directory, name, fault, step=STEP):
    return sweep(lambda number: DaemonLane(build, directory / f'{name}-{number}', name, fault),
                 lambda lane: lane.golden.report.total, DaemonLane.fail, step)


# So much that the log is moved into the database while the ledger runs.
LARGE = Scenario('large', 'support', tuple(
    mail('carol', number, base64.b64encode(random.Random(number).randbytes(7 << 20)).decode())
    for number in range(8)), people, 'keep', 0)


@pytest.mark.parametrize('call, error, told', [('pwrite64', 'ENOSPC', 'checkpoint-failed'),
                                               ('pwrite64', 'EIO', 'checkpoint-failed'),
                                               ('fdatasync', 'EIO', 'ended')])
def test_failed_checkpoint_is_told(build, tmp_path, call, error, told):
    """In between it writes to the log only: the first call on the database itself is a checkpoint's.
    The ledger goes on, but not after a failed sync."""
    run = Run(build, tmp_path / 'run', LARGE)
    run.daemon.expected.add('checkpoint-failed')
    left = run.again(role='ledger', at=1, error=error, call=call, file='postroom.db')
    assert left.report.disturbed == call
    event = next(one for one in left.log if one.event == told)
    assert re.search(WORDS[error], event.fields['error']), event
    assert any(one.event == 'died' for one in left.log) == (told == 'ended')


def test_failed_sync_of_the_folder_is_told(build, tmp_path):
    """The names in it are the write-ahead log's too; SQLite's own sync of them says nothing."""
    left = DaemonLane(build, tmp_path / 'run', 'resolved-and-moved', ('EIO', 1)).run.again(
        role='ledger', at=1, error='EIO', call='fsync', file='state')
    assert left.report.disturbed == 'fsync'
    told = next(one for one in left.log if one.event == 'refused')
    assert re.search(WORDS['EIO'], told.fields['error']) and 'state' in told.fields['error'], told


@pytest.mark.parametrize('name, fault', itertools.product(commands.COMMANDS, FAULTS))
def test_commands(build, tmp_path, name, fault):
    command_sweep(build, tmp_path, name, fault).check(f'{name}, {fault}')


@pytest.mark.parametrize('name, fault', itertools.product(LEDGERS, FAULTS))
def test_ledger(build, tmp_path, name, fault):
    daemon_sweep(build, tmp_path, name, fault).check(f'{name}, {fault}')
