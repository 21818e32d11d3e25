#!/usr/bin/python3
"""Runs fuzz targets for a time and says what came of it.

    campaign.py [--seconds N] [--build DIR] [TARGET…]   all targets without a name; one JSON object
                                                        a line; exit 1 where one crashed

A target begins with tests/fuzz/corpus/TARGET and with what earlier runs found (build/fuzz/found);
tests/fuzz/dictionary/TARGET.dict is given to it where it exists. A crash leaves its input in
build/fuzz/TARGET-crash-…: it belongs into the corpus, with the mend.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get('POSTROOM_FUZZ_SECONDS', 60))
SLACK_SECONDS = 120  # an input in hand, and minimizing a crash
SANITIZERS = {
    'ASAN_OPTIONS': 'detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1',
    'UBSAN_OPTIONS': 'print_stacktrace=1',
}


@dataclasses.dataclass
class Result:
    target: str
    seconds: int
    executions: int
    coverage: int  # edges of our own code
    features: int  # edges and how often they were taken
    crashes: int
    output: str
    notes: dict    # what the target counts itself: "name: number" lines that begin with "note "

    def json(self):
        line = dataclasses.asdict(self)
        del line['output']
        return json.dumps({**line, **line.pop('notes')})


def build_targets():
    for step in (['--preset', 'fuzz'], ['--build', '--preset', 'fuzz', '--target', 'fuzzers']):
        subprocess.run(['cmake', *step], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def targets(build):
    return sorted(path.name for path in (build / 'bin').glob('fuzz_*'))


def last_number(pattern, output):
    found = re.findall(pattern, output)
    return int(found[-1]) if found else 0


def run(target, seconds=SECONDS, build=ROOT / 'build/fuzz'):
    """Result of one target, whose program is built already."""
    found, seeds = build / 'found' / target, ROOT / 'tests/fuzz/corpus' / target
    dictionary = ROOT / 'tests/fuzz/dictionary' / f'{target}.dict'
    found.mkdir(parents=True, exist_ok=True)
    command = [build / 'bin' / target, f'-max_total_time={seconds}', '-timeout=20',
               '-rss_limit_mb=2048', '-print_final_stats=1', f'-artifact_prefix={build}/{target}-']
    if dictionary.exists():
        command.append(f'-dict={dictionary}')
    try:
        done = subprocess.run([*command, found, seeds], env={**os.environ, **SANITIZERS}, cwd=ROOT,
                              timeout=seconds + SLACK_SECONDS, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        status, output = done.returncode, done.stdout.decode('utf-8', 'replace')
    except subprocess.TimeoutExpired as late:
        status, output = 1, (late.output or b'').decode('utf-8', 'replace') + '\nit hangs'
    return Result(target, seconds,
                  executions=last_number(r'stat::number_of_executed_units: +(\d+)', output),
                  coverage=last_number(r' cov: (\d+)', output),
                  features=last_number(r' ft: (\d+)', output),
                  crashes=0 if status == 0 else 1, output=output,
                  notes={name: int(count) for name, count in
                         re.findall(r'^note ([\w-]+): (\d+)$', output, re.M)})


def main():
    parser = argparse.ArgumentParser(description='run fuzz targets for a time')
    parser.add_argument('--seconds', type=int, default=SECONDS)
    parser.add_argument('--build', type=pathlib.Path, default=ROOT / 'build/fuzz')
    parser.add_argument('targets', nargs='*')
    options = parser.parse_args()
    failed = 0
    for target in options.targets or targets(options.build):
        result = run(target, options.seconds, options.build)
        print(result.json(), flush=True)
        if result.crashes:
            failed += 1
            print(result.output[-4000:], file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
