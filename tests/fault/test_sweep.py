"""kill -9 at the system calls with which a command changes something: whatever was done by then,
the database is whole, and the command run again ends as if nothing had happened."""
import pytest

from commands import COMMANDS, Lane
from sweep import STEP, sweep


def kill(lane, number):
    done = lane.disturb(number)
    assert done.killed == bool(done.report.disturbed), f'{done.code}: {done.err}'
    try:
        lane.look()
        lane.finish()
    except AssertionError as error:
        raise AssertionError(f'killed at {done.report.disturbed}: {error}') from error
    return done.killed


def kill_sweep(build, directory, name, **more):
    return sweep(lambda number: Lane(build, directory / f'{name}-{number}', name),
                 lambda lane: lane.total, kill, **{'step': COMMANDS[name].step(STEP), **more})


@pytest.mark.parametrize('name', COMMANDS)
def test_killed_at_every_call(build, tmp_path, name):
    kill_sweep(build, tmp_path, name).check(name)
