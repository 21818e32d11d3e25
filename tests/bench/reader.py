"""How many mails a second the reader alone takes from a Dovecot over TLS (identity and compression
included), against a client that fetches the same mails and forgets them."""
import os
import pathlib
import statistics
import struct
import sys
import tempfile
import time

from tests.bench import ROOT, Figure, build
from tests.bench.generate import write_maildir
from tests.bench.ingest import cpu_seconds, fetch_and_forget, floor_program, peak_mib, MAILS

sys.path.insert(0, str(ROOT / 'tests/e2e'))
import certificates  # noqa: E402 # pylint: disable=wrong-import-position
import dovecot  # noqa: E402 # pylint: disable=wrong-import-position
import wire  # noqa: E402 # pylint: disable=wrong-import-position

ROUNDS = 3


class Counter(wire.Harness):
    """A ledger that commits at once and looks at nothing, so that it costs little itself."""

    mails = 0

    def _serve_ledger(self):
        data = bytearray()
        while True:
            piece = self.socket.recv(1 << 20)
            if not piece:
                return
            data += piece
            at = 0
            while len(data) - at >= 8:
                kind, size = struct.unpack_from('<II', data, at)
                if len(data) - at - 8 < size:
                    break
                if kind not in (wire.MAIL, wire.MAIL_PART):
                    self._answer(kind, bytes(data[at + 8:at + 8 + size]))
                self.mails += kind == wire.MAIL
                at += 8 + size
            del data[:at]

    def _answer(self, kind, body):
        if kind == wire.FOLDER_OPENED:
            into = wire.Unpack(body)
            self.send(wire.FOLDER_CURSOR, wire.span(into.span()) + struct.pack('<II', 0, 0))
        elif kind == wire.BATCH_END:
            self.send(wire.COMMITTED, body)


def pull(program, server, authority, user):
    """Mails a second from the start of the process on; its CPU seconds; its largest size."""
    harness = Counter(str(program), host='localhost', port=server.tls_port, user=user,
                      ca_file=authority.path)
    begin = time.perf_counter()
    harness.start()
    while harness.mails < MAILS:
        time.sleep(0.005)
        assert time.perf_counter() - begin < 300, harness.log[-1000:]
    seconds = time.perf_counter() - begin
    cpu = cpu_seconds([('reader', harness.process.pid)])['reader']
    peak = peak_mib(harness.process.pid)
    assert harness.stop() == 0 and harness.mails == MAILS
    return MAILS / seconds, cpu, peak


def reader():
    program = build() / 'postroom-reader-program'
    with tempfile.TemporaryDirectory(prefix='postroom-bench') as folder:
        authority = certificates.Authority(str(pathlib.Path(folder) / 'ca'))
        floor = floor_program(folder)
        with dovecot.Dovecot(pathlib.Path(folder) / 'dovecot', authority) as server:
            user = server.add_user('bench')
            write_maildir(server.maildir(user), MAILS, small=bool(os.environ.get(
                'POSTROOM_BENCH_SMALL')))
            server.own(server.maildir(user))
            fetch_and_forget(floor, server, user)  # so that Dovecot has its index and cache
            rounds = [(fetch_and_forget(floor, server, user),
                       *pull(program, server, authority, user)) for _ in range(ROUNDS)]
    raw, rate, cpu, peak = sorted(rounds, key=lambda one: one[1])[ROUNDS // 2]
    yield Figure('reader.rate', rate, 'mails/s', peer='raw TLS client that discards',
                 ratio=rate / raw)
    yield Figure('reader.raw-client', raw, 'mails/s')
    yield Figure('reader.cpu', cpu / MAILS * 1e6, 'µs/mail')
    yield Figure('reader.peak-resident', peak, 'MiB', at_most=64)
    yield Figure('reader.spread', statistics.pstdev(one[1] for one in rounds) / rate * 100, '%')


FIGURES = {'reader': reader}
