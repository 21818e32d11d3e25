"""How large the database is beside the mail in it, and what compressing it costs."""
import pathlib
import sqlite3
import tempfile

from tests.bench import Figure, build
from tests.bench.generate import write_maildir
from tests.bench.importing import Record

MAILS = 5000
BOUND = 0.75


def measure(build_folder, name, files):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        raw = write_maildir(folder / 'mail', MAILS, files=files)
        record = Record(build_folder, folder)
        record.take(folder / 'mail')
        size = record.size_bytes()
        with sqlite3.connect(record.state / 'postroom.db') as database:
            parts = {part: database.execute(f'SELECT sum(length({column})) FROM {table}'
                                            ).fetchone()[0]
                     for part, column, table in (('raw', 'bytes', 'message_raw'),
                                                 ('facts', 'frame', 'message_facts'),
                                                 ('index', 'block', 'message_index_data'))}
    yield Figure(f'size.{name}', size / raw, 'of the raw bytes',
                 at_most=BOUND if not files else None)
    for part, bytes_ in parts.items():
        yield Figure(f'size.{name}.{part}', bytes_ / raw, 'of the raw bytes')


def size():
    build_folder = build().parent
    yield from measure(build_folder, 'text-mail', files=False)
    yield from measure(build_folder, 'with-files', files=True)


FIGURES = {'size': size}
