"""Each kind of mailbox, whole: a mail delivered to Dovecot, pulled over TLS, parsed in its sandbox,
decided, and seen with the command. One test a row of the table in docs/kinds.md."""
import datetime
import json
import os
import subprocess
import sys
import pathlib

import pytest

from postroomd import Postroomd, mailbox, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from sample import mails, paper  # noqa: E402
from sample.mails import USERS, Mail  # noqa: E402

ANNA, BRAM, CLARA = USERS['anna'], USERS['bram'], USERS['clara']
PIETER = 'Pieter Bakker <pieter@noordzee.example>'
PREFIX = 'Balean Board Meeting action:'
KINDS = {'crm': 'capture', 'invoices': 'invoices', 'leads': 'leads', 'support': 'support',
         'board': 'actions'}
# A Saturday morning: follow-ups count from the Date field, so a fixed day gives fixed dates.
NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.timezone.utc)


class Office:
    """A daemon with a mailbox of each kind on Dovecot, and the command on its database."""

    def __init__(self, build, directory, dovecot, authority, users):
        self.daemon = Postroomd(build, directory)
        self.command = str(pathlib.Path(build) / 'bin' / 'postroom')
        self.dovecot, self.users, self.count = dovecot, users, 0
        self.sent = {}
        secret = self.daemon.secret('all')
        boxes = []
        for name, kind in KINDS.items():
            more = {'who_may_write': 'submission'} if kind in ('capture', 'actions') else {}
            box = mailbox(name, dovecot, users[name], authority, kind=kind, secret=secret, **more)
            box['addresses'] = [mails.MAILBOX_ADDRESSES[name]]
            boxes.append(box)
        boxes[0]['poll'] = '1s'
        boxes[0]['folders'] = ['INBOX', {'folder': 'CRM', 'kind': 'capture', 'trust': 'folder'}]
        self.daemon.configure(
            mailboxes=boxes,
            users=[{'name': name, 'full_name': address.split(' <')[0],
                    'addresses': [f'{name}@example.org']} for name, address in USERS.items()],
            actions={'prefixes': [PREFIX]}, invoices={'assignee': 'clara'},
            support={'assignee': 'bram', 'priority': 'high'},
            leads={'owners': ['anna', 'bram'], 'first_phase': 'new',
                   'form_senders': ['form@web.example.net'],
                   'form_fields': [{'label': 'Name', 'field': 'name'},
                                   {'label': 'Email', 'field': 'email'},
                                   {'label': 'Company', 'field': 'company'}],
                   'score': [{'field': 'text', 'contains': 'quotation', 'score': 20}]})

    def postroom(self, *words, code=0):
        done = subprocess.run([self.command, *words, '--json'], capture_output=True, text=True,
                              env={**os.environ, 'POSTROOM_CONFIG': str(self.daemon.config)})
        assert done.returncode == code, f'{words}: {done.returncode} {done.stdout}{done.stderr}'
        return json.loads(done.stdout) if done.stdout else None

    def deliver(self, *each, folder='INBOX'):
        """Into the server, and waits until every one is decided."""
        for one in each:
            self.sent[one.key] = one
            self.dovecot.deliver(self.users[one.box], mails.render(one, self.sent, NOW), folder)
            self.count += 1
        self.daemon.wait_settled(self.count)

    def state(self, mail):
        return {one['message_id']: one['state']
                for one in self.postroom('message', 'list')}[mail.message_id()]

    def activities(self, name):
        return self.postroom('contact', 'show', name)['activities']


@pytest.fixture
def office(build, tmp_path, dovecot, authority):
    key = dovecot.new_name('k')
    users = {name: dovecot.add_user(key + name) for name in KINDS}
    dovecot.create(users['crm'], 'CRM')
    with Office(build, tmp_path, dovecot, authority, users).daemon as daemon:
        made = Office.__new__(Office)
        made.__dict__.update(daemon=daemon, dovecot=dovecot, users=users, count=0, sent={},
                             command=str(pathlib.Path(build) / 'bin' / 'postroom'))
        made.postroom('company', 'add', 'Noordzee', '--domain', 'noordzee.example')
        made.postroom('contact', 'add', 'Pieter Bakker', 'pieter@noordzee.example', '--company',
                      'Noordzee')
        yield made


