"""kill -9 of every role at more than 200 different moments while 2,000 mails are pulled. After it:
nothing lost, nothing twice, everything decided as in a pull that nobody disturbed."""
import collections
import os
import random
import signal
import time

import pytest

from dovecot import free_ports
from postroomd import Postroomd, is_alive, mailbox, wait_for
from tests.bench.generate import Generator, write_maildir

MAILS = 2000
KILLS = 204  # over all rounds
ROLES = ('reader', 'parser', 'ledger', 'supervisor', 'feed')
ROUNDS = 12  # at least: a fast machine is done before so many kills
ROUNDS_MAX = 100
MOMENT_MS = 220  # a kill comes at random within this time after the one before was mended

# What a mail became, told without ids: state, routes, deliveries, items and activities.
RECORD = """
SELECT m.message_id, m.state, m.parse_tries,
    (SELECT count(*) FROM delivery d WHERE d.message_id = m.id),
    (SELECT group_concat(kind || state || rule) FROM route r WHERE r.message_id = m.id),
    (SELECT group_concat(i) FROM (SELECT reason || address_folded || state AS i FROM unresolved u
        WHERE u.message_id = m.id ORDER BY 1)),
    (SELECT group_concat(a) FROM (SELECT kind || direction || coalesce(contact_id, 0) AS a
        FROM activity WHERE message_id = m.id ORDER BY 1)),
    (SELECT count(*) FROM message_address a WHERE a.message_id = m.id)
FROM message m
"""


@pytest.fixture(scope='module')
def user(dovecot):  # noqa: F811
    name = dovecot.add_user('kill')
    write_maildir(dovecot.maildir(name), MAILS, seed=7, small=True)
    dovecot.own(dovecot.maildir(name))
    return name


@pytest.fixture
def make(build, tmp_path, dovecot, authority, user):  # noqa: F811
    made = []

    def maker(name):
        daemon = Postroomd(build, tmp_path / name)
        daemon.configure(feed={'listen': f'127.0.0.1:{free_ports(1)[0]}',
                               'base_url': 'http://127.0.0.1:8377'},
                         mailboxes=[mailbox('crm', dovecot, user, authority, kind='capture',
                                            who_may_write='none', secret=daemon.secret('crm'))])
        daemon.expected = {'died', 'died-deciding', 'parser-died', 'refused',
                           'fetch-report-failed'}
        made.append(daemon)
        return daemon

    yield maker
    for daemon in made:
        if daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()


def record(daemon):
    """{Message-ID: what it became}; the tries of a parser that was killed don't count."""
    rows = daemon.query(RECORD)
    assert len(rows) == len({row[0] for row in rows})
    return {row[0]: row[1:2] + row[3:] for row in rows}


def check_bytes(daemon):
    """Every generated mail is there once, byte for byte, and nothing else."""
    generator = Generator(seed=7, small=True)
    raw = daemon.raw_mails()
    assert len(raw) == MAILS
    for number in range(MAILS):
        copies = raw[generator.message_id(number).strip('<>')]
        assert copies == [generator.mail(number)[0].replace(b'\n', b'\r\n')]


def kill_one(daemon, role, rng):
    """At a random moment; gives it, for counting how many different ones there were."""
    pid = daemon.process.pid if role == 'supervisor' else daemon.pid(role)
    time.sleep(rng.uniform(0, MOMENT_MS / 1000))  # nothing is waited for: this is the moment
    moment = (role, time.monotonic_ns())
    if role == 'supervisor':
        daemon.kill()
        daemon.start()
    else:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it ended with a ledger that was killed before
            return None
        wait_for(lambda: not is_alive(pid), what='its end')
    return moment


def test_nothing_is_lost_or_doubled(make):
    with make('golden') as daemon:
        daemon.expected = set()
        daemon.wait_settled(MAILS)
        golden, counts = record(daemon), daemon.sum()
        check_bytes(daemon)

    rng = random.Random(os.environ.get('POSTROOM_SEED', '1'))
    moments, running = set(), collections.Counter()
    order = [ROLES[n % len(ROLES)] for n in range(KILLS + KILLS // 10)]
    rng.shuffle(order)
    turn = 0
    while len(moments) < KILLS:
        turn += 1
        assert turn <= ROUNDS_MAX, 'the pull is over too soon for so many kills'
        with make(f'round{turn}') as daemon:
            for _ in range(KILLS // ROUNDS + 1):
                moment = kill_one(daemon, order[len(moments) % len(order)], rng)
                if moment:
                    moments.add(moment)
                    running['pulling' if daemon.settled() < MAILS else 'after'] += 1
                if daemon.settled() == MAILS:
                    break  # the next pull
            daemon.wait_settled(MAILS)
            assert record(daemon) == golden
            assert daemon.sum() == counts
            check_bytes(daemon)
            assert daemon.query('PRAGMA integrity_check') == [('ok',)]
    by_role = collections.Counter(role for role, _ in moments)
    print(f'{len(moments)} kills {dict(by_role)}, {dict(running)}')
    assert len(by_role) == len(ROLES) and running['pulling'] >= len(moments) // 2
