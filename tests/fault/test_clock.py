"""The wall clock is set while the daemon runs: forwards, backwards, over the end of a year, into a
leap day and over the changes of summer time. Waiting goes by the monotonic clock, so nothing hangs or
hurries; what is written down has the date that the clock shows.

Not with libfaketime: it reads a file again and again, which the sandboxes of the roles refuse, and
asks for LD_PRELOAD, which no role inherits. planted.c does the same beneath our own calls."""
import datetime
import time
import zoneinfo

import pytest

from planted import Planted
from postroom import Postroom
from postroomd import wait_for

ZONE = zoneinfo.ZoneInfo('Europe/Amsterdam')
YEAR_MS = 365 * 24 * 3600 * 1000
SOON_S = 120  # on a busy machine; a wait by the wall clock would be one of years


def local(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def offset_to(when):
    """So that the wall clock shows it."""
    return int((when.timestamp() - time.time()) * 1000)


def bcc(number, tag, when):
    """Anna's mail to a customer with the tag in the BCC address, written at that moment."""
    stamp = when.strftime('%a, %d %b %Y %H:%M:%S %z')
    return (f'Return-Path: <anna@example.org>\r\nDelivered-To: box+{tag}@example.org\r\n'
            f'Received: from a by mx.example.org; {stamp}\r\nFrom: Anna <anna@example.org>\r\n'
            f'To: Carol <carol@example.com>\r\nSubject: Offer {number}\r\n'
            f'Message-ID: <{number}@example.org>\r\nDate: {stamp}\r\n\r\nSee below.\r\n').encode()


@pytest.fixture
def planted(build, tmp_path):
    with Planted(build, tmp_path, [], kind='capture', who_may_write='none') as planted:
        planted.postroom = Postroom(build, tmp_path, planted.daemon.config)
        planted.postroom('contact', 'add', 'Carol', 'carol@example.com')
        yield planted


# What the clock shows, the tag, and when the follow-up is due: a day, or a moment in the zone.
DATES = (
    ('2027-01-31T10:00', '1m', '2027-02-28'),
    ('2028-01-31T10:00', '1m', '2028-02-29'),
    ('2028-02-28T23:30', '1d', '2028-02-29'),
    ('2028-02-29T10:00', '1y', '2029-02-28'),
    ('2028-02-29T23:59', '1d', '2028-03-01'),
    ('2026-12-31T23:30', '1d', '2027-01-01'),
    ('2026-12-31T23:30', '1w.t0900', '2027-01-07T09:00+01:00'),
    ('2027-01-01T00:10', 'thu', '2027-01-07'),
    ('2027-03-27T12:00', '1d.t0900', '2027-03-28T09:00+02:00'),  # an hour is left out that night
    ('2027-03-28T01:59', '1d.t0900', '2027-03-29T09:00+02:00'),
    ('2027-10-30T12:00', '1d.t0900', '2027-10-31T09:00+01:00'),  # an hour comes twice
    ('2027-10-31T00:30', 'tomorrow', '2027-11-01'),
)


def test_dates(planted):
    """Each day in turn, which is a jump forwards or backwards each time."""
    daemon, box = planted.daemon, planted.server.mailboxes['INBOX']
    for number, (now, tag, _) in enumerate(DATES, 1):
        planted.set_clock(offset_to(local(now)))
        box.add(bcc(number, tag, local(now)))
        daemon.wait_settled(number)
    tasks = {one['title']: one for one in planted.postroom.json('task', 'list')}
    assert len(tasks) == len(DATES), tasks
    for number, (now, tag, due) in enumerate(DATES, 1):
        found = next(one for title, one in tasks.items() if title.endswith(f'Offer {number}'))
        at = found['due']
        if 'T' in due:
            assert datetime.datetime.fromisoformat(at) == datetime.datetime.fromisoformat(due), \
                f'{now} {tag}: {found}'
        else:
            assert at == due, f'{now} {tag}: {found}'
    stored = dict(daemon.query('SELECT message_id, stored_ms FROM message'))
    for number, (now, _, _) in enumerate(DATES, 1):
        late_s = stored[f'{number}@example.org'] / 1000 - local(now).timestamp()
        assert 0 <= late_s < SOON_S, f'{now}: stored {late_s} s later'


def test_timers_hold(build, tmp_path):
    """Mail is taken at once, the watchdog fed, no role killed for having been silent for years."""
    with Planted(build, tmp_path, [], kind='capture', who_may_write='none') as planted:
        planted.daemon.terminate()
        planted.daemon.environment['WATCHDOG_USEC'] = '15000000'
        planted.daemon.start()
        daemon, box = planted.daemon, planted.server.mailboxes['INBOX']
        pids = sorted(one['pid'] for one in daemon.roles())
        for turn, offset in enumerate((20 * YEAR_MS, -10 * YEAR_MS), 1):
            planted.set_clock(offset)
            jumped = time.monotonic()
            box.add(bcc(turn, '1w', datetime.datetime.now(ZONE)))
            daemon.wait_settled(turn, timeout=SOON_S)
            daemon.wait_notified('WATCHDOG=1', after=jumped, timeout=SOON_S)
        assert sorted(one['pid'] for one in daemon.roles()) == pids


def test_repeated_actions_do_not_wait_for_a_clock_that_was_set_back(build, tmp_path):
    """The server can't do it at first: asked again at once, not when the year is over."""
    refused = []

    def refuse(session, tag, _):
        refused.append(tag)
        session.no(tag, 'not now')
        return True

    with Planted(build, tmp_path, [], kind='capture', who_may_write='none',
                 action='seen') as planted:
        daemon, server = planted.daemon, planted.server
        daemon.expected = {'action', 'action-failed'}
        server.hooks['UID STORE'] = refuse
        planted.set_clock(YEAR_MS)
        server.mailboxes['INBOX'].add(bcc(1, '1w', datetime.datetime.now(ZONE)))
        daemon.wait_event('action-failed')
        del server.hooks['UID STORE']
        planted.set_clock(0)
        wait_for(lambda: server.mailboxes['INBOX'].flags[1], SOON_S, 'the flag')