# ---------------------------------------------------------------- capture


def test_bcc_to_a_known_contact(office):
    mail = Mail('crm', 'c1', ANNA, PIETER, 'Offer', 'Dear Pieter', days_ago=0,
                envelope='crm+2w@example.org')
    office.deliver(mail)
    assert office.state(mail) == 'filed'
    activity, = office.activities('Pieter Bakker')
    assert (activity['kind'], activity['direction']) == ('mail', 'out')
    task, = office.postroom('task', 'list')
    assert (task['kind'], task['due'], task['assignee']['name']) == ('follow-up', '2026-12-05',
                                                                     'anna')


def test_bcc_to_a_stranger_waits_and_one_answer_settles_all(office):
    office.deliver(*(Mail('crm', f'c{n}', ANNA, 'Jonas Lind <jonas@fjord.example>', f'Mail {n}',
                          'Hello') for n in range(3)))
    items = office.postroom('unresolved', 'list')
    assert [item['address'] for item in items] == ['jonas@fjord.example'] * 3
    assert {item['reason'] for item in items} == {'no-match'}
    office.postroom('unresolved', 'create', str(items[0]['id']))
    assert office.postroom('unresolved', 'list') == []
    assert len(office.activities('Jonas Lind')) == 3
    later = Mail('crm', 'c9', BRAM, 'jonas@fjord.example', 'Later', 'Hello again')
    office.deliver(later)
    assert office.state(later) == 'filed'


def test_forwarded_mail_is_about_its_original_sender(office):
    inner = Mail('', 'inner', PIETER, BRAM, 'Where are the pallets?', 'When?', outside=True)
    office.deliver(Mail('crm', 'f1', BRAM, 'crm@example.org', 'Fwd: Where are the pallets?',
                        'For the record', forwarded=inner))
    activity, = office.activities('Pieter Bakker')
    assert activity['direction'] == 'in'


def test_dropped_into_a_trusted_folder(office):
    mail = Mail('crm', 'd1', PIETER, ANNA, 'Thanks', 'Thanks!', outside=True,
                envelope='anna@example.org')
    office.deliver(mail, folder='CRM')
    assert office.state(mail) == 'filed'
    activity, = office.activities('Pieter Bakker')
    assert activity['direction'] == 'in'


def test_no_outside_address_waits(office):
    office.deliver(Mail('crm', 'n1', ANNA, BRAM, 'Internal', 'Between us'))
    item, = office.postroom('unresolved', 'list')
    assert item['reason'] == 'no-contact'


def test_more_than_twenty_strangers_are_one_item(office):
    many = ', '.join(f'p{n}@many.example' for n in range(21))
    office.deliver(Mail('crm', 'm1', ANNA, many, 'To all', 'Dear all'))
    assert len(office.postroom('unresolved', 'list')) == 1


def test_who_is_no_user_is_quarantined(office):
    forged = Mail('crm', 'q1', ANNA, PIETER, 'Pay', 'New account', outside=True)
    stranger = Mail('crm', 'q2', 'X <x@else.example>', PIETER, 'Hi', 'Hi', outside=True)
    office.deliver(forged, stranger)
    assert {office.state(forged), office.state(stranger)} == {'quarantined'}
    assert office.activities('Pieter Bakker') == []


def test_bad_tag_logs_the_mail_and_asks(office):
    office.deliver(Mail('crm', 'b1', ANNA, PIETER, 'Minutes', 'Hi', envelope='crm+12-03@example.org'))
    assert len(office.activities('Pieter Bakker')) == 1
    item, = office.postroom('unresolved', 'list')
    assert item['reason'] == 'bad-tag' and '12-03' in item['detail']


def test_a_reply_closes_the_follow_up(office):
    office.deliver(Mail('crm', 'r1', ANNA, PIETER, 'Offer', 'Hi', envelope='crm+2w@example.org'),
                   Mail('crm', 'r2', ANNA, PIETER, 'Other', 'Hi',
                        envelope='crm+2w.keep@example.org'))
    office.deliver(*(Mail('crm', f'r{n + 2}', PIETER, ANNA, 'Re: Offer', 'Yes', outside=True,
                          reply_to=f'r{n}', envelope='anna@example.org') for n in (1, 2)),
                   folder='CRM')
    states = {task['title']: task['state'] for task in office.postroom('task', 'list', '--state', 'all')}
    assert states == {'Offer': 'done', 'Other': 'open'}


