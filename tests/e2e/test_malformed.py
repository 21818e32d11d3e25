"""Malformed mails through the real parser, and through an import into a ledger: nothing crashes,
and the sum of the ledger is right."""
import os
import pathlib
import sys

import pytest

from postroom import Postroom
from postroomd import STATES

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
