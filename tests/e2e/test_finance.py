"""The finance run, and what the accountant gets."""
import csv
import io
import json
import zipfile

import pytest
from postroom import Postroom

FORWARDED = 'Received: from outside by mail.example.org with ESMTP; Mon, 2 Nov 2026 10:00:00 +0100\n'


def invoice(number, amount='119,00', name='Lieferant GmbH', domain='lieferant.example', more='',
            key=''):
    return (f'Delivered-To: invoices@example.org\n{FORWARDED}'
            f'From: {name} <rechnung@{domain}>\nTo: invoices@example.org\n'
            'Date: Mon, 2 Nov 2026 12:00:00 +0100\n'
            f'Message-ID: <{number}{key}@{domain}>\nSubject: Rechnung {number}\n\n'
            f'Rechnungsnummer: {number}\nRechnungsdatum: 02.11.2026\n'
            f'Gesamtbetrag: {amount} EUR\n{more}')


@pytest.fixture
def postroom(build, tmp_path):
    program = Postroom(build, tmp_path)
    program('company', 'add', 'Lieferant GmbH', '--domain', 'lieferant.example', '--iban',
            'DE02120300000000202051')
    return program


def run(postroom, *words, code=0):
    return postroom.json('finance', 'run', *words, code=code)


def numbers(tickets):
    return sorted(ticket['number'] for ticket in tickets)


def test_each_ticket_is_in_one_list(postroom):
    iban = 'IBAN: DE02 1203 0000 0000 2020 51\n'
    postroom.take(invoice('RE-1', more=iban), invoice('RE-2', '50,00', more=iban),
                  invoice('RE-3', '7,00'))
    postroom('ticket', 'edit', 'RE-1', '--due', '2026-11-01')
    postroom('ticket', 'edit', 'RE-2', '--due', '2099-01-01')
    postroom('ticket', 'add', 'Training', '--net', '100', '--currency', 'GBP', '--due', '2099-01-01')
    seen = run(postroom)
    assert numbers(seen['overdue']) == ['RE-1']
    assert numbers(seen['doubtful']) == ['RE-3']
    assert 'no IBAN' in seen['doubtful'][0]['why']
    assert [ticket['title'] for ticket in seen['open']] == ['Lieferant GmbH RE-2', 'Training']
    totals = {(row['direction'], row['currency']): row for row in seen['totals']}
    assert totals['payable', 'EUR'] == {
        'direction': 'payable', 'currency': 'EUR', 'tickets': 3, 'doubtful': '7.00',
        'overdue': '119.00', 'open': '50.00', 'total': '176.00', 'without_amount': 0}
    assert totals['receivable', 'GBP']['total'] == '100.00'
    assert [len(run(postroom, '--by', '2027-01-01')[name])
            for name in ('doubtful', 'overdue', 'open')] == [0, 1, 0]
    text = postroom('finance', 'run').out
    assert 'Doubtful' in text and 'Overdue' in text and 'Totals' in text
    assert postroom('finance', 'run', '--check', code=6).out == text
    assert numbers(run(postroom, '--direction', 'payable')['open']) == ['RE-2']


def test_many_are_paid_and_closed_at_once(postroom):
    postroom.take(*[invoice(f'RE-{number}', f'{number},00') for number in range(101, 115)])
    names = [f'RE-{number}' for number in range(101, 115)]
    assert len(run(postroom)['doubtful']) == 14
    done = postroom('ticket', 'pay', *names, '--date', '2026-11-19', '--close')
    assert '14 tickets paid and closed' in done.err
    rows = postroom.json('ticket', 'list', '--state', 'closed')
    assert len(rows) == 14 and {row['paid_date'] for row in rows} == {'2026-11-19'}
    assert run(postroom)['totals'] == []
    counts = {one['key']: one['count'] for one in postroom.json('statistics', '--period', 'today')}
    assert (counts['tickets_paid'], counts['tickets_closed']) == (14, 14)
    postroom('undo', postroom.json('log', 'list')[0]['id'])
    assert len(postroom.json('ticket', 'list', '--state', 'open')) == 14
    # one of them can't be paid: none is
    postroom('ticket', 'hold', 'RE-103', '--reason', 'wrong')
    assert 'RE-103' in postroom('ticket', 'show', 'RE-103').out
    assert 'on hold' in postroom('ticket', 'pay', *names, '--close', code=4).err
    assert postroom.json('ticket', 'list', '--state', 'closed') == []
    postroom('ticket', 'pay', *names, '--amount', '1', code=2)


