"""The first working day: a small consultancy with three boards, from mail to the closed board,
through the command alone."""
import csv
import io
import zipfile

import pytest
from postroom import Postroom

OUTSIDE = 'Received: from outside by mail.example.org with ESMTP; Mon, 2 Nov 2026 09:00:00 +0100\n'
OURS = 'Received: from laptop by mail.example.org with ESMTPSA; Mon, 2 Nov 2026 10:00:00 +0100\n'
PREFIX = 'Balean Board Meeting action:'
CONFIG = """
  - name: board
    kind: actions
    addresses: [board@example.org]
    server: {{host: imap.example.org}}
    login: {{user: board, password: {{file: {directory}/password}}}}
    who_may_write: submission
actions: {{prefixes: ['Balean Board Meeting action:']}}
leads: {{owners: [anna]}}
deals:
  pipelines:
    - name: consulting
      phases:
        - {{name: lead, probability: 10}}
        - {{name: opportunity, probability: 40}}
        - {{name: contract, probability: 90}}
        - {{name: over}}
finance:
  tax_rate: '21'
  run: {{on: thu, at: '10:00', length: 1h, users: [ben]}}
invoices: {{assignee: ben}}
"""


@pytest.fixture
def postroom(build, tmp_path):
    """Two domains of ours; their invoices@ share a mailbox and a board."""
    program = Postroom(build, tmp_path)
    text = program.config.read_text()
    text = text.replace('domains: [example.org]', 'domains: [example.org, example.net]')
    text = text.replace('[invoices@example.org]', '[invoices@example.org, invoices@example.net]')
    program.config.write_text(text + CONFIG.format(directory=tmp_path))
    return program


def lead():
    return ('Delivered-To: sales@example.org\n' + OUTSIDE +
            'From: Karel Kunde <karel@kunde.example>\nTo: sales@example.org\n'
            'Date: Mon, 2 Nov 2026 09:00:00 +0100\nMessage-ID: <lead@kunde.example>\n'
            'Subject: Advice on our archive\n\nCan you help us?\n')


def contract(deal):
    """Anna's mail with the signed contract, in blind copy to crm@."""
    return (f'Delivered-To: crm+deal-{deal}.contract@example.org\n' + OURS +
            'From: Anna Visser <anna@example.org>\nTo: karel@kunde.example\n'
            'Date: Wed, 4 Nov 2026 10:00:00 +0100\nMessage-ID: <signed@example.org>\n'
            'Subject: Contract\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n'
            '--x\nContent-Type: text/plain\n\nSigned, thank you.\n'
            '--x\nContent-Type: application/pdf; name=contract.pdf\n'
            'Content-Disposition: attachment; filename=contract.pdf\n\n%PDF-1.4 signed\n--x--\n')


def invoice(number, domain):
    return (f'Delivered-To: invoices@{domain}\n{OUTSIDE}'
            f'From: Supplier {number} <bills@s{number}.example>\nTo: invoices@{domain}\n'
            f'Date: Tue, 3 Nov 2026 12:00:00 +0100\nMessage-ID: <{number}@s{number}.example>\n'
            f'Subject: Invoice INV-{number}\n\nInvoice number: INV-{number}\n'
            f'Invoice date: 2026-11-03\nDue date: 2026-11-17\nTotal: EUR {number}.00\n')


def minutes():
    return ('Delivered-To: board@example.org\n' + OURS +
            'From: Anna Visser <anna@example.org>\nTo: board@example.org\n'
            'Date: Thu, 5 Nov 2026 16:00:00 +0100\nMessage-ID: <minutes@example.org>\n'
            f'Subject: Minutes of November\n\nPresent: all.\n\n'
            f'{PREFIX} Ben: renew the insurance by 2026-11-30\n'
            f'- {PREFIX} @anna book the hall\n')


