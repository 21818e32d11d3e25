"""Words planted in every place of a record, and what of them is left when their people are erased."""
import pathlib
import sys
import tempfile
import time

from tests.bench import Figure, build

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))
from canaries import SIZE, found_in, plant  # noqa: E402 pylint: disable=wrong-import-position
from postroom import Postroom  # noqa: E402 pylint: disable=wrong-import-position


def erase():
    programs = build()
    with tempfile.TemporaryDirectory() as directory:
        postroom = Postroom(programs.parent, directory)
        persons, words, finance = plant(postroom)
        backup = pathlib.Path(directory) / 'copy.db'
        postroom('backup', backup)
        before = {word for word in found_in(postroom.state, words, [backup]) if len(word) == SIZE}
        yield Figure('erase.planted', len(before), 'canaries', at_least=1000)
        times = []
        for person in persons:
            begin = time.perf_counter()
            postroom('privacy', 'erase', person.address, '--yes')
            times.append(time.perf_counter() - begin)
        left = found_in(postroom.state, words, [backup])
        yield Figure('erase.found', len(left), 'canaries and fragments of 5 characters', at_most=0)
        yield Figure('erase.time', max(times), 's a person with a backup (the slowest)', at_most=10)
        kept = {word for word in found_in(postroom.state, finance) if len(word) == SIZE}
        yield Figure('erase.finance_held', len(kept) / len(set(finance)), 'of what is held',
                     at_least=1)


FIGURES = {'erase': erase}
