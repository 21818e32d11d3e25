#!/usr/bin/python3
"""Builds and runs all tests; ./runtests is how to start it.

Every section prints its seconds. Cases of cmocka programs and of pytest count singly; a test of
ctest that is no cmocka program counts as one. What is skipped is listed with its reason. The last
line is `N passed, N failed, N skipped`, alone.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.fuzz import campaign  # noqa: E402 pylint: disable=wrong-import-position

BUILD = ROOT / 'build'
PYTHON = '/usr/bin/python3'  # Debian's, which sees Debian's pytest and aiosmtpd
# folder of tests/ and its budget in seconds
SUITES = {'e2e': 1800, 'clients': 600, 'crash': 1800, 'fault': 1800}
LONG_FACTOR = 6


class Total:
    def __init__(self):
        self.passed = self.failed = 0
        self.failures, self.skips = [], []  # (name, text)

    def fail(self, name, text=''):
        self.failed += 1
        self.failures.append((name, text))

    def skip(self, name, reason):
        self.skips.append((name, reason))

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.failures += other.failures
        self.skips += other.skips

    def line(self):
        return f'{self.passed} passed, {self.failed} failed, {len(self.skips)} skipped'


def run(command, env=None, timeout=None):
    """The exit status (None after a timeout) and all output."""
    try:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})},
                              timeout=timeout, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as late:
        return None, (late.output or b'').decode('utf-8', 'replace')
    return done.returncode, done.stdout.decode('utf-8', 'replace')


def tail(text, lines=40):
    return '\n'.join(text.rstrip().splitlines()[-lines:])


def build(preset, target=None):
    total = Total()
    jobs = str(os.cpu_count() or 2)
    steps = [['cmake', '--preset', preset],
             ['cmake', '--build', '--preset', preset, '--parallel', jobs] +
             (['--target', target] if target else [])]
    for step in steps:
        status, output = run(step)
        if status != 0:
            progress = re.compile(r'^\[\d+/\d+\] (Building|Linking|Running|Generating) .*\n?', re.M)
            total.fail(f'build {preset}', tail(progress.sub('', output)))
            return total
    return total


def cmocka_cases(output):
    """{case: (outcome, what it printed)} of one cmocka program's output."""
    cases = {}
    body = output.split('test(s) run.')[0]
    for piece in re.split(r'\[ RUN +\] ', body)[1:]:
        name, _, rest = piece.partition('\n')
        outcome = re.search(r'\[ +(OK|FAILED|SKIPPED) +\]', rest)
        text = re.sub(r'\[ +(OK|FAILED|SKIPPED) +\] \w+', '', rest).strip()
        cases[name.strip()] = (outcome.group(1) if outcome else 'FAILED', text)
    return cases


def count_program(total, program, failed, output):
    cases = cmocka_cases(output)
    if not cases:
        if failed:
            total.fail(program, tail(output))
        else:
            total.passed += 1
        return
    outcomes = [outcome for outcome, _ in cases.values()]
    for case, (outcome, text) in cases.items():
        if outcome == 'OK':
            total.passed += 1
        elif outcome == 'SKIPPED':
            total.skip(f'{program} {case}', text or 'no reason given')
        else:
            total.fail(f'{program} {case}', tail(text or output))
    if failed and 'FAILED' not in outcomes:  # a leak at the exit, or it died after its last case
        total.fail(program, tail(output))


def ctest(preset, arguments, timeout):
    total = Total()
    report = BUILD / preset / 'junit.xml'
    report.unlink(missing_ok=True)
    status, output = run(
        ['ctest', '--preset', preset, '--parallel', str(os.cpu_count() or 2), '--no-tests=error',
         '--output-junit', str(report), '--test-output-size-passed', '1000000',
         '--test-output-size-failed', '1000000', *arguments], campaign.SANITIZERS, timeout)
    if not report.exists():
        total.fail(f'ctest {preset}', tail(output))
        return total
    for case in ElementTree.parse(report).getroot().iter('testcase'):
        text = case.findtext('system-out') or ''
        if case.find('skipped') is not None and case.get('status') != 'fail':
            total.skip(case.get('name'), case.find('skipped').get('message') or 'skipped by ctest')
        else:
            count_program(total, case.get('name'), case.get('status') != 'run', text)
    if status != 0 and total.failed == 0:
        total.fail(f'ctest {preset}', tail(output))
    return total


