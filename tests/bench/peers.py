"""Programs that people use today, on the same mails of the same Dovecot: mbsync, which only copies
a mailbox into a Maildir, and mu and notmuch, which only index one."""
import dataclasses
import os
import pathlib
import shutil
import subprocess
import time

from tests.bench import Absent, Figure

MBSYNC = """
IMAPAccount server
Host localhost
Port {port}
User {user}
Pass secret
SSLType IMAPS
CertificateFile {authority}

IMAPStore far
Account server

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""
NOTMUCH = """
[database]
path={folder}
[user]
name=Anna
primary_email=anna@example.org
[new]
tags=new
"""


@dataclasses.dataclass
class Peer:
    name: str
    rate: float  # mails a second, 0: it is not installed
    at_least: float  # times as fast as it
    only_fetches: bool = False

    def figure(self, ours):
        if not self.rate:
            return Absent(f'ingest.{self.name}', f'{self.name} is not installed')
        return Figure(f'ingest.times-{self.name}', ours / self.rate, f'times its {self.rate:.0f}/s',
                      at_least=self.at_least, peer=self.name, ratio=ours / self.rate)


def rate_of(command, mails, environment=None):
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                   env={**os.environ, **(environment or {})})
    return mails / (time.perf_counter() - begin)


def mbsync(folder, server, user, authority, mails):
    """Its defaults over TLS, fsync included."""
    peer = Peer('mbsync', 0, 2, only_fetches=True)
    if shutil.which('mbsync'):
        folder = pathlib.Path(folder) / 'mbsync'
        folder.mkdir()
        (folder / 'rc').write_text(MBSYNC.format(port=server.tls_port, user=user, folder=folder,
                                                 authority=authority.path))
        peer.rate = rate_of(['mbsync', '-q', '-c', folder / 'rc', 'all'], mails)
        assert len(list((folder / 'INBOX').glob('*/*'))) >= mails
        shutil.rmtree(folder)
    return peer


def mu(folder, maildir, mails):
    peer = Peer('mu', 0, 3.5)
    if shutil.which('mu'):
        home = pathlib.Path(folder) / 'mu'
        subprocess.run(['mu', 'init', '--muhome', home, '--maildir', maildir], check=True,
                       stdout=subprocess.DEVNULL)
        peer.rate = rate_of(['mu', 'index', '--muhome', home], mails)
        shutil.rmtree(home)
    return peer


def notmuch(folder, maildir, mails):
    peer = Peer('notmuch', 0, 11)
    if shutil.which('notmuch'):
        copy = pathlib.Path(folder) / 'notmuch'
        subprocess.run(['cp', '-al', maildir, copy], check=True)  # it writes into the folder
        config = pathlib.Path(folder) / 'notmuch.conf'
        config.write_text(NOTMUCH.format(folder=copy))
        peer.rate = rate_of(['notmuch', 'new'], mails, {'NOTMUCH_CONFIG': str(config)})
        shutil.rmtree(copy)
    return peer
