"""Servers that misbehave (docs/operating/threats.md): every script of server_scripts.py over TLS and
in plain, and what only TLS can have wrong. All mailboxes of a transport belong to one daemon."""
import os
import signal

import pytest

import server_scripts
import servers
from postroomd import wait_for
from server_scripts import CERTIFICATES, SCRIPTS, STARTTLS
from servers import Play, Run, plays_of, strangers

TRANSPORTS = {'tls': 'implicit', 'plain': 'none'}


@pytest.fixture(scope='module')
def runs(build, authority, tmp_path_factory):
    """runs(transport): all its scripts, played once; what a run raised is raised each time."""
    done = {}

    def play(transport):
        folder = tmp_path_factory.mktemp(transport)
        certificate = authority.issue('servers')
        if transport == 'starttls':
            plays = plays_of(STARTTLS, 'starttls', certificate)
            plays.update({one.name: one for one in strangers(authority, folder).values()})
        else:
            tls = TRANSPORTS[transport]
            plays = plays_of(SCRIPTS, tls, None if tls == 'none' else certificate)
        return Run(build, folder, authority, plays).run()

    def get(transport):
        if transport not in done:
            try:
                done[transport] = play(transport)
            except Exception as error:  # pylint: disable=broad-except # 236 runs would not help
                done[transport] = error
        if isinstance(done[transport], Exception):
            raise done[transport]
        return done[transport]

    return get


def check(play):
    assert not play.complaints, '\n'.join(play.complaints)


@pytest.mark.parametrize('transport', TRANSPORTS)
@pytest.mark.parametrize('number', range(len(SCRIPTS)), ids=[one.name for one in SCRIPTS])
def test_script(runs, transport, number):
    check(runs(transport).plays[f's{number}'])


@pytest.mark.parametrize('number', range(len(STARTTLS)), ids=[one.name for one in STARTTLS])
def test_starttls(runs, number):
    check(runs('starttls').plays[f's{number}'])


@pytest.mark.parametrize('tls', ['implicit', 'starttls'])
@pytest.mark.parametrize('number', range(len(CERTIFICATES)), ids=CERTIFICATES)
def test_certificate(runs, number, tls):
    check(runs('starttls').plays[f'c{number}-{tls}'])


@pytest.mark.parametrize('transport', [*TRANSPORTS, 'starttls'])
def test_other_mailboxes_go_on(runs, transport):
    """The honest mailbox had new mail all the time, and each came before the next was sent."""
    assert len(runs(transport).honest_waits) >= 3


@pytest.mark.parametrize('transport', TRANSPORTS)
def test_delays_are_jittered(runs, transport):
    """Readers that fail alike do not come back together."""
    gaps = []
    for play in runs(transport).plays.values():
        if play.script.steps == [server_scripts.EOF] and play.script.connections >= 3:
            first, second = play.server.connected_at[:2]
            gaps.append(second - first)
    assert len(gaps) >= 8 and max(gaps) - min(gaps) > 0.2, gaps
    assert sorted(gaps)[len(gaps) // 2] >= 0.7 * servers.FIRST_DELAY_S, gaps


class Sharer(Play):
    """One of two mailboxes on the first one's server, which is honest once both were seen."""

    def __init__(self, name, script, certificate, first=None):
        super().__init__(name, script, certificate, 'implicit')
        self.first, self.unseen = first or self, {'one', 'two'}
        self.server = self.first.server

    def be_good(self):
        self.first.unseen.remove(self.name)
        if not self.first.unseen:
            self.first.seen.set()
            self.box.add(self.server.more[1])


def test_two_mailboxes_of_one_bad_server(build, authority, tmp_path):
    """Both say why, and both get every mail once it is well."""
    script = server_scripts.script(
        'shared', 'UID FETCH', server_scripts.EOF, 'UID FETCH: the server closed the connection',
        when=server_scripts.MAILS, connections=4, times=0)
    certificate = authority.issue('shared')
    one = Sharer('one', script, certificate)
    two = Sharer('two', script, certificate, one)
    Run(build, tmp_path, authority, {'one': one, 'two': two}).run()
    for play in (one, two):
        check(play)


def test_a_reader_that_dies_is_told_and_started_again(build, authority, tmp_path, monkeypatch):
    """What crashes libetpan ends one process; the mailbox says so and goes on."""
    script = server_scripts.script('quiet', 'UID FETCH', server_scripts.SILENCE,
                                   when=server_scripts.MAILS)
    monkeypatch.setattr(servers, 'DEADLINE_S', 60)
    play = Play('quiet', script, None, 'none')
    run = Run(build, tmp_path, authority, {'quiet': play})
    with play.server, run.honest:
        run.configure()
        with run.daemon as daemon:
            play.server.wait(lambda s: s.count('UID FETCH') >= 3, what='a FETCH of mails')
            os.kill(daemon.pid('reader', 'quiet'), signal.SIGSEGV)

            def told():
                run.look()
                return any('died (killed by SIGSEGV' in error for _, error in play.said)
            wait_for(told, what='words in status')
            play.be_good()
            wait_for(lambda: play.expected() <= run.stored().get('quiet', set()),
                     what='all mail')


if os.environ.get('POSTROOM_LONG'):
    @pytest.mark.parametrize('transport', TRANSPORTS)
    def test_silence_of_full_length(build, authority, tmp_path, monkeypatch, transport):
        """Without `timeout` in the configuration it is a minute."""
        monkeypatch.setattr(servers, 'DEADLINE_S', 60)
        monkeypatch.setattr(servers, 'GIVE_UP_S', 200)
        tls = TRANSPORTS[transport]
        plays = {}
        for way in ('silence', 'one byte a second'):
            script, = (one for one in SCRIPTS if one.name == f'FETCH of mails: {way}')
            script = script._replace(words='UID FETCH: the server did not answer within 60 s',
                                     connections=1)
            name = way.split()[0]
            plays[name] = Play(name, script, None if tls == 'none' else authority.issue('long'), tls)
        run = Run(build, tmp_path, authority, plays).run()
        for play in run.plays.values():
            check(play)
            assert play.seen_s >= 59
