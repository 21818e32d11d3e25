"""kill -9 of the ledger and of the reader at every system call with which they change something,
through whole intakes of a daemon: connect, fetch, store, decide, acknowledge, a person's resolution,
the first start, an upgrade with its backup. The database that it leaves is whole, nothing was
acknowledged before it was stored, and the daemon ends, by itself, where it ends undisturbed."""
import itertools

import pytest

from faults import check
from scenarios import SCENARIOS, Run
from sweep import sweep


class Lane:
    """One folder with the scenario, and where it ends undisturbed."""

    def __init__(self, build, directory, scenario, role, authority):
        self.run = Run(build, directory, scenario, authority)
        self.role = role
        self.golden = self.run.again(role=role)

    def count(self):
        return self.golden.report.total

    def kill(self, number):
        state, snapshot = self.run.daemon.state, self.run.snapshot
        left = self.run.again(role=self.role, at=number, then=f'cp -a {state} {snapshot}')
        if left.report.disturbed and (snapshot / 'postroom.db').exists():
            check(snapshot / 'postroom.db')
        where = f'killed at {left.report.disturbed}'
        assert left.server == self.golden.server, f'{where}: {left.server}'
        for table, rows in self.golden.database.items():
            assert left.database[table] == rows, \
                f'{where}: {table}: {left.database[table]}, not {rows}'[:2000]
        return bool(left.report.disturbed)


def kill_sweep(build, directory, authority, name, role, **more):
    return sweep(
        lambda number: Lane(build, directory / f'{name}-{number}', SCENARIOS[name], role, authority),
        Lane.count, Lane.kill, **more)


@pytest.mark.parametrize('name, role', itertools.product(SCENARIOS, ('ledger', 'reader')))
def test_killed_at_every_call(build, tmp_path, authority, name, role):
    kill_sweep(build, tmp_path, authority, name, role).check(f'{name}, {role}')
