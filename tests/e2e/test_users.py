"""Colleagues who are away, come back, hand over and leave."""
import datetime

import pytest

from postroom import Postroom

CASE = '''Received: from x by mail.example.org with ESMTP; Fri, 20 Nov 2026 10:00:00 +0100
From: Karel <karel@kunde.example>
To: support@example.org
Delivered-To: support@example.org
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <{number}@kunde.example>
Subject: Question {number}

Help
'''

LEAD = CASE.replace('support@', 'sales@').replace('Karel <karel@kunde.example>',
                                                  'Lead <{number}@lead.example>')


def day(offset):
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


@pytest.fixture
def postroom(build, tmp_path):
    made = Postroom(build, tmp_path)
    text = made.config.read_text().replace(
        '  - {name: ben,', '  - {name: cor, full_name: Cor Kok, addresses: [cor@example.org]}\n'
        '  - {name: ben,') + 'support: {assignee: ben}\nleads: {owners: [ben, cor, anna]}\n'
    made.config.write_text(text)
    made('contact', 'add', 'Karel', 'karel@kunde.example', '--owner', 'ben')
    return made


def whose(postroom, noun, key='assignee'):
    return {one.get('title') or one.get('subject') or one['name']: one[key]['name']
            for one in postroom.json(noun, 'list') if one[key]}


def test_holidays(postroom):
    postroom('task', 'add', 'Call Karel', '--assignee', 'ben')
    postroom('task', 'add', 'Mow the lawn', '--assignee', 'anna')
    postroom.take(CASE.format(number=1))
    preview = postroom.json('user', 'away', 'ben', '--until', day(14), '--to', 'anna', '--dry-run')
    assert preview['moved'] == 2 and whose(postroom, 'case') == {'Question 1': 'ben'}
    told = postroom.json('user', 'away', 'Ben Bakker', '--until', day(14), '--to', 'anna')
    assert told['moved'] == 2
    assert whose(postroom, 'task') == {'Call Karel': 'anna', 'Mow the lawn': 'anna'}
    # what comes in goes to who stands in, too
    postroom.take(CASE.format(number=2))
    assert whose(postroom, 'case') == {'Question 1': 'anna', 'Question 2': 'anna'}
    absence, = postroom.json('user', 'absences')
    assert (absence['user'], absence['stand_in'], absence['state']) == ('ben', 'anna', 'away')
    # she finishes one and gives one on: these do not come back
    postroom('case', 'close', 'Question 1')
    postroom('case', 'assign', 'Question 2', 'cor')
    told = postroom.json('user', 'back', 'ben')
    assert told['returned'] == 1
    assert whose(postroom, 'task') == {'Call Karel': 'ben', 'Mow the lawn': 'anna'}
    assert whose(postroom, 'case') == {'Question 2': 'cor'}
    assert postroom.json('user', 'absences') == []
    assert postroom.json('user', 'absences', '--all')[0]['state'] == 'over'
    assert postroom.json('log', 'list')[0]['verb'] == 'user back'


def test_undo_of_an_absence(postroom):
    postroom('task', 'add', 'Call Karel', '--assignee', 'ben')
    told = postroom.json('user', 'away', 'ben', '--until', day(3), '--to', 'anna')
    postroom('undo', told['operation'])
    assert whose(postroom, 'task') == {'Call Karel': 'ben'}
    assert postroom.json('user', 'absences', '--all') == []


def test_planned(postroom):
    postroom('task', 'add', 'Call Karel', '--assignee', 'ben')
    told = postroom.json('user', 'away', 'ben', '--from', day(3), '--until', day(9), '--to', 'anna')
    assert told['moved'] == 0 and whose(postroom, 'task') == {'Call Karel': 'ben'}
    assert 'is away from' in postroom('user', 'away', 'ben', '--from', day(9), '--until', day(10),
                                      '--to', 'cor', code=4).err
    assert 'stands in for ben' in postroom('user', 'away', 'anna', '--until', day(3), '--to',
                                           'cor', code=4).err
    assert 'is away from' in postroom('user', 'away', 'cor', '--until', day(3), '--to', 'ben',
                                      code=4).err
    postroom('user', 'away', 'anna', '--until', day(2), '--to', 'cor')
    assert 'before the first' in postroom('user', 'away', 'cor', '--from', day(5), '--until',
                                          day(4), '--to', 'anna', code=5).err
    postroom('user', 'away', 'cor', '--until', day(4), '--to', 'cor', code=5)
    postroom('user', 'away', 'cor', '--until', day(-1), '--to', 'anna', code=2)
    postroom('user', 'away', 'cor', '--to', 'anna', code=2)
    postroom('user', 'back', 'cor', code=3)


def test_leads_go_to_the_next(postroom):
    postroom('user', 'away', 'cor', '--until', day(3), '--to', 'anna')
    postroom.take(*(LEAD.format(number=number) for number in range(4)))
    owners = [one['owner']['name'] for one in postroom.json('deal', 'list')]
    assert owners == ['ben', 'anna', 'ben', 'anna']


def test_handover_and_leave(postroom):
    postroom('company', 'add', 'Kunde', '--owner', 'ben')
    postroom('task', 'add', 'Call Karel', '--assignee', 'ben')
    postroom('task', 'add', 'Done', '--assignee', 'ben')
    postroom('task', 'done', 'Done')
    postroom.take(CASE.format(number=1), LEAD.format(number=1))
    postroom('note', 'add', 'karel', 'Likes tea')
    told = postroom.json('user', 'handover', '--from', 'ben', '--to', 'anna')
    assert told['moved'] == 5
    assert postroom.json('contact', 'show', 'karel')['owner']['name'] == 'anna'
    done, = postroom.json('task', 'list', '--state', 'done')
    assert done['assignee']['name'] == 'ben'
    postroom('undo', told['operation'])
    assert whose(postroom, 'deal', 'owner') == {'Question 1': 'ben'}

    postroom('feed', 'add', 'ben')
    postroom('user', 'away', 'ben', '--until', day(3), '--to', 'cor')
    done = postroom('user', 'leave', 'ben', '--to', 'anna', '--json')
    assert 'take him out of `users`' in done.err
    assert '"feeds": 1' in done.out
    assert postroom.json('feed', 'list') == []
    assert postroom.json('user', 'absences') == []
    assert set(whose(postroom, 'task').values()) == {'anna'}
    postroom.config.write_text(''.join(
        line + '\n' for line in postroom.config.read_text().replace('ben, cor', 'cor').replace(
            'assignee: ben', 'assignee: anna').splitlines() if 'name: ben' not in line))
    # the history stays
    assert postroom.json('note', 'list', 'karel')[0]['text'] == 'Likes tea'
    assert postroom.json('task', 'list', '--state', 'done')[0]['assignee']['name'] == 'ben'
    assert [one['name'] for one in postroom.json('user', 'list')] == ['anna', 'cor']
