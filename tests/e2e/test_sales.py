"""Deals from the first phase to the closed one, their quotations, projects and bills."""
import pytest
from postroom import Postroom

SALES = """
deals:
  pipelines:
    - name: sales
      phases:
        - {name: new, probability: 10}
        - {name: offer, probability: 50}
        - {name: talk, probability: 80}
        - {name: over}
      outcomes: [lost, not-now]
    - {name: renewals, phases: [due, renewed, ended]}
  types:
    - {name: consulting, project: onboarding}
    - {name: favour, win_needs: [], close_needs: []}
    - {name: build, win_needs: [contract, quotation, value], close_needs: [ticket, project]}
  subjects: [software, training]
  weights: [small, large]
projects:
  - name: onboarding
    tasks:
      - {title: Kick-off, due: 3d, owner: ben}
      - {title: Install, due: 2w, after: [Kick-off]}
      - {title: Hand over, due: 1m, after: [Kick-off, Install], owner: anna}
finance: {terms: 14d, tax_rate: '21'}
"""


@pytest.fixture
def postroom(build, tmp_path):
    """Anna sits at the terminal; she has a customer."""
    program = Postroom(build, tmp_path)
    program.config.write_text(program.config.read_text() + SALES)
    program('company', 'add', 'Kunde AG', '--domain', 'kunde.example')
    program('contact', 'add', 'Karel Kunde', 'karel@kunde.example', '--company',
            'Kunde AG')
    return program


def deal(postroom, name='Big one', *more):
    return postroom.json('deal', 'add', name, '--contact', 'Karel', '--owner', 'anna', *more)['deal']


def contract(postroom):
    path = postroom.directory / 'contract.pdf'
    path.write_bytes(b'%PDF-1.4 signed\n')
    return path


# ---------------------------------------------------------------- fields, phases, labels

def test_fields_and_labels(postroom):
    made = deal(postroom, 'Big one', '--value', '1000', '--type', 'Consulting', '--subject',
                'Training', '--weight', 'large', '--expected', '2027-01-31')
    assert (made['phase'], made['pipeline'], made['state']) == ('new', 'sales', 'open')
    assert (made['type'], made['subject'], made['weight']) == ('consulting', 'training', 'large')
    assert made['company']['name'] == 'Kunde AG' and made['owner']['name'] == 'anna'
    assert (made['value'], made['currency'], made['weighted']) == ('1000.00', 'EUR', '100.00')
    assert made['expected_close'] == '2027-01-31'
    postroom('deal', 'edit', 'big', '--type', '', '--value', '2000.50')
    shown = postroom.json('deal', 'show', 'Big one')
    assert shown['type'] is None and shown['value'] == '2000.50'


@pytest.mark.parametrize('option,word,there', [
    ('--type', 'odd', 'consulting'), ('--subject', 'odd', 'software'), ('--weight', 'odd', 'small'),
    ('--phase', 'odd', 'offer'), ('--pipeline', 'odd', 'renewals')])
def test_words_that_are_not_configured_are_told(postroom, option, word, there):
    result = postroom('deal', 'add', 'x', option, word, code=3)
    assert word in result.err and there in result.err
    assert postroom.json('deal', 'list') == []


def test_phases_and_pipelines(postroom):
    deal(postroom, 'One', '--lead')
    assert postroom.json('deal', 'list', '--leads')[0]['name'] == 'One'
    moved = postroom.json('deal', 'move', 'One', 'OFFER')['deal']
    assert moved['phase'] == 'offer' and moved['probability'] == 50 and not moved['is_lead']
    assert 'renewed' not in postroom('deal', 'move', 'One', 'renewed', code=3).err.split(':')[0]
    other = postroom.json('deal', 'edit', 'One', '--pipeline', 'renewals')['deal']
    assert (other['pipeline'], other['phase']) == ('renewals', 'due')


def test_an_ambiguous_name_lists_candidates(postroom):
    deal(postroom, 'Support 2026')
    deal(postroom, 'Support 2027')
    result = postroom('deal', 'show', 'support', code=2)
    assert 'Support 2026' in result.err and 'Support 2027' in result.err
    assert postroom.json('deal', 'show', 'support 2027')['name'] == 'Support 2027'


