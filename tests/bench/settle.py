"""How long one resolution takes that answers 10,000 waiting items."""
import pathlib
import sqlite3
import tempfile
import time

from tests.bench import Figure, build
from tests.bench.generate import START, write_mails
from tests.bench.importing import Record

ITEMS = 10_000
FROM = 'karel@kunde.example'


def mail(number):
    return (f'From: Karel Kunde <{FROM}>\nTo: support@example.org\nSubject: Question {number}\n'
            f'Date: Tue, 14 Nov 2023 22:13:20 +0000\nMessage-ID: <{number}@kunde.example>\n'
            f'Content-Type: text/plain\n\nHow does part {number} work?\n').encode(), START + number


def waiting(record):
    with sqlite3.connect(record.state / 'postroom.db') as database:
        return database.execute("SELECT count(*) FROM unresolved WHERE state = 'waiting'"
                                ).fetchone()[0]


def settle():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_mails(folder / 'mail', map(mail, range(ITEMS)))
        record = Record(build().parent, folder)
        record.take(folder / 'mail')
        assert waiting(record) == ITEMS
        begin = time.perf_counter()
        record('unresolved', 'create', FROM)
        seconds = time.perf_counter() - begin
        assert waiting(record) == 0
    yield Figure('settle.10000-items', seconds, 's', at_most=1)


FIGURES = {'settle': settle}
