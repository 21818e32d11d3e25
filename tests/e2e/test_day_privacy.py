"""The privacy part of a sales team's day: from who was not heard of for long to who comes back."""
import pytest

from postroom import Postroom

OLD = 'Mon, 2 Mar 2020 10:00:00 +0100'


def mail(number, text, date=OLD, sender='Karel Kunde <karel@kunde.example>', to='support'):
    return (f'Delivered-To: {to}@example.org\n'
            f'Received: from outside by mail.example.org with ESMTP; {date}\n'
            f'From: {sender}\nTo: {to}@example.org\nDate: {date}\n'
            f'Message-ID: <{number}@kunde.example>\nSubject: {text}\n\n{text}\n')


INVOICE = mail('bill', 'Rechnung RE-1').rstrip('\n') + \
    '\nRechnungsnummer: RE-2026-0815\nGesamtbetrag: 119,00 EUR\n'


@pytest.fixture
def postroom(build, tmp_path):
    made = Postroom(build, tmp_path)
    made.config.write_text(made.config.read_text() +
                           'privacy: {anonymise: [phone, note, addresses]}\n')
    return made


def test_day_of_privacy(postroom):
    postroom('contact', 'add', 'Karel Kunde', 'karel@kunde.example', '--phone', '+31 20 1',
             '--note', 'Likes tea', '--source', 'fair')
    postroom('contact', 'add', 'Lena Lang', 'lena@lang.example', '--phone', '+49 30 1',
             '--note', 'Met at the fair')
    postroom('contact', 'alias', 'add', 'lena', 'Frau Lang')
    postroom.take(mail(1, 'A question'), mail(2, 'Another one'))
    postroom.take(INVOICE.replace('support@', 'invoices@'), mailbox='invoices')
    postroom('note', 'add', 'karel', 'Karel Kunde moved house')

    # The age list: the longest unheard of first; who is still to be kept is touched.
    ages = postroom.json('privacy', 'list', '--older-than', '0d')
    assert {one['name'] for one in ages} == {'Karel Kunde', 'Lena Lang'}
    postroom('privacy', 'touch', 'karel')
    assert postroom.json('contact', 'show', 'karel')['touched']

    # Anonymise: the name and the configured fields; what happened stays counted.
    told = postroom.json('privacy', 'anonymise', 'lena', '--yes')['contact']
    assert told['name'].startswith('Anonymous') and not told['phone'] and not told['note']
    postroom('contact', 'show', 'lena@lang.example', code=3)
    postroom('contact', 'show', 'Frau Lang', code=3)

    # Everything on one person.
    everything = postroom.json('privacy', 'export', 'karel')
    assert len(everything['messages']) == 3 and len(everything['tickets']) == 1
    assert any(one['body'] == 'Karel Kunde moved house' for one in everything['activities'])

    # Erased with an open invoice: the invoice is held and stays workable, all else is gone.
    preview = postroom.json('privacy', 'erase', 'karel', '--dry-run')
    assert preview['messages']['held'] == 1
    assert postroom.json('contact', 'show', 'karel')['name'] == 'Karel Kunde'
    done = postroom.json('privacy', 'erase', 'karel', '--yes')
    assert len(done['held']) == 1
    postroom('contact', 'show', 'karel', code=3)
    assert postroom.json('search', 'question') == [] and postroom.json('search', 'moved') == []
    ticket, = postroom.json('ticket', 'list')
    postroom('ticket', 'pay', ticket['id'])
    assert postroom.json('board', 'finance', '--all')
    assert {bool(one['ticket']) for one in postroom.json('privacy', 'held')} == {True, False}

    # Mail from before stays out; a new one waits until he is readmitted.
    postroom.take(mail(1, 'A question'))
    assert postroom.json('unresolved', 'list') == []
    postroom.take(mail(3, 'I am back', 'Sat, 1 Jan 2099 10:00:00 +0100'))
    waiting, = postroom.json('unresolved', 'list')
    assert waiting['reason'] == 'erased-person'
    assert 'readmit' in postroom('contact', 'add', 'Karel', 'karel@kunde.example', code=4).err
    postroom('privacy', 'readmit', 'karel@kunde.example')
    assert 'I am back' in {one['subject'] for one in postroom.json('case', 'list')}
    assert 'erased-person' not in {one['reason'] for one in postroom.json('unresolved', 'list')}
    ledger = postroom.json('status')['ledger']
    assert ledger['erased'] == 2 and ledger['fetched'] == sum(
        ledger[state] for state in ('received', 'filed', 'waiting', 'ignored', 'quarantined',
                                    'dead', 'erased'))