# ---------------------------------------------------------------- winning

def test_win_needs_a_signed_contract(postroom):
    deal(postroom, 'Big one', '--value', '1000')
    refused = postroom('deal', 'win', 'Big one', code=4)
    assert 'signed contract' in refused.err and 'deal contract' in refused.err
    postroom('deal', 'contract', 'Big one', '--file', contract(postroom), '--unsigned')
    postroom('deal', 'win', 'Big one', code=4)
    postroom('deal', 'contract', 'Big one', '--file', contract(postroom))
    won = postroom.json('deal', 'win', 'Big one', '--date', '2026-11-02')
    assert won['deal']['state'] == 'won' and won['deal']['ended'] == '2026-11-02'
    assert won['deal']['weighted'] == '1000.00'
    assert postroom('deal', 'document', 'Big one').bytes == b'%PDF-1.4 signed\n'


def test_winning_opens_the_bill_and_begins_the_project(postroom):
    deal(postroom, 'Big one', '--value', '1000', '--type', 'consulting')
    dry = postroom.json('deal', 'win', 'Big one', '--file', contract(postroom), '--dry-run')
    assert dry['operation'] is None and postroom.json('ticket', 'list') == []
    assert postroom.json('project', 'list') == []
    won = postroom.json('deal', 'win', 'Big one', '--link', 'https://files.example.org/c.pdf',
                        '--discount', '100', '--date', '2026-11-02')
    ticket, = postroom.json('ticket', 'list', '--direction', 'receivable')
    assert (ticket['net'], ticket['discount'], ticket['tax_rate']) == ('1000.00', '100.00', '21.00')
    assert (ticket['tax'], ticket['payable']) == ('189.00', '1089.00')
    assert ticket['supplier']['name'] == 'Kunde AG' and ticket['deal'] == won['deal']['id']
    project = postroom.json('project', 'show', 'Big one')
    assert [(task['title'], task['due'], task['assignee']['name'], task['blocked'])
            for task in project['tasks']] == [
        ('Kick-off', '2026-11-05', 'ben', False), ('Install', '2026-11-16', 'anna', True),
        ('Hand over', '2026-12-02', 'anna', True)]
    # one undo takes the bill, the project, its tasks and the contract away
    postroom('undo', won['operation'])
    assert postroom.json('ticket', 'list', '--state', 'all') == []
    assert postroom.json('task', 'list', '--state', 'all') == []
    assert postroom.json('project', 'list', '--all') == []
    shown = postroom.json('deal', 'show', 'Big one')
    assert shown['state'] == 'open' and shown['documents'] == []


def test_close_needs_the_closed_ticket(postroom):
    deal(postroom, 'Big one', '--value', '1000')
    postroom('deal', 'close', 'Big one', code=4)
    postroom('deal', 'win', 'Big one', '--file', contract(postroom))
    for command in (['send'], ['pay']):
        refused = postroom('deal', 'close', 'Big one', code=4)
        assert 'ticket pay' in refused.err and '--close' in refused.err
        postroom('ticket', *command, 'Bill: Big one')
    assert 'ticket close' in postroom('deal', 'close', 'Big one', code=4).err
    lacks = postroom.json('deal', 'show', 'Big one')['lacks']
    assert len(lacks) == 1 and 'paid' in lacks[0]['what']
    postroom('ticket', 'close', 'Bill: Big one')
    closed = postroom.json('deal', 'close', 'Big one')['deal']
    assert closed['state'] == 'closed' and closed['weighted'] == '1000.00'


def test_needs_by_type(postroom):
    deal(postroom, 'Favour', '--type', 'favour')
    postroom('deal', 'win', 'Favour')
    postroom('deal', 'close', 'Favour')
    deal(postroom, 'Build', '--type', 'build')
    refused = postroom('deal', 'win', 'Build', code=4).err
    assert all(word in refused for word in ('signed contract', 'accepted quotation', 'a value'))


