#!/usr/bin/python3
"""Mails made to exhaust a parser: each must be read within a second of CPU and modest memory.

    run.py POSTROOM_PARSER [NAME…]

Time is linear: the mail of half the size may not take less than 1/2.3 of the time, where there is
time enough to be measured. Sanitizers are slow and large: with POSTROOM_SANITIZED only survival
counts, of smaller ones.
"""
import dataclasses
import pathlib
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.bombs import documents, mails  # noqa: E402 pylint: disable=wrong-import-position
from tests.bombs.parser import Died, cost, is_sanitized  # noqa: E402 pylint: disable=C0413

BOMBS = {**mails.BOMBS, **documents.BOMBS}
# qpdf follows references by recursion, as deep as a document says: the parser dies, and the last
# of three tries reads the mail without its documents
DEADLY = {'pdf-length-chain'}
CPU_MAX, RATIO_MAX = 1.0, 2.3
RSS_MAX, BIG_RSS_MAX, BIG_BYTES = 64 << 20, 256 << 20, 25_000_000
BYTES_PER_SECOND = 50 << 20   # limits.h: a second more for each so many bytes of a big mail
MEASURABLE = 0.2              # seconds: below, half of it is within the noise of a busy machine
ROUNDS = 6
SANITIZED_SMALLER = 10


@dataclasses.dataclass
class Result:
    faults: list
    cpu: float = 0
    peak: int = 0
    mail_bytes: int = 0
    ratio: typing.Optional[float] = None


def mail_of(name):
    build, size, _ = BOMBS[name]
    return build(size)


def linear(program, build, size, whole):
    """(seconds of half the size, of the whole): the least of several, taken in turn."""
    half = float('inf')
    for _ in range(ROUNDS):
        half = min(half, cost(program, build(size // 2))[2])
        whole = min(whole, cost(program, build(size))[2])
        if whole <= RATIO_MAX * half:
            break
    return half, whole


def read(program, name, mail):
    """cost() of the mail; of one of DEADLY its last try, documents closed, which must succeed."""
    try:
        return cost(program, mail)
    except Died:
        if name not in DEADLY:
            raise
        return cost(program, mail, without_documents=True)


def survives(program, name):
    build, size, _ = BOMBS[name]
    try:
        read(program, name, build(max(1, size // SANITIZED_SMALLER)))
    except Died as died:
        return Result([str(died)])
    return Result([])


def judge(program, name):
    """Result of one bomb."""
    build, size, defect = BOMBS[name]
    mail = build(size)
    try:
        facts, failure, cpu, peak = read(program, name, mail)
    except Died as died:
        return Result([str(died)], mail_bytes=len(mail))
    result = Result([failure] if failure and failure != defect else [], cpu, peak, len(mail))
    if defect and facts and defect.encode() not in facts:
        result.faults.append(f'{defect} is not named')
    if cpu > CPU_MAX + len(mail) // BYTES_PER_SECOND:
        result.faults.append(f'{cpu:.2f} s of CPU')
    if peak > (BIG_RSS_MAX if len(mail) > BIG_BYTES else RSS_MAX):
        result.faults.append(f'{peak >> 20} MiB')
    if cpu > MEASURABLE:
        half, whole = linear(program, build, size, cpu)
        result.ratio = whole / half
        if result.ratio > RATIO_MAX:
            result.faults.append(f'{half:.2f} s for half of it, {whole:.2f} s for all: '
                                 'more than linear')
    return result


def main():
    program, names = sys.argv[1], sys.argv[2:] or list(BOMBS)
    failed = 0
    for name in names:
        result = survives(program, name) if is_sanitized() else judge(program, name)
        ratio = f'x {result.ratio:.2f}' if result.ratio else ''
        print(f'{"FAILED" if result.faults else "ok":6} {name:26} {result.cpu:6.3f} s '
              f'{result.peak >> 20:4} MiB {ratio:6} {"; ".join(result.faults)}', flush=True)
        failed += bool(result.faults)
    print(f'{len(names)} bombs, {failed} failed')
    return 1 if failed or not names else 0


if __name__ == '__main__':
    sys.exit(main())
