"""What each role of a running daemon can't do, whoever has taken it over: tried in the process
itself (unit/test_base_sandbox.c tries much more, in children of its own)."""
import os
import struct
import subprocess

import pytest

import intruder
from fakeimap import Mailbox, Server
from intruder import intrude
from postroom import Postroom
from postroomd import Postroomd, is_alive, wait_for
from test_daemon import mail
from dovecot import free_ports

READ, WRITE, MAKE = 0, 1, 0o102
ADDRESS = struct.pack('<HH4s8x', 2, 0x5000, b'\x7f\0\0\1')  # TCP to 127.0.0.1:80


@pytest.fixture
def daemon(build, tmp_path):
    """One with every role: a mailbox whose mail was taken, and a feed."""
    made = Postroomd(build, tmp_path / 'daemon')
    port, = free_ports(1)
    with Server(tls='none', mailboxes={'INBOX': Mailbox([mail(1)])}) as server:
        made.configure(feed={'listen': f'127.0.0.1:{port}'}, mailboxes=[{
            'name': 'crm', 'kind': 'support', 'addresses': ['crm@example.org'],
            'server': {'host': 'localhost', 'port': server.port, 'tls': 'none'},
            'login': {'user': 'u', 'password': {'file': made.secret('all')}}}])
        with made:
            made.wait_settled(1)
            made.wait_event('serving')
            server.wait(lambda s: s.count('IDLE'), what='IDLE')
            yield made


def confined(daemon, role, waiting=False):
    """The role's process, once it has its own filter beside the supervisor's (and waits)."""
    before = int(status_of('self')['Seccomp_filters'])  # of whatever the tests run in

    def found():
        pid = daemon.pid(role)
        try:
            filters = int(status_of(pid)['Seccomp_filters'])
        except (OSError, KeyError):
            return None
        return pid if filters == before + 2 and (not waiting or intruder.waits(pid)) else None
    return wait_for(found, what=f'a {role} in its sandbox')


def test_what_each_role_may_not_do(daemon):
    """The refused first: they leave the process as it was. Then one that kills it."""
    if not intruder.AVAILABLE:
        pytest.skip('written for x86-64')
    if os.geteuid() != 0:
        pytest.skip('root alone can look into the roles, which is as it should be')
    state = str(daemon.state).encode()
    database, secret = state + b'/postroom.db', str(daemon.directory / 'all.password').encode()
    tries = {
        'parser': [('EACCES', 'open', database, READ), ('EACCES', 'open', b'/etc/passwd', READ),
                   ('EACCES', 'socket', 2, 1, 0), ('SIGSYS', 'execve', b'/bin/true', 0, 0),
                   ('SIGSYS', 'fork'), ('SIGSYS', 'connect', 3, ADDRESS, 16)],
        'reader': [('EACCES', 'open', database, READ), ('EACCES', 'open', secret, READ),
                   ('works', 'open', b'/etc/hosts', READ), ('SIGSYS', 'open', database, WRITE),
                   ('SIGSYS', 'execve', b'/bin/true', 0, 0), ('SIGSYS', 'unlink', database)],
        'ledger': [('EACCES', 'open', secret, READ), ('EACCES', 'socket', 2, 1, 0),
                   ('EACCES', 'open', b'/etc/passwd', READ), ('works', 'open', database, READ),
                   ('SIGSYS', 'execve', b'/bin/true', 0, 0), ('SIGSYS', 'connect', 3, ADDRESS, 16)],
        'feed': [('EACCES', 'open', secret, READ), ('EACCES', 'open', state + b'/new', MAKE, 0o600),
                 ('EACCES', 'unlink', database), ('EACCES', 'socket', 2, 1, 0),
                 ('works', 'open', database, READ), ('SIGSYS', 'connect', 3, ADDRESS, 16),
                 ('SIGSYS', 'execve', b'/bin/true', 0, 0)],
    }
    daemon.expected = {'died', 'ended', 'retrying', 'parser-died'}
    wrong = []
    for role, calls in tries.items():
        for expected, *call in calls:
            pid = confined(daemon, role, waiting=True)
            came = intrude(pid, *call)
            if came != expected:
                wrong.append((role, call[0], expected, came))
            if came.startswith('SIG'):
                wait_for(lambda gone=pid: not is_alive(gone), what=f'the end of the {role}')
    assert not wrong, wrong
    wait_for(lambda: intruder.waits(daemon.process.pid), what='a supervisor that waits')
    for call in (('mount', b'none', b'/tmp', b'tmpfs', 0, 0), ('bpf', 0, 0, 0), ('ptrace', 16, 1, 0, 0),
                 ('unshare', 0x10000000)):
        assert intrude(daemon.process.pid, *call) == 'EPERM', call
    daemon.pid('ledger')


