"""The daemon as a user of its own, and people of its group beside it on the same database."""
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

import pytest

from postroomd import Postroomd, mailbox, wait_for
from test_daemon import mail

DAEMON, PERSON, STRANGER = 64001, 64002, 64003  # ids that nobody has; the daemon's group has DAEMON

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='only root can run things as others')


def become(uid, *groups):
    own = f'--groups={",".join(map(str, groups))}' if groups else '--clear-groups'
    return ['setpriv', f'--reuid={uid}', f'--regid={uid}', own, '--inh-caps=-all']


@pytest.fixture
def place(build):
    """A folder that others may enter, with the programs in it."""
    with tempfile.TemporaryDirectory(prefix='postroom') as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        (folder / 'bin').mkdir()
        for program in ('postroom', 'postroomd', 'postroom-parser', 'postroom-pdf'):
            shutil.copy(build / 'bin' / program, folder / 'bin')
        yield folder


@pytest.fixture
def daemon(place, dovecot, authority, user):
    daemon = Postroomd(place, place / 'daemon')
    program = daemon.program
    daemon.program = place / 'as-daemon'
    daemon.program.write_text('#!/bin/sh\nexec ' + ' '.join(become(DAEMON)) + f' {program} "$@"\n')
    daemon.program.chmod(0o755)
    os.chown(daemon.state, DAEMON, DAEMON)
    daemon.state.chmod(0o2770)
    secret = pathlib.Path(daemon.secret('all'))
    os.chown(secret, 0, DAEMON)  # root's, for the group to read
    secret.chmod(0o640)
    ca_file = place / 'ca.pem'
    shutil.copy(authority.path, ca_file)
    box = mailbox('crm', dovecot, user, authority, secret=str(secret))
    box['server']['ca_file'] = str(ca_file)
    daemon.configure(mailboxes=[box])
    daemon.config.chmod(0o640)
    os.chown(daemon.config, 0, DAEMON)
    yield daemon
    if daemon.process and daemon.process.poll() is None:
        daemon.process.kill()
        daemon.process.wait()


def postroom(place, daemon, uid, *words, code=0):
    groups = [] if uid == STRANGER else [DAEMON]
    done = subprocess.run([*become(uid, *groups), place / 'bin/postroom', *words, '--config',
                           daemon.config], capture_output=True, text=True, timeout=60, check=False,
                          umask=0o022, env={'PATH': '/usr/bin:/bin', 'LANG': 'C.UTF-8'})
    assert done.returncode == code, f'{words}: {done.returncode}\n{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def check_modes(state):
    for path in state.iterdir():
        info = path.stat()
        assert info.st_gid == DAEMON, path
        assert stat.S_IMODE(info.st_mode) == 0o660, f'{path}: {stat.S_IMODE(info.st_mode):04o}'


@pytest.mark.parametrize('first', ['daemon', 'person'])
def test_the_group_works_on_the_daemons_database(place, daemon, dovecot, user, first):
    outside = place / '1.eml'
    outside.write_bytes(mail(1))
    dovecot.deliver(user, mail(2))
    if first == 'person':  # the database, and what lies beside it, are made by that person
        postroom(place, daemon, PERSON, 'import', '--mailbox', 'crm', outside)
        check_modes(daemon.state)
    daemon.start(wait=False)
    daemon.wait_event('ready')
    if first == 'daemon':
        postroom(place, daemon, PERSON, 'import', '--mailbox', 'crm', outside)
    daemon.wait_settled(2)
    check_modes(daemon.state)
    assert postroom(place, daemon, PERSON, 'contact', 'add', 'Pieter Bakker')
    assert 'Pieter Bakker' in postroom(place, daemon, PERSON, 'contact', 'list')
    said = postroom(place, daemon, STRANGER, 'status', code=5)
    assert 'postroom.yaml' in said and 'Permission denied' in said

    # a person's command that is killed in the middle leaves nothing that the daemon can't open
    for number in range(10, 40):
        (place / f'{number}.eml').write_bytes(mail(number))
    worker = subprocess.Popen([*become(PERSON, DAEMON), place / 'bin/postroom', 'import', '--mailbox',
                               'crm', *sorted(place.glob('[1-3]?.eml')), '--config', daemon.config],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, umask=0o022)
    wait_for(lambda: daemon.sum()['fetched'] > 2, what='a first mail of the import')
    worker.kill()
    worker.wait()
    assert daemon.terminate() == 0
    seen = len(daemon.log)
    daemon.start(wait=False)
    daemon.wait_event('ready', seen)
    dovecot.deliver(user, mail(3))
    wait_for(lambda: daemon.query("SELECT 1 FROM message WHERE message_id LIKE 'm3@%'"),
             what='mail after a command was killed')
    check_modes(daemon.state)
    assert daemon.terminate() == 0
    daemon.check_log()
