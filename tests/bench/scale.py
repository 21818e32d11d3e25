"""What a mail costs when there are many already: CPU time of an import of short mails, searchable
at its end, in a database that grows, and in one of a million."""
import pathlib
import shutil
import tempfile

from tests.bench import Figure, build
from tests.bench.generate import write_maildir
from tests.bench.importing import Record
from tests.bench.large import MESSAGES, database

SLICE = 10_000
SLICES = 5
TIMES = 3  # of the first slice: it is what the others are compared with


def scale():
    build_folder = build().parent
    with tempfile.TemporaryDirectory(dir=database().parent) as folder:
        folder = pathlib.Path(folder)
        costs = []
        record = None
        for number in range(SLICES):
            write_maildir(folder / 'mail', SLICE, first=number * SLICE, small=True)
            if number == 0:
                firsts = []
                for again in range(TIMES):
                    (folder / f'record{again}').mkdir()
                    record = Record(build_folder, folder / f'record{again}')
                    firsts.append(record.take(folder / 'mail'))
                costs.append(sorted(firsts)[TIMES // 2])
            else:
                costs.append(record.take(folder / 'mail'))
            shutil.rmtree(folder / 'mail')
        first = costs[0] / SLICE * 1e6
        yield Figure('scale.first-10000', first, 'µs/mail')
        yield Figure('scale.at-50000', costs[-1] / SLICE * 1e6, 'µs/mail', at_most=first * 1.10,
                     peer='the first 10,000', ratio=costs[-1] / costs[0])
        (folder / 'large').mkdir()
        large = Record(build_folder, folder / 'large')
        shutil.copyfile(database() / 'postroom.db', large.state / 'postroom.db')
        write_maildir(folder / 'mail', SLICE, first=SLICES * SLICE, small=True)
        cost = large.take(folder / 'mail')
        yield Figure(f'scale.at-{MESSAGES}', cost / SLICE * 1e6, 'µs/mail', at_most=first * 1.25,
                     peer='the first 10,000', ratio=cost / costs[0])


FIGURES = {'scale': scale}
