"""postroom on a database of its own: what each command prints, and how it ends."""
import json
import os
import pty
import re
import select
import subprocess

import pytest
from postroom import Postroom

TRUSTED = 'Received: from laptop by mail.example.org with ESMTPSA; Mon, 2 Nov 2026 10:00:00 +0100\n'
FORWARDED = 'Received: from outside by mail.example.org with ESMTP; Mon, 2 Nov 2026 10:00:00 +0100\n'


def capture(to, number, subject='An offer', tag='', body='Hello,\nhere it is.\n'):
    """A mail that Anna sent to somebody with crm@ in Bcc, as the mailbox got it."""
    return (f'Delivered-To: crm{tag}@example.org\n{TRUSTED}'
            f'From: Anna Visser <anna@example.org>\nTo: {to}\n'
            f'Date: Mon, 2 Nov 2026 10:00:00 +0100\nMessage-ID: <out-{number}@example.org>\n'
            f'Subject: {subject}\n\n{body}')


def support(number, subject='The printer is on fire', sender='Karel Kunde <karel@kunde.example>'):
    return (f'Delivered-To: support@example.org\n{FORWARDED}From: {sender}\n'
            f'To: support@example.org\nDate: Mon, 2 Nov 2026 11:00:00 +0100\n'
            f'Message-ID: <case-{number}@kunde.example>\nSubject: {subject}\n\nHelp!\n')


def invoice(number='RE-2026-0815'):
    return (f'Delivered-To: invoices@example.org\n{FORWARDED}'
            'From: Lieferant GmbH <rechnung@lieferant.example>\nTo: invoices@example.org\n'
            'Date: Mon, 2 Nov 2026 12:00:00 +0100\n'
            f'Message-ID: <{number}@lieferant.example>\nSubject: Rechnung {number}\n\n'
            f'Rechnungsnummer: {number}\nGesamtbetrag: 119,00 EUR\n')


@pytest.fixture
def postroom(build, tmp_path):
    return Postroom(build, tmp_path)


@pytest.fixture
def filled(postroom):
    """Two mails to the same stranger, one with a tag, and one case."""
    postroom.take(capture('Karel Kunde <karel@kunde.example>', 1),
                  capture('karel@kunde.example', 2, tag='+2w', subject='Again'),
                  support(1, sender='Other <other@andere.example>'))
    return postroom


LISTS = ['contact list', 'company list', 'task list', 'ticket list', 'case list', 'deal list',
         'message list', 'unresolved list', 'quarantine list', 'feed list', 'log list']


# ---------------------------------------------------------------- nothing there yet

def test_no_configuration(postroom):
    postroom.config.unlink()
    result = postroom('status', code=5)
    assert 'config example' in result.err and result.out == ''


def test_no_database_says_how_to_start(postroom):
    result = postroom('status', code=1)
    assert 'systemctl' in result.err and result.out == ''
    assert list(postroom.state.iterdir()) == []


@pytest.fixture
def empty(postroom):
    postroom('contact', 'add', 'Nobody')
    postroom('undo', '1')
    return postroom


@pytest.mark.parametrize('command', [name for name in LISTS if name != 'log list'])
def test_empty_lists(empty, command):
    assert empty.json(*command.split()) == []
    result = empty(*command.split())
    assert result.out == '' and result.err.startswith('postroom: ')


def test_search_finds_nothing(empty):
    assert empty.json('search', 'anything') == []


@pytest.mark.parametrize('board', ['sales', 'finance', 'actions', 'support'])
def test_empty_boards(empty, board):
    value = empty.json('board', board)
    assert value['board'] == board
    assert all(column['cards'] == [] for column in value['columns'])


# ---------------------------------------------------------------- the command line

@pytest.mark.parametrize('words,code', [
    ([], 2), (['nothing'], 2), (['contact'], 2), (['contact', 'shw'], 2), (['contact', 'show'], 2),
    (['contact', 'show', 'a', 'b'], 2), (['task', 'list', '--nothing'], 2),
    (['task', 'list', '--state', 'odd'], 2), (['message', 'list', '--since', '1.1.2026'], 2),
    (['task', 'list', '--limit', 'many'], 2), (['--config'], 2), (['board', 'odd'], 2),
    (['--help'], 0), (['--version'], 0), (['contact', '--help'], 0),
    (['contact', 'address', 'add', '--help'], 0), (['config', 'example'], 0),
])
def test_usage(postroom, words, code):
    result = postroom(*words, code=code)
    assert (result.out == '') == (code != 0)
    assert (result.err == '') == (code == 0)


