"""Malformed mails: how many the parser read, and how often it died of one."""
import time

from tests.bench import Figure, build
from tests.bombs import malformed
from tests.bombs.parser import Died, Parser

MUTATED = 10_000


def run(program, mails):
    """(mails, deaths, refused as no mail, seconds)"""
    count = deaths = refused = 0
    begin = time.monotonic()
    with Parser(program) as parser:
        for _, data in mails:
            count += 1
            try:
                refused += parser.read(data)[0] is None
            except Died:
                deaths += 1
    return count, deaths, refused, time.monotonic() - begin


def malformed_mails():
    program = build() / 'postroom-parser'
    for name, mails, least in (('mutated', malformed.mutated(MUTATED), MUTATED),
                               ('corpora', malformed.corpus_files(), 0)):
        count, deaths, refused, seconds = run(program, mails)
        yield Figure(f'malformed.{name}', count, 'mails', at_least=least)
        yield Figure(f'malformed.{name}.crashes', deaths, 'parsers that died', at_most=0)
        yield Figure(f'malformed.{name}.refused', refused, 'without a header field')
        yield Figure(f'malformed.{name}.seconds', seconds, 's')


FIGURES = {'malformed': malformed_mails}
