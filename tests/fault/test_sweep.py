"""kill -9 at the system calls with which a command changes something: whatever was done by then,
the database is whole, and the command run again ends as if nothing had happened."""
import sqlite3

import pytest

from faults import LONG, Place, check, content, modes, offset, points_of, mails

STEP = 1 if LONG else 10
MAILS = 5
EXIT_CONFLICT, EXIT_INPUT = 4, 5


class Sweep:
    """One command on the place's saved state. golden: what the database holds after it; codes: how
    it may end when it is run again after it was killed (what was done already may be refused)."""

    def __init__(self, place, words, codes=(0,)):
        self.place, self.words, self.codes = place, words, codes
        place.put_back()
        self.counts = place.count(words)
        self.golden = content(place.copy())
        self.modes = modes(place.state)

    def kill(self, call, number):
        self.place.put_back()
        done = self.place.traced(self.words, '-e', f'trace={call}', '-e',
                                 f'inject={call}:signal=SIGKILL:when={number}')
        assert done.killed, f'{done.code}: {done.err}'

    def run(self, look=lambda: None, step=STEP):
        """How many points; each is killed, looked at and run again."""
        points = points_of(self.counts, step, offset())
        for call, number in points:
            try:
                self.kill(call, number)
                if (self.place.state / 'postroom.db').exists():
                    check(self.place.copy())
                look()
                self.finish()
            except AssertionError as error:
                raise AssertionError(f'{self.words[:2]} killed at {call} {number} of '
                                     f'{self.counts[call]}: {error}') from error
        print(f'{self.words[0]}: {len(points)} of {sum(self.counts.values())} points')
        assert points
        return len(points)

    def finish(self):
        done = self.place.run(*self.words)
        assert done.code in self.codes, f'run again: {done.code}: {done.err}'
        found = content(self.place.copy())
        assert found.keys() == self.golden.keys()
        for table, rows in self.golden.items():
            assert found[table] == rows, f'{table}: {str(found[table])[:1000]}'
        found = modes(self.place.state)
        assert {name: found.get(name) for name in self.modes} == self.modes


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path / 'place')


def import_words(place):
    paths = [place.postroom.mail(f'{number}.eml', text)
             for number, text in enumerate(mails(MAILS))]
    return ['import', '--mailbox', 'support', *paths]


@pytest.fixture
def filled(place):
    """With mails that wait for a person."""
    assert place.run(*import_words(place)).code == 0
    place.save()
    return place


def test_import(place):
    """From no directory at all: making it is a part of the sweep."""
    Sweep(place, import_words(place)).run()


def test_resolution(filled):
    """Killed after its commit it has done everything, and says so when it is asked again."""
    Sweep(filled, ['unresolved', 'create', '1', '--name', 'Carol'], codes=(0, EXIT_CONFLICT)).run()


def test_undo(filled):
    filled.postroom('unresolved', 'create', '1', '--name', 'Carol')
    filled.save()
    with sqlite3.connect(filled.copy()) as database:
        last, = database.execute('SELECT max(id) FROM operation').fetchone()
    database.close()
    Sweep(filled, ['undo', last], codes=(0, EXIT_CONFLICT, EXIT_INPUT)).run()


def test_backup(filled):
    """Under its name there is no file, or the old one, or all of the new one."""
    file = filled.directory / 'backup.db'
    golden = content(filled.copy())

    def look():
        if file.exists():
            check(file)
            assert content(file) == golden

    Sweep(filled, ['backup', file]).run(look)
    look()


def test_restore(filled):
    """At every moment there is the old database or the new one."""
    file = filled.directory / 'backup.db'
    filled.postroom('backup', file)
    filled.postroom('unresolved', 'create', '1', '--name', 'Carol')
    filled.save()
    both = (content(file), content(filled.copy()))
    assert both[0] != both[1]

    def look():
        assert content(filled.copy()) in both

    Sweep(filled, ['restore', file, '--yes']).run(look)


def test_upgrade(filled):
    """A database of version 1: the backup before its upgrade is whole, whenever that was killed."""
    with sqlite3.connect(filled.state / 'postroom.db') as database:
        database.executescript('DROP TABLE message_index;'
                               'DELETE FROM schema_migration WHERE version > 1;')
    database.close()
    filled.save()
    before = content(filled.copy())

    def look():
        for backup in filled.state.glob('backup-before-*.db'):
            check(backup)
            assert content(backup) == before, f'{backup.name} is not whole'

    sweep = Sweep(filled, ['unresolved', 'create', '1', '--name', 'Carol'],
                  codes=(0, EXIT_CONFLICT))
    sweep.run(look)
    assert list(filled.state.glob('backup-before-2-*.db'))