def test_contract_from_a_mail(postroom):
    deal(postroom, 'Big one')
    mail = ('Delivered-To: crm@example.org\n'
            'Received: from laptop by mail.example.org with ESMTPSA; '
            'Mon, 2 Nov 2026 10:00:00 +0100\n'
            'From: Anna Visser <anna@example.org>\nTo: karel@kunde.example\n'
            'Date: Mon, 2 Nov 2026 10:00:00 +0100\nMessage-ID: <c@example.org>\n'
            'Subject: Signed\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n'
            '--x\nContent-Type: text/plain\n\nHere.\n'
            '--x\nContent-Type: application/pdf; name=a.pdf\n'
            'Content-Disposition: attachment; filename=a.pdf\n\n%PDF-1.4 a\n'
            '--x\nContent-Type: application/pdf; name=b.pdf\n'
            'Content-Disposition: attachment; filename=b.pdf\n\n%PDF-1.4 b\n--x--\n')
    postroom.take(mail)
    refused = postroom('deal', 'win', 'Big one', '--message', 'c@example.org', code=2)
    assert 'a.pdf' in refused.err and 'b.pdf' in refused.err
    postroom('deal', 'win', 'Big one', '--message', 'c@example.org', '--attachment', 'b.pdf')
    document, = postroom.json('deal', 'show', 'Big one')['documents']
    assert document['title'] == 'b.pdf' and document['signed'] and document['message']


@pytest.mark.parametrize('words,code', [
    (['--link', 'ftp://x.example'], 5), (['--file', '/nowhere.pdf'], 5),
    (['--message', 'none@example.org'], 3),
    (['--link', 'https://x.example', '--file', '/nowhere.pdf'], 2)])
def test_contracts_that_are_none(postroom, words, code):
    deal(postroom)
    postroom('deal', 'win', 'Big one', *words, code=code)
    assert postroom.json('deal', 'show', 'Big one')['state'] == 'open'


# ---------------------------------------------------------------- losing and coming back

def test_lost_jumps_to_the_last_phase_and_comes_back(postroom):
    deal(postroom)
    assert '--reason' in postroom('deal', 'lose', 'Big one', code=2).err
    assert 'not-now' in postroom('deal', 'lose', 'Big one', '--reason', 'x', '--outcome', 'odd',
                                 code=3).err
    lost = postroom.json('deal', 'lose', 'Big one', '--reason', 'too dear', '--outcome', 'Not-Now')
    assert (lost['deal']['phase'], lost['deal']['outcome']) == ('over', 'not-now')
    postroom('deal', 'move', 'Big one', 'offer', code=4)
    back = postroom.json('deal', 'nurture', 'Big one', '--due', '2027-02-01')['deal']
    assert (back['state'], back['phase'], back['reason']) == ('open', 'new', 'too dear')
    task, = postroom.json('task', 'list', '--kind', 'follow-up')
    assert task['due'] == '2027-02-01' and task['note'] == 'too dear'
    assert task['assignee']['name'] == 'anna' and task['deal'] == back['id']


def test_several_deals_and_one_current(postroom):
    one, two = deal(postroom, 'One'), deal(postroom, 'Two')
    postroom('deal', 'use', 'One')
    assert [row['current'] for row in postroom.json('deal', 'list')] == [True, False]
    postroom('deal', 'use', 'Two')
    assert [row['current'] for row in postroom.json('deal', 'list')] == [False, True]
    postroom('deal', 'lose', 'Two', '--reason', 'x')
    assert [row['name'] for row in postroom.json('deal', 'list', '--contact', 'Karel')] == ['One']
    assert postroom.json('deal', 'show', two['id'])['current'] is False
    assert postroom.json('deal', 'show', one['id'])['state'] == 'open'


# ---------------------------------------------------------------- who is in it

