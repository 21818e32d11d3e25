"""A postroomd of the test's own: its configuration, its service manager (a fake NOTIFY_SOCKET), its
roles' processes, its log and its database."""
import contextlib
import ctypes
import ctypes.util
import json
import os
import pathlib
import re
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time

LOG_LINE = re.compile(r'^<(\d)>(\S+)(.*)$')
LOG_FIELD = re.compile(r' (\w+)=("(?:[^"\\]|\\.)*"|\S*)')
SO_TIMESTAMP = 29  # of <asm/socket.h>; Python has no name for it
PATIENCE_S = 120  # for what takes a moment; on a busy machine much longer
STATES = ('received', 'filed', 'waiting', 'ignored', 'quarantined', 'dead', 'erased')


def wait_for(condition, timeout=PATIENCE_S, what='condition', every=0.01):
    """Polls until the condition gives something true, and returns that."""
    until = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f'{what} did not come true within {timeout} s')
        time.sleep(every)


def mailbox(name, server, user, authority, kind='support', **more):
    """A mailbox of the configuration, on a Dovecot of the tests over TLS."""
    return {'name': name, 'kind': kind, 'addresses': [f'{name}@example.org'],
            'server': {'host': 'localhost', 'port': server.tls_port, 'ca_file': authority.path},
            'login': {'user': user, 'password': {'file': more.pop('secret')}}, **more}


class LogLine:
    def __init__(self, line):
        match = LOG_LINE.match(line)
        self.line = line
        self.level = int(match.group(1)) if match else 3  # not ours: a crash, a sanitizer
        self.event = match.group(2) if match else ''
        self.fields = {name: value.strip('"') for name, value in
                       LOG_FIELD.findall(match.group(3))} if match else {}

    def __repr__(self):
        return self.line


