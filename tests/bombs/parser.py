"""A real postroom-parser, sandbox and limits included, and what each mail cost it."""
import ctypes
import ctypes.util
import os
import re
import signal
import socket
import struct
import subprocess

REQUEST, FACTS, FAILED = 1, 2, 3
MAIL, MAIL_ZSTD = 0, 1
WAIT_SECONDS = 120

_zstd = ctypes.CDLL(ctypes.util.find_library('zstd') or 'libzstd.so.1')
_zstd.ZSTD_compressBound.restype = _zstd.ZSTD_compress.restype = ctypes.c_size_t


def zstd(data):
    """One frame, as readers send it to the ledger."""
    room = ctypes.create_string_buffer(_zstd.ZSTD_compressBound(ctypes.c_size_t(len(data))))
    size = _zstd.ZSTD_compress(room, ctypes.c_size_t(len(room)), data,
                               ctypes.c_size_t(len(data)), ctypes.c_int(1))
    return room.raw[:size]


def span(data):
    return struct.pack('<I', len(data)) + data


class Died(Exception):
    """The parser ended; the text says how."""


class Parser:
    """Started with the first mail and, when it died, with the next one."""

    def __init__(self, program, own_domain=b'example.org', prefix=b'Action:'):
        self.program, self.process, self.socket = program, None, None
        self.lists = struct.pack('<I', 1) + span(prefix) + struct.pack('<I', 1) + span(own_domain)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        if self.process:
            return
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(WAIT_SECONDS)
        number = theirs.fileno()
        self.process = subprocess.Popen(
            ['/bin/bash', '-c', f'exec {self.program} 3<&{number} {number}<&-'],
            pass_fds=[number], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        theirs.close()

    def close(self):
        """The exit status; negative: the signal."""
        if not self.process:
            return 0
        self.socket.close()
        self.process.stderr.close()
        status = self.process.wait(WAIT_SECONDS)
        self.process = None
        return status

    def _receive(self, size):
        data = bytearray()
        while len(data) < size:
            piece = self.socket.recv(min(size - len(data), 1 << 20))
            if not piece:
                raise ConnectionError
            data += piece
        return bytes(data)

    def read(self, mail, without_documents=False):
        """(facts as bytes, None) or (None, why the mail can't be read). Died when it ends."""
        self.start()
        body = struct.pack('<BB?', MAIL_ZSTD, ord('+'), without_documents) + self.lists + \
            span(zstd(mail))
        try:
            self.socket.sendall(struct.pack('<II', REQUEST, len(body)) + body)
            kind, size = struct.unpack('<II', self._receive(8))
            answer = self._receive(size)
        except (ConnectionError, BrokenPipeError, socket.timeout) as error:
            if isinstance(error, socket.timeout):
                self.process.kill()
            words = self.process.stderr.read().decode('utf-8', 'replace').strip()
            status = self.close()
            how = signal.Signals(-status).name if status < 0 else f'exit {status}'
            raise Died(f'{how} {words[-600:]}'.strip()) from None
        return (answer, None) if kind == FACTS else (None, answer.decode('utf-8', 'replace'))

    def cpu_seconds(self):
        """Of this process since it began, in user and kernel, to the nanosecond."""
        with open(f'/proc/{self.process.pid}/schedstat', encoding='ascii') as file:
            return int(file.read().split()[0]) / 1e9

    def peak_bytes(self):
        """The largest resident set since it began."""
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as file:
            return int(re.search(r'VmHWM:\s+(\d+) kB', file.read()).group(1)) * 1024


def cost(program, mail, without_documents=False):
    """(answer, failure, CPU seconds of that mail, peak bytes) in a parser of its own."""
    with Parser(program) as parser:
        parser.read(b'Subject: first\r\n\r\nthe start is not counted\r\n')
        before = parser.cpu_seconds()
        facts, failure = parser.read(mail, without_documents)
        return facts, failure, parser.cpu_seconds() - before, parser.peak_bytes()


def is_sanitized():
    return bool(os.environ.get('POSTROOM_SANITIZED'))
