"""What is true of every calendar, whatever stands in the record (hypothesis): texts come back whole
from independent readers and add no property; days and instants are the same in every zone. The
record is written beside the command, which would refuse some of it: a feed refuses nothing."""
import contextlib
import datetime
import os
import re
import sqlite3
import unicodedata
import zoneinfo

import hypothesis
import pytest
from hypothesis import strategies as st

from postroom import Postroom
from readers import Node, by_icalendar, read_all

LONG = bool(os.environ.get('POSTROOM_LONG'))
TASKS = 6  # in each example
# Rules of all kinds: two changes a year, at midnight, of half an hour, backwards, in Ramadan, none
ZONES = ['Europe/Amsterdam', 'America/New_York', 'America/Sao_Paulo', 'America/St_Johns',
         'Africa/Cairo', 'Africa/Casablanca', 'Antarctica/Troll', 'Asia/Kathmandu',
         'Australia/Lord_Howe', 'Europe/Dublin', 'Pacific/Chatham', 'Pacific/Kiritimati', 'UTC']
TRIED = ZONES if LONG else ['Europe/Amsterdam', 'Africa/Casablanca', 'Australia/Lord_Howe']
USERS = ''.join(f'  - {{name: user{number}, addresses: [user{number}@example.org], zone: {zone}}}\n'
                for number, zone in enumerate(ZONES))

PIECES = ['\r\n', '\n', '\r', '\n ', '\r\n ', '\t', '\\', '\\n', '\\N', '\\\\', '\\,', ';', ',',
          ':', '"', "'", '^n', '=', '%0A', '\u2028', '\u2029', '\u0085', '\u00a0', '\ufeff',
          '\u202e', '\x01', '\x0b', '\x0c', '\x1c', '\x1e', '\x7f', 'e\u0301', '\u1e9b\u0323',
          '📅', '🏳️\u200d🌈', 'BEGIN:VEVENT', 'END:VEVENT', 'END:VCALENDAR', 'UID:evil',
          'ATTENDEE:mailto:a@example.net', 'a@example.net', '"A, B" <a@example.net>', 'x' * 75]
# Without NUL, which the store never has
TEXTS = st.lists(st.one_of(
    st.sampled_from([piece.encode() for piece in PIECES]),
    st.text(st.characters(blacklist_categories=['Cs', 'Cn']), max_size=20).map(str.encode),
    st.text('ab ', max_size=90).map(str.encode),
    st.binary(max_size=6)), max_size=8).map(lambda pieces: b''.join(pieces).replace(b'\0', b''))


def shown(raw, lines):
    """What docs/calendar.md promises of a stored text: rules 12 and 13."""
    # utf8proc takes what begins a sequence and is none as one bad byte, as Python does
    text = unicodedata.normalize('NFC', raw.decode('utf-8', 'replace'))
    text = re.sub('\r\n|[\r\n\u2028\u2029]', '\n' if lines else ' ', text)
    return re.sub('[\x00-\x09\x0b-\x1f\x7f-\x9f]', '', text.replace('\t', ' '))


def settings(examples):
    """The same examples in each run, many more of them with --long, which also looks for the
    smallest one that fails: that takes minutes."""
    phases = [hypothesis.Phase.generate] + [hypothesis.Phase.shrink] * LONG
    return hypothesis.settings(
        max_examples=examples * (25 if LONG else 1), deadline=None, derandomize=True, database=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck))


class Record:
    """A record with as many tasks as an example has, each with a contact of its own."""

    def __init__(self, build, directory):
        self.postroom = Postroom(build, directory)
        text = self.postroom.config.read_text()
        self.postroom.config.write_text(text.replace('users:\n', f'users:\n{USERS}'))
        for number in range(1, TASKS + 1):
            self.postroom('contact', 'add', 'x', f'{number}@example.net')
            self.postroom('task', 'add', 'x', '--assignee', 'user0', '--contact',
                          f'{number}@example.net', '--due', '1w')
        self.path = self.postroom.state / 'postroom.db'

    def write(self, statement, rows):
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            database.executemany(statement, rows)
            database.commit()

    def export(self, *options, user='user0'):
        return self.postroom('calendar', 'export', user, *options).bytes

    def today(self, zone):
        return datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()


