"""What the unit and each role may still do: the exposure that systemd computes, system calls by role."""
import re
import subprocess
import tempfile

from tests.bench import ROOT, Figure, build

CALLS = 463


def exposure(folder):
    done = subprocess.run([ROOT / 'tests/systemd.sh', folder, '/usr/local/sbin'], check=False,
                          capture_output=True, text=True)
    match = re.search(r'exposure level for \S+: ([0-9.]+)', done.stdout)
    if not match:
        raise RuntimeError(f'tests/systemd.sh: {done.stdout[-500:]}{done.stderr[-500:]}')
    return float(match.group(1))


def hardening():
    programs = build()
    yield Figure('hardening.exposure', exposure(programs.parent), 'of 10', at_most=1.2,
                 peer='redis-server.service of Debian 12, the best of its mail and database units: 1.2')
    subprocess.run(['cmake', '--build', '--preset', 'release', '--target', 'sandbox_calls'], cwd=ROOT,
                   check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        lines = subprocess.run([programs / 'sandbox_calls', folder], check=True, capture_output=True,
                               text=True).stdout.splitlines()
    for line in lines:
        role, allowed, refused, killed = line.split()
        yield Figure(f'hardening.{role}.allowed', int(allowed), f'of {CALLS} system calls',
                     at_most=CALLS / 2)
        yield Figure(f'hardening.{role}.refused', int(refused), f'of {CALLS} system calls')
        yield Figure(f'hardening.{role}.killed', int(killed), f'of {CALLS} system calls')


FIGURES = {'hardening': hardening}