def test_suggestions(postroom):
    assert 'did you mean `task`' in postroom('tsk', code=2).err
    assert 'did you mean `show`' in postroom('contact', 'shwo', code=2).err


def test_config_file_by_option_and_environment(postroom):
    bare = {'PATH': os.environ['PATH']}
    assert postroom('config', 'check', '--config', postroom.config, env=bare).code == 0
    assert postroom('--config', postroom.config, 'config', 'check', env=bare).code == 0
    assert postroom.json('config', 'check')['mailboxes'] == 4


def test_config_fault_has_its_place(postroom):
    postroom.config.write_text(postroom.config.read_text() + 'feeed: {}\n')
    result = postroom('config', 'check', code=5)
    assert re.search(r'postroom\.yaml:\d+:1: .*feeed.*feed', result.err)


def test_config_show_loads_again_and_example_too(postroom):
    for command in ('show', 'example'):
        text = postroom('config', command).out
        assert 'secret\n' not in text
        other = postroom.directory / 'other.yaml'
        other.write_text(text)
        postroom('config', 'check', '--config', other)


# ---------------------------------------------------------------- status

def test_status(filled):
    status = filled.json('status')
    ledger = status['ledger']
    assert set(ledger) == {'fetched', 'received', 'filed', 'waiting', 'ignored', 'quarantined',
                           'dead', 'erased', 'deliveries', 'missing', 'purged'}
    assert ledger['fetched'] == 3 == ledger['deliveries']
    assert ledger['fetched'] == sum(ledger[state] for state in (
        'received', 'filed', 'waiting', 'ignored', 'quarantined', 'dead', 'erased'))
    assert ledger['waiting'] >= 2
    assert status['queue']['waiting'] >= 2
    assert [box['name'] for box in status['mailboxes']] == ['crm', 'invoices', 'support', 'sales']
    assert set(status['mailboxes'][0]) >= {'name', 'kind', 'state', 'last_success', 'last_error',
                                           'cursor', 'waits_for'}
    text = filled('status').out
    assert 'fetched' in text and 'crm' in text
    assert filled.json('mailbox', 'list')[0]['kind'] == 'capture'
    assert filled.json('mailbox', 'show', 'support@example.org')['name'] == 'support'
    assert filled('mailbox', 'show', 'odd', code=3).err.count('\n') == 5


def test_times_are_rfc3339_in_the_zone(filled):
    message = filled.json('message', 'show', 'out-1@example.org')
    assert message['date'] == '2026-11-02T10:00:00+01:00'
    assert '2026-11-02 10:00' in filled('message', 'list').out


# ---------------------------------------------------------------- parse and explain

def test_parse_needs_nothing(postroom):
    path = postroom.mail('a.eml', capture('karel@kunde.example', 1, tag='+2w'))
    bare = {'PATH': os.environ['PATH'], 'POSTROOM_CONFIG': '/nowhere'}
    result = postroom('parse', '--json', path, '/nowhere.eml', path, env=bare, code=5)
    first, second, third = map(json.loads, result.out.splitlines())
    assert first['message']['message_id'] == 'out-1@example.org'
    assert first['requests'][0]['tag'] == '2w' and first['requests'][0]['due'] == '2026-11-16'
    assert first['route'] is None and first['matches'] == [] and first['effects'] == []
    assert set(second) == {'file', 'error'} and second['file'] == '/nowhere.eml'
    assert third == first
    assert 'karel@kunde.example' in postroom('parse', path, env=bare).out


def test_parse_answers_in_the_order_of_the_files(postroom):
    paths = [postroom.mail(f'{number}.eml', capture('a@b.example', number,
                                                    body='x\n' * (number % 7 * 20000)))
             for number in range(40)]
    result = postroom('parse', '--json', *paths)
    assert [json.loads(line)['file'] for line in result.out.splitlines()] == list(map(str, paths))


def test_parse_bodies_and_standard_input(postroom):
    mail = capture('karel@kunde.example', 1).encode()
    value = json.loads(postroom('parse', '--json', '-', stdin=mail).out)
    assert value['file'] == '-' and value['message']['subject'] == 'An offer'
    value = json.loads(postroom('parse', '--body', '--json', '-', stdin=b'Just text\n').out)
    assert value['message']['text'] == 'Just text\n' and value['message']['from'] == []
    value = json.loads(postroom('parse', '--html', '--json', '-',
                                stdin=b'<p>Just <b>text</b></p>').out)
    assert value['message']['text'].strip() == 'Just text'


