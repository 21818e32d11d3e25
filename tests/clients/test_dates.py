"""Days and hours that people type, on days that we can't wait for (libfaketime shows them to the
command), as two readers find them in the calendar; and what moving an item does."""
import datetime
import pathlib
import zoneinfo

import pytest

from postroom import Postroom
from readers import by_icalendar, by_vobject

ZONE = 'Europe/Amsterdam'
LIBRARY, = pathlib.Path('/usr/lib').glob('*/faketime/libfaketime.so.1')

# What the clock of the zone shows, what is typed, and when that is.
DATES = (
    ('2027-01-31 10:00', '1m', '2027-02-28'),
    ('2028-01-31 10:00', '1m', '2028-02-29'),
    ('2027-12-31 10:00', '2m', '2028-02-29'),
    ('2028-02-28 23:30', '1d', '2028-02-29'),
    ('2028-02-29 10:00', '1y', '2029-02-28'),
    ('2028-02-29 23:59', '1d', '2028-03-01'),
    ('2026-12-31 23:30', '1d', '2027-01-01'),
    ('2027-03-27 12:00', '1d.t0159', '2027-03-28T00:59:00+00:00'),
    ('2027-03-27 12:00', '1d.t0230', '2027-03-28T01:30:00+00:00'),  # there is no 02:30
    ('2027-03-27 12:00', '1d.t0300', '2027-03-28T01:00:00+00:00'),
    ('2027-10-30 12:00', '1d.t0230', '2027-10-31T00:30:00+00:00'),  # the first 02:30
    ('2027-10-30 12:00', '1d.t0300', '2027-10-31T02:00:00+00:00'),
    ('2027-10-30 23:59', 'tomorrow', '2027-10-31'),
)


class At:
    """The command, while the clock of the zone shows a time."""

    def __init__(self, postroom, local):
        instant = datetime.datetime.fromisoformat(local).replace(tzinfo=zoneinfo.ZoneInfo(ZONE))
        shown = instant.astimezone(datetime.timezone.utc).strftime('@%Y-%m-%d %H:%M:%S')
        self.postroom = postroom
        self.env = postroom.environment(
            TZ='UTC', FAKETIME=shown, FAKETIME_DONT_RESET='1', LD_PRELOAD=str(LIBRARY))

    def __call__(self, *words):
        return self.postroom(*words, env=self.env)

    def items(self, *options):
        text = self('calendar', 'export', 'anna', *options).bytes.decode()
        found = by_icalendar(text)
        assert found == by_vobject(text)
        return text, {item.summary: item.start for item in found}


@pytest.fixture
def postroom(build, tmp_path):
    return Postroom(build, tmp_path)


def test_typed_days(postroom):
    for number, (now, due, expected) in enumerate(DATES, start=1):
        at = At(postroom, now)
        at('task', 'add', due, '--assignee', 'anna', '--due', due)
        start = (datetime.datetime if 'T' in expected else datetime.date).fromisoformat(expected)
        for options in ((), ('--tasks',), ('--local-times',)):
            text, items = at.items(*options)
            assert items[f'{due} #{number}'] == start, (now, due, options)
            if 'T' not in expected and '--tasks' not in options:
                last = start + datetime.timedelta(days=1)
                assert f'DTSTART;VALUE=DATE:{start:%Y%m%d}\r\nDTEND;VALUE=DATE:{last:%Y%m%d}\r\n' \
                    in text


def properties(text):
    """The lines of the one item, by name."""
    lines = text.replace('\r\n ', '').split('BEGIN:VEVENT\r\n')[1].split('\r\n')
    return dict(line.split(':', 1) for line in lines[:lines.index('END:VEVENT')])


def test_moved_and_moved_again(postroom):
    """One UID throughout; each move is newer than the last, also the one back to where it was."""
    moves = ('2027-03-10', '2027-03-28.t0900', '2027-10-31.t0230', '', '2027-03-10')
    At(postroom, '2027-02-01 08:00')('task', 'add', 'Call', '--assignee', 'anna', '--due',
                                     '2027-03-01')
    seen = [properties(At(postroom, '2027-02-01 08:00').items()[0])]
    for day, due in enumerate(moves, start=2):
        at = At(postroom, f'2027-02-0{day} 08:00')
        at('task', 'edit', '1', '--due', due)
        text, items = at.items()
        assert len(items) == (1 if due else 0)
        if not due:
            continue  # a task without a day is in no calendar of events
        found = properties(text)
        assert found['DTSTAMP'] == found['LAST-MODIFIED'] == f'2027020{day}T070000Z'
        seen.append(found)
        later = At(postroom, f'2027-02-0{day} 09:00')
        later('task', 'edit', '1', '--due', due)
        assert later.items()[0] == text  # nothing changed: not a byte
    assert [int(found['SEQUENCE']) for found in seen] == [0, 1, 2, 3, 5]
    assert len({found['UID'] for found in seen}) == 1
    assert {found['CREATED'] for found in seen} == {'20270201T070000Z'}
