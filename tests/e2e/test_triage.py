"""The queue walked through with single keys: over a pipe and on a terminal of 80 columns."""
import os
import pty
import select
import subprocess

import pytest

from test_cli import capture, postroom  # pylint: disable=unused-import


@pytest.fixture
def queue(postroom):
    """Three strangers, the first with two mails."""
    postroom.take(capture('Karel Kunde <karel@kunde.example>', 1),
                  capture('karel@kunde.example', 2, subject='Again'),
                  capture('Ada <ada@far.example>', 3), capture('Bob <bob@near.example>', 4))
    return postroom


def triage(postroom, keys):
    return postroom('triage', stdin=keys.encode())


def waiting(postroom):
    return [item['address'] for item in postroom.json('unresolved', 'list')]


def test_create_settles_all_that_waits_for_the_address(queue):
    result = triage(queue, 'c\n\nyq')
    assert 'Settle 2 items?' in result.out
    assert 'settled 2, left 0 for later, 2 waiting' in result.out
    assert queue.json('contact', 'show', 'karel@kunde.example')['name'] == 'Karel Kunde'
    assert waiting(queue) == ['ada@far.example', 'bob@near.example']


def test_no_is_no(queue):
    result = triage(queue, 'inq')
    assert 'Settle 2 items?' in result.out
    assert len(waiting(queue)) == 4


def test_undo_brings_the_item_back(queue):
    result = triage(queue, 'iyudyq')
    assert 'undid operation' in result.out
    assert waiting(queue) == ['karel@kunde.example', 'ada@far.example', 'bob@near.example']


def test_goes_on_where_it_stopped(queue):
    triage(queue, 'ssq')  # both mails of the first
    result = triage(queue, 'q')
    assert 'ada@far.example' in result.out and 'karel@kunde.example' not in result.out
    # what was left for later comes at the end
    result = triage(queue, 'dydys')
    assert result.out.index('bob@near.example') < result.out.index('karel@kunde.example')


def test_suggestions_have_numbers(queue):
    contact = queue.json('contact', 'add', 'Ada')['contact']['id']
    result = triage(queue, 'ss1yq')
    assert 'same name' in result.out
    shown = queue.json('contact', 'show', str(contact))
    assert 'ada@far.example' in str(shown)


def test_assign_map_and_ignore(queue):
    queue('contact', 'add', 'Karel K')
    result = triage(queue, 'aKarel K\nym+Far Ltd\nyIyq')
    assert 'settled 4, left 0 for later, 0 waiting' in result.out
    assert [company['name'] for company in queue.json('company', 'list')] == ['Far Ltd']
    assert waiting(queue) == []


def test_an_unknown_key_helps_and_a_wrong_name_asks_again(queue):
    result = triage(queue, '?anobody at all\nvq')
    assert 'ignore the address' in result.out
    assert 'nobody at all' in result.err
    assert '| here it is.' in result.out
    assert len(waiting(queue)) == 4


def test_empty_queue(postroom):
    postroom.take(capture('x@example.org', 1))
    triage(postroom, 'dy')
    assert 'settled 0, left 0 for later, 0 waiting' in triage(postroom, '').out


def test_keys_on_a_terminal_need_no_enter(queue):
    ours, theirs = pty.openpty()
    with subprocess.Popen([queue.program, 'triage'], stdin=theirs, stdout=theirs, stderr=theirs,
                          env=queue.environment(TERM='xterm', NO_COLOR='1')) as run:
        os.close(theirs)
        seen = b''
        answers = [(b'q ?]', b'i'), (b'y/n', b'y'), (b'q ?]', b'q')]
        while True:
            if not select.select([ours], [], [], 30)[0]:
                run.kill()
                pytest.fail(f'it waits for a key: {seen}')
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            seen += piece
            if answers and seen.endswith(answers[0][0] + b' '):
                os.write(ours, answers.pop(0)[1])
        assert run.wait(30) == 0
    os.close(ours)
    assert not answers
    assert max(len(line) for line in seen.decode().splitlines()) <= 100
    assert waiting(queue) == ['ada@far.example', 'bob@near.example']
