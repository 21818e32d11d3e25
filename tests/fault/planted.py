"""A daemon with a mistake in its decisions and a clock that can be set (planted.c)."""
import mmap
import os
import pathlib
import shutil
import struct

import fakeimap
from postroomd import Postroomd


def link(source, target):
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)


class Programs:
    """In a folder of its own, for what is planted lies beside them: .memory, the struct planted."""

    CLOCK, DEATHS, MEMORY, SIZE = 0, 8, 16, 48  # places in it

    def __init__(self, build, directory):
        self.build = pathlib.Path(directory)
        (self.build / 'bin').mkdir(parents=True)
        for program in (build / 'bin').glob('postroom*'):
            if program.name != 'postroomd':
                name = 'postroomd' if program.name == 'postroomd-planted' else program.name
                link(program, self.build / 'bin' / name)
        path = self.build / 'bin/postroomd.planted'
        path.write_bytes(bytes(self.SIZE))
        with open(path, 'r+b') as file:
            self.memory = mmap.mmap(file.fileno(), self.SIZE)

    def set_clock(self, offset_ms):
        struct.pack_into('q', self.memory, self.CLOCK, offset_ms)

    def fail_memory(self, at, last):
        """From now on; see memory_fails.h."""
        struct.pack_into('QQQq', self.memory, self.MEMORY, at, last, 0, 0)

    def allocations(self):
        """Of the ledgers since then."""
        return struct.unpack_from('QQQ', self.memory, self.MEMORY)[2]


class Planted:
    """A daemon of such programs. mails: what the server has; more settings are those of the
    mailbox."""

    def __init__(self, build, directory, mails, **settings):
        self.programs = Programs(build, pathlib.Path(directory) / 'build')
        self.build = self.programs.build
        self.server = fakeimap.Server(tls='plain', mailboxes={'INBOX': fakeimap.Mailbox(mails)})
        self.daemon = Postroomd(self.build, pathlib.Path(directory) / 'daemon')
        self.settings = {'kind': 'support', **settings}

    def set_clock(self, offset_ms):
        """How far the wall clock is off, from now on."""
        self.programs.set_clock(offset_ms)

    def __enter__(self):
        self.server.__enter__()
        self.daemon.configure(mailboxes=[{
            'name': 'box', 'addresses': ['box@example.org'],
            'server': {'host': '127.0.0.1', 'port': self.server.port, 'tls': 'none'},
            'login': {'user': 'u', 'password': {'file': self.daemon.secret('box')}},
            **self.settings}])
        self.daemon.start()
        return self

    def __exit__(self, kind, *rest):
        try:
            self.daemon.__exit__(kind, *rest)
        finally:
            if self.daemon.process.poll() is None:
                self.daemon.process.kill()
                self.daemon.process.wait()
            self.server.__exit__()
            self.programs.memory.close()