def test_a_deal_of_several_companies_and_colleagues(postroom):
    postroom('company', 'add', 'Partner BV')
    deal(postroom, 'Split', '--value', '900')
    assert '--contact' in postroom('deal', 'link', 'Split', code=2).err
    assert '--company' in postroom('deal', 'link', 'Split', '--user', 'ben', '--share', '1',
                                   code=2).err
    postroom('deal', 'link', 'Split', '--company', 'Partner', '--share', '300')
    postroom('deal', 'link', 'Split', '--user', 'ben', '--role', 'technician')
    parties = postroom.json('deal', 'show', 'Split')['parties']
    assert [(party['kind'], party['name'], party['role'], party['share']) for party in parties] == [
        ('company', 'Partner BV', None, '300.00'), ('user', 'ben', 'technician', None)]
    assert [row['name'] for row in postroom.json('deal', 'list', '--company', 'Partner')] == ['Split']
    assert [row['name'] for row in postroom.json('deal', 'list', '--user', 'ben')] == ['Split']
    # Anna's follow-up on it is in Ben's calendar, too, and once in that of both
    postroom('task', 'add', 'Call Karel', '--deal', 'Split', '--due', '2w', '--assignee', 'anna')
    for who in ('ben', 'anna'):
        assert 'Call Karel' in postroom('calendar', 'export', who).out
    postroom('deal', 'unlink', 'Split', '--user', 'ben')
    assert 'Call Karel' not in postroom('calendar', 'export', 'ben').out
    postroom('deal', 'unlink', 'Split', '--user', 'ben', code=4)


# ---------------------------------------------------------------- quotations and projects

def test_quotation_is_chased_and_accepted(postroom):
    deal(postroom, 'Big one', '--type', 'consulting')
    quoted = postroom.json('deal', 'quote', 'Big one', 'Q-17', '--sent', '2026-11-02', '--until',
                           '2026-12-01', '--chase', '2026-11-16')['deal']
    assert quoted['quotation'] == {'number': 'Q-17', 'state': 'sent', 'sent': '2026-11-02',
                                   'until': '2026-12-01'}
    chase, = postroom.json('task', 'list')
    assert 'Q-17' in chase['title'] and chase['due'] == '2026-11-16'
    # sent again: the same task on another day
    postroom('deal', 'quote', 'Big one', 'Q-17', '--until', '2026-12-10')
    chase, = postroom.json('task', 'list')
    assert chase['due'] == '2026-12-10'
    accepted = postroom.json('deal', 'accept', 'Big one', '--date', '2026-11-20')['deal']
    assert accepted['quotation']['state'] == 'accepted' and accepted['state'] == 'open'
    assert postroom.json('task', 'show', chase['id'])['state'] == 'done'
    assert [task['due'] for task in postroom.json('project', 'show', 'Big one')['tasks']] == [
        '2026-11-23', '2026-12-04', '2026-12-20']
    # winning it begins no second project
    postroom('deal', 'win', 'Big one', '--file', contract(postroom))
    assert len(postroom.json('project', 'list')) == 1


def test_declined_goes_back_to_follow_up(postroom):
    deal(postroom)
    postroom('deal', 'quote', 'Big one', 'Q-1', '--until', '2026-12-01')
    postroom('deal', 'decline', 'Big one', code=2)
    declined = postroom.json('deal', 'decline', 'Big one', '--reason', 'no budget', '--follow-up',
                             '2027-03-01')['deal']
    assert declined['quotation']['state'] == 'declined' and declined['reason'] == 'no budget'
    assert declined['state'] == 'open'
    task, = postroom.json('task', 'list')
    assert (task['due'], task['note']) == ('2027-03-01', 'no budget')


def test_tasks_wait_for_each_other(postroom):
    postroom('project', 'add', 'House', '--template', 'onboarding', '--owner', 'anna')
    refused = postroom('task', 'done', 'Install', code=4)
    assert 'Kick-off' in refused.err
    postroom('task', 'done', 'Install', 'Kick-off')
    assert not postroom.json('task', 'show', 'Hand over')['blocked']
    postroom('task', 'add', 'Paint', '--project', 'House', '--after', 'Hand over')
    assert postroom.json('task', 'show', 'Paint')['blocked']
    postroom('task', 'done', 'Hand over')
    postroom('task', 'done', 'Paint')
    assert postroom.json('project', 'list') == []
    assert postroom.json('project', 'list', '--all')[0]['state'] == 'done'