class Postroomd:
    """settings: what stands in the configuration beside state directory, organisation and users.
    environment: more variables. Use as a context: leaving it stops the daemon and checks its log.
    """

    def __init__(self, build, directory, environment=None, **settings):
        self.program = pathlib.Path(build) / 'bin' / 'postroomd'
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.state = self.directory / 'state'
        self.state.mkdir(mode=0o2770, exist_ok=True)
        self.state.chmod(0o2770)
        self.config = self.directory / 'postroom.yaml'
        self.environment = environment or {}
        self.prefix = []  # what it is run under
        self.process = None
        self.lines, self.rest, self.notified = [], b'', []
        self.lock = threading.RLock()
        self.expected = set()  # events of level error or warning that the test provokes
        self.notify_path = str(self.directory / 'notify')
        self.configure(**settings)

    def configure(self, **settings):
        base = {
            'organisation': {'name': 'Example Ltd', 'zone': 'Europe/Amsterdam',
                             'domains': ['example.org'], 'hosts': ['.example.org']},
            'storage': {'directory': str(self.state), 'min_free': '16MiB'},
            'users': [{'name': 'anna', 'addresses': ['anna@example.org'], 'admin': True},
                      {'name': 'bob', 'addresses': ['bob@example.org']},
                      {'name': 'carla', 'addresses': ['carla@example.org']}],
        }
        base.update(settings)
        self.config.write_text(json.dumps(base, indent=1))  # JSON is YAML

    def secret(self, name, value='secret'):
        path = self.directory / f'{name}.password'
        path.write_text(value + '\n')
        path.chmod(0o600)
        return str(path)

    # ------------------------------------------------------------ running

    def start(self, wait=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        pathlib.Path(self.notify_path).unlink(missing_ok=True)
        self.socket.bind(self.notify_path)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        self.notified, self.rest, begin = [], b'', len(self.log)
        environment = {**os.environ, **self.environment, 'NOTIFY_SOCKET': self.notify_path}
        self.process = subprocess.Popen(
            [*self.prefix, self.program, '--config', self.config], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
            umask=0o007)
        self.reader = threading.Thread(target=self._read, args=(self.process, self.socket),
                                       daemon=True)
        self.reader.start()
        if wait:
            self.wait_notified('READY=1')
            wait_for(lambda: any(one.event == 'ready' for one in self.log[begin:]), what='ready')
        return self

    def _read(self, process, notify):
        """Log and notifications, each of these with the moment it was sent."""
        out = process.stderr.fileno()
        while True:
            for ready in select.select([out, notify], [], [])[0]:
                if ready is notify:
                    self.notified += received(notify)
                elif not self._take_log(out):
                    return

    def _take_log(self, out):
        """What was written until now; false at the end."""
        with self.lock:
            while select.select([out], [], [], 0)[0]:
                part = os.read(out, 65536)
                if not part:
                    return False
                *lines, self.rest = (self.rest + part).split(b'\n')
                self.lines += [LogLine(line.decode('utf-8', 'replace')) for line in lines]
        return True

    @property
    def log(self):
        """Its lines, with all that was written before: who saw in the database what came of
        something finds what was logged of it before."""
        if self.process and not self.process.stderr.closed:
            self._take_log(self.process.stderr.fileno())
        return self.lines

    def wait_notified(self, text, timeout=PATIENCE_S, after=0.0):
        def found():
            if self.process.poll() is not None:
                raise AssertionError('postroomd ended:\n' + '\n'.join(map(str, self.log[-20:])))
            return any(text in line and at > after for at, line in list(self.notified))
        wait_for(found, timeout, f'notification {text}')

    def events(self, event, since=0):
        return [one for one in self.log[since:] if one.event == event]

    def wait_event(self, event, since=0, timeout=PATIENCE_S, **fields):
        def found():
            return [one for one in self.events(event, since)
                    if all(one.fields.get(key) == value for key, value in fields.items())]
        return wait_for(found, timeout, f'log event {event} {fields}')

    def terminate(self, timeout=PATIENCE_S):
        """SIGTERM, and its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout=PATIENCE_S):
        status = self.process.wait(timeout)
        self.reader.join(timeout)
        self.socket.close()
        return status

    def kill(self):
        """kill -9 of the supervisor; its children die with it."""
        roles = self.roles()
        self.process.kill()
        self.wait()
        for role in roles:
            wait_for(lambda pid=role['pid']: not is_alive(pid), what=f'end of {role}')

    def check_log(self):
        """Whatever failed without being provoked fails the test."""
        bad = [one for one in self.log if one.level <= 4 and one.event not in self.expected]
        assert not bad, 'unexpected in the log:\n' + '\n'.join(map(str, bad[:20]))

    def __enter__(self):
        return self.start()

    @contextlib.contextmanager
    def running(self):
        """As a context, of one that was started already."""
        try:
            yield self
        except BaseException as error:
            self.__exit__(type(error))
            raise
        self.__exit__(None)

    def __exit__(self, kind, *_):
        if self.process and self.process.poll() is None:
            status = self.terminate()
            if kind is None:
                assert status == 0, f'exit {status}:\n' + '\n'.join(map(str, self.log[-20:]))
        if kind is None:
            self.check_log()

    # ------------------------------------------------------------ its processes

    def roles(self):
        """[{pid, role, mailbox}] of the running children."""
        try:
            with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children') as file:
                pids = [int(pid) for pid in file.read().split()]
        except OSError:
            return []
        return [role for role in map(describe, pids) if role]

    def pid(self, role, name=None, timeout=PATIENCE_S):
        def found():
            return [one['pid'] for one in self.roles()
                    if one['role'] == role and name in (None, one['mailbox'])]
        return wait_for(found, timeout, f'a running {role}')[0]

    # ------------------------------------------------------------ its database

    def query(self, sql, *values):
        with sqlite3.connect(f'file:{self.state}/postroom.db?mode=ro', uri=True,
                             timeout=PATIENCE_S) as database:
            return database.execute(sql, values).fetchall()

    def sum(self):
        """{state: messages}, fetched included."""
        counts = dict(self.query('SELECT state, count(*) FROM message GROUP BY state'))
        unknown = set(counts) - set(STATES)
        assert not unknown, unknown
        return {'fetched': sum(counts.values()),
                **{state: counts.get(state, 0) for state in STATES}}

    def settled(self):
        counts = self.sum()
        return counts['fetched'] - counts['received']

    def wait_settled(self, count, timeout=PATIENCE_S):
        """Until so many messages are decided, or dead."""
        wait_for(lambda: self.settled() >= count, timeout, f'{count} messages to be decided')

    def raw_mails(self):
        """{Message-ID: [raw bytes]} of all messages that are kept."""
        frames = {}
        for message, chunk in self.query(
                'SELECT message_id, bytes FROM message_raw ORDER BY message_id, chunk'):
            frames[message] = frames.get(message, b'') + chunk
        ids = dict(self.query('SELECT id, message_id FROM message'))
        mails = {}
        for message, frame in frames.items():
            mails.setdefault(ids[message], []).append(unpack_zstd(frame))
        return mails


def received(notify):
    """[(monotonic time of sending, line)] of one notification."""
    data, more, _, _ = notify.recvmsg(65536, 64)
    ago = 0.0
    for level, kind, value in more:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMP):
            seconds, micros = struct.unpack('qq', value)
            ago = time.time() - seconds - micros / 1e6
    return [(time.monotonic() - ago, line) for line in data.decode().splitlines()]


def describe(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            words = file.read().decode().split('\0')
    except OSError:
        return None
    if words[0].endswith('postroom-parser'):
        return {'pid': pid, 'role': 'parser', 'mailbox': ''}
    if '--role' not in words:
        return None  # forked, not yet the program
    return {'pid': pid, 'role': words[words.index('--role') + 1],
            'mailbox': words[words.index('--mailbox') + 1] if '--mailbox' in words else ''}


def is_alive(pid):
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


def unpack_zstd(frame):
    """One zstd frame that says its size (Debian's Python has no module for it)."""
    zstd = ctypes.CDLL(ctypes.util.find_library('zstd'))
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    size = zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    plain = ctypes.create_string_buffer(size)
    got = zstd.ZSTD_decompress(plain, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)))
    assert got == size, 'damaged frame'
    return plain.raw