def test_parse_no_mail(postroom):
    result = postroom('parse', '--json', postroom.mail('x.eml', b'\0\1\2'), code=5)
    assert 'error' in json.loads(result.out)


def test_explain_writes_nothing(postroom):
    path = postroom.mail('a.eml', capture('karel@kunde.example', 1, tag='+2w'))
    value = json.loads(postroom('explain', '--json', path).out)
    assert list(postroom.state.iterdir()) == []
    assert value['route'].items() >= {'mailbox': 'crm', 'kind': 'capture', 'by': 'envelope',
                                      'address': 'crm+2w@example.org'}.items()
    assert value['matches'][0]['address'] == 'karel@kunde.example'
    assert 'unresolved' in [effect['do'] for effect in value['effects']]
    postroom('contact', 'add', 'Karel', 'karel@kunde.example')
    before = postroom.json('status')['ledger'], postroom.json('log', 'list')
    value = json.loads(postroom('explain', '--json', path).out)
    assert value['matches'][0]['rule'] == 'address'
    assert 'activity' in [effect['do'] for effect in value['effects']]
    assert (postroom.json('status')['ledger'], postroom.json('log', 'list')) == before


def test_explain_as_another_mailbox_and_faults(postroom):
    path = postroom.mail('a.eml', support(1).replace('Delivered-To: support@example.org\n', ''))
    value = json.loads(postroom('explain', '--mailbox', 'invoices', '--json', path).out)
    assert value['route']['mailbox'] == 'invoices'
    postroom('explain', '--mailbox', 'odd', path, code=3)
    value = json.loads(postroom('explain', '--json', '/nowhere', code=5).out)
    assert set(value) == {'file', 'error'}


# ---------------------------------------------------------------- import, messages, search, why

def test_import_counts_and_is_idempotent(postroom):
    mails = [capture('karel@kunde.example', 1), capture('karel@kunde.example', 2)]
    assert postroom.take(*mails).items() >= {'seen': 2, 'new': 2, 'known': 0, 'failed': 0}.items()
    assert postroom.take(*mails).items() >= {'seen': 2, 'new': 0, 'known': 2, 'failed': 0}.items()
    assert postroom.json('status')['ledger']['fetched'] == 2


def test_import_of_what_is_not_there(postroom):
    result = postroom('import', '/nowhere', postroom.mail('a.eml', support(1)), '--json', code=5)
    assert '/nowhere' in result.err and json.loads(result.out)['new'] == 1


def test_messages(filled):
    rows = filled.json('message', 'list')
    assert [row['id'] for row in rows] == sorted((row['id'] for row in rows), reverse=True)
    assert len(filled.json('message', 'list', '--limit', 1)) == 1
    assert len(filled.json('message', 'list', '--after', rows[0]['id'])) == 2
    assert len(filled.json('message', 'list', '--kind', 'capture')) == 2
    assert filled.json('message', 'list', '--state', 'dead') == []
    assert len(filled.json('message', 'list', '--address', 'OTHER@andere.example')) == 1
    assert filled.json('message', 'list', '--until', '2026-11-01') == []
    assert len(filled.json('message', 'list', '--since', '2026-11-02',
                           '--until', '2026-11-02')) == 3
    shown = filled.json('message', 'show', '<out-1@example.org>')
    assert shown['routes'][0]['kind'] == 'capture' and shown['text'].startswith('Hello')
    assert shown['deliveries'] and shown['attachments'] == []
    filled('message', 'show', 'nobody@nowhere', code=3)
    filled('message', 'show', '999', code=3)


def test_raw_is_byte_for_byte(postroom):
    raw = capture('karel@kunde.example', 1).encode() + b'\xff\x00\x1b[2J\r\nlast line without end'
    postroom('import', postroom.mail('raw.eml', raw))
    assert postroom('message', 'raw', 'out-1@example.org').bytes == raw


def test_search(filled):
    assert [hit['subject'] for hit in filled.json('search', 'again')] == ['Again']
    assert filled.json('search', 'here it is', '-again')[0]['subject'] == 'An offer'
    assert len(filled.json('search', 'from:anna@example.org')) == 2
    filled('search', 'since:yesterday', code=5)


def test_why(filled):
    value = filled.json('why', 'out-1@example.org')
    assert 'karel@kunde.example' in json.dumps(value)
    assert 'karel@kunde.example' in filled('why', 'out-1@example.org').out
    filled('why', '999', code=3)


