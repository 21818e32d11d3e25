"""Invites from mail to timeline: made, moved, cancelled, and the same after everything is read anew."""
from test_cli import TRUSTED, postroom  # pylint: disable=unused-import

INVITE = '''Delivered-To: crm@example.org
{trusted}From: Anna Visser <anna@example.org>
To: Erika <erika@kunde.example>
Date: Mon, 2 Nov 2026 1{number}:00:00 +0100
Message-ID: <invite-{number}@example.org>
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

See you there.
--b
Content-Type: text/calendar; method={method}

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:{method}
BEGIN:VEVENT
UID:plan-1@example.org
SEQUENCE:{number}
DTSTAMP:20261102T1{number}0000Z
SUMMARY:{subject}
DTSTART;TZID=W. Europe Standard Time:{start}
DURATION:PT1H
ORGANIZER:mailto:anna@example.org
ATTENDEE:mailto:erika@kunde.example
END:VEVENT
END:VCALENDAR
--b--
'''


def invite(number, subject, start, method='REQUEST'):
    return INVITE.format(trusted=TRUSTED, number=number, subject=subject, start=start,
                         method=method)


def timeline(postroom):
    return sorted((row['kind'], row['at'], row['subject'])
                  for row in postroom.json('contact', 'show', 'erika')['activities'])


def test_invite_moved_and_cancelled(postroom):
    postroom('contact', 'add', 'Erika', 'erika@kunde.example')
    postroom.take(invite(0, 'Plan', '20261110T090000'))
    assert timeline(postroom) == [('meeting', '2026-11-10T09:00:00+01:00', 'Plan')]
    postroom.take(invite(1, 'Plan B', '20261111T100000'))
    moved = [('mail', '2026-11-02T11:00:00+01:00', 'Plan B'),
             ('meeting', '2026-11-11T10:00:00+01:00', 'Plan B')]
    assert timeline(postroom) == moved
    # a person sees nothing else when all is read again, the oldest first
    result = postroom.json('replay', '--all', '--yes')
    assert result['read'] == 2 and result['changes'] == []
    assert timeline(postroom) == moved
    postroom.take(invite(2, 'Plan B', '20261111T100000', 'CANCEL'))
    meeting = [row for row in postroom.json('contact', 'show', 'erika')['activities']
               if row['kind'] == 'meeting']
    assert meeting[0]['body'].endswith('cancelled')
