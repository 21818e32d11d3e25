"""What mails made to exhaust a parser cost at worst, beside GMime alone on the same mails."""
import subprocess
import tempfile

from tests.bench import Figure, build
from tests.bombs import run

PEER_SECONDS = 20  # it has no limit of its own


def gmime_alone(program, mail):
    """(CPU seconds, peak bytes) of the peer; None where it died or did not end."""
    with tempfile.TemporaryFile() as file:
        file.write(mail)
        file.seek(0)
        try:
            done = subprocess.run([program], stdin=file, stdout=subprocess.PIPE, check=True,
                                  stderr=subprocess.DEVNULL, timeout=PEER_SECONDS)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return None
    cpu, peak = done.stdout.split()
    return float(cpu), int(peak)


class Worst:
    def __init__(self):
        self.value, self.name = 0, '-'

    def see(self, value, name):
        if value is not None and value > self.value:
            self.value, self.name = value, name


def bombs():
    programs = build()
    subprocess.run(['cmake', '--build', '--preset', 'release', '--target', 'gmime_alone'],
                   cwd=run.ROOT, stdout=subprocess.DEVNULL, check=True)
    cpu, peak, big_peak, ratio = Worst(), Worst(), Worst(), Worst()
    peer_cpu, peer_peak, failed, peer_failed = Worst(), Worst(), 0, 0
    for name in run.BOMBS:
        result = run.judge(programs / 'postroom-parser', name)
        failed += bool(result.faults)
        is_big = result.mail_bytes > run.BIG_BYTES
        (big_peak if is_big else peak).see(result.peak, name)
        cpu.see(result.cpu, name)
        ratio.see(result.ratio, name)
        peer = gmime_alone(programs / 'gmime_alone', run.mail_of(name))
        if peer is None:
            peer_failed += 1
            continue
        peer_cpu.see(peer[0], name)
        peer_peak.see(peer[1], name)
    yield Figure('bombs.mails', len(run.BOMBS), 'mails', at_least=1)
    yield Figure('bombs.failed', failed, 'mails', at_most=0,
                 peer=f'GMime alone died or took over {PEER_SECONDS} s on {peer_failed}')
    yield Figure(f'bombs.rss ({peak.name})', peak.value / (1 << 20), 'MiB', at_most=64,
                 peer=f'GMime alone {peer_peak.value / (1 << 20):.0f} MiB ({peer_peak.name})',
                 ratio=peak.value / (peer_peak.value or 1))
    yield Figure(f'bombs.rss-above-25MB ({big_peak.name})', big_peak.value / (1 << 20), 'MiB',
                 at_most=256)
    yield Figure(f'bombs.cpu ({cpu.name})', cpu.value, 's', at_most=1,
                 peer=f'GMime alone {peer_cpu.value:.1f} s ({peer_cpu.name})',
                 ratio=cpu.value / (peer_cpu.value or 1))
    yield Figure(f'bombs.doubling ({ratio.name})', ratio.value, 'times for twice the size',
                 at_most=run.RATIO_MAX)


FIGURES = {'bombs': bombs}
