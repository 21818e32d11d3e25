"""Four readers of iCalendar that know nothing of us or of each other, made alike: each gives the
Items of a calendar's text."""
import dataclasses
import datetime
import json
import os
import pathlib
import subprocess

import icalendar
import vobject

HERE = pathlib.Path(__file__).resolve().parent
MODULES = HERE.parents[1] / 'build/clients/node_modules'
START = {'VEVENT': 'DTSTART', 'VTODO': 'DUE'}


@dataclasses.dataclass(frozen=True)
class Item:
    type: str  # VEVENT or VTODO
    uid: str
    summary: str
    description: str
    start: object  # datetime.date; aware datetime in UTC; None: none, or the reader does not tell
    names: tuple = None  # of all its properties, sorted; None: the reader does not tell


def utc(start):
    if isinstance(start, datetime.datetime):
        assert start.tzinfo, 'a floating time'
        return start.astimezone(datetime.timezone.utc)
    return start


def by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    for component in calendar.walk():
        assert not component.errors, component.errors
    return [Item(component.name, str(component['UID']), str(component['SUMMARY']),
                 str(component.get('DESCRIPTION', '')),
                 utc(component[START[component.name]].dt)
                 if START[component.name] in component else None,
                 tuple(sorted(name for name, _ in component.property_items(recursive=False)
                              if name not in ('BEGIN', 'END'))))
            for component in calendar.subcomponents if component.name in START]


def by_vobject(text):
    calendar, = vobject.readComponents(text)
    items = []
    for component in calendar.components():
        if component.name not in START:
            continue
        lines = component.contents
        start = lines.get(START[component.name].lower())
        items.append(Item(component.name, component.uid.value, component.summary.value,
                          lines['description'][0].value if 'description' in lines else '',
                          utc(start[0].value) if start else None,
                          tuple(sorted(line.name for line in component.lines()))))
    return items


class Node:
    """ical.js and node-ical, in one process for all tests. zone: of its user."""

    def __init__(self, zone='Europe/Amsterdam'):
        assert MODULES.is_dir(), f'{MODULES} is missing: run tests/install-packages'
        self.process = subprocess.Popen(
            ['node', HERE / 'read.js'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={'PATH': os.environ['PATH'], 'NODE_PATH': str(MODULES), 'TZ': zone})

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0

    def read(self, text):
        """{'icaljs': items, 'nodeical': items}"""
        self.process.stdin.write(json.dumps(text) + '\n')
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert 'error' not in answer, answer['error']
        return {name: [self._item(**item) for item in items] for name, items in answer.items()}

    @staticmethod
    def _item(start, names=None, **more):
        if start and 'T' in start:
            start = utc(datetime.datetime.fromisoformat(start))
        elif start:
            start = datetime.date.fromisoformat(start)
        return Item(start=start, names=names and tuple(sorted(names)), **more)


def read_all(node, text):
    """{reader: items}"""
    return {'icalendar': by_icalendar(text), 'vobject': by_vobject(text), **node.read(text)}
