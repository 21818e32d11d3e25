"""The commands that are disturbed at each of their calls. A further command is a further row."""
import dataclasses
import sqlite3
from collections.abc import Callable

from faults import LONG, Place, check, content, downgrade, mails, modes

MAILS = 5
EXIT_CONFLICT, EXIT_INPUT = 4, 5


def import_words(place):
    """From no directory at all: making it is a part of it."""
    paths = [place.postroom.mail(f'{number}.eml', text)
             for number, text in enumerate(mails(MAILS))]
    return ['import', '--mailbox', 'support', *paths]


def fill(place):
    """With mails that wait for a person."""
    assert place.run(*import_words(place)).code == 0
    place.save()


def resolution(place):
    fill(place)
    return ['unresolved', 'create', '1', '--name', 'Carol']


def undo(place):
    place.postroom(*resolution(place))
    place.save()
    with sqlite3.connect(place.copy()) as database:
        last, = database.execute('SELECT max(id) FROM operation').fetchone()
    database.close()
    return ['undo', last]


def backup(place):
    fill(place)
    return ['backup', place.directory / 'backup.db']


def restore(place):
    fill(place)
    place.postroom('backup', place.directory / 'backup.db')
    place.postroom('unresolved', 'create', '1', '--name', 'Carol')
    place.save()
    return ['restore', place.directory / 'backup.db', '--yes']


def upgrade(place):
    """A database of version 1: the first command on it upgrades it, after a backup."""
    fill(place)
    downgrade(place.state / 'postroom.db')
    place.save()
    return ['unresolved', 'create', '1', '--name', 'Carol']


def erasure(place):
    """Of one who wrote some of the mails and is in a backup."""
    fill(place)
    place.postroom('unresolved', 'create', '1', '--name', 'Carol Kunde')
    place.postroom('contact', 'edit', 'Carol Kunde', '--note', 'Likes carolling')
    place.postroom('backup', place.state / 'copy.db')  # where it is put back with the state
    place.save()
    return ['privacy', 'erase', 'carol@example.com', '--yes']


def look_at_nothing(_):
    pass


def look_at_backup(lane):
    """Under its name there is no file, or all of it; the second one knows of the first."""
    file = lane.place.directory / 'backup.db'
    if file.exists():
        check(file)
        found = content(file)
        assert all(found[table] == rows for table, rows in lane.before.items()
                   if table != 'backup_file')


def look_at_restored(lane):
    """At every moment there is the old database or the new one."""
    assert content(lane.place.copy()) in (lane.before, lane.golden)


def look_at_upgraded(lane):
    """The backup before the upgrade is whole, whenever that was killed; one of an upgrade that goes
    on after a kill holds what the migrations so far made of it."""
    for file in lane.place.state.glob('backup-before-*.db'):
        check(file)
        found = content(file)
        if file.name.startswith('backup-before-2-'):
            assert found == lane.before, f'{file.name} is not whole'
        assert found['message_raw'] == lane.before['message_raw'], f'{file.name} lacks mail'


def look_at_erased(lane):
    """The backup is the old one or all of the new one; what says that it is done has done it."""
    state = lane.place.state
    check(state / 'copy.db')
    mark = state / 'postroom.erased'
    if mark.exists() and b'unfinished' not in mark.read_bytes():
        for file in state.iterdir():
            assert b'carol' not in file.read_bytes().lower(), file.name


@dataclasses.dataclass(frozen=True)
class Command:
    """prepare(place) makes the state that it begins with and gives its words. look(lane): what holds
    at every moment. codes: how it may end when it is run again after it was killed; what was done
    already may be refused. output: the file that it makes beside the state."""
    prepare: Callable
    look: Callable = look_at_nothing
    codes: tuple = (0,)
    output: str = ''
    thin: int = 1  # one that makes many calls: only each so many-th of the points, but with --long

    def step(self, step):
        return step if LONG else step * self.thin


COMMANDS = {
    'import': Command(import_words),
    'resolution': Command(resolution, codes=(0, EXIT_CONFLICT)),
    'undo': Command(undo, codes=(0, EXIT_CONFLICT, EXIT_INPUT)),
    'backup': Command(backup, look_at_backup, output='backup.db'),
    'restore': Command(restore, look_at_restored),
    'erasure': Command(erasure, look_at_erased, thin=5),
    'upgrade': Command(upgrade, look_at_upgraded, codes=(0, EXIT_CONFLICT)),
}


class Lane:
    """One folder with a command. before, golden: what the database holds before and after it, when
    nothing disturbs it; options: of inject, beside the point."""

    def __init__(self, build, directory, name, **options):
        self.command, self.options = COMMANDS[name], options
        self.place = Place(build, directory)
        self.words = self.command.prepare(self.place)
        self.put_back()
        self.before = content(self.place.copy()) if self.place.saved else None
        done = self.place.injected(self.words, **options)
        assert done.code == 0, done.err
        self.total = done.report.total
        self.golden = content(self.place.copy())
        self.modes = modes(self.place.state)
        self.command.look(self)

    def put_back(self):
        self.place.put_back()
        if self.command.output:
            (self.place.directory / self.command.output).unlink(missing_ok=True)

    def disturb(self, number):
        self.put_back()
        return self.place.injected(self.words, at=number, **self.options)

    def look(self):
        if (self.place.state / 'postroom.db').exists():
            check(self.place.copy())
        self.command.look(self)

    def finish(self):
        """Nobody disturbs it any more."""
        done = self.place.run(*self.words)
        assert done.code in self.command.codes, f'run again: {done.code}: {done.err}'
        self.compare()
        found = modes(self.place.state)
        assert {name: found.get(name) for name in self.modes} == self.modes
        self.command.look(self)

    def compare(self):
        found = content(self.place.copy())
        assert found.keys() == self.golden.keys()
        for table, rows in self.golden.items():
            assert found[table] == rows, f'{table}: {str(found[table])[:1000]}'