# ---------------------------------------------------------------- invoices


def invoice(key, number='PP-1', total='484.00', iban='NL91ABNA0417164300', **more):
    document = mails.ubl(number, '2026-11-10', '2026-12-10', 'Pixel Power BV', 'NL812345678B01', iban,
                         '400.00', '84.00', total)
    return Mail('invoices', key, 'Billing <billing@pixel.example>', 'invoices@example.org',
                f'Invoice {number}', 'Our invoice is attached.', outside=True,
                attachments=((f'{number}.xml', 'application/xml', document),), **more)


def test_invoice_is_a_ticket(office):
    office.postroom('company', 'add', 'Pixel Power BV', '--vat-id', 'NL812345678B01', '--role',
                    'supplier')
    office.deliver(invoice('i1'))
    ticket, = office.postroom('ticket', 'list')
    assert (ticket['number'], ticket['due_date'], ticket['iban'], ticket['total']) == (
        'PP-1', '2026-12-10', 'NL91ABNA0417164300', '484.00')
    assert (ticket['supplier']['name'], ticket['assignee']['name']) == ('Pixel Power BV', 'clara')
    assert ticket['state'] == 'open'


PAPER = """\
Pixel Power BV                                     FACTUUR
Kade 12
1011 AB Amsterdam                    Factuurnummer:     {number}
                                     Factuurdatum:      10-11-2026
Example Org                          Vervaldatum:       10-12-2026

Omschrijving                             Aantal       Bedrag
Hosting                                       1     € 400,00

                              Subtotaal             € 400,00
                              BTW 21%                € 84,00
                              Totaal                € 484,00

BTW-nummer NL812345678B01    IBAN NL91 ABNA 0417 1643 00
"""


def paper_mail(key, *numbers):
    document = paper.pdf(*(PAPER.format(number=number) for number in numbers))
    return Mail('invoices', key, 'Billing <billing@pixel.example>', 'invoices@example.org',
                f'Factuur {key}', 'Zie bijlage.', outside=True,
                attachments=((f'{key}.pdf', 'application/pdf', document),))


def test_invoice_on_paper(office):
    office.postroom('company', 'add', 'Pixel Power BV', '--iban', 'NL91ABNA0417164300', '--role',
                    'supplier')
    office.deliver(paper_mail('p1', 'PP-2026-77'))
    ticket, = office.postroom('ticket', 'list')
    assert (ticket['number'], ticket['issue_date'], ticket['due_date'], ticket['iban']) == (
        'PP-2026-77', '2026-11-10', '2026-12-10', 'NL91ABNA0417164300')
    assert (ticket['net'], ticket['tax'], ticket['total'], ticket['currency']) == (
        '400.00', '84.00', '484.00', 'EUR')
    assert ticket['supplier']['name'] == 'Pixel Power BV'
    # a second copy joins it, two invoices in one document are two tickets
    office.deliver(paper_mail('p2', 'PP-2026-77'), paper_mail('p3', 'PP-2026-78', 'PP-2026-79'))
    assert sorted(t['number'] for t in office.postroom('ticket', 'list')) == [
        'PP-2026-77', 'PP-2026-78', 'PP-2026-79']


def test_minutes_on_paper(office):
    document = paper.pdf(f'Minutes\n\n - {PREFIX} Bram: order the new sign by 2026-12-03\n')
    office.deliver(Mail('board', 'm1', ANNA, 'board@example.org', 'Minutes', 'Attached.',
                        attachments=(('minutes.pdf', 'application/pdf', document),)))
    task, = office.postroom('task', 'list')
    assert (task['assignee']['name'], task['due']) == ('bram', '2026-12-03')


def test_second_copy_reminder_and_reply_join(office):
    office.deliver(invoice('i1'))
    office.deliver(invoice('i2'),
                   Mail('invoices', 'i3', 'Billing <billing@pixel.example>', 'invoices@example.org',
                        'Reminder', 'Still open.', outside=True, reply_to='i1'))
    assert len(office.postroom('ticket', 'list')) == 1


