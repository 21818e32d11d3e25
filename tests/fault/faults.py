"""Commands of postroom with one system call made to kill them or to fail (inject.c), and what the
database holds afterwards, told without times."""
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import types

import inject
from postroom import Postroom

LONG = bool(os.environ.get('POSTROOM_LONG'))
ROOT = pathlib.Path(__file__).resolve().parents[2]

SHADOW = re.compile(r'message_index(_\w+)?$')  # segments differ with the order of the merges


def mails(count, first=0):
    """One of them is an invoice as text, so that more tables than one kind's are written."""
    for number in range(first, first + count):
        person = ('carol', 'dave', 'erin')[number % 3]
        yield (f'From: {person.title()} <{person}@example.com>\r\nTo: support@example.org\r\n'
               f'Subject: It is broken {number}\r\nMessage-ID: <{number}@example.com>\r\n'
               f'Date: Mon, 2 Nov 2026 10:00:{number % 60:02} +0100\r\n\r\n'
               f'The machine number {number} is broken.\r\n{"It stands still. " * 40}\r\n')


def offset():
    """Another tenth with every commit; without git always the first."""
    done = subprocess.run(['git', 'rev-list', '--count', 'HEAD'], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0


class Place:
    """A folder with a configuration and a state; the state can be put back as it was."""

    def __init__(self, build, directory):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        self.build = build
        self.postroom = Postroom(build, directory)
        self.directory = directory
        self.state = self.postroom.state
        self.saved = None

    def save(self):
        self.saved = self.directory / 'saved'
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(self.state, self.saved)

    def put_back(self):
        shutil.rmtree(self.state, ignore_errors=True)
        if self.saved:
            shutil.copytree(self.saved, self.state)

    def run(self, *words):
        return self.postroom(*words, code=None)

    def injected(self, words, **options):
        """With one call of the command disturbed (inject.prefix), not of its children: the parser's
        death is a case of its own."""
        report = self.directory / 'report'
        done = subprocess.run(
            [*inject.prefix(self.build, report, **options), self.postroom.program,
             *map(str, words)], env=self.postroom.environment(), capture_output=True, text=True,
            timeout=240, check=False)
        return types.SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr,
                                     killed=done.returncode == -signal.SIGKILL,
                                     report=inject.read_report(report))

    def copy(self):
        """A copy of the state to look into: to open it would mend it."""
        copy = self.directory / 'copy'
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.state, copy)
        return copy / 'postroom.db'


def check(path):
    """A file that a killed command left is whole (or empty: nothing was written yet)."""
    database = sqlite3.connect(path)
    try:
        assert database.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
        assert database.execute('PRAGMA foreign_key_check').fetchall() == []
    finally:
        database.close()


def content(path, without=None):
    """{table: rows} but for times and the columns in without ({table: names}); two databases that
    took the same way are equal."""
    database = sqlite3.connect(path)
    try:
        tables = [name for name, in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        found = {}
        for table in tables:
            if SHADOW.match(table):
                continue
            columns = [row[1] for row in database.execute(f'PRAGMA table_info({table})')
                       if not row[1].endswith('_ms') and row[1] not in (without or {}).get(table, ())]
            found[table] = sorted(map(repr, database.execute(
                f'SELECT {", ".join(columns)} FROM {table}'))) if columns else []
        found['setting'] = [row for row in found['setting'] if "_ms'" not in row]
        return found
    finally:
        database.close()


# What takes a database back behind a migration: {version: SQL}.
BEFORE = {
    2: 'DROP TABLE message_index;',
    3: 'DROP INDEX activity_by_event; ALTER TABLE activity DROP COLUMN event; '
       'ALTER TABLE activity DROP COLUMN event_sequence; '
       'ALTER TABLE activity DROP COLUMN event_stamp_ms;',
    4: 'DROP TABLE document;',
    5: '''DROP TABLE finance_hold; DROP TABLE backup_file; DROP INDEX message_ignored_since;
          DROP INDEX message_quarantined_since; DROP INDEX message_dead_since;
          ALTER TABLE message DROP COLUMN removed; ALTER TABLE contact DROP COLUMN touched_ms;
          DELETE FROM message_count WHERE name = 'purged';''',
    6: 'DROP INDEX ticket_by_deal; DROP INDEX task_by_deal; DROP INDEX task_by_project; ' + ''.join(
           f'ALTER TABLE ticket DROP COLUMN {column}; ' for column in (
               'deal_id', 'tax_rate', 'discount_cents', 'sent_date', 'paid_date', 'paid_cents',
               'after_close')) + ''.join(
           f'ALTER TABLE deal DROP COLUMN {column}; ' for column in (
               'pipeline', 'type', 'subject', 'weight', 'expected_close', 'quotation',
               'quotation_state', 'quotation_sent', 'quotation_until', 'outcome', 'reason',
               'ended')) +
       'ALTER TABLE task DROP COLUMN project_id; ALTER TABLE document DROP COLUMN link; '
       'DROP TABLE task_dependency; DROP TABLE project; DROP TABLE deal_party; '
       'DROP TABLE document_bytes;',
    7: '''DROP TABLE absence_work; DROP TABLE absence;
          DROP TABLE article; DROP TABLE note_index; DROP TABLE company_alias;
          DROP TABLE contact_alias; ALTER TABLE activity DROP COLUMN voicemail;
          ALTER TABLE activity DROP COLUMN outcome; ALTER TABLE activity DROP COLUMN next_step;
          ALTER TABLE activity DROP COLUMN responsible_id;''',
    8: '''DROP TABLE feed_client;
          CREATE TABLE feed_fetch (feed_id INTEGER NOT NULL REFERENCES feed (id),
              client TEXT NOT NULL, at_ms INTEGER NOT NULL, status INTEGER NOT NULL,
              fetches INTEGER NOT NULL, PRIMARY KEY (feed_id, client)) STRICT, WITHOUT ROWID;
          ALTER TABLE task DROP COLUMN calendar_ms; ALTER TABLE ticket DROP COLUMN calendar_ms;
          ALTER TABLE deal DROP COLUMN calendar_ms; ALTER TABLE deal DROP COLUMN sequence;''',
    9: 'DROP INDEX ticket_by_preceding; ALTER TABLE ticket DROP COLUMN preceding; '
       'ALTER TABLE ticket DROP COLUMN preceding_folded;',
}


def downgrade(path):
    """As version 1 left it."""
    with sqlite3.connect(path) as database:
        last, = database.execute('SELECT max(version) FROM schema_migration').fetchone()
        for version in range(last, 1, -1):
            assert version in BEFORE, f'a new migration needs its way back here: {version}'
            database.executescript(BEFORE[version])
        database.execute('DELETE FROM schema_migration WHERE version > 1')
    database.close()


def modes(state):
    """{name: mode}, a date in a name left out."""
    return {re.sub(r'20\d\d-.*[0-9Z]', 'DATE', file.name): oct(file.stat().st_mode & 0o7777)
            for file in [state, *state.iterdir()]}