def test_mail_after_the_close_relists(postroom):
    postroom.take(invoice('RE-1'))
    postroom('ticket', 'pay', 'RE-1', '--close')
    assert run(postroom)['doubtful'] == []
    postroom.take(invoice('RE-1', key='-again'))
    doubtful, = run(postroom)['doubtful']
    assert doubtful['why'].startswith('after-close') and doubtful['state'] == 'closed'
    assert run(postroom)['totals'] == []
    postroom('finance', 'run', '--check', code=6)
    postroom('ticket', 'close', 'RE-1')
    assert run(postroom)['doubtful'] == []
    postroom('ticket', 'close', 'RE-1', code=4)


def test_join_and_split(postroom):
    postroom.take(invoice('RE-1'), invoice('RE-2', name='Other', domain='other.example'))
    joined = postroom.json('ticket', 'join', 'RE-1', 'RE-2')
    shown = postroom.json('ticket', 'show', 'RE-1')
    assert len(shown['messages']) == 2 and shown['number'] == 'RE-1'
    assert postroom.json('ticket', 'list', '--state', 'dismissed')[0]['number'] == 'RE-2'
    message = shown['messages'][1]['message']
    apart = postroom.json('ticket', 'split', 'RE-1', message)
    assert apart['ticket']['number'] is None
    assert len(postroom.json('ticket', 'show', 'RE-1')['messages']) == 1
    postroom('ticket', 'split', 'RE-1', shown['messages'][0]['message'], code=4)
    postroom('undo', apart['operation'])
    postroom('undo', joined['operation'])
    assert len(postroom.json('ticket', 'show', 'RE-2')['messages']) == 1
    assert postroom.json('ticket', 'show', 'RE-2')['state'] == 'open'
    postroom('ticket', 'join', 'RE-1', 'RE-1', code=2)


# ---------------------------------------------------------------- the accountant

def test_export_as_csv_is_no_program(postroom):
    evil = '=HYPERLINK("http://x.example")'
    postroom('ticket', 'add', evil, '--net=-100', '--number', '+31', '--issued', '2026-11-02')
    postroom('ticket', 'add', 'a "b", c\u202e', '--net', '9.50', '--issued', '2026-11-30')
    postroom('ticket', 'add', 'Later', '--issued', '2026-12-01')
    raw = postroom('ticket', 'export', '--period', '2026-11')
    rows = list(csv.DictReader(io.StringIO(raw.out, newline='')))
    assert [row['title'] for row in rows] == ["'" + evil, 'a "b", c\\u{202e}']
    assert rows[0]['number'] == "'+31" and rows[0]['net'] == '-100.00'
    assert rows[1]['total'] == '9.50' and rows[1]['direction'] == 'receivable'
    assert '\x1b' not in raw.out
    assert len(json.loads(postroom('ticket', 'export', '--period', '2026-11', '--format',
                                   'json').out)) == 2
    assert len(postroom.json('ticket', 'export', '--period', '2026')) == 3


def test_export_with_the_originals(postroom):
    mails = [invoice('RE-1'), invoice('RE-2', '50,00'), invoice('RE-3', '60,00')]
    postroom.take(*mails)
    postroom('ticket', 'dismiss', 'RE-3')
    path = postroom.directory / 'november.zip'
    assert '--to' in postroom('ticket', 'export', '--period', '2026-11', '--format', 'zip',
                              code=2).err
    postroom('ticket', 'export', '--period', '2026-11', '--format', 'zip', '--to', path)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        table = list(csv.DictReader(io.StringIO(archive.read('tickets.csv').decode())))
        assert sorted(row['number'] for row in table) == ['RE-1', 'RE-2']
        assert sorted(archive.read(row['mail']).decode() for row in table) == sorted(mails[:2])
        assert len(archive.namelist()) == 3
    # never over a file that is there
    postroom('ticket', 'export', '--period', '2026-11', '--format', 'zip', '--to', path, code=5)


@pytest.mark.parametrize('period', ['2026-13', '2026-Q5', '2026-W54', 'odd', '', '2026-11-02..1',
                                    '2026-12-01..2026-11-01'])
def test_periods_that_are_none(postroom, period):
    assert '2026-Q4' in postroom('ticket', 'export', '--period', period, code=2).err
