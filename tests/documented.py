#!/usr/bin/python3
"""What an administrator can meet is explained: log events, states of mailboxes, checks of doctor,
reasons of the queue. Each is read out of the source, where it is one table or one call."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def text(path):
    return (ROOT / path).read_text(encoding='utf-8')


def states():
    return table('daemon/wire.c', r'"([a-z-]+)"', 'reader_state_name(')


def events():
    """The words of log_event and log_failure, also of `x ? "a" : "b"`."""
    words = set()
    for file in (ROOT / 'daemon').glob('*.c'):
        for call in re.split(r'\blog_(?:event|failure)\(', file.read_text(encoding='utf-8'))[1:]:
            head = re.split(r'\blog_(?:text|string|number)\(|,\s*&|,\s*err\)|\);', call)[0]
            words.update(re.findall(r'"([a-z-]+)"', head))
            if 'reader_state_name' in head:  # told with an error only
                words |= states() - {'connecting', 'fetching', 'watching'}
    return words


def manual_events():
    """The events that postroomd(8) has as items of DIAGNOSTICS."""
    part = text('docs/man/postroomd.8').split('.Sh DIAGNOSTICS')[1].split('.Sh SEE ALSO')[0]
    words = set()
    for item in re.findall(r'^\.It (.*)$', part, re.M):
        words.update(re.findall(r'[a-z][a-z-]+', re.sub(r'Pq \w+', '', item)))
    return words


def table(path, pattern, start, end='};'):
    part = text(path).split(start, 1)[1].split(end, 1)[0]
    return set(re.findall(pattern, part))


def first_cells(path, heading):
    """The words of the first column of the table below a heading."""
    part = text(path).split(f'\n## {heading}\n', 1)[1].split('\n## ', 1)[0]
    words = set()
    for row in re.findall(r'^\| ([^|]+) \|', part, re.M):
        words.update(re.findall(r'[a-z][a-z-]+', row))
    return words


DAILY = 'docs/operating/daily.md'
PAIRS = [  # what, words of the source, words of the page, the page must name nothing else
    ('event', events, manual_events, True),
    ('state', states, lambda: first_cells(DAILY, 'How the mailboxes do'), False),
    ('check', lambda: table('cli/doctor.c', r'\{"(\w+)",', 'checks[] = {'),
     lambda: first_cells(DAILY, 'What doctor finds'), False),
    ('reason', lambda: table('ingest/settle.c', r'\{"([a-z-]+)",', 'reasons[] = {'),
     lambda: first_cells(DAILY, 'The queue'), False),
]


def main():
    faults, count = 0, 0
    for what, source, page, exact in PAIRS:
        known, told = source(), page()
        count += len(known)
        for word in sorted(known - told):
            print(f'the {what} {word} is explained nowhere')
        for word in sorted(told - known) if exact else []:
            print(f'the {what} {word} is explained and never happens')
        faults += len(known - told) + (len(told - known) if exact else 0) + (len(known) < 5)
    print(f'{count} words, {faults} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
