"""`calendar export --vdir`: the folder, khal on it, and Radicale serving it to vdirsyncer."""
import fcntl
import os
import subprocess

import pytest

from agenda import HOSTILE
from dovecot import free_ports
from postroomd import wait_for
from readers import by_icalendar, by_vobject
from terminal import Vdirsyncer, khal, run, start


INSTANCE, OTHER = 'example.org', 'example.com'


class Export:
    """The folder that Anna's calendar is exported into."""

    def __init__(self, feed, folder, *options):
        self.feed, self.folder, self.options = feed, folder, options

    def __call__(self, user='anna', code=0):
        done = subprocess.run(
            [self.feed.command, 'calendar', 'export', user, *self.options, '--vdir', self.folder],
            capture_output=True, text=True, check=False,
            env={**os.environ, 'POSTROOM_CONFIG': str(self.feed.daemon.config)})
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    def stamps(self):
        """{name: what tells a file from another of the same name}"""
        return {entry.name: (entry.inode(), entry.stat().st_mtime_ns)
                for entry in os.scandir(self.folder)}


@pytest.fixture
def export(feed, tmp_path):
    return Export(feed, tmp_path / 'calendar')


def names(agenda):
    return {f'task-{number}@{INSTANCE}.ics' for number in agenda.items}


def test_folder(agenda, export):
    assert export().endswith(f': {len(agenda.items)} written, 0 removed, 0 unchanged\n')
    assert {path.name for path in export.folder.iterdir()} == names(agenda)
    for path in export.folder.iterdir():
        text = path.read_bytes().decode()
        assert 'METHOD' not in text and text.endswith('END:VCALENDAR\r\n')
        one, = by_icalendar(text)
        assert [one] == by_vobject(text) and f'{one.uid}.ics' == path.name
        assert agenda.expected()[one.summary] == one.start


def test_only_what_changed_is_touched(agenda, export):
    export()
    before = export.stamps()
    assert export().endswith(f': 0 written, 0 removed, {len(agenda.items)} unchanged\n')
    assert export.stamps() == before
    agenda.change()
    assert export().endswith(f': 1 written, 1 removed, {len(agenda.items) - 1} unchanged\n')
    after = export.stamps()
    moved, gone = (f'task-{number}@{INSTANCE}.ics' for number in (agenda.moved, agenda.gone))
    assert gone not in after and after[moved] != before[moved]
    assert {name: stamp for name, stamp in after.items() if name != moved} == \
        {name: stamp for name, stamp in before.items() if name not in (moved, gone)}


def test_files_of_others_stay(agenda, export):
    export.folder.mkdir()
    others = ['own.ics', f'task-1@{OTHER}.ics', '.Radicale.props', 'displayname',
              f'task-1@{INSTANCE}.ics.bak', f'.task-7@{INSTANCE}.ics', f'x{INSTANCE}.ics',
              f'{INSTANCE}.ics', '.ics', 'ics']
    for name in others:
        (export.folder / name).write_text('not ours')
    (export.folder / f'.task-9@{INSTANCE}.ics.postroom').write_text('of one that was killed')
    (export.folder / f'task-999@{INSTANCE}.ics').write_text('of one that is done')
    export()
    assert {path.name for path in export.folder.iterdir()} == names(agenda) | set(others)
    assert {(export.folder / name).read_text() for name in others} == {'not ours'}


def test_nothing_left(agenda, feed, export):
    export()
    feed.postroom('task', 'cancel', *map(str, agenda.items))
    assert export().endswith(f': 0 written, {len(agenda.items)} removed, 0 unchanged\n')
    assert list(export.folder.iterdir()) == []


