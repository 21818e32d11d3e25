"""A non-profit that logs by BCC: a day from the first mail to the closed board, at the terminal."""
import datetime

import pytest

from postroom import Postroom

CONFIG = """
organisation:
  name: Example Foundation
  zone: Europe/Amsterdam
  domains: [example.org]
  hosts: [mail.example.org]
  days_off: [2026-12-25]
storage: {{directory: {directory}/state}}
users:
  - {{name: anna, full_name: Anna Visser, addresses: [anna@example.org], teams: [giving]}}
  - {{name: ben, full_name: Ben Bakker, addresses: [ben@example.org], teams: [giving]}}
  - {{name: cor, full_name: Cor Kok, addresses: [cor@example.org], teams: [giving]}}
server: {{host: imap.example.org}}
mailboxes:
  - name: crm
    kind: capture
    addresses: [crm@example.org]
    login: {{user: crm, password: {{file: {directory}/password}}}}
    who_may_write: submission
deals:
  pipelines:
    - name: giving
      phases:
        - {{name: found, probability: 5}}
        - {{name: contacted, probability: 10}}
        - {{name: visited, probability: 30}}
        - {{name: asked, probability: 60}}
        - {{name: promised, probability: 90}}
        - {{name: over}}
      outcomes: [refused, no-answer]
  types:
    - {{name: grant}}
    - {{name: donation, win_needs: [], close_needs: [ticket]}}
    - {{name: legacy, win_needs: [], close_needs: []}}
"""


@pytest.fixture
def postroom(build, tmp_path):
    (tmp_path / 'state').mkdir()
    (tmp_path / 'state').chmod(0o2770)
    (tmp_path / 'password').write_text('secret\n')
    (tmp_path / 'password').chmod(0o600)
    config = tmp_path / 'postroom.yaml'
    config.write_text(CONFIG.format(directory=tmp_path))
    return Postroom(build, tmp_path, config)


def blind_copy(number, to, sender='Anna Visser <anna@example.org>', tag='', subject='Our work'):
    """What a colleague wrote to somebody, as crm@ in Bcc got it."""
    return (f'Delivered-To: crm{tag}@example.org\n'
            'Received: from laptop by mail.example.org with ESMTPSA; '
            'Mon, 2 Nov 2026 10:00:00 +0100\n'
            f'From: {sender}\nTo: {to}\nDate: Mon, 2 Nov 2026 10:0{number}:00 +0100\n'
            f'Message-ID: <out-{number}@example.org>\nSubject: {subject}\n\nDear friend,\n')


def day(offset):
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


def activities(postroom, name):
    return [(one['kind'], one['subject']) for one in
            postroom.json('contact', 'show', name)['activities']]


def deals(postroom, *options):
    return {one['name']: one for one in postroom.json('deal', 'list', *options)}