@pytest.fixture(scope='module')
def record(build, tmp_path_factory):
    return Record(build, tmp_path_factory.mktemp('record'))


@pytest.fixture(scope='module')
def money(build, tmp_path_factory):
    """A record with a ticket on hold and a deal."""
    made = Record(build, tmp_path_factory.mktemp('money'))
    made.postroom('task', 'cancel', *range(1, TASKS + 1))
    made.postroom('ticket', 'add', 'x', '--net', '400', '--assignee', 'user0',
                  '--due', str(made.today('Europe/Amsterdam') + datetime.timedelta(days=9)))
    made.postroom('ticket', 'hold', '1', '--reason', 'x')
    made.postroom('deal', 'add', 'x', '--owner', 'user0', '--value', '5000', '--expected',
                  str(made.today('Europe/Amsterdam') + datetime.timedelta(days=9)))
    return made


@pytest.fixture(scope='module')
def node():
    made = Node()
    yield made
    made.close()


def check_lines(calendar):
    """Rule 12, on the bytes."""
    assert calendar.endswith(b'END:VCALENDAR\r\n')
    for line in calendar[:-2].split(b'\r\n'):
        assert len(line) <= 75
        assert not re.search(rb'[\x00-\x08\x0a-\x1f\x7f]', line)
        line.decode()  # folded between code points


def similar(text):
    """As python-icalendar 4 and node-ical read it: of a backslash that stands for itself they make
    a line end before an n, and sometimes nothing."""
    return re.sub(r'\\+[nN]|\n', ' ', text).replace('\\', '')


def check_texts(node, calendar, expected):
    read = read_all(node, calendar.decode())
    for reader, items in read.items():
        assert len(items) == TASKS, reader
        for item in items:
            number = int(re.fullmatch(r'task-(\d+)@example\.org', item.uid)[1])
            title, description = expected[number]
            alike = similar if reader in ('icalendar', 'nodeical') else str
            assert alike(item.summary) == alike(title), reader
            assert alike(item.description) == alike(description), reader
            if item.names is not None:
                assert len(set(item.names)) == len(item.names), reader
                assert ('DESCRIPTION' in item.names) == bool(description), reader
    names = [{item.uid: item.names for item in items} for items in read.values()
             if items and items[0].names]
    assert len(names) == 3 and names[0] == names[1] == names[2]
    assert set().union(*names[0].values()) <= {
        'CREATED', 'DTEND', 'DTSTAMP', 'DTSTART', 'DUE', 'LAST-MODIFIED', 'SEQUENCE', 'SUMMARY',
        'TRANSP', 'UID', 'DESCRIPTION', 'STATUS'}


@settings(12)
@hypothesis.given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=TASKS, max_size=TASKS))
def test_texts_come_back(record, node, rows):
    """Titles, notes and names (a contact without a name has its address for one)."""
    expected = {}
    for number, (title, note, name) in enumerate(rows, start=1):
        words = name + b'\n' if name else b''
        expected[number] = (f'{shown(title, False)} #{number}',
                            shown(words + note, True).strip(' \t\r\n'))
    record.write('UPDATE task SET title = CAST(? AS TEXT), note = CAST(? AS TEXT) WHERE id = ?',
                 [(title, note, number) for number, (title, note, _) in enumerate(rows, start=1)])
    record.write('UPDATE contact SET name = CAST(? AS TEXT) WHERE id = ?',
                 [(name, number) for number, (_, _, name) in enumerate(rows, start=1)])
    for options in ((), ('--tasks',)):
        calendar = record.export(*options)
        check_lines(calendar)
        check_texts(node, calendar, expected)


