"""Mails on which a parser dies, in each way that it can: such a mail is dead after three tries, the
queue goes on, and a document that kills the parser costs its document only."""
import base64
import os
import pathlib
import shutil
import sys

import pytest

from postroom import Postroom
from postroomd import PATIENCE_S, STATES, Postroomd, mailbox, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.bombs.documents import deflated, object_stream  # noqa: E402 pylint: disable=C0413

PROGRAMS = ('postroomd', 'postroom', 'postroom-calendar')
FAULTS = ['crash', 'loop', 'memory'] + (['hang'] if os.environ.get('POSTROOM_LONG') else [])
HANG_SECONDS = 90  # daemon/ledger_parser.c: PARSER_STALL_MS


def mail(number, more='', body='Good morning.'):
    return (f'Delivered-To: crm@example.org\nFrom: p{number}@customer.example\n'
            f'To: crm@example.org\nSubject: Question {number}\n'
            f'Date: Mon, 16 Nov 2026 10:00:00 +0100\n{more}'
            f'Message-ID: <m{number}@customer.example>\n\n{body}\n').encode()


@pytest.fixture
def users(dovecot):
    name = dovecot.new_name('f')
    return [dovecot.add_user(name + letter) for letter in 'ab']


@pytest.fixture
def faulty_build(build, tmp_path):
    """The programs, copied, beside a parser that has faults when a mail asks for them."""
    programs = tmp_path / 'build' / 'bin'
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        if (build / 'bin' / name).exists():
            shutil.copy(build / 'bin' / name, programs / name)
    shutil.copy(pathlib.Path(__file__).with_name('faulty_parser.py'), programs / 'postroom-parser')
    (programs / 'postroom-parser').chmod(0o755)
    (programs / 'POSTROOM_REAL_PARSER').write_text(str((build / 'bin/postroom-parser').resolve()))
    return programs.parent


def daemon_with(build, tmp_path, users, dovecot, authority, **more):
    daemon = Postroomd(build, tmp_path / 'daemon')
    secret = daemon.secret('all')
    daemon.configure(mailboxes=[mailbox(name, dovecot, name, authority, secret=secret, **more)
                                for name in users])
    return daemon


@pytest.mark.parametrize('fault', FAULTS)
def test_mail_that_kills_the_parser_is_dead_after_three_tries(
        fault, faulty_build, tmp_path, users, dovecot, authority):
    patience = PATIENCE_S + (4 * HANG_SECONDS if fault == 'hang' else 0)
    dovecot.deliver(users[0], mail(1, more=f'X-Fault: {fault}\n'))
    for number in range(2, 10):
        dovecot.deliver(users[number % 2], mail(number))
    with daemon_with(faulty_build, tmp_path, users, dovecot, authority) as daemon:
        daemon.expected = {'died', 'parser-died', 'dead', 'killed'}
        tries = 'SELECT parse_tries, state FROM message ORDER BY parse_tries DESC LIMIT 1'
        wait_for(lambda: any(count >= 1 for count, _ in daemon.query(tries)),
                 patience, 'the first try to count')
        # the whole daemon dies: the count stays
        daemon.kill()
        assert daemon.query(tries)[0][0] >= 1
        daemon.start()
        daemon.wait_settled(9, patience)
        counts = daemon.sum()
        assert counts['dead'] == 1 and counts['received'] == 0
        assert counts['fetched'] == sum(counts[state] for state in STATES) == 9
        [(stage, error, counted)] = daemon.query(
            "SELECT dead_stage, dead_error, parse_tries FROM message WHERE state = 'dead'")
        assert stage == 'parse' and ('hung' if fault == 'hang' else 'died') in error
        assert counted in (3, 4)  # a copy fetched again after the kill may be at its parser as well
        # one death more than was counted when the daemon was killed between the two
        assert len(daemon.events('parser-died')) in (3, 4)
        # the queue goes on
        dovecot.deliver(users[0], mail(10))
        daemon.wait_settled(10)


@pytest.mark.parametrize('fault', FAULTS[:3] if os.environ.get('POSTROOM_LONG') else FAULTS[:1])
def test_import_of_such_a_mail_keeps_it_dead(fault, faulty_build, tmp_path):
    box = tmp_path / 'mails'
    box.mkdir()
    for number in range(1, 6):
        more = f'X-Fault: {fault}\n' if number == 3 else ''
        (box / f'{number}.eml').write_bytes(mail(number, more).replace(b'\n', b'\r\n'))
    (tmp_path / 'cli').mkdir()
    postroom = Postroom(faulty_build, tmp_path / 'cli')
    postroom('import', str(box), code=None)
    counts = postroom.json('status')['ledger']
    assert counts['dead'] == 1 and counts['received'] == 0
    assert counts['fetched'] == sum(counts[state] for state in STATES) == 5


def test_dead_mail_that_a_person_has_read_again_is_moved(
        faulty_build, build, tmp_path, users, dovecot, authority):
    """What is filed in the end is done on the server in the end."""
    user = users[0]
    dovecot.create(user, 'Done')
    dovecot.deliver(user, mail(1, more='X-Fault: crash\n'))
    with daemon_with(faulty_build, tmp_path, [user], dovecot, authority, kind='leads',
                     action={'move': 'Done'}) as daemon:
        daemon.expected = {'died', 'parser-died', 'dead'}
        daemon.wait_settled(1)
        assert daemon.sum()['dead'] == 1 and len(dovecot.uids(user)) == 1
        # by a program whose parser has no such fault
        Postroom(build, daemon.directory, daemon.config)('replay')
        assert daemon.sum()['filed'] == 1
        wait_for(lambda: len(dovecot.uids(user, 'Done')) == 1, what='the move')
        assert dovecot.uids(user) == []


def test_a_document_that_kills_the_parser_costs_the_document_only(
        build, tmp_path, users, dovecot, authority):
    """A PDF whose objects unpack to blanks without end: the parser's time is up twice, the third
    try reads the mail without it."""
    endless = object_stream(deflated(3000, b' '), b'[/FlateDecode/ASCIIHexDecode]')
    dovecot.deliver(users[0], mail(1, more='Content-Type: application/pdf\n'
                                   'Content-Transfer-Encoding: base64\n',
                                   body=base64.encodebytes(endless).decode()))
    dovecot.deliver(users[0], mail(2))
    with daemon_with(build, tmp_path, users, dovecot, authority) as daemon:
        daemon.expected = {'died', 'parser-died', 'killed'}
        daemon.wait_settled(2)
        counts = daemon.sum()
        assert counts['dead'] == 0 and counts['received'] == 0
        assert len(daemon.events('parser-died')) == 2
