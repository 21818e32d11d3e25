"""What machines write, through the same decision as the daemon's: notes, bounces and lists open
nothing at any mailbox, but an invoice or a web form is never held back because a machine sent it."""
import json
import os
import pathlib

import pytest
import yaml

from postroom import Postroom

CORPORA = pathlib.Path(os.environ.get('POSTROOM_CORPORA') or
                       pathlib.Path(__file__).resolve().parents[2] / '../shared/corpora')
BOXES = ('support', 'sales', 'invoices')
RECEIVED = 'Received: from mx.far.example by mail.example.org with ESMTPS; ' \
           'Sat, 21 Nov 2026 10:00:00 +0100\r\n'

# RFC 3834, and what programs wrote before and beside it: (name, fields, From)
MACHINES = [
    ('auto-reply', 'Auto-Submitted: auto-replied', ''),
    ('auto-reply', 'Auto-Submitted: auto-replied (vacation)', ''),
    ('auto-reply', 'auto-submitted: AUTO-REPLIED; owner-email="karel@far.example"', ''),
    ('auto-reply', 'X-Autoreply: yes', ''),
    ('auto-reply', 'X-Autorespond: Away', ''),
    ('auto-reply', 'Precedence: auto_reply', ''),
    ('bulk', 'Precedence: bulk', ''),
    ('list', 'List-Id: <members.far.example>\r\nList-Post: <mailto:members@far.example>', ''),
    ('list', 'Precedence: list\r\nList-Id: Members <members.far.example>', ''),
    ('bounce', 'Return-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; '
     'boundary=b', 'Mail Delivery System <MAILER-DAEMON@far.example>'),
]
REPORT = ('--b\r\n\r\nIt could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status'
          '\r\n\r\nReporting-MTA: dns; far.example\r\n\r\nFinal-Recipient: rfc822; x@far.example'
          '\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n')


def mail(number, fields='', sender='', body='Please send us a quotation.\r\n', subject='Hello'):
    return (f'{RECEIVED}From: {sender or "Karel <karel@far.example>"}\r\nTo: a@example.org\r\n'
            f'Subject: {subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n'
            f'Message-ID: <m{number}@far.example>\r\n' + (fields + '\r\n' if fields else '') +
            f'\r\n{body}').encode()


@pytest.fixture
def desk(build, tmp_path):
    made = Postroom(build, tmp_path)
    config = yaml.safe_load(made.config.read_text())
    config['leads'] = {'first_phase': 'new', 'form_senders': ['form@web.example'],
                       'form_fields': [{'label': 'Name', 'field': 'name'},
                                       {'label': 'Email', 'field': 'email'}]}
    made.config.write_text(yaml.safe_dump(config))
    return made


def effects(desk, box, paths):
    """[(origin, {what is done})] of each file."""
    done = desk('explain', '--json', '--mailbox', box, *paths)
    read = [json.loads(line) for line in done.out.splitlines()]
    assert len(read) == len(paths)
    return [(one['message']['origin'], {effect['do'] for effect in one['effects']})
            for one in read]


@pytest.mark.parametrize('box', BOXES)
def test_what_machines_write_opens_nothing(desk, box):
    paths = [desk.mail(f'{n}.eml', mail(n, fields, sender,
                                        REPORT if 'report' in fields else 'I am away.\r\n'))
             for n, (_, fields, sender) in enumerate(MACHINES)]
    for (name, fields, _), (origin, done) in zip(MACHINES, effects(desk, box, paths)):
        assert (origin, done - {'contact'}) == (name, {'ignore'}), fields
    (origin, done), = effects(desk, box, [desk.mail('person.eml', mail(99))])
    assert origin == 'person' and done - {'unresolved', 'contact', 'activity'}


def test_what_people_need_is_never_held_back(desk):
    """The same fields on an invoice and on a web form."""
    ubl = pathlib.Path(__file__).parents[1] / 'golden' / 'invoice-ubl.eml'
    raw = ubl.read_bytes().replace(b'\r\n', b'\n')
    form = 'Name: Nora Berg\r\nEmail: nora@bergbouw.example\r\n'
    machines = [fields for name, fields, sender in MACHINES if not sender]
    invoices = [desk.mail(f'i{n}.eml', fields.replace('\r\n', '\n').encode() + b'\n' + raw)
                for n, fields in enumerate(machines)]
    forms = [desk.mail(f'f{n}.eml', mail(n, fields, 'Website <form@web.example>', form))
             for n, fields in enumerate(machines)]
    for fields, (origin, done) in zip(machines, effects(desk, 'invoices', invoices)):
        assert 'ticket' in done and 'ignore' not in done, (fields, origin)
    for fields, (origin, done) in zip(machines, effects(desk, 'sales', forms)):
        assert {'deal', 'contact'} <= done and 'ignore' not in done, (fields, origin)


def test_ten_thousand_recipients_are_one_question(desk):
    logged_in = RECEIVED.replace('mx.far.example', 'laptop').replace('ESMTPS', 'ESMTPSA')
    many = ',\r\n '.join(f'r{n}@flood.example' for n in range(10000))
    paths = [desk.mail(f'{sender}.eml', (received + f'From: {sender}\r\nTo: {many}\r\nSubject: x'
                                         f'\r\nMessage-ID: <{sender}>\r\n\r\nx\r\n').encode())
             for received, sender in ((logged_in, 'anna@example.org'), (RECEIVED, 'x@far.example'))]
    done = desk('explain', '--json', '--mailbox', 'crm', *paths)
    ours, theirs = (json.loads(line)['effects'] for line in done.out.splitlines())
    assert [one['reason'] for one in ours if one['do'] == 'unresolved'] == ['many-recipients']
    assert [one['do'] for one in theirs] == ['quarantine']


def test_bounces_of_many_servers_open_nothing(desk):
    if not CORPORA.is_dir():
        pytest.skip(f'no public sets at {CORPORA}; POSTROOM_CORPORA names their folder')
    paths = sorted(path for path in (CORPORA / 'bounce-sisimai' / 'files').rglob('*')
                   if path.is_file())
    for box in BOXES:
        opened = [path.name for path, (_, done) in zip(paths, effects(desk, box, paths))
                  if done & {'ticket', 'case', 'deal', 'task'}]
        # Some of the set are no bounces: feedback loops, vacation notes, mails that quote one.
        assert len(opened) <= len(paths) // 100, (box, opened)
    assert len(paths) >= 200
