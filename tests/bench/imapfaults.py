"""Servers that misbehave (tests/e2e/server_scripts.py): how many scripts, what came of them, and what
mbsync and getmail do on the same ones."""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from tests.bench import ROOT, Figure, build

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import servers  # noqa: E402 # pylint: disable=wrong-import-position
from server_scripts import CERTIFICATES, SCRIPTS, STARTTLS  # noqa: E402 # pylint: disable=wrong-import-position

PEER_SECONDS = 20  # then it hangs: it was given a timeout of DEADLINE_S where it has one
PEERS_AT_ONCE = 4


def run_all(programs, folder):
    """[Run]: over TLS, in plain, and what only TLS can have wrong."""
    authority = certificates.Authority(str(folder / 'ca'))
    certificate = authority.issue('servers')
    runs = {'tls': servers.plays_of(SCRIPTS, 'implicit', certificate),
            'plain': servers.plays_of(SCRIPTS, 'none', None),
            'starttls': {**servers.plays_of(STARTTLS, 'starttls', certificate),
                         **{one.name: one for one in servers.strangers(authority, folder).values()}}}
    return [servers.Run(programs.parent, folder / name, authority, plays).run()
            for name, plays in runs.items()]


def mbsync(port, folder):
    (folder / 'mail').mkdir()
    (folder / 'rc').write_text(
        f'IMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser u\nPass {servers.PASSWORD}\nSSLType None\n'
        f'AuthMechs LOGIN\nTimeout {servers.DEADLINE_S}\n\nIMAPStore far\nAccount a\n\n'
        f'MaildirStore near\nPath {folder}/mail/\nInbox {folder}/mail/INBOX\n\n'
        'Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\nSyncState *\n')
    return ['mbsync', '-c', str(folder / 'rc'), '-a']


def getmail(port, folder):
    (folder / 'getmailrc').write_text(
        f'[retriever]\ntype = SimpleIMAPRetriever\nserver = 127.0.0.1\nport = {port}\nusername = u\n'
        f'password = {servers.PASSWORD}\ntimeout = {servers.DEADLINE_S}\n[destination]\n'
        'type = MDA_external\npath = /bin/true\nallow_root_commands = true\n'
        '[options]\nread_all = true\ndelete = false\nverbose = 0\n')
    return ['getmail', '--getmaildir', str(folder), '--rcfile', str(folder / 'getmailrc')]


PEERS = {'mbsync': mbsync, 'getmail': getmail}


def play_to(peer, script):
    """(seconds or None where it did not end, signal or 0, peak KiB) of one run on the script."""
    play = servers.Play('peer', script, None, 'none')
    with tempfile.TemporaryDirectory() as name, play.server:
        process = subprocess.Popen(
            ['/usr/bin/time', '-f', 'peak %M', 'timeout', '-k', '1', str(PEER_SECONDS),
             *PEERS[peer](play.server.port, pathlib.Path(name))],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, 'HOME': name})
        said = process.communicate()[1].decode('utf-8', 'replace')
    peak = int(said.rsplit('peak ', 1)[1].split()[0])
    return process.returncode == 124, process.returncode > 128, peak


def peers():
    for peer in PEERS:
        if not shutil.which(peer):
            print(f'{peer} is not installed: nothing beside ours', file=sys.stderr)
            continue
        with concurrent.futures.ThreadPoolExecutor(PEERS_AT_ONCE) as pool:
            results = list(pool.map(lambda script, which=peer: play_to(which, script), SCRIPTS))
        yield Figure(f'imapfaults.{peer}.peak-resident', max(one[2] for one in results) / 1024, 'MiB')
        yield Figure(f'imapfaults.{peer}.never-ended', sum(one[0] for one in results),
                     f'of {len(SCRIPTS)} scripts in {PEER_SECONDS} s')
        yield Figure(f'imapfaults.{peer}.died', sum(one[1] for one in results),
                     f'of {len(SCRIPTS)} scripts')


def imapfaults():
    programs = build()
    with tempfile.TemporaryDirectory(prefix='imapfaults') as folder:
        runs = run_all(programs, pathlib.Path(folder))
    plays = [play for run in runs for play in run.plays.values()]
    yield Figure('imapfaults.scripts', len(SCRIPTS) + len(STARTTLS) + len(CERTIFICATES), 'scripts',
                 at_least=120)
    yield Figure('imapfaults.played', len(plays), 'scripts and transports')
    yield Figure('imapfaults.failed', sum(bool(play.complaints) for play in plays), 'of them', at_most=0)
    yield Figure('imapfaults.logins-to-strangers', sum(play.leaked for play in plays), 'logins',
                 at_most=0)
    yield Figure('imapfaults.peak-resident', max(play.peak_kib for play in plays) / 1024, 'MiB',
                 at_most=64)
    yield Figure('imapfaults.reader-deaths', sum(len(play.deaths) for play in plays), 'deaths',
                 at_most=0)
    yield Figure('imapfaults.well-again', max(play.well_s or float('inf') for play in plays),
                 's from the start, the slowest')
    yield Figure('imapfaults.honest-wait', max(wait for run in runs for wait in run.honest_waits),
                 's, the longest for a mail of the honest mailbox beside them')
    yield from peers()


FIGURES = {'imapfaults': imapfaults}
