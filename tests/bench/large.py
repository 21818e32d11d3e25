"""What is asked of a database of a million messages and a million contacts (tests/bench/large.c
makes it, once for all figures: a file of some 2 GB below build/bench)."""
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench import ROOT, Figure, build

sys.path.insert(0, str(ROOT / 'tests/e2e'))
from postroom import Postroom  # noqa: E402 pylint: disable=wrong-import-position

MESSAGES = int(os.environ.get('POSTROOM_BENCH_LARGE', 1_000_000))
FOLDER = ROOT / 'build/bench'
QUERIES = 200
LOOKUPS = 200_000
RUNS = 50
WORDS = 20_000  # of large.c, of which word0 is the most frequent
FIRMS = 50_000  # of large.c


def program():
    subprocess.run(['cmake', '--build', '--preset', 'release', '--target', 'large'], cwd=ROOT,
                   stdout=subprocess.DEVNULL, check=True)
    return build() / 'large'


def database():
    """The folder of the large database, which nobody may change."""
    fill = program()
    folder = FOLDER / f'large-{MESSAGES}'
    made = folder / 'made'
    sources = [ROOT / 'tests/bench/large.c', *(ROOT / 'store/migrations').iterdir()]
    if not made.exists() or any(made.stat().st_mtime < one.stat().st_mtime for one in sources):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        folder.chmod(0o2770)
        subprocess.run([fill, 'fill', folder, str(MESSAGES), str(MESSAGES)], check=True)
        made.touch()
    return folder


class Large(Postroom):
    """postroom on the large database itself; only for what does not write."""

    def __init__(self, build_folder, directory):
        super().__init__(build_folder, directory)
        self.config.write_text(self.config.read_text().replace(str(self.state), str(database())))

    def milliseconds(self, *words):
        begin = time.perf_counter()
        subprocess.run([self.program, *words], stdout=subprocess.DEVNULL, check=True,
                       env=self.environment())
        return (time.perf_counter() - begin) * 1000


def address(contact):
    """As large.c gives it to the contact of this number."""
    return f'contact{contact}@firm{contact % FIRMS}.example'


def two_words(rng):
    """As people ask: a word that is frequent, one that is not, and a filter."""
    words = [f'word{int(WORDS * rng.random() ** power)}' for power in (6, 3)]
    year = rng.randint(2018, 2026)
    filters = (f'from:{address(rng.randrange(MESSAGES))}', f'since:{year}-03-01',
               f'until:{year}-09-01', 'state:filed')
    return ' '.join([*words, rng.choice(filters)])


def search():
    postroom_folder = build().parent
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        postroom = Large(postroom_folder, folder)
        queries = [two_words(rng) for _ in range(QUERIES)]
        for query in queries[:20]:  # so that the file is in memory, as it is where people search
            postroom.milliseconds('search', query)
        times = sorted(postroom.milliseconds('search', query) for query in queries)
        yield Figure('search.two-words-and-a-filter.p95', times[len(times) * 95 // 100], 'ms',
                     at_most=50)
        yield Figure('search.two-words-and-a-filter.median', statistics.median(times), 'ms')
        yield Figure('search.two-words-and-a-filter.worst', times[-1], 'ms')


def lookup():
    large = program()
    done = subprocess.run([large, 'lookup', database(), str(MESSAGES), str(LOOKUPS)],
                          stdout=subprocess.PIPE, check=True, text=True)
    yield Figure('lookup.address', float(done.stdout), 'µs', at_most=10)
    with tempfile.TemporaryDirectory() as folder:
        postroom = Large(large.parent.parent, folder)
        for words in (['status'], ['board', 'sales'], ['board', 'finance'], ['board', 'actions'],
                      ['board', 'support'], ['unresolved', 'list'],
                      ['contact', 'show', 'contact7@firm7.example']):
            times = [postroom.milliseconds(*words) for _ in range(RUNS)]
            yield Figure('lookup.' + '-'.join(words[:2]), statistics.median(times), 'ms',
                         at_most=50)


FIGURES = {'search': search, 'lookup': lookup}
