"""Other programs that take mail off a server, killed and with a failing disk as ours are: mbsync and
getmail, each into a Maildir, where they are installed."""
import collections
import email
import os
import pathlib
import pwd
import shutil
import subprocess
import types

import inject
from scenarios import mail
from sweep import sweep

MAILS = 5
MBSYNC = """
IMAPAccount server
Host 127.0.0.1
Port {port}
User {user}
Pass secret
SSLType None
AuthMechs LOGIN

IMAPStore far
Account server

MaildirStore near
Path {directory}/mail/
Inbox {directory}/mail/INBOX

Channel all
Far :far:
Near :near:
Create Near
Sync Pull
SyncState *
"""
GETMAIL = """
[retriever]
type = SimpleIMAPRetriever
server = 127.0.0.1
port = {port}
username = {user}
password = secret

[destination]
type = Maildir
path = {directory}/mail/INBOX/

[options]
read_all = false
delete = false
verbose = 0
"""


def mbsync(directory):
    return [shutil.which('mbsync'), '-q', '-c', directory / 'config', 'all']


def getmail(directory):
    return [shutil.which('getmail'), '--getmaildir', directory, '--rcfile', directory / 'config']


PEERS = {'mbsync': (MBSYNC, mbsync), 'getmail': (GETMAIL, getmail)}


def as_nobody(directory, words):
    """getmail does not deliver as root."""
    if os.getuid() != 0:
        return words
    user = pwd.getpwnam('nobody')
    for path in [directory, *directory.rglob('*')]:
        os.chown(path, user.pw_uid, user.pw_gid)
    for path in directory.parents:
        if not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o011)
    return ['/usr/bin/setpriv', f'--reuid={user.pw_uid}', f'--regid={user.pw_gid}', '--clear-groups',
            *words]


def installed():
    return [name for name in PEERS if shutil.which(name)]


class Lane:
    """One peer with a folder of its own. After each disturbed run it runs again: what is missing
    then, or there twice, is counted, and whether the second run ended well."""

    def __init__(self, build, directory, name, server, user, found, **options):
        self.build, self.directory = build, pathlib.Path(directory)
        self.config, words = PEERS[name]
        self.words = list(map(str, words(self.directory)))
        self.server, self.user, self.found, self.options = server, user, found, options
        self.total = self.run(**options).report.total
        assert self.mails() == self.expected(), f'{name} does not take the mails undisturbed'

    @staticmethod
    def expected():
        return collections.Counter(f'<{number}@example.com>' for number in range(MAILS))

    def put_back(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        for part in ('cur', 'new', 'tmp'):
            (self.directory / 'mail/INBOX' / part).mkdir(parents=True)
        (self.directory / 'config').write_text(self.config.format(
            port=self.server.plain_port, user=self.user, directory=self.directory))

    def run(self, again=False, **options):
        if not again:
            self.put_back()
        report = self.directory.with_name(self.directory.name + '.report')
        words = as_nobody(self.directory, self.words)
        done = subprocess.run([*inject.prefix(self.build, report, **options), *words],
                              capture_output=True, text=True, timeout=120, check=False,
                              env={'HOME': str(self.directory), 'PATH': '/usr/bin:/bin'})
        return types.SimpleNamespace(code=done.returncode, report=inject.read_report(report))

    def mails(self):
        return collections.Counter(
            email.message_from_bytes(file.read_bytes())['Message-ID']
            for part in ('cur', 'new') for file in (self.directory / 'mail/INBOX' / part).iterdir())

    def disturb(self, number):
        first = self.run(at=number, **self.options)
        second = self.run(again=True)
        there, wanted = self.mails(), self.expected()
        self.found['lost'] += bool(wanted - there)
        self.found['doubled'] += bool(there - wanted)
        self.found['stuck'] += second.code != 0
        return bool(first.report.disturbed)


def peer_sweep(build, directory, name, server, **options):
    """The sweep's result, and in how many points mail was lost, doubled, or the run after failed."""
    user = server.add_user(f'{name}{options.get("error", "killed")}'.lower())
    for number in range(MAILS):
        server.deliver(user, mail('carol', number))
    found = collections.Counter(lost=0, doubled=0, stuck=0)
    result = sweep(lambda number: Lane(build, directory / f'{name}-{number}', name, server, user,
                                       found, **options),
                   lambda lane: lane.total, Lane.disturb, step=1)
    return result, found