def test_a_deal_is_closed_only_when_its_bill_is(postroom):
    postroom.take(lead())
    # registered with its contact, unprocessed on the board, labelled by its phase
    board = postroom.json('board', 'sales')
    assert [(column['name'], len(column['cards'])) for column in board['columns']] == [
        ('unprocessed', 1), ('lead', 0), ('opportunity', 0), ('contract', 0), ('over', 0)]
    deal = board['columns'][0]['cards'][0]
    assert deal['contact']['name'] == 'Karel Kunde' and deal['owner']['name'] == 'anna'
    postroom('deal', 'move', 'advice', 'opportunity')
    postroom('deal', 'edit', 'advice', '--value', '8000', '--name', 'Archive')

    # no contract, no win; the refusal names it
    assert 'signed contract' in postroom('deal', 'win', 'Archive', code=4).err
    postroom.take(contract(deal['id']))
    assert postroom.json('deal', 'show', 'Archive')['documents'][0]['signed']
    won = postroom('deal', 'win', 'Archive', '--date', '2026-11-04')
    assert 'receivable ticket #1 is open' in won.err

    # the bill blocks it until it is closed
    assert '#1 is open' in postroom('deal', 'close', 'Archive', code=4).err
    postroom('ticket', 'send', 'Bill: Archive', '--number', '2026-001', '--date', '2026-11-04')
    postroom('ticket', 'pay', '2026-001', '--date', '2026-11-20')
    assert '#1 is paid' in postroom('deal', 'close', 'Archive', code=4).err
    postroom('ticket', 'close', '2026-001')
    postroom('deal', 'close', 'Archive')
    board = postroom.json('board', 'sales', '--all')
    assert [card['name'] for column in board['columns'] if column['name'] == 'closed'
            for card in column['cards']] == ['Archive']
    assert board['totals'][0]['won'] == '8000.00'


def test_the_weekly_finance_run(postroom):
    numbers = range(101, 115)
    postroom.take(*[invoice(number, 'example.org' if number % 2 else 'example.net')
                    for number in numbers])
    board = postroom.json('board', 'finance')
    assert len(board['columns'][0]['cards']) == 14
    run = postroom.json('finance', 'run', '--by', '2026-11-30')
    assert sum(len(run[name]) for name in ('open', 'overdue', 'doubtful')) == 14
    assert run['totals'][0]['currency'] == 'EUR'
    assert run['totals'][0]['total'] == f'{sum(numbers)}.00'

    # it is an hour in Ben's calendar, and the due bills are in it, too
    calendar = postroom('calendar', 'export', 'ben').out
    assert 'Finance run' in calendar and 'INV-101' in calendar
    assert 'Finance run' not in postroom('calendar', 'export', 'anna').out

    # fourteen in one command, by the numbers on the bills
    postroom('ticket', 'pay', *[f'INV-{number}' for number in numbers], '--close', '--date',
             '2026-11-19')
    assert postroom.json('finance', 'run')['totals'] == []
    board = postroom.json('board', 'finance', '--all')
    assert [len(column['cards']) for column in board['columns']
            if column['name'] in ('open', 'closed')] == [0, 14]

    # and to the accountant
    path = postroom.directory / 'november.zip'
    postroom('ticket', 'export', '--period', '2026-11', '--format', 'zip', '--to', path)
    with zipfile.ZipFile(path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read('tickets.csv').decode())))
        assert len(rows) == 14 and {row['paid_on'] for row in rows} == {'2026-11-19'}
        assert len(archive.namelist()) == 15


def test_minutes_become_actions(postroom):
    postroom.take(minutes(), mailbox='board')
    cards = postroom.json('board', 'actions')['columns'][0]['cards']
    assert [(card['title'], card['assignee']['name'], card['due']) for card in cards] == [
        (f'{PREFIX} Ben: renew the insurance by 2026-11-30', 'ben', '2026-11-30'),
        (f'{PREFIX} @anna book the hall', 'anna', None)]
    assert len(postroom.json('task', 'list', PREFIX)) == 2
    postroom('task', 'done', 'insurance', 'book the hall')
    board = postroom.json('board', 'actions', '--all')
    assert [len(column['cards']) for column in board['columns']] == [0, 2, 0]
