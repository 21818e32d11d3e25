#!/usr/bin/python3
"""Stands where postroom-parser stands and hands every mail on to the real one, whose path is in
POSTROOM_REAL_PARSER beside it; but a mail that says "X-Fault: crash", "loop", "memory" or "hang" in
its header has that fault. Nobody knows a mail that brings the real one down each time."""
import ctypes
import ctypes.util
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
MAIL_ZSTD = 1
MEMORY_EXHAUSTED = 71  # base/memory.c: EX_OSERR

_zstd = ctypes.CDLL(ctypes.util.find_library('zstd') or 'libzstd.so.1')
_zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong


def plain(request):
    """The mail behind the options of a request (parser/protocol.c)."""
    at = 3
    for _ in range(2):
        count, = struct.unpack_from('<I', request, at)
        at += 4
        for _ in range(count):
            at += 4 + struct.unpack_from('<I', request, at)[0]
    mail = request[at + 4:]
    if request[0] != MAIL_ZSTD:
        return mail
    room = ctypes.create_string_buffer(
        _zstd.ZSTD_getFrameContentSize(mail, ctypes.c_size_t(len(mail))) + 1)
    _zstd.ZSTD_decompress(room, ctypes.c_size_t(len(room)), mail, ctypes.c_size_t(len(mail)))
    return room.raw


def fail(fault):
    if fault == b'crash':
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == b'loop':  # as parser/main.c limits it
        signal.setitimer(signal.ITIMER_PROF, 1)
        while True:
            pass
    elif fault == b'memory':
        taken = []
        try:
            while True:  # ends at the limit that the process was given, not at the machine's
                taken.append(bytearray(64 << 20))
                if len(taken) > 64:
                    return
        except MemoryError:
            taken.clear()
            os._exit(MEMORY_EXHAUSTED)
    elif fault == b'hang':
        time.sleep(100_000)


def receive(connection, size):
    data = b''
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            sys.exit(0)
        data += piece
    return data


def frame(connection):
    kind, size = struct.unpack('<II', receive(connection, 8))
    return kind, receive(connection, size)


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asker = socket.socket(fileno=3)
    mine, theirs = socket.socketpair()
    real = (HERE / 'POSTROOM_REAL_PARSER').read_text(encoding='utf-8').strip()
    number = theirs.fileno()
    subprocess.Popen(['/bin/bash', '-c', f'exec {real} 3<&{number}'], pass_fds=[number])
    theirs.close()
    while True:
        kind, body = frame(asker)
        head = plain(body).split(b'\r\n\r\n')[0]
        if b'X-Fault: ' in head:
            fail(head.split(b'X-Fault: ')[1].split(b'\r\n')[0])
        mine.sendall(struct.pack('<II', kind, len(body)) + body)
        kind, body = frame(mine)
        asker.sendall(struct.pack('<II', kind, len(body)) + body)


if __name__ == '__main__':
    main()