def test_replay(filled):
    assert filled.json('replay')['read'] == 0
    assert filled('replay', '--all', '--no-input', code=1).err
    assert filled.json('replay', '--all', '--yes').items() >= {'read': 3, 'changed': 0}.items()
    filled('replay', '999', code=3)


# ---------------------------------------------------------------- the queue

def test_unresolved(filled):
    items = filled.json('unresolved', 'list', '--address', 'Karel@Kunde.example')
    assert len(items) == 2 and items[0]['subject'] == 'An offer'
    assert filled.json('unresolved', 'list', '--domain', 'kunde.example') == items
    shown = filled.json('unresolved', 'show', items[0]['id'])
    assert shown['address'] == 'karel@kunde.example' and isinstance(shown['suggestions'], list)
    # By name, too: both items of one address are one question, another person's are another.
    assert filled.json('unresolved', 'show', 'karel')['id'] == items[0]['id']
    assert 'Karel' in filled('unresolved', 'show', 'e', code=2).err
    assert 'unresolved list' in filled('unresolved', 'show', 'nobody here', code=3).err
    before = filled.json('status')
    dry = filled.json('unresolved', 'create', items[0]['id'], '--dry-run')
    assert dry['settled'] == 2 and dry['operation'] is None and dry['dry_run'] is True
    assert 'dry run, nothing was written: would settle 2 items' in filled(
        'unresolved', 'create', items[0]['id'], '--dry-run').err
    after = filled.json('status')
    assert (before['ledger'], before['queue']) == (after['ledger'], after['queue'])

    done = filled('unresolved', 'create', 'karel@kunde.example', '--json')
    result = json.loads(done.out)
    assert result['settled'] == 2 and len(result['touched']) == 2
    assert f'postroom undo {result["operation"]}' in done.err
    contact = filled.json('contact', 'show', 'karel@kunde.example')
    assert contact['name'] == 'Karel Kunde' and len(contact['activities']) == 2
    assert filled.json('unresolved', 'list', '--address', 'karel@kunde.example') == []
    settled = filled.json('unresolved', 'list', '--address', 'karel@kunde.example', '--all')
    assert [item['state'] for item in settled] == ['settled', 'settled']
    filled('unresolved', 'create', items[0]['id'], code=4)

    filled('undo', result['operation'])
    assert len(filled.json('unresolved', 'list', '--address', 'karel@kunde.example')) == 2
    filled('contact', 'show', 'karel@kunde.example', code=3)
    filled('undo', result['operation'], code=4)


def test_assign_learns_and_once_does_not(filled):
    filled('contact', 'add', 'Karel Kunde')
    item = filled.json('unresolved', 'list', '--address', 'karel@kunde.example')[0]
    once = filled.json('unresolved', 'assign', item['id'], 'karel', '--once')
    assert once['settled'] == 1
    assert filled.json('contact', 'show', 'karel')['addresses'] == []
    rest = filled.json('unresolved', 'assign', 'karel@kunde.example', 'karel')
    assert rest['settled'] == 1
    assert filled.json('contact', 'show', 'karel')['addresses'][0]['learnt'] is True


def test_adding_an_address_settles_too(filled):
    done = filled.json('contact', 'add', 'Karel', 'karel@kunde.example')
    assert done['settled'] == 2
    assert len(filled.json('contact', 'show', 'Karel')['activities']) == 2


def test_map_domain_ignore_dismiss(filled):
    filled('unresolved', 'map-domain', 'karel@kunde.example', code=2)
    mapped = filled.json('unresolved', 'map-domain', 'karel@kunde.example', '--new', 'Kunde AG')
    assert mapped['settled'] == 2
    assert filled.json('company', 'show', 'kunde.example')['name'] == 'Kunde AG'
    filled('undo', mapped['operation'])
    ignored = filled.json('unresolved', 'ignore', 'karel@kunde.example', '--domain')
    assert ignored['settled'] == 2
    assert filled.json('status')['ledger']['ignored'] >= 1
    other = filled.json('unresolved', 'list')
    for item in other:
        assert filled.json('unresolved', 'dismiss', item['id'])['settled'] == 1
    assert filled.json('unresolved', 'list') == []


# ---------------------------------------------------------------- the record

