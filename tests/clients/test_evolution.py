"""evolution-data-server, which Evolution and GNOME Calendar show, subscribing to a feed in a D-Bus
session of its own, without a screen."""
import contextlib
import datetime
import json
import os
import pathlib
import select
import subprocess

from broken import broken
from postroomd import wait_for

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE_S = 60


def moment(text):
    """20261201T144500Z or 20261206, as agenda.expected() has it."""
    if 'T' not in text:
        return datetime.datetime.strptime(text, '%Y%m%d').date()
    return datetime.datetime.strptime(text, '%Y%m%dT%H%M%S%z')


class Evolution:
    def __init__(self, directory, feed):
        sources = directory / 'config/evolution/sources'
        sources.mkdir(parents=True)
        for name, section in (('events', 'Calendar'), ('tasks', 'Task List')):
            address = feed.address('anna').replace('events', name)
            (sources / f'{name}.source').write_text(f'''
[Data Source]
DisplayName={name}
Enabled=true
Parent=webcal-stub

[{section}]
BackendName=webcal
Selected=true

[Authentication]
Host=127.0.0.1
Port={feed.port}
Method=none

[Security]
Method=none

[WebDAV Backend]
ResourcePath={address}

[Refresh]
Enabled=true
IntervalMinutes=60
''')
        self.log = open(directory / 'log', 'wb')
        self.process = subprocess.Popen(
            ['dbus-run-session', '--', '/usr/bin/python3', HERE / 'evolution.py'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={'PATH': os.environ['PATH'], 'HOME': str(directory), 'LC_ALL': 'C.UTF-8',
                 'XDG_CONFIG_HOME': f'{directory}/config', 'XDG_CACHE_HOME': f'{directory}/cache',
                 'XDG_DATA_HOME': f'{directory}/data', 'XDG_RUNTIME_DIR': str(directory),
                 'GSETTINGS_BACKEND': 'memory', 'TZ': 'Europe/Amsterdam'})

    def close(self):
        """The end of its program ends the session and the services in it."""
        self.process.stdin.close()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.log.close()

    def ask(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], f'{command}: no answer'
        line = self.process.stdout.readline()
        assert line, pathlib.Path(self.log.name).read_text()[-3000:]
        return json.loads(line)

    def shown(self):
        """{title: start}; both calendars must have the same."""
        events, tasks = [{title: moment(start) for title, start in items.items()}
                         for items in self.ask('list').values()]
        return events if events == tasks else None


def test_evolution(agenda, feed, tmp_path):
    evolution = Evolution(tmp_path, feed)
    with contextlib.closing(evolution):
        wait_for(lambda: evolution.shown() == agenda.expected(), PATIENCE_S, 'the items')
        with broken(feed):
            failed = len(feed.daemon.log)
            evolution.ask('refresh')
            wait_for(lambda: len(feed.daemon.events('page-failed', failed)) >= 2, PATIENCE_S,
                     'two answers of 503')
            assert evolution.shown() == agenda.expected()
        agenda.change()
        evolution.ask('refresh')
        wait_for(lambda: evolution.shown() == agenda.expected(), PATIENCE_S, 'the change')
