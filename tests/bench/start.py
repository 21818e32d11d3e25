"""How long a command takes from its start to its end when it has nothing to do."""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench import Figure, build

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))
from postroom import Postroom  # noqa: E402 pylint: disable=wrong-import-position

RUNS = 100


def median_ms(command, environment=None):
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env=environment, check=True)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def start():
    programs = build()
    floor = median_ms(['/bin/true'])
    with tempfile.TemporaryDirectory() as directory:
        postroom = Postroom(programs.parent, directory)
        postroom('contact', 'add', 'Karel Kunde', 'karel@kunde.example')
        for name, words in (('version', ['--version']), ('status', ['status']),
                            ('contact', ['contact', 'show', 'karel', '--json']),
                            ('board', ['board', 'finance'])):
            value = median_ms([programs / 'postroom', *words], postroom.environment())
            yield Figure(f'start.{name}', value, 'ms', at_most=10, peer='/bin/true',
                         ratio=value / floor)


FIGURES = {'start': start}
