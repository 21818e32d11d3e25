"""A mail on which the ledger itself dies while it decides: tried alone, dead after the third time,
and the rest goes on."""
from planted import Planted
from postroom import Postroom
from scenarios import mail

MAILS = 12


def mails(planted):
    """planted: {number: its word}"""
    return [mail('carol', number).replace(b'Machine', planted.get(number, 'Machine').encode())
            for number in range(MAILS)]


def ledger_deaths(daemon):
    return [one for one in daemon.events('died') if one.fields['what'] == 'ledger']


def test_dead_after_three_deaths(build, tmp_path):
    sent = mails({3: 'PLANTED', 4: 'PLANTED'})
    with Planted(build, tmp_path, sent) as planted:
        daemon = planted.daemon
        daemon.expected = {'died', 'died-deciding', 'dead'}
        daemon.wait_settled(MAILS)
        assert len(ledger_deaths(daemon)) == 6
        assert all('SIGSEGV' in one.fields['how'] for one in ledger_deaths(daemon))
        dead = daemon.query("SELECT dead_stage, dead_error FROM message WHERE state = 'dead'")
        assert len(dead) == 2
        assert all(stage == 'decide' and 'ledger died 3 times' in error for stage, error in dead)
        assert daemon.sum()['waiting'] == MAILS - 2
        kept = daemon.raw_mails().values()
        assert sorted(raw for copies in kept for raw in copies) == sorted(sent)
        # the queue goes on, and the ledger with it
        planted.server.mailboxes['INBOX'].add(mail('dave', 99))
        daemon.wait_settled(MAILS + 1)
        assert len(ledger_deaths(daemon)) == 6
        # so does a further copy of what was given up: it is kept, and waits beside the first
        planted.server.mailboxes['INBOX'].add(sent[3])
        planted.server.mailboxes['INBOX'].add(mail('erin', 98))
        daemon.wait_settled(MAILS + 2)
        assert daemon.query('SELECT count(*) FROM delivery') == [(MAILS + 3,)]
        assert len(ledger_deaths(daemon)) == 6
        # a program without the mistake decides them
        Postroom(build, tmp_path, daemon.config)('replay')
        assert daemon.sum()['dead'] == 0 and daemon.sum()['waiting'] == MAILS + 2


def test_decided_in_the_end(build, tmp_path):
    """What ended it came from elsewhere: the third try works, and nothing is left of the others."""
    with Planted(build, tmp_path, mails({3: 'PLANTED-2'})) as planted:
        daemon = planted.daemon
        daemon.expected = {'died', 'died-deciding'}
        daemon.wait_settled(MAILS)
        assert len(ledger_deaths(daemon)) == 2
        assert daemon.sum()['waiting'] == MAILS
        assert daemon.query('SELECT sum(parse_tries), count(*) FROM message') == [(0, MAILS)]