# ---------------------------------------------------------------- bills

def test_an_unpaid_bill_reminds(postroom):
    postroom('ticket', 'add', 'Training', '--company', 'Kunde', '--net', '900', '--assignee', 'ben')
    sent = postroom.json('ticket', 'send', 'Training', '--number', '2026-4', '--date',
                         '2026-11-02')['ticket']
    assert (sent['sent'], sent['due_date'], sent['payable']) == ('2026-11-02', '2026-11-16',
                                                                '1089.00')
    task, = postroom.json('task', 'list', '--user', 'ben')
    assert task['due'] == '2026-11-17' and '2026-4' in task['title']
    postroom('ticket', 'edit', '2026-4', '--due', '2026-11-30')
    assert postroom.json('task', 'list')[0]['due'] == '2026-12-01'
    paid = postroom.json('ticket', 'pay', '2026-4', '--date', '2026-11-20', '--amount', '1000')
    assert postroom.json('task', 'list') == []
    shown = postroom.json('ticket', 'show', '2026-4')
    assert (shown['paid'], shown['paid_date']) == ('1000.00', '2026-11-20')
    postroom('undo', paid['operation'])
    assert len(postroom.json('task', 'list')) == 1


def test_a_deal_loses_its_papers_with_its_person(postroom):
    """What nobody else has goes; what a company has, too, stays."""
    postroom('contact', 'add', 'Paula Privatissima', 'paula@home.example')
    postroom('deal', 'add', 'Paulas Dach', '--contact', 'Paula')
    path = postroom.directory / 'paula.pdf'
    path.write_bytes(b'%PDF-1.4 canary-of-paula\n')
    postroom('deal', 'contract', 'Paulas Dach', '--file', path)
    postroom('deal', 'contract', 'Paulas Dach', '--link', 'https://files.example.org/paula-canary')
    postroom('project', 'add', 'Paulas Projekt', '--deal', 'Paulas Dach')
    postroom('deal', 'decline', 'Paulas Dach', '--reason', 'reason-canary')
    deal(postroom)
    postroom('deal', 'contract', 'Big one', '--file', contract(postroom))
    postroom('deal', 'link', 'Big one', '--contact', 'Paula', '--role', 'role-canary')
    postroom('privacy', 'erase', 'paula@home.example', '--yes')
    stored = b''.join(file.read_bytes() for file in postroom.state.iterdir() if file.is_file())
    for canary in (b'Paulas', b'paula-canary', b'reason-canary', b'role-canary', b'Privatissima'):
        assert canary not in stored
    postroom('deal', 'document', postroom.json('deal', 'list')[0]['id'], code=3)
    assert postroom('deal', 'document', 'Big one').bytes == b'%PDF-1.4 signed\n'
    assert postroom.json('deal', 'show', 'Big one')['parties'] == []


def test_a_case_becomes_a_deal(postroom):
    postroom.take('Delivered-To: support@example.org\nReceived: from outside by mail.example.org '
                  'with ESMTP; Mon, 2 Nov 2026 10:00:00 +0100\nFrom: karel@kunde.example\n'
                  'To: support@example.org\nDate: Mon, 2 Nov 2026 11:00:00 +0100\n'
                  'Message-ID: <c@kunde.example>\nSubject: More seats\n\nWe need more.\n')
    postroom('case', 'assign', 'More seats', 'ben')
    postroom('case', 'convert', 'More seats', code=2)
    made = postroom.json('case', 'convert', 'More seats', '--deal')
    assert made['deal']['name'] == 'More seats' and made['deal']['source'] == 'case #1'
    assert made['deal']['contact']['name'] == 'Karel Kunde'
    assert made['deal']['owner']['name'] == 'ben' and made['deal']['phase'] == 'new'
    assert postroom.json('case', 'list') == []
    postroom('undo', made['operation'])
    assert len(postroom.json('case', 'list')) == 1 and postroom.json('deal', 'list') == []