def test_unknown_supplier_has_a_ticket_and_an_item(office):
    office.deliver(invoice('i1'))
    item, = office.postroom('unresolved', 'list')
    assert item['reason'] == 'supplier-unknown'
    assert len(office.postroom('ticket', 'list')) == 1


def test_other_account_under_the_same_number_holds(office):
    office.postroom('company', 'add', 'Pixel Power BV', '--vat-id', 'NL812345678B01')
    office.deliver(invoice('i1'))
    office.deliver(invoice('i2', iban='DE89370400440532013000'))
    ticket, = office.postroom('ticket', 'list')
    assert ticket['state'] == 'hold' and ticket['iban'] == 'NL91ABNA0417164300'


def test_forwarded_invoice_is_of_its_original_sender(office):
    office.postroom('contact', 'add', 'Garage Dupont', 'compta@dupont.example')
    inner = Mail('', 'inner', 'Garage <compta@dupont.example>', ANNA, 'Facture 7', 'Voici',
                 outside=True, attachments=(('f7.pdf', 'application/pdf', mails.pdf('Facture 7')),))
    office.deliver(Mail('invoices', 'i5', ANNA, 'invoices@example.org', 'Fwd: Facture 7', 'Pay this',
                        forwarded=inner))
    ticket, = office.postroom('ticket', 'list')
    contact = office.postroom('contact', 'show', 'Garage Dupont')
    assert ticket['supplier'] == {'company': None, 'contact': contact['id'], 'name': 'Garage'}


# ---------------------------------------------------------------- leads


def test_lead_from_a_mail_and_its_second_mail(office):
    first = Mail('leads', 'l1', 'Nora Berg <nora@bergbouw.example>', 'sales@example.org', 'Ladders?',
                 'Please send a quotation.', outside=True)
    office.deliver(first)
    office.deliver(Mail('leads', 'l2', 'nora@bergbouw.example', 'sales@example.org', 'Six of them',
                        'I forgot.', outside=True))
    deal, = office.postroom('deal', 'list')
    assert (deal['contact']['name'], deal['phase'], deal['score']) == ('Nora Berg', 'new', 20)
    assert len(office.activities('Nora Berg')) == 2


def test_round_robin_and_web_form(office):
    office.deliver(*(Mail('leads', f'w{n}', 'Website <form@web.example.net>', 'sales@example.org',
                          'Contact form', f'Name: Person {n}\nCompany: Firm {n}\n'
                          f'Email: person{n}@firm{n}.example\n', outside=True) for n in range(4)))
    deals = office.postroom('deal', 'list')
    assert sorted(deal['contact']['name'] for deal in deals) == [f'Person {n}' for n in range(4)]
    assert sorted(deal['owner']['name'] for deal in deals) == ['anna', 'anna', 'bram', 'bram']


# ---------------------------------------------------------------- support


def test_case_and_its_replies(office):
    office.deliver(Mail('support', 's1', PIETER, 'support@example.org', 'Wheel broken', 'It broke.',
                        outside=True))
    office.deliver(Mail('support', 's2', PIETER, 'support@example.org', 'Re: Wheel broken', 'News?',
                        outside=True, reply_to='s1'))
    case, = office.postroom('case', 'list')
    assert (case['priority'], case['assignee']['name'], case['contact']['name']) == (
        'high', 'bram', 'Pieter Bakker')
    assert len(office.activities('Pieter Bakker')) == 2


@pytest.mark.parametrize('name,headers,sender', [
    ('auto-reply', (('Auto-Submitted', 'auto-replied'),), PIETER),
    ('bounce', (('Content-Language', 'en'),), 'Mail Delivery System <MAILER-DAEMON@mx.example.net>'),
    ('list', (('List-Id', '<members.example.net>'), ('List-Post', '<mailto:l@example.net>')), PIETER),
])
def test_machines_open_nothing(office, name, headers, sender):
    mail = Mail('support', f'o-{name}', sender, 'support@example.org', 'Undelivered Mail Returned',
                'Automatic.', outside=True, headers=headers)
    office.deliver(mail)
    assert office.state(mail) == 'ignored'
    assert office.postroom('case', 'list') == []
    why = office.postroom('why', mail.message_id())
    assert f'origin:{name}' in json.dumps(why)


# ---------------------------------------------------------------- actions


