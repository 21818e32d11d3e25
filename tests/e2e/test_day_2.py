"""The second working day: an IT service company, from the first call to the project that is done,
through the command alone."""
import pytest
from postroom import Postroom

OUTSIDE = 'Received: from outside by mail.example.org with ESMTP; Mon, 2 Nov 2026 09:00:00 +0100\n'
OURS = 'Received: from laptop by mail.example.org with ESMTPSA; Mon, 2 Nov 2026 10:00:00 +0100\n'
CONFIG = """
deals:
  pipelines:
    - name: services
      phases:
        - {name: talk, probability: 20}
        - {name: quotation, probability: 50}
        - {name: over}
  types: [{name: installation, project: installation}]
projects:
  - name: installation
    tasks:
      - {title: Order the parts, due: 3d, owner: ben}
      - {title: Install on site, due: 2w, after: [Order the parts], owner: ben}
      - {title: Train the users, due: 3w, after: [Install on site]}
review: {contact_fields: [owner, company], deal_fields: [owner, value]}
"""


@pytest.fixture
def postroom(build, tmp_path):
    program = Postroom(build, tmp_path)
    text = program.config.read_text().replace(
        'addresses: [anna@example.org]', 'addresses: [anna@example.org, service@example.org]')
    program.config.write_text(text + CONFIG)
    program('company', 'add', 'Kunde AG', '--domain', 'kunde.example')
    program('contact', 'add', 'Karel Kunde', 'karel@kunde.example', '--company', 'Kunde AG',
            '--owner', 'anna')
    program('contact', 'add', 'Paula Privat', 'paula@home.example', '--owner', 'anna')
    return program


def sent(sender, number):
    return ('Delivered-To: crm@example.org\n' + OURS + f'From: Anna Visser <{sender}>\n'
            'To: karel@kunde.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n'
            f'Message-ID: <{number}@example.org>\nSubject: Your network\n\nHello Karel,\n')


def answer(number):
    return ('Delivered-To: crm@example.org\n' + OURS +
            'From: Anna Visser <anna@example.org>\nTo: crm@example.org\n'
            'Date: Tue, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <fwd@example.org>\n'
            'Subject: Fwd: Re: Your network\nMIME-Version: 1.0\n'
            'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n\n'
            '--x\nContent-Type: message/rfc822\n\nFrom: Karel Kunde <karel@kunde.example>\n'
            'To: service@example.org\nDate: Tue, 3 Nov 2026 09:30:00 +0100\n'
            f'Message-ID: <re@kunde.example>\nIn-Reply-To: <{number}@example.org>\n'
            'Subject: Re: Your network\n\nYes, please.\n--x--\n')


def test_people_calls_and_mail(postroom):
    # with and without a company
    assert postroom.json('contact', 'show', 'Karel')['company']['name'] == 'Kunde AG'
    assert postroom.json('contact', 'show', 'Paula')['company'] is None

    # a call on the day it was, with the voicemail mark; call back in two weeks
    postroom('call', 'add', 'Karel', 'Network is slow', '--spoken', '2026-10-30', '--voicemail',
             'yes', '--direction', 'out', '--follow-up', '2w', '--responsible', 'anna')
    call, = postroom.json('call', 'list', 'Karel')
    assert call['voicemail'] and call['spoken'].startswith('2026-10-30')
    task, = postroom.json('task', 'list', '--user', 'anna')
    assert 'Karel' in task['contact']['name']
    for kind in ([], ['--tasks']):
        assert f'#{task["id"]}' in postroom('calendar', 'export', 'anna', *kind).out

    # mail, from which of our addresses, and the answer to it
    postroom.take(sent('service@example.org', 'a'), answer('a'))
    mails = [activity for activity in postroom.json('contact', 'show', 'Karel')['activities']
             if activity['kind'] == 'mail']
    assert sorted(mail['direction'] for mail in mails) == ['in', 'out']
    out, = [mail for mail in mails if mail['direction'] == 'out']
    assert postroom.json('message', 'show', out['message'])['from']['address'] == (
        'service@example.org')

    # who is not to be contacted is marked wherever he shows
    postroom('contact', 'edit', 'Paula', '--do-not-contact', 'yes')
    postroom('task', 'add', 'Ask Paula', '--contact', 'Paula', '--assignee', 'anna', '--due', '1w')
    assert 'do not contact' in postroom('task', 'list').out
    assert '[do not contact]' in postroom('calendar', 'export', 'anna').out


