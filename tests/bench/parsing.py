"""What the parser's own CPU time for one mail is, without its process and without PDF text.

The mails: the public ones of the extraction figure, and those that generate.py makes. Beside it
Python's email package, which reads the structure and decodes the bodies, on the same mails.
"""
import email
import email.policy
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

from tests.bench import ROOT, Absent, Figure, build
from tests.bench.extraction import corpora
from tests.bench.generate import write_maildir

ROUNDS = 5
COUNT = 1000
PDF = re.compile(rb'application/pdf|\.pdf\b', re.IGNORECASE)


def without_pdf(paths):
    return [path for path in paths if not PDF.search(path.read_bytes())]


def parser_us(program, paths):
    """[microseconds] a mail."""
    done = subprocess.run([program, str(ROUNDS), *map(str, paths)], stdout=subprocess.PIPE,
                          text=True, check=True)
    return [float(line.split(' ', 1)[0]) for line in done.stdout.splitlines()[:-1]]


def python_us(paths):
    times = []
    for path in paths:
        raw = path.read_bytes()
        begin = time.process_time_ns()
        try:
            for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
                part.get_payload(decode=True)
        except (ValueError, LookupError, TypeError, AttributeError, IndexError):
            pass  # it gives up on some
        times.append((time.process_time_ns() - begin) / 1000)
    return times


def figures(name, program, paths):
    ours, peer = parser_us(program, paths), python_us(paths)
    yield Figure(f'parsing.{name}.median', statistics.median(ours) / 1000, 'ms of CPU',
                 at_most=0.3, peer="Python's email, which only decodes",
                 ratio=statistics.median(ours) / statistics.median(peer))
    yield Figure(f'parsing.{name}.p95', statistics.quantiles(ours, n=20)[-1] / 1000, 'ms of CPU')
    yield Figure(f'parsing.{name}.mean', statistics.fmean(ours) / 1000, 'ms of CPU',
                 peer="Python's email, which only decodes",
                 ratio=statistics.fmean(ours) / statistics.fmean(peer))


def parsing():
    program = build() / 'bench_parser'
    subprocess.run(['cmake', '--build', '--preset', 'release', '--target', 'bench_parser'],
                   cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    public = sorted(corpora().glob('*/**/*.eml'))
    if public:
        yield from figures('public', program, without_pdf(public))
    else:
        yield Absent('parsing.public', f'no public mails in {corpora()}')
    with tempfile.TemporaryDirectory() as folder:
        write_maildir(pathlib.Path(folder) / 'mails', COUNT)
        mails = sorted(path for path in pathlib.Path(folder).rglob('*') if path.is_file())
        yield from figures('generated', program, without_pdf(mails))


FIGURES = {'parsing': parsing}