def test_minutes_become_tasks_and_corrections_update_them(office):
    text = (f'Minutes\n\n- {PREFIX} Anna: renew the insurance by 2026-12-04\n'
            f'* [ ] {PREFIX} @bram order trolleys\n> {PREFIX} write the plan (Clara)\n')
    office.deliver(Mail('board', 'b1', CLARA, 'board@example.org', 'Minutes', text))
    tasks = {task['title']: task for task in office.postroom('task', 'list')}
    assert len(tasks) == 3 and all(title.startswith(PREFIX) for title in tasks)
    assert sorted(task['assignee']['name'] for task in tasks.values()) == ['anna', 'bram', 'clara']
    office.deliver(Mail('board', 'b2', CLARA, 'board@example.org', 'Minutes, corrected',
                        text.replace('2026-12-04', '2026-12-11'), reply_to='b1'))
    tasks = office.postroom('task', 'list')
    assert len(tasks) == 3
    assert {task['due'] for task in tasks} == {'2026-12-11', None}


def test_action_of_an_unknown_name_asks(office):
    office.deliver(Mail('board', 'b1', CLARA, 'board@example.org', 'Minutes',
                        f'{PREFIX} Zebedee: book the room\n'))
    assert len(office.postroom('task', 'list')) == 1
    item, = office.postroom('unresolved', 'list')
    assert 'Zebedee' in json.dumps(item)


def test_minutes_of_an_outsider_are_quarantined(office):
    mail = Mail('board', 'b1', 'M <m@outside.example>', 'board@example.org', 'Minutes',
                f'{PREFIX} Anna: transfer money\n', outside=True)
    office.deliver(mail)
    assert office.state(mail) == 'quarantined' and office.postroom('task', 'list') == []


# ---------------------------------------------------------------- routes


def test_one_mail_in_two_mailboxes_has_each_effect_once(office):
    mail = Mail('crm', 'two', ANNA, PIETER, 'Broken wheel', 'See below')
    twin = Mail('support', 'two', ANNA, PIETER, 'Broken wheel', 'See below')
    office.deliver(mail)
    office.dovecot.deliver(office.users['support'], mails.render(twin, office.sent, NOW))
    wait_for(lambda: office.daemon.query('SELECT count(*) FROM delivery') == [(2,)],
             what='the second delivery')
    wait_for(lambda: office.daemon.query('SELECT count(*) FROM route') == [(2,)],
             what='the second route')
    assert office.daemon.sum()['fetched'] == 1
    assert len(office.activities('Pieter Bakker')) == 1
    assert len(office.postroom('case', 'list')) == 1


def test_read_by_a_person_in_between_changes_nothing(office):
    office.deliver(Mail('support', 's1', PIETER, 'support@example.org', 'One', 'One', outside=True))
    for uid in office.dovecot.uids(office.users['support']):
        office.dovecot.doveadm('flags', 'add', '-u', office.users['support'], '\\Seen', 'mailbox',
                               'INBOX', 'uid', str(uid))
    office.deliver(Mail('support', 's2', PIETER, 'support@example.org', 'Two', 'Two', outside=True))
    assert len(office.postroom('case', 'list')) == 2
    assert office.daemon.query('SELECT count(*) FROM delivery') == [(2,)]


def test_second_start_does_nothing_twice(office):
    office.deliver(Mail('crm', 'c1', ANNA, PIETER, 'Offer', 'Hi', envelope='crm+2w@example.org'),
                   Mail('support', 's1', PIETER, 'support@example.org', 'One', 'One', outside=True))
    tables = ('message', 'delivery', 'route', 'activity', 'task', 'support_case', 'audit')
    before = {table: office.daemon.query(f'SELECT count(*) FROM {table}') for table in tables}
    assert office.daemon.terminate() == 0
    office.daemon.start()
    office.deliver(Mail('support', 's2', PIETER, 'support@example.org', 'Two', 'Two', outside=True))
    after = {table: office.daemon.query(f'SELECT count(*) FROM {table}') for table in tables}
    assert after['task'] == before['task']
    assert after['message'] == [(before['message'][0][0] + 1,)]
    assert after['delivery'] == [(before['delivery'][0][0] + 1,)]
    assert after['support_case'] == [(2,)]