def run_asan(_):
    """All of ctest with the sanitizers; what must be skipped there runs in the release build."""
    total = ctest('asan', [], 3600)
    programs = sorted({name.split(' ')[0] for name, _ in total.skips})
    if programs:
        pattern = '^(%s)$' % '|'.join(re.escape(name) for name in programs)
        again = ctest('release', ['-R', pattern], 1800)
        skipped = {name for name, _ in again.skips}
        total.passed += sum(1 for name, _ in total.skips if name not in skipped)
        total.skips = [skip for skip in total.skips if skip[0] in skipped]
        total.failed += again.failed
        total.failures += [(f'{name} (release)', text) for name, text in again.failures]
    return total


def pytest_suite(folder, budget, long):
    total = Total()
    report = BUILD / f'pytest-{folder}.xml'
    report.unlink(missing_ok=True)
    env = {'POSTROOM_BUILD': str(BUILD / 'release'), 'POSTROOM_LONG': '1' if long else ''}
    status, output = run([PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', '-q', '--tb=short',
                          f'--junitxml={report}', f'tests/{folder}'], env, budget)
    if not report.exists():
        total.fail(f'tests/{folder}', tail(output) if status is not None else
                   f'not done in {budget} s\n{tail(output)}')
        return total
    for case in ElementTree.parse(report).getroot().iter('testcase'):
        name = f"{case.get('classname')}.{case.get('name')}"
        problem = case.find('failure') if case.find('failure') is not None else case.find('error')
        skipped = case.find('skipped')
        if problem is not None:
            total.fail(name, tail(problem.text or problem.get('message') or ''))
        elif skipped is not None:
            total.skip(name, skipped.get('message') or 'no reason given')
        else:
            total.passed += 1
    if status != 0 and total.failed == 0:
        total.fail(f'tests/{folder}', tail(output))
    return total


def run_fuzz(_):
    total = build('fuzz', 'fuzzers')
    if total.failed:
        return total
    for target in campaign.targets(BUILD / 'fuzz'):
        result = campaign.run(target)
        if result.crashes:
            total.fail(f'fuzz/{target}', tail(result.output))
        else:
            total.passed += 1
    return total


def sections(long):
    """(name, function of `long`), in order; a failed build ends the run."""
    yield 'build asan', lambda _: build('asan')
    yield 'build release', lambda _: build('release')
    yield 'asan', run_asan
    for folder, budget in SUITES.items():
        if list((ROOT / 'tests' / folder).glob('test_*.py')):
            yield folder, lambda long, f=folder, b=budget: pytest_suite(
                f, b * (LONG_FACTOR if long else 1), long)
    if long:
        yield 'build dev', lambda _: build('dev')
        yield 'dev', lambda _: ctest('dev', ['-L', 'unit'], 1800)
        yield 'fuzz', run_fuzz


def main():
    parser = argparse.ArgumentParser(description='build and run all tests')
    parser.add_argument('--long', action='store_true',
                        help='all points of the sweeps, gcc without optimizing, '
                             f'{campaign.SECONDS} s of each fuzz target')
    parser.add_argument('--only', action='append', metavar='SECTION',
                        help='only this section and the builds: asan, e2e, clients, crash, fault, '
                             'dev, fuzz')
    options = parser.parse_args()
    names = {name for name, _ in sections(long=True) if not name.startswith('build')}
    for name in set(options.only or []) - names:
        parser.error(f'there is no section {name}; there are: {", ".join(sorted(names))}')
    for name in set(options.only or []) - {name for name, _ in sections(options.long)}:
        parser.error(f'{name} runs with --long')
    BUILD.mkdir(exist_ok=True)
    total = Total()
    for name, section in sections(options.long):
        is_build = name.startswith('build')
        if options.only and not is_build and name not in options.only:
            continue
        begin = time.monotonic()
        print(f'== {name}', flush=True)
        part = section(options.long)
        total.add(part)
        for failed, text in part.failures:
            print(f'FAILED {failed}\n{text}\n')
        seconds = time.monotonic() - begin
        print(f'   {seconds:.1f} s' + ('' if is_build and not part.failed else f': {part.line()}'),
              flush=True)
        if is_build and part.failed:
            break
    for name, reason in total.skips:
        print(f'skipped {name}: {" ".join(reason.split())}')
    for name, _ in total.failures:
        print(f'failed {name}')
    print(total.line())
    # a run in which nothing passed tested nothing
    return 1 if total.failed or total.passed == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
