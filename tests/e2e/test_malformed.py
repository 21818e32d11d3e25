"""Malformed mails through the real parser, through an import, and through a whole daemon: nothing
crashes, nothing is lost, and the sum of the ledger is right."""
import os
import pathlib
import sys

import pytest

from fakeimap import Mailbox, Server
from postroom import Postroom
from postroomd import STATES, Postroomd, unpack_zstd, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.bombs import malformed  # noqa: E402 pylint: disable=wrong-import-position
from tests.bombs.parser import Died, Parser  # noqa: E402 pylint: disable=C0413

LONG = bool(os.environ.get('POSTROOM_LONG'))
COUNT = 12_000 if LONG else 2_000
EVERY = 1 if LONG else 10  # of the corpora's files


def deaths(program, mails):
    """How many there were, and [(name, how the parser ended)]."""
    count, died = 0, []
    with Parser(program) as parser:
        for name, data in mails:
            count += 1
            try:
                parser.read(data)
            except Died as death:
                died.append((name, str(death)))
        status = parser.close()
    return count, died + ([('the end', f'exit {status}')] if status else [])


def test_broken_mails_of_our_own_do_not_crash_the_parser(build):
    count, died = deaths(build / 'bin/postroom-parser', malformed.mutated(COUNT))
    assert count == COUNT and died == []


def test_files_of_the_corpora_do_not_crash_the_parser(build):
    files = list(malformed.corpus_files())[::EVERY]
    if not files:
        pytest.skip(f'{malformed.CORPORA} is not there')
    _, died = deaths(build / 'bin/postroom-parser', files)
    assert died == []


def test_an_import_of_broken_mails_balances(build, tmp_path):
    box = tmp_path / 'mails'
    box.mkdir()
    count = COUNT if LONG else 500
    for number, (_, data) in enumerate(malformed.mutated(count)):
        (box / f'{number:05}.eml').write_bytes(data)
    (tmp_path / 'cli').mkdir()
    postroom = Postroom(build, tmp_path / 'cli')
    done = postroom('import', '--mailbox', 'support', str(box), code=None)
    assert done.code >= 0 and 'killed by' not in done.err and 'stopped' not in done.err, done.err
    ledger = postroom.json('status')['ledger']
    assert ledger['received'] == 0
    # some are empty or the same as another; the rest is in the ledger, once
    assert 0.5 * count < ledger['fetched'] == sum(ledger[state] for state in STATES) <= count


def test_a_daemon_takes_broken_mails(build, tmp_path):
    """From a server to the decision: each is recorded, or dead, with the bytes that the server gave,
    and no process dies of it but a parser."""
    mails = [data for _, data in malformed.mutated(COUNT if LONG else 400) if data]
    daemon = Postroomd(build, tmp_path / 'daemon')
    with Server(tls='none', mailboxes={'INBOX': Mailbox(mails)}) as server:
        daemon.configure(mailboxes=[{
            'name': 'help', 'kind': 'support', 'addresses': ['help@example.org'],
            'server': {'host': 'localhost', 'port': server.port, 'tls': 'none'},
            'login': {'user': 'u', 'password': {'file': daemon.secret('all')}}}])
        daemon.expected = {'died', 'parser-died', 'dead', 'copy-undecided'}
        with daemon:
            wait_for(lambda: delivered(daemon) == len(mails) and daemon.sum()['received'] == 0,
                     what=f'{len(mails)} deliveries that are decided')
            taken = dict(daemon.query(
                "SELECT uid, message_id FROM delivery WHERE outcome = 'stored'"))
            sums = daemon.sum()
            raw = {number: unpack_zstd(b''.join(chunk for chunk, in daemon.query(
                'SELECT bytes FROM message_raw WHERE message_id = ? ORDER BY chunk', number)))
                for number in set(taken.values())}
        assert {one.fields['what'] for one in daemon.events('died')} <= {'parser'}
    assert sorted(taken) == list(range(1, len(mails) + 1))
    assert sums['fetched'] == sum(sums[state] for state in STATES) == len(raw)
    of_message = {}
    for uid, number in taken.items():
        of_message.setdefault(number, []).append(mails[uid - 1])
    # those that differ in trace fields alone are one message, with the bytes of the first
    assert all(raw[number] in copies for number, copies in of_message.items())


def delivered(daemon):
    return daemon.query('SELECT count(*) FROM delivery')[0][0]
