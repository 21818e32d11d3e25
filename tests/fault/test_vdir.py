"""`calendar export --vdir`, killed or refused at each of its calls that change something: each file of
the folder is all of the old one or all of the new one, a refusal changes none before the first is
put in place, and the next export mends what is left."""
import datetime

import pytest

from faults import LONG, Place

TASKS = 5
AT_THE_END = ('renameat', 'unlinkat', 'fsync')  # when all of the new is written and flushed
FAULTS = [{}, {'error': 'EIO'}] + [{'error': 'ENOSPC'}] * LONG


def files(folder):
    """{name: bytes} of the items."""
    return {path.name: path.read_bytes() for path in folder.iterdir()
            if not path.name.startswith('.')}


class Export:
    """A folder with an older calendar, in which one task will change, one go and one come."""

    def __init__(self, build, directory):
        self.place = Place(build, directory)
        self.folder = self.place.state / 'calendar'
        self.words = ['calendar', 'export', 'anna', '--vdir', self.folder]
        due = ['--due', str(datetime.date.today() + datetime.timedelta(days=9))]
        for number in range(TASKS):
            self.place.postroom('task', 'add', f'Call {number}', '--assignee', 'anna', *due)
        self.place.postroom(*self.words)
        self.before = files(self.folder)
        self.place.postroom('task', 'edit', '1', '--title', 'Call again')
        self.place.postroom('task', 'done', '2')
        self.place.postroom('task', 'add', 'Write', '--assignee', 'anna', *due)
        self.place.save()
        self.total = self.disturb().report.total
        self.after = files(self.folder)
        assert len(self.before) == len(self.after) == TASKS and self.before != self.after

    def disturb(self, **options):
        self.place.put_back()
        return self.place.injected(self.words, **options)

    def check(self, what):
        for name, text in files(self.folder).items():
            assert text in (self.before.get(name), self.after.get(name)), f'{what}: {name}'

    def finish(self, what):
        done = self.place.run(*self.words)
        assert done.code == 0, f'{what}: {done.err}'
        assert files(self.folder) == self.after, what
        assert {path.name for path in self.folder.iterdir()} == set(self.after), what


@pytest.mark.parametrize('options', FAULTS,
                         ids=lambda options: options.get('error', 'killed'))
def test_disturbed_at_every_call(build, tmp_path, options):
    export = Export(build, tmp_path / 'place')
    assert export.total > TASKS
    for number in range(1, export.total + 1):
        done = export.disturb(at=number, **options)
        what = f'{done.report.disturbed}: {done.code} {done.err}'
        export.check(what)
        if options and done.code == 0:
            assert files(export.folder) == export.after, what
        elif options and done.report.disturbed not in AT_THE_END:
            assert files(export.folder) == export.before, what
        export.finish(what)