def test_contacts(postroom):
    postroom('contact', 'add', 'Anna Smit', 'anna@kunde.example', '--phone', '+31 20 1')
    postroom('contact', 'add', 'Anna Bos', '--do-not-contact', 'yes')
    assert sorted(row['name'] for row in postroom.json('contact', 'list', 'anna')) == [
        'Anna Bos', 'Anna Smit']
    ambiguous = postroom('contact', 'show', 'anna', code=2)
    assert 'Anna Smit' in ambiguous.err and 'Anna Bos' in ambiguous.err and ambiguous.out == ''
    for word in ('1', '#1', 'ANNA@kunde.example', 'anna smit', 'smit'):
        assert postroom.json('contact', 'show', word)['id'] == 1
    assert postroom.json('contact', 'show', 'bos')['do_not_contact'] is True
    postroom('contact', 'show', 'karel', code=3)
    postroom('contact', 'show', '99', code=3)
    postroom('contact', 'address', 'add', 'bos', 'anna@kunde.example', code=4)
    postroom('contact', 'address', 'add', 'bos', 'no address', code=5)
    postroom('contact', 'address', 'add', 'bos', 'bos@kunde.example')
    postroom('contact', 'address', 'remove', 'bos', 'bos@kunde.example')
    postroom('contact', 'address', 'remove', 'bos', 'bos@kunde.example', code=3)
    postroom('company', 'add', 'Kunde AG', '--domain', 'kunde.example')
    postroom('contact', 'edit', 'smit', '--company', 'kunde', '--owner', 'ben', '--dry-run')
    assert postroom.json('contact', 'show', 'smit')['company'] is None
    postroom('contact', 'edit', 'smit', '--company', 'kunde', '--owner', 'ben@example.org')
    shown = postroom.json('contact', 'show', 'smit')
    assert shown['company']['name'] == 'Kunde AG' and shown['owner']['name'] == 'ben'
    assert [row['name'] for row in postroom.json('contact', 'list', '--company', 'kunde')] == [
        'Anna Smit']
    history = postroom.json('log', 'show', 'contact', 'smit')
    assert any(row['field'] == 'company_id' for row in history)


def test_companies(postroom):
    postroom('company', 'add', 'Kunde AG', '--role', 'partner', '--domain', 'kunde.example')
    shown = postroom.json('company', 'show', 'kunde.example')
    assert shown['domains'] == ['kunde.example'] and shown['role'] == 'partner'
    postroom('company', 'add', 'Other', '--domain', 'kunde.example', code=4)
    postroom('company', 'add', 'Own', '--domain', 'example.org', code=5)
    postroom('company', 'add', 'Free', '--domain', 'gmail.com', code=5)
    postroom('company', 'edit', 'Kunde AG', '--name', 'Kunde SE', '--vat-id', 'DE123456789')
    assert postroom.json('company', 'list', 'kunde')[0]['vat_id'] == 'DE123456789'
    postroom('company', 'domain', 'add', 'Kunde SE', 'kunde.test')
    assert sorted(postroom.json('company', 'show', '1')['domains']) == [
        'kunde.example', 'kunde.test']


def test_tasks(postroom):
    postroom('task', 'add', 'Call', '--due', '2027-01-31', '--assignee', 'anna')
    postroom('task', 'add', 'Write', '--due', '2027-02-01.t0930')
    postroom('task', 'add', 'Odd', '--due', 'soonish', code=5)
    rows = postroom.json('task', 'list')
    assert {row['title']: row['due'] for row in rows} == {
        'Call': '2027-01-31', 'Write': '2027-02-01T09:30:00+01:00'}
    assert [row['title'] for row in postroom.json('task', 'list', '--user', 'anna')] == ['Call']
    postroom('task', 'assign', 'write', 'Ben Bakker')
    assert postroom.json('task', 'show', 'write')['assignee']['name'] == 'ben'
    postroom('task', 'assign', 'write', 'nobody')
    assert postroom.json('task', 'show', 'write')['assignee'] is None
    done = postroom.json('task', 'done', '1', 'write')
    assert postroom.json('task', 'list') == []
    assert len(postroom.json('task', 'list', '--state', 'all')) == 2
    postroom('undo', done['operation'])
    assert len(postroom.json('task', 'list')) == 2
    postroom('task', 'edit', 'call', '--due', '', '--title', 'Call back')
    assert postroom.json('task', 'show', 'call back')['due'] is None
    board = postroom.json('board', 'actions')
    assert [len(column['cards']) for column in board['columns']] == [2]