def opportunity(postroom, name):
    postroom('deal', 'add', name, '--contact', 'Karel', '--owner', 'anna', '--value', '5000',
             '--type', 'installation')
    postroom('deal', 'link', name, '--user', 'ben', '--role', 'technician')
    postroom('deal', 'move', name, 'quotation')


def test_an_accepted_quotation_becomes_a_project(postroom):
    opportunity(postroom, 'New network')
    postroom('deal', 'quote', 'New network', 'Q-1', '--until', '2026-12-31', '--chase', '2w')
    chase, = postroom.json('task', 'list')
    assert chase['assignee']['name'] == 'anna'
    # the technician is informed in his feed
    assert f'#{chase["id"]}' in postroom('calendar', 'export', 'ben', '--tasks').out

    postroom('deal', 'accept', 'New network', '--date', '2026-11-20')
    assert postroom.json('task', 'show', chase['id'])['state'] == 'done'
    project = postroom.json('project', 'show', 'New network')
    assert [(task['title'], task['due'], task['assignee']['name'], task['blocked'])
            for task in project['tasks']] == [
        ('Order the parts', '2026-11-23', 'ben', False),
        ('Install on site', '2026-12-04', 'ben', True),
        ('Train the users', '2026-12-11', 'anna', True)]
    assert 'Order the parts' in postroom('task', 'done', 'Install on site', code=4).err
    for title in ('Order the parts', 'Install on site', 'Train the users'):
        postroom('task', 'done', title)
    assert postroom.json('project', 'show', 'New network')['state'] == 'done'

    postroom('deal', 'win', 'New network', '--link', 'https://files.example.org/signed.pdf')
    postroom('ticket', 'send', 'Bill: New network', '--number', '2026-7')
    postroom('ticket', 'pay', '2026-7', '--close')
    postroom('deal', 'close', 'New network')
    board = postroom.json('board', 'sales', '--all')
    assert {column['name']: len(column['cards']) for column in board['columns']} == {
        'unprocessed': 0, 'talk': 0, 'quotation': 0, 'over': 0, 'won': 0, 'lost': 0, 'closed': 1}


def test_a_declined_one_goes_back_to_follow_up(postroom):
    opportunity(postroom, 'New server')
    postroom('deal', 'quote', 'New server', 'Q-2', '--until', '2026-12-31')
    postroom('deal', 'decline', 'New server', '--reason', 'no budget this year', '--follow-up',
             '2027-01-15')
    task, = postroom.json('task', 'list', '--kind', 'follow-up')
    assert (task['due'], task['note']) == ('2027-01-15', 'no budget this year')
    deal = postroom.json('deal', 'show', 'New server')
    assert deal['state'] == 'open' and deal['reason'] == 'no budget this year'
    assert deal['quotation']['state'] == 'declined'
    # or it is lost, and comes back next year with its reason
    postroom('deal', 'lose', 'New server', '--reason', 'no budget this year')
    back = postroom.json('deal', 'nurture', 'New server', '--due', '2027-06-01')['deal']
    assert (back['phase'], back['reason']) == ('talk', 'no budget this year')


def test_the_weekly_check_shows_gaps(postroom):
    postroom('deal', 'add', 'Forgotten', '--contact', 'Karel')
    postroom('task', 'add', 'Was due', '--due', '2026-01-05', '--contact', 'Karel')
    postroom.take(sent('anna@example.org', 'b').replace('karel@kunde.example', 'who@new.example'))
    found = {part['key']: [row['name'] for row in part['findings']]
             for part in postroom.json('review')['sections']}
    assert found['overdue'] == ['Was due']
    assert found['deals_without_step'] == ['Forgotten']
    assert found['missing_fields'] == ['Paula Privat', 'Forgotten']
    assert found['queue'] == ['1 item waits']
    assert 'Forgotten' in postroom('review', '--format', 'html').out