def numbers_of(items):
    """{UID: the number at the end of its title}; a mark like "[hold]" may stand behind it."""
    return {item.uid: int(re.search(r' #(\d+)(?: \[[a-z ]+\])?$', item.summary)[1])
            for item in items}


@settings(12)
@hypothesis.given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=2))
def test_tickets_and_deals_keep_their_number(money, node, rows):
    """Whatever a supplier is called, its ticket's title says which ticket it is; the same of a
    deal. Texts that are all invalid bytes are longest: each becomes three."""
    (supplier, number), (deal, reason) = rows
    money.write('UPDATE ticket SET title = CAST(?1 AS TEXT), supplier_name = CAST(?1 AS TEXT), '
                'number = CAST(?2 AS TEXT), hold_reason = CAST(?3 AS TEXT)',
                [(supplier * 9, number * 9, reason)])
    money.write('UPDATE deal SET name = CAST(?1 AS TEXT)', [(deal * 9,)])
    for options in ((), ('--tasks',)):
        calendar = money.export(*options)
        check_lines(calendar)
        for reader, items in read_all(node, calendar.decode()).items():
            kinds = ['ticket'] if options else ['ticket', 'deal']  # a close is no task
            assert numbers_of(items) == {f'{kind}-1@example.org': 1 for kind in kinds}
            for item in items:
                alike = similar if reader in ('icalendar', 'nodeical') else str
                expected = shown(reason, True).strip(' \t\r\n') if 'ticket' in item.uid else ''
                assert alike(item.description) == alike(expected), reader


# Minutes around which clocks change are where mistakes are: within the window, to the minute.
def moments(zone, today):
    """Instants in the window, many of them in the hours of the zone's changes."""
    first = datetime.datetime.combine(today - datetime.timedelta(days=28), datetime.time(),
                                      datetime.timezone.utc)
    changes = [hour for hour in range(426 * 24)
               if (first + datetime.timedelta(hours=hour)).astimezone(zone).utcoffset() !=
               (first + datetime.timedelta(hours=hour + 1)).astimezone(zone).utcoffset()]
    near = st.sampled_from(changes or [0]).flatmap(
        lambda hour: st.integers((hour - 2) * 60, (hour + 3) * 60))
    return st.one_of(near, st.integers(0, 426 * 24 * 60)).map(
        lambda minutes: first + datetime.timedelta(minutes=max(minutes, 0)))


def days(today):
    return st.integers(-28, 398).map(lambda count: today + datetime.timedelta(days=count))


@pytest.mark.parametrize('name', TRIED)
def test_times_come_back(record, node, name):
    """Days are days and instants are instants to every reader, in UTC and with the zone's rules."""
    zone, user = zoneinfo.ZoneInfo(name), f'user{ZONES.index(name)}'
    today = record.today(name)

    @settings(3)
    @hypothesis.given(st.lists(st.one_of(days(today), moments(zone, today)), min_size=TASKS,
                               max_size=TASKS))
    def check(starts):
        rows, expected = [], {}
        for task, start in enumerate(starts, start=1):
            timed = isinstance(start, datetime.datetime)
            rows.append((user, None if timed else str(start),
                         int(start.timestamp() * 1000) if timed else None, task))
            expected[f'task-{task}@example.org'] = start
        record.write('UPDATE task SET title = \'x\', due_date = ?2, due_ms = ?3, assignee_id = '
                     '(SELECT id FROM app_user WHERE name = ?1) WHERE id = ?4', rows)
        for options in ((), ('--tasks',), ('--local-times',), ('--tasks', '--local-times')):
            calendar = record.export(*options, user=user).decode()
            for reader, items in read_all(node, calendar).items():
                if reader == 'nodeical' and options:
                    continue  # it has its own zone rules, and leaves due moments as they stand
                got = {item.uid: item.start for item in items}
                assert got == expected, (reader, options)

    check()
