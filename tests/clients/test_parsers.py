"""A running feed, as four independent readers of iCalendar understand it."""
import pytest

from readers import Node, read_all

NAMES = {'VEVENT': ('CREATED', 'DTEND', 'DTSTAMP', 'DTSTART', 'LAST-MODIFIED', 'SEQUENCE',
                    'SUMMARY', 'TRANSP', 'UID'),
         'VTODO': ('CREATED', 'DTSTAMP', 'DUE', 'LAST-MODIFIED', 'SEQUENCE', 'STATUS', 'SUMMARY',
                   'UID')}


@pytest.fixture(scope='module', params=['Europe/Amsterdam', 'America/New_York'])
def node(request):
    made = Node(request.param)
    yield made
    made.close()


def check(node, agenda, feed, address):
    kind = 'VTODO' if 'tasks.ics' in address else 'VEVENT'
    answer = feed.get(address)
    assert answer.status == 200
    read = read_all(node, answer.body.decode())
    assert set(read) == {'icalendar', 'vobject', 'icaljs', 'nodeical'}
    for reader, items in read.items():
        shown = {item.summary: item.start for item in items}
        expected = agenda.expected()
        if reader == 'nodeical' and kind == 'VTODO':
            expected = dict.fromkeys(expected)
        assert shown == expected, reader
        assert sorted(item.uid for item in items) == \
            sorted(f'task-{number}@example.org' for number in agenda.items), reader
        for item in items:
            extra = ('DESCRIPTION',) if item.uid.startswith(f'task-{agenda.whole}@') else ()
            assert item.names in (None, tuple(sorted(NAMES[kind] + extra))), reader
            assert bool(item.description) == bool(extra), reader


@pytest.mark.parametrize('what', ['events.ics', 'tasks.ics', 'events.ics?tzid=1'])
def test_four_readers(agenda, feed, node, what):
    address = feed.address('anna').replace('events.ics', what)
    check(node, agenda, feed, address)
    agenda.change()
    check(node, agenda, feed, address)


def test_nothing_left_is_a_calendar_all_the_same(agenda, feed, node):
    """Not an empty body, which some clients take for an empty calendar and some for a failure."""
    feed.postroom('task', 'cancel', *map(str, agenda.items))
    agenda.items = {}
    check(node, agenda, feed, feed.address('anna'))
