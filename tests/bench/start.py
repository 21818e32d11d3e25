"""How long a command takes from its start to its end when it has nothing to do."""
import statistics
import subprocess
import time

from tests.bench import Figure, build

RUNS = 100


def median_ms(command):
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def start():
    programs = build()
    floor = median_ms(['/bin/true'])
    value = median_ms([programs / 'postroom', '--version'])
    yield Figure('start.version', value, 'ms', at_most=10, peer='/bin/true', ratio=value / floor)


FIGURES = {'start': start}