def test_board_begins_with_what_is_due_first(postroom):
    for title, due in (('Some day', None), ('Later', '2099-01-31'), ('Late', '2020-01-31')):
        postroom('task', 'add', title, *(['--due', due] if due else []))
    cards = postroom.json('board', 'actions')['columns'][0]['cards']
    assert [(card['title'], card['overdue']) for card in cards] == [
        ('Late', True), ('Later', False), ('Some day', False)]
    assert [line.split()[-1] for line in postroom('board', 'actions').out.splitlines()
            if 'Late ' in line] == ['overdue']
    postroom('task', 'done', 'late')
    assert postroom.json('task', 'show', 3)['overdue'] is False


def test_finance_board_says_to_whom_and_how_much(postroom):
    postroom.take(invoice())
    postroom('ticket', 'edit', 1, '--payable', '119,00', '--due', '2099-01-31', '--currency', 'EUR')
    line = postroom('board', 'finance').out.splitlines()[2]
    assert all(word in line for word in ('Lieferant GmbH', '2099-01-31', '119.00', 'EUR'))


def test_an_edited_ticket_is_checked_again(postroom):
    postroom.take(invoice())
    first, = postroom.json('ticket', 'list')
    postroom.take(invoice('RE-2026-0816'))
    second = next(t for t in postroom.json('ticket', 'list') if t['id'] != first['id'])
    done = postroom('ticket', 'edit', second['id'], '--number', first['number'])
    assert f'#{first["id"]}' in done.err
    shown = postroom.json('ticket', 'show', second['id'])
    assert shown['state'] == 'hold' and f'#{first["id"]}' in shown['hold_reason']


def test_tickets(postroom):
    postroom.take(invoice())
    ticket = postroom.json('ticket', 'list')[0]
    number = ticket['id']
    assert postroom.json('ticket', 'show', number)['messages'][0]['how'] == 'opened'
    postroom('ticket', 'edit', number, '--number', 'X-1', '--payable', '119,00', '--due',
             '2026-01-31', '--currency', 'EUR')
    shown = postroom.json('ticket', 'show', 'x-1')
    assert shown['payable'] == '119.00' and shown['overdue'] is True
    assert re.search(r'^overdue: +yes$', postroom('ticket', 'show', 'x-1').out, re.MULTILINE)
    postroom('ticket', 'show', 8, code=3)  # a number is no part of a title
    postroom('ticket', 'assign', number, 'ben')
    postroom('ticket', 'hold', number, code=2)
    postroom('ticket', 'hold', number, '--reason', 'another IBAN')
    refused = postroom('ticket', 'pay', number, code=4)
    assert 'another IBAN' in refused.err and 'release' in refused.err
    postroom('ticket', 'reopen', number, code=4)
    postroom('ticket', 'release', number, '--reason', 'asked them')
    paid = postroom.json('ticket', 'pay', number, '--date', '2026-11-20', '--amount', '119')
    assert postroom.json('ticket', 'list') == []
    assert postroom.json('ticket', 'list', '--state', 'paid')[0]['id'] == number
    assert '2026-11-20' in postroom.json('log', 'list')[0]['summary']
    postroom('ticket', 'pay', number, code=4)
    postroom('undo', paid['operation'])
    assert postroom.json('ticket', 'show', number)['state'] == 'open'
    board = postroom.json('board', 'finance')
    assert {column['name']: len(column['cards']) for column in board['columns']} == {
        'open': 1, 'hold': 0}
    postroom('ticket', 'close', number)
    assert 'closed (1)' in postroom('board', 'finance', '--all').out


def test_cases(filled):
    case = filled.json('case', 'list')[0]
    assert case['subject'] == 'The printer is on fire'
    filled('case', 'assign', 'printer', 'ben')
    filled('case', 'priority', 'printer', 'urgent')
    filled('case', 'priority', 'printer', 'immense', code=2)
    shown = filled.json('case', 'show', case['id'])
    assert shown['assignee']['name'] == 'ben' and shown['priority'] == 'urgent'
    filled('case', 'close', 'printer')
    changed = {row['field'] for row in filled.json('log', 'show', 'case', 'printer')}
    assert {'state', 'assignee_id'} <= changed
    assert filled.json('case', 'list') == []
    filled('case', 'reopen', 'printer')
    assert filled.json('case', 'list', '--user', 'ben')[0]['state'] == 'open'
    assert filled.json('board', 'support')['columns'][0]['cards'][0]['id'] == case['id']


def test_leads_are_seen(postroom):
    postroom.take(support(9, subject='We need 40 chairs').replace('support@', 'sales@'))
    deals = postroom.json('deal', 'list', '--leads')
    assert len(deals) == 1 and deals[0]['is_lead'] is True
    postroom('deal', 'assign', deals[0]['id'], 'anna')
    assert postroom.json('deal', 'show', deals[0]['id'])['owner']['name'] == 'anna'
    columns = postroom.json('board', 'sales', '--user', 'anna')['columns']
    assert sum(len(column['cards']) for column in columns) == 1


