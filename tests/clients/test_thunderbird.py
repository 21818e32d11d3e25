"""Thunderbird subscribing to a running feed, without a screen. With --long: it asks again once a
minute."""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess

from broken import broken
from postroomd import wait_for

PATIENCE_S = 180


class Thunderbird:
    def __init__(self, directory, feed):
        self.profile = directory / 'profile'
        self.profile.mkdir()
        preferences = {'app.update.enabled': False, 'datareporting.policy.dataSubmissionEnabled':
                       False, 'mail.provider.suppress_dialog_on_startup': True}
        self.names = {}
        for number, kind in enumerate(('events', 'tasks')):
            name = f'{number:08}-0000-4000-8000-000000000000'
            self.names[kind] = name
            address = feed.address('anna').replace('events', kind)
            preferences.update({f'calendar.registry.{name}.{key}': value for key, value in {
                'type': 'ics', 'uri': f'http://127.0.0.1:{feed.port}{address}', 'name': kind,
                'readOnly': True, 'cache.enabled': True, 'refreshInterval': '1'}.items()})
        (self.profile / 'user.js').write_text(''.join(
            f'user_pref({json.dumps(key)}, {json.dumps(value)});\n'
            for key, value in preferences.items()))

    def __enter__(self):
        self.log = open(self.profile / 'log', 'ab')
        self.process = subprocess.Popen(
            ['/usr/bin/thunderbird', '--headless', '--no-remote', '--profile', self.profile],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={'PATH': os.environ['PATH'], 'HOME': str(self.profile), 'MOZ_HEADLESS': '1',
                 'TZ': 'Europe/Amsterdam', 'LC_ALL': 'C.UTF-8'})
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    def shown(self):
        """{title: start}; both calendars must have the same. None: nothing yet, or just writing."""
        assert self.process.poll() is None, pathlib.Path(self.log.name).read_text()[-3000:]
        copy = self.profile / 'copy.sqlite'  # it never lets go of its lock
        try:
            for end in ('', '-wal'):
                shutil.copyfile(self.profile / f'calendar-data/cache.sqlite{end}', f'{copy}{end}')
            with contextlib.closing(sqlite3.connect(copy)) as cache:
                events = self._read(cache, 'events', 'cal_events', 'event_start')
                tasks = self._read(cache, 'tasks', 'cal_todos', 'todo_due')
        except (FileNotFoundError, sqlite3.DatabaseError):
            return None
        return events if events == tasks else None

    def _read(self, cache, kind, table, column):
        """Its whole days are floating midnights."""
        def start(microseconds, zone):
            at = datetime.datetime.fromtimestamp(microseconds / 1e6, datetime.timezone.utc)
            assert zone in ('UTC', 'floating'), zone
            return at if zone == 'UTC' else at.date()
        rows = cache.execute(f'SELECT title, {column}, {column}_tz FROM {table} WHERE cal_id = ?',
                             [self.names[kind]]).fetchall()
        return {title: start(at, zone) for title, at, zone in rows}


def test_thunderbird(agenda, feed, tmp_path):
    """After an answer of 503 it keeps what it had, but asks again only when it is started anew."""
    def shows(what):
        wait_for(lambda: thunderbird.shown() == agenda.expected(), PATIENCE_S, what)
    with Thunderbird(tmp_path, feed) as thunderbird:
        shows('the items')
        agenda.change()
        shows('the change')
        with broken(feed):
            failed = len(feed.daemon.log)
            wait_for(lambda: len(feed.daemon.events('page-failed', failed)) >= 2, PATIENCE_S,
                     'two answers of 503')
        assert thunderbird.shown() == agenda.expected()
    feed.postroom('task', 'done', str(agenda.moved))
    del agenda.items[agenda.moved]
    with thunderbird:
        shows('another change')