def test_day_five(postroom):
    # Two people are known; the third is not. Mail with crm@ in Bcc stands on its contact by itself.
    postroom('contact', 'add', 'Greta Gever', 'greta@gever.example', '--owner', 'ben')
    postroom('contact', 'add', 'Hans Helfer', 'hans@helfer.example', '--owner', 'anna')
    postroom.take(blind_copy(1, 'Greta Gever <greta@gever.example>'),
                  blind_copy(2, 'ilse@stifter.example', subject='Would you help'),
                  blind_copy(3, 'Ilse Stifter <ilse@stifter.example>', subject='Once more'),
                  blind_copy(4, 'hans@helfer.example', tag='+2w.to-ben', subject='Call him'))
    assert activities(postroom, 'greta') == [('mail', 'Our work')]

    # The unresolved list: nobody is Ilse. She is made a contact, and past mail is hers.
    waiting = postroom.json('unresolved', 'list')
    assert {one['address'] for one in waiting} == {'ilse@stifter.example'} and len(waiting) == 2
    preview = postroom.json('unresolved', 'create', 'ilse@stifter.example', '--name',
                            'Ilse Stifter', '--dry-run')
    assert preview['settled'] == 2 and len(postroom.json('contact', 'list')) == 2
    postroom('contact', 'add', 'Ilse Stifter', 'ilse@stifter.example', '--owner', 'ben')
    assert postroom.json('unresolved', 'list') == []
    assert activities(postroom, 'ilse') == [('mail', 'Once more'), ('mail', 'Would you help')]

    # Follow-up dates: by the address (two weeks from the mail), and behind a call.
    follow_up, = postroom.json('task', 'list')
    assert follow_up['due'] == '2026-11-16' and follow_up['assignee']['name'] == 'ben'
    call = postroom.json('call', 'add', 'ilse', 'She was on her way out', '--result', 'interested',
                         '--next-step', 'Visit her', '--responsible', 'ben', '--follow-up', day(9))
    visit = postroom.json('task', 'show', call['task'])
    assert (visit['title'], visit['due'], visit['assignee']['name']) == ('Visit her', day(9), 'ben')
    told, = postroom.json('call', 'list', 'ilse')
    assert told['result'] == 'interested' and told['responsible']['name'] == 'ben'

    # Opportunities of three types, through six phases.
    for name, person, kind, value in (('Roof', 'greta', 'grant', '20000'),
                                      ('Garden', 'hans', 'donation', '500'),
                                      ('House', 'ilse', 'legacy', '90000')):
        postroom('deal', 'add', name, '--contact', person, '--type', kind, '--value', value,
                 '--owner', 'ben')
    for phase in ('contacted', 'visited', 'asked', 'promised'):
        postroom('deal', 'move', 'House', phase)
    postroom('deal', 'move', 'Garden', 'promised')
    assert 'promised' in postroom('deal', 'move', 'Roof', 'signed', code=3).err
    # A lost one jumps to the last phase from anywhere, with its reason; it can be nurtured.
    lost = postroom.json('deal', 'lose', 'Roof', '--reason', 'no money this year',
                         '--outcome', 'refused')['deal']
    assert (lost['phase'], lost['state'], lost['outcome']) == ('over', 'lost', 'refused')
    postroom('deal', 'nurture', 'Roof', '--due', day(90))
    assert deals(postroom)['Roof']['state'] == 'open'
    postroom('deal', 'lose', 'Roof', '--reason', 'no money next year either')

    # Ben takes his holidays: his work is with Cor, what comes in as well, and then back with him.
    postroom('user', 'away', 'ben', '--until', day(7), '--to', 'cor')
    assert {one['assignee']['name'] for one in postroom.json('task', 'list')} == {'cor'}
    postroom.take(blind_copy(5, 'greta@gever.example', tag='+2w.to-ben', subject='Thank you'))
    assert {one['assignee']['name'] for one in postroom.json('task', 'list')} == {'cor'}
    cors = postroom.json('board', 'actions', '--user', 'cor')
    postroom('task', 'done', 'Call him')
    postroom('user', 'back', 'ben')
    assert cors and {one['assignee']['name'] for one in postroom.json('task', 'list')} == {'ben'}
    assert postroom.json('task', 'list', '--state', 'done')[0]['assignee']['name'] == 'cor'

    # The board is closed: what was promised is won, its bill paid and closed, then the deal.
    postroom('deal', 'win', 'House')
    postroom('deal', 'close', 'House')
    won = postroom.json('deal', 'win', 'Garden')
    assert 'ticket' in postroom('deal', 'close', 'Garden', code=4).err
    ticket, = [one['id'] for one in postroom.json('ticket', 'list')
               if one['deal'] == won['deal']['id']]
    postroom('ticket', 'pay', ticket)
    postroom('ticket', 'close', ticket)
    postroom('deal', 'close', 'Garden')
    assert won['deal']['value'] == '500.00' and deals(postroom) == {}

    # Ben leaves: what is open goes to Anna, his calendar is worth nothing, the history stays.
    postroom('feed', 'add', 'ben')
    before = {name: activities(postroom, name) for name in ('greta', 'hans', 'ilse')}
    postroom('user', 'leave', 'ben', '--to', 'anna')
    assert postroom.json('feed', 'list') == []
    assert {one['assignee']['name'] for one in postroom.json('task', 'list')} == {'anna'}
    postroom.config.write_text('\n'.join(
        line for line in postroom.config.read_text().splitlines() if 'name: ben' not in line))
    assert {name: activities(postroom, name) for name in before} == before
    assert postroom.json('contact', 'show', 'ilse')['owner']['name'] == 'anna'
    assert deals(postroom, '--state', 'all')['House']['owner']['name'] == 'ben'

    for one in postroom.json('task', 'list'):
        postroom('task', 'done', one['id'])
    assert postroom.json('task', 'list') == [] and postroom.json('unresolved', 'list') == []
    ledger = postroom.json('status')['ledger']
    assert ledger['filed'] == ledger['fetched'] == 5