def test_undo_refuses_what_was_changed_since(postroom):
    postroom('contact', 'add', 'Karel')
    first = postroom.json('contact', 'edit', 'karel', '--phone', '1')['operation']
    postroom('contact', 'edit', 'karel', '--phone', '2')
    result = postroom('undo', first, code=4)
    assert 'phone' in result.err
    assert postroom.json('contact', 'show', 'karel')['phone'] == '2'
    postroom('undo', 999, code=3)
    postroom('undo', 'odd', code=2)


def test_quarantine(postroom):
    spoofed = capture('karel@kunde.example', 7).replace('ESMTPSA', 'ESMTP')
    postroom.take(spoofed, spoofed.replace('out-7', 'out-8'))
    row = postroom.json('quarantine', 'list')[1]
    assert row['message_id'] == 'out-7@example.org' and 'policy' in row['rule']
    released = postroom.json('quarantine', 'release', 'out-7@example.org')
    assert released['message']['state'] == 'waiting'
    assert len(postroom.json('unresolved', 'list')) == 1
    postroom('quarantine', 'release', 'out-7@example.org', code=4)
    postroom('undo', released['operation'])
    assert len(postroom.json('quarantine', 'list')) == 2
    dropped = postroom.json('quarantine', 'drop', 'out-8@example.org')
    assert dropped['message']['state'] == 'ignored'
    assert len(postroom.json('quarantine', 'list')) == 1
    postroom('quarantine', 'drop', '99', code=3)


def test_doctor_says_which_policy_would_pass(postroom):
    checked = capture('karel@kunde.example', 1).replace(
        TRUSTED, 'Authentication-Results: mail.example.org; dmarc=pass header.from=example.org\n'
        + FORWARDED)
    postroom.take(checked, capture('karel@kunde.example', 2), mailbox='crm')
    told = [one for one in postroom.json('doctor', code=6) if one['check'] == 'policy']
    assert len(told) == 1 and told[0]['severity'] == 'warning'
    assert 'of 2 mails' in told[0]['finding'] and '1 pass its policy submission' in told[0]['finding']
    assert 'authserv-id mail.example.org 1' in told[0]['finding']
    assert told[0]['mend'].startswith('no policy lets all of them in')


def test_doctor_leaves_forged_mail_outside_in_peace(postroom):
    forged = capture('karel@kunde.example', 1).replace(TRUSTED, FORWARDED)
    postroom.take(forged, capture('karel@kunde.example', 2), mailbox='crm')
    told = [one for one in postroom.json('doctor', code=None) if one['check'] == 'policy']
    assert len(told) == 1 and told[0]['severity'] == 'note', told
    assert 'of 2 mails' in told[0]['finding'] and '1 pass' in told[0]['finding']
    assert 'quarantine list' in told[0]['mend']


def test_feeds(postroom):
    postroom('feed', 'add', code=2)
    postroom('feed', 'add', 'nobody-here', code=3)
    made = postroom.json('feed', 'add', 'anna')
    token = re.search(r'/feed/([A-Za-z0-9_-]{43})/events\.ics$', made['events']).group(1)
    assert made['tasks'].endswith(f'{token}/tasks.ics') and made['webcal'].startswith('webcal://')
    for file in postroom.state.iterdir():
        assert token.encode() not in file.read_bytes()
    assert [row['name'] for row in postroom.json('feed', 'list')] == ['anna']
    postroom('feed', 'add', '--team', 'sales')
    postroom('feed', 'add', '--team', 'odd', code=3)
    postroom('feed', 'revoke', made['id'])
    assert [row['scope'] for row in postroom.json('feed', 'list')] == ['team']
    assert len(postroom.json('feed', 'list', '--all')) == 2
    postroom('feed', 'revoke', 99, code=3)


def test_calendar(postroom):
    postroom('task', 'add', 'Call; now', '--due', '3d', '--assignee', 'anna')
    for options, kind in (([], 'VEVENT'), (['--tasks'], 'VTODO')):
        text = postroom('calendar', 'export', 'anna', *options).bytes.decode()
        assert text.startswith('BEGIN:VCALENDAR\r\n') and f'BEGIN:{kind}\r\n' in text
        assert 'Call\\; now' in text
    assert 'VEVENT' in postroom('calendar', 'export', '--team', 'sales').out
    assert 'VEVENT' not in postroom('calendar', 'export', '--team', 'office').out
    assert 'VEVENT' not in postroom('calendar', 'export', 'ben').out
    postroom('calendar', 'export', code=2)
    postroom('calendar', 'export', 'karel', code=3)


