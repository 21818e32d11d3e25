"""A disk that is full or fails: the command says so and ends with an error, or what it wrote is
kept; nothing that was told to be done is lost, and the same command finishes when the disk works
again."""
import re

import pytest

from faults import LONG, Place, check, content, mails, offset, points_of

STEP = 1 if LONG else 12
MAILS = 5
# What a person has to read to know what to do; for each errno.
WORDS = {'ENOSPC': r'full|No space left', 'EIO': r'I/O error|Input/output error'}


class Disk:
    """An import on a disk that fails at one call, or from one call on."""

    def __init__(self, build, directory):
        self.place = Place(build, directory)
        paths = [self.place.postroom.mail(f'{number}.eml', text)
                 for number, text in enumerate(mails(MAILS))]
        self.words = ['import', '--mailbox', 'support', *paths]
        self.counts = self.place.count(self.words)
        self.golden = content(self.place.copy())
        self.refused = self.hidden = 0

    def fail(self, call, number, errno, lasting):
        self.place.put_back()
        done = self.place.traced(self.words, '-e', f'trace={call}', '-e',
                                 f'inject={call}:error={errno}:when={number}'
                                 f'{"+" if lasting else ""}')
        assert '(INJECTED)' in (self.place.directory / 'trace').read_text(errors='replace')
        if done.code != 0:
            self.refused += 1
            assert done.code == 1, f'{done.code}: {done.err}'
            assert re.search(WORDS[errno], done.err), done.err
            assert done.err.startswith('postroom: '), done.err
        else:  # the checkpoint at the end: what was committed is in the log
            self.hidden += 1
            assert content(self.place.copy()) == self.golden, 'told as done, and is not there'

    def recover(self):
        if (self.place.state / 'postroom.db').exists():
            check(self.place.copy())
        done = self.place.run(*self.words)
        assert done.code == 0, done.err
        assert content(self.place.copy()) == self.golden

    def run(self, calls, errno, lasting, step=STEP):
        counts = {call: self.counts[call] for call in calls if call in self.counts}
        points = points_of(counts, step, offset())
        for call, number in points:
            try:
                self.fail(call, number, errno, lasting)
                self.recover()
            except AssertionError as error:
                raise AssertionError(f'{errno} at {call} {number} of {counts[call]}: '
                                     f'{error}') from error
        print(f'{errno} {"from" if lasting else "at"} {len(points)} of {sum(counts.values())} '
              f'points: {self.refused} refused, {self.hidden} done all the same')
        assert self.refused > len(points) // 2


@pytest.fixture
def disk(build, tmp_path):
    return Disk(build, tmp_path / 'place')


def test_full(disk):
    """From that call on every write finds no room."""
    disk.run(['pwrite64', 'ftruncate'], 'ENOSPC', lasting=True)


def test_full_for_a_moment(disk):
    disk.run(['pwrite64'], 'ENOSPC', lasting=False, step=STEP * 2)


def test_write_fails(disk):
    disk.run(['pwrite64'], 'EIO', lasting=False, step=STEP * 2)


def test_sync_fails(disk):
    """Once is enough: after a failed fsync nobody knows what is on the disk."""
    disk.run(['fdatasync', 'fsync'], 'EIO', lasting=False, step=1)