def status_of(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return dict(line.rstrip('\n').split(':\t', 1) for line in status if ':\t' in line)


def core_limit(pid):
    with open(f'/proc/{pid}/limits', encoding='ascii') as limits:
        return next(line.split()[4:6] for line in limits if line.startswith('Max core'))


def test_rights_and_limits_of_each_process(daemon):
    pids = {'supervisor': daemon.process.pid,
            **{role: confined(daemon, role) for role in ('ledger', 'parser', 'reader', 'feed')}}
    for role, pid in pids.items():
        status = status_of(pid)
        assert status['NoNewPrivs'] == '1' and status['Seccomp'] == '2', role
        assert core_limit(pid) == ['0', '0'], role
        assert int(status['CapInh'], 16) == 0 and int(status['CapAmb'], 16) == 0
        # nobody: what root alone can see. Files of a process that can't be dumped are root's
        assert os.stat(f'/proc/{pid}/mem').st_uid == 0, role
        rights = int(status['CapBnd'], 16) | int(status['CapPrm'], 16)
        if os.geteuid() != 0:
            assert int(status['CapPrm'], 16) == 0, role
        elif role in ('parser', 'reader'):
            assert rights == 0, role
        else:  # nothing of the kernel's: chown, files of others; to start roles: kill, set*id, …
            assert rights & ~(0x5eb | 1 << 10) == 0, (role, hex(rights))


WITHOUT_LANDLOCK = r"""
import ctypes, os, sys
seccomp = ctypes.CDLL('libseccomp.so.2')
seccomp.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(seccomp.seccomp_init(0x7fff0000))  # SCMP_ACT_ALLOW
call = seccomp.seccomp_syscall_resolve_name(b'landlock_create_ruleset')
assert seccomp.seccomp_rule_add(context, 0x50000 | 38, ctypes.c_int(call), 0) == 0  # ENOSYS
assert seccomp.seccomp_load(context) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


def without_landlock(*command):
    """The command on a kernel that knows no Landlock."""
    return ['/usr/bin/python3', '-c', WITHOUT_LANDLOCK, *map(str, command)]


def test_a_kernel_without_landlock_is_said(build, tmp_path):
    """In the log and by doctor; the daemon works, and its filters are there."""
    daemon = Postroomd(build, tmp_path / 'daemon')
    daemon.prefix = without_landlock()
    with daemon:
        daemon.wait_event('no-landlock')
        assert status_of(daemon.pid('parser'))['Seccomp'] == '2'
        postroom = Postroom(build, daemon.directory, daemon.config)
        told = subprocess.run(without_landlock(postroom.program, 'doctor', '--json'),
                              env=postroom.environment(), capture_output=True, check=False).stdout
        assert b'"sandbox"' in told and b'Landlock' in told
        assert b'"sandbox"' not in postroom('doctor', '--json', code=None).bytes
    daemon = Postroomd(build, tmp_path / 'with')
    with daemon:
        assert not daemon.events('no-landlock')