def test_users(postroom):
    assert [user['name'] for user in postroom.json('user', 'list')] == ['anna', 'ben']


# ---------------------------------------------------------------- backup, doctor

def test_backup_and_restore(filled):
    file = filled.directory / 'copy.db'
    filled('backup', file)
    assert file.stat().st_mode & 0o777 == 0o600
    before = filled.json('status')['ledger']
    filled.take(support(5, subject='Another'))
    assert filled.json('status')['ledger'] != before
    filled('restore', file, code=1)
    filled('restore', file, '--yes')
    assert filled.json('status')['ledger'] == before
    broken = filled.directory / 'broken.db'
    broken.write_bytes(b'no database')
    assert filled('restore', broken, '--yes', code=None).code in (1, 5)
    assert filled.json('status')['ledger'] == before


def test_doctor(filled):
    findings = filled.json('doctor', code=6)
    assert {one['check'] for one in findings if one['severity'] != 'note'} <= {
        'mailboxes', 'unit'}
    assert all(finding['mend'] for finding in findings)
    (filled.directory / 'password').chmod(0o644)
    (filled.state / 'postroom.db').chmod(0o666)
    filled.state.chmod(0o755)
    checks = {finding['check'] for finding in filled.json('doctor', code=6)}
    assert checks >= {'secrets', 'directory', 'database'}
    filled.config.write_text('nonsense: 1\n')
    assert filled.json('doctor', code=6)[0]['check'] == 'config'


# ---------------------------------------------------------------- the terminal

def on_terminal(postroom, *words, **environment):
    """What a terminal of 80 columns gets to see."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([postroom.program, *words], stdin=theirs, stdout=theirs, stderr=theirs,
                          env=postroom.environment(TERM='xterm', PAGER='', **environment)) as run:
        os.close(theirs)
        seen = b''
        while True:
            ready, _, _ = select.select([ours], [], [], 30)
            assert ready, 'it says nothing and does not end'
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    return seen.decode()


HOSTILE = 'evil =?utf-8?q?=1B]0;owned=07=1B[2J=E2=80=AEgnp=C2=9B31m?='


def test_hostile_subject_is_harmless(postroom):
    postroom.take(capture('karel@kunde.example', 1, subject=HOSTILE))
    for words in (['message', 'list'], ['message', 'show', '1'], ['unresolved', 'list'],
                  ['message', 'list', '--json'], ['why', '1'], ['search', 'evil']):
        seen = on_terminal(postroom, *words, NO_COLOR='1')
        assert 'evil' in seen
        assert not re.search('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f‪-‮⁦-⁩]', seen)


def test_colour_only_on_a_terminal(filled):
    assert '\x1b[' in on_terminal(filled, 'message', 'list')
    assert '\x1b[' not in on_terminal(filled, 'message', 'list', NO_COLOR='1')
    assert '\x1b[' not in filled('message', 'list').out


def test_raw_on_a_terminal_is_escaped(postroom):
    postroom.take(capture('karel@kunde.example', 1, body='\x1b[2J gone\n'))
    seen = on_terminal(postroom, 'message', 'raw', '1')
    assert '\x1b' not in seen and '\\u{1b}[2J gone' in seen


def test_reader_that_goes_away(filled):
    with subprocess.Popen([filled.program, 'message', 'list'], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=filled.environment()) as run:
        run.stdout.close()
        assert run.stderr.read() == b''
    assert run.returncode == 0


# ---------------------------------------------------------------- made from the table

def test_manual_and_completion(build):
    page = build / 'man' / 'postroom.1'
    lint = subprocess.run(['mandoc', '-Tlint', page], capture_output=True, text=True, check=False)
    told = [line for line in lint.stdout.splitlines() if 'referenced manual not found' not in line]
    assert told == []
    text = page.read_text()
    for noun in ('status', 'unresolved assign', 'contact address add', 'doctor'):
        assert f'.It Cm {noun}' in text
    script = build / 'completion' / 'postroom'
    subprocess.run(['bash', '-n', script], check=True)
    asked = ('source "$0"; COMP_WORDS=(postroom contact address ""); COMP_CWORD=3; _postroom;'
             'echo "${COMPREPLY[*]}"')
    done = subprocess.run(['bash', '-c', asked, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ['add', 'remove']