def test_what_is_in_the_way(agenda, feed, export, tmp_path):
    """Nothing is half done: the folder is as it was."""
    export()
    before = export.stamps()
    agenda.change()
    first = export.folder / f'task-{agenda.moved}@{INSTANCE}.ics'
    folder = os.open(export.folder, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert 'another export writes there' in export(code=1)
    os.close(folder)
    assert export.stamps() == before
    waiting = export.folder / f'.{first.name}.postroom'
    waiting.mkdir()
    assert waiting.name in export(code=1)
    waiting.rmdir()
    assert export.stamps() == before
    assert 'zoe' in export('zoe', code=3) and export.stamps() == before
    file = tmp_path / 'file'
    file.write_text('')
    assert str(file) in Export(feed, file)(code=1)
    assert str(tmp_path / 'no/such') in Export(feed, tmp_path / 'no/such')(code=1)
    assert '1 written, 1 removed' in export()


def test_khal_reads_the_folder(agenda, export, tmp_path):
    export()
    assert khal(tmp_path, export.folder, 'Europe/Amsterdam') == agenda.expected()
    agenda.change()
    export()
    assert khal(tmp_path, export.folder, 'Europe/Amsterdam') == agenda.expected()


class Radicale:
    """A server whose calendar of Anna's is the folder, which nobody may write over CalDAV."""

    def __init__(self, directory):
        self.directory = directory
        self.port, = free_ports(1)
        self.folder = directory / 'collections/collection-root/anna/work'
        self.folder.mkdir(parents=True)
        (self.folder / '.Radicale.props').write_text('{"tag": "VCALENDAR"}')
        (directory / 'rights').write_text('''
[root]
user = .+
collection =
permissions = R
[principal]
user = .+
collection = {user}
permissions = R
[postroom]
user = .+
collection = {user}/work
permissions = r
''')
        (directory / 'config').write_text(f'''
[server]
hosts = 127.0.0.1:{self.port}
[auth]
type = none
[rights]
type = from_file
file = {directory}/rights
[storage]
filesystem_folder = {directory}/collections
''')
        self.url = f'http://127.0.0.1:{self.port}/anna/work/'

    def __enter__(self):
        self.log = open(self.directory / 'log', 'wb')
        self.process = subprocess.Popen(
            ['/usr/bin/radicale', '--config', self.directory / 'config'], stderr=self.log,
            stdout=self.log, env={'PATH': os.environ['PATH'], 'HOME': str(self.directory)})
        wait_for(self._answers, what='radicale')
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        if kind is None:
            log = (self.directory / 'log').read_text()
            assert 'ERROR' not in log and 'Traceback' not in log, log

    def _answers(self):
        assert self.process.poll() is None, (self.directory / 'log').read_text()
        return start('curl', '-sf', '-u', 'anna:any', self.url, home=self.directory).returncode == 0

    def items(self):
        """What it serves as one calendar."""
        return by_icalendar(run('curl', '-sSf', '-u', 'anna:any', self.url, home=self.directory))


def test_radicale_and_vdirsyncer(agenda, feed, tmp_path):
    (tmp_path / 'radicale').mkdir()
    with Radicale(tmp_path / 'radicale') as radicale:
        export = Export(feed, radicale.folder)
        export()
        vdir = Vdirsyncer(tmp_path, f'type = "caldav"\nurl = "{radicale.url}"\nusername = "anna"\n'
                                    'password = "any"\nread_only = true')
        vdir.sync()
        first = vdir.files()
        assert len(first) == len(agenda.items)
        assert khal(tmp_path, vdir.folder, 'Europe/Amsterdam') == agenda.expected()
        assert {item.summary: item.start for item in radicale.items()} == agenda.expected()
        agenda.change()
        export()
        vdir.sync()
        assert khal(tmp_path, vdir.folder, 'Europe/Amsterdam') == agenda.expected()
        assert {item.summary: item.start for item in radicale.items()} == agenda.expected()
        second = vdir.files()
        assert len(set(first.items()) - set(second.items())) == 2  # changed or gone
        refused = start('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', 'anna:any',
                        '-T', radicale.directory / 'config', f'{radicale.url}new.ics',
                        home=tmp_path)
        assert refused.stdout == '403'


def test_tasks_and_zones(agenda, feed, tmp_path):
    """The other options hold for the folder as well; the hostile title is that of a file too."""
    export = Export(feed, tmp_path / 'calendar', '--tasks', '--local-times', '--alarms')
    export()
    assert {path.name for path in export.folder.iterdir()} == names(agenda)
    for path in export.folder.iterdir():
        text = path.read_bytes().decode()
        one, = by_vobject(text)
        assert one.type == 'VTODO' and 'BEGIN:VTIMEZONE' in text and 'BEGIN:VALARM' in text
        assert agenda.expected()[one.summary] == one.start
    assert HOSTILE.split(',')[0] in (export.folder / f'task-1@{INSTANCE}.ics').read_text()
