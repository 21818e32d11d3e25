"""What is read out of mail, scored on public test data with expected values.

The data may not be copied in here: it is used in place, in $POSTROOM_CORPORA or ../shared/corpora
beside the checkout, with the score.py and targets.json that lie there.
"""
import json
import os
import subprocess
import sys

from tests.bench import ROOT, Figure, build


def corpora():
    folder = os.environ.get('POSTROOM_CORPORA')
    return ROOT / folder if folder else ROOT.parent / 'shared' / 'corpora'


def extraction():
    folder = corpora()
    if not (folder / 'score.py').exists() or not (folder / 'targets.json').exists():
        # said, and counted as a bound that was not met: nothing was measured
        raise RuntimeError(f'no public test data in {folder}: set POSTROOM_CORPORA to their folder')
    targets = json.loads((folder / 'targets.json').read_text(encoding='utf-8'))
    done = subprocess.run([sys.executable, folder / 'score.py', '--corpora', folder, '--postroom',
                           build() / 'postroom', '--json'],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'score.py ended with {done.returncode}')
    board = json.loads(done.stdout)
    for name, cell in sorted(board.items()):
        yield Figure(f'extraction.{name.replace("/", ":")}', cell['percent'],
                     f'% of {cell["of"]}', at_least=targets.pop(name, None))
    for name, bound in targets.items():  # a set that is not there any more
        yield Figure(f'extraction.{name.replace("/", ":")}', 0, '% (not measured)',
                     at_least=bound)


FIGURES = {'extraction': extraction}
