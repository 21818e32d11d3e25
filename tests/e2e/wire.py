"""daemon/wire.h in Python, and a harness that plays supervisor and ledger for one reader."""
import collections
import ctypes
import ctypes.util
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time

START, SECRET, STOP, RETRY, NEED_SECRET, PROGRESS = 1, 2, 3, 4, 16, 17
HELLO, FOLDER_OPENED, MAIL_PART, MAIL, MAIL_HEADER, MAIL_MISSING, BATCH_END, MAIL_ABORT, STATE, \
    ACTION_DONE = range(1, 11)
FOLDER_CURSOR, COMMITTED, ACTION, PAUSE, RESUME, LEDGER_RETRY, LEDGER_STOP = range(32, 39)
STATES = ["connecting", "fetching", "watching", "retrying", "refused", "paused", "folder"]
ERRORS = ["none", "input", "limit", "temporary", "busy", "auth", "conflict", "storage", "bug"]
RESULTS = ["done", "gone", "dropped", "failed"]
VERBS = {"seen": 0, "flag": 1, "move": 2, "delete": 3, "fetch": 4}
TLS = {"implicit": 0, "starttls": 1, "none": 2}
AUTH = {"password": 0, "xoauth2": 1, "oauthbearer": 2}
KEEP, SEEN, FLAG, MOVE, DELETE = range(5)

_zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
_zstd.ZSTD_decompress.restype = ctypes.c_size_t
_zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong


def unzstd(frame):
    size = _zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    assert size < 1 << 40, "the frame does not say its size"
    room = ctypes.create_string_buffer(max(1, size))
    got = _zstd.ZSTD_decompress(room, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)))
    assert got == size, "damaged frame"
    return room.raw[:size]


def span(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<I", len(value)) + value


class Unpack:
    def __init__(self, body):
        self.body, self.at = body, 0

    def number(self, form):
        value = struct.unpack_from("<" + form, self.body, self.at)[0]
        self.at += struct.calcsize("<" + form)
        return value

    def span(self):
        size = self.number("I")
        value = self.body[self.at:self.at + size]
        assert len(value) == size
        self.at += size
        return value

    def text(self):
        return self.span().decode()

    def done(self):
        assert self.at == len(self.body), "bytes are left in the frame"


def read_exactly(sock, size):
    pieces = []
    while size:
        piece = sock.recv(min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


Mail = collections.namedtuple(
    "Mail", "folder uidvalidity uid date_ms size flags reason identity body header_only parts")
State = collections.namedtuple("State", "state error folder text waits_for until_ms at")
Action = collections.namedtuple("Action", "id result text")


class Harness:
    """Runs one reader. `ledger` keeps what it commits across restarts of the reader."""

    def __init__(self, program, ledger=None, commit=True, **settings):
        self.program, self.settings = program, settings
        self.ledger = ledger if ledger is not None else Ledger()
        self.commit = commit  # False: batches pile up until commit_all()
        self.lock = threading.Condition()
        self.states, self.actions, self.hellos, self.opened = [], {}, [], []
        self.batches, self.uncommitted, self.missing = [], [], []
        self.impatient = False  # True: a reader that waits for its next try is told to try now
        self.need_secret = self.progress = self.aborted = 0
        self.secrets = []  # answers to NEED_SECRET; empty: the same again
        self.max_outstanding = 0
        self.log = b""
        self.ended = False
        self.process = None
        self.fetched = {}
        self.pending, self.parts = [], []

    # Starting and ending

    def start(self):
        control, theirs_control = socket.socketpair()
        ledger, theirs_ledger = socket.socketpair()
        high = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 10) for one in
                (theirs_control, theirs_ledger)]
        command = f'exec "$0" "$@" 3<&{high[0]} 4<&{high[1]} {high[0]}<&- {high[1]}<&-'
        self.process = subprocess.Popen(
            ["bash", "-c", command, self.program, self.settings.get("mailbox", "test")],
            pass_fds=high, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        for one in high:
            os.close(one)
        theirs_control.close()
        theirs_ledger.close()
        self.control, self.socket = control, ledger
        self._send(self.control, START, self._start_body())
        self.log_thread = threading.Thread(target=self._serve_log, daemon=True)
        self.log_thread.start()
        for target in (self._serve_control, self._serve_ledger):
            threading.Thread(target=target, daemon=True).start()
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def stop(self, timeout=60):
        """As the supervisor stops it; returns the exit status."""
        if self.process is None:
            return None
        try:
            self._send(self.control, STOP, b"")
        except OSError:
            pass
        try:
            status = self.process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self):
        self.log_thread.join(60)  # it has all that was written
        self.control.close()
        self.socket.close()

    def wait_log(self, words, timeout=120):
        self.wait(lambda h: words in h.log, timeout, f"{words} in the log")

    def _start_body(self):
        get = self.settings.get
        folders = get("folders", ["INBOX"])
        body = span(get("mailbox", "test")) + span(get("host", "localhost"))
        body += struct.pack("<IB", get("port"), TLS[get("tls", "implicit")])
        body += span(get("ca_file", "")) + span(get("pinned_key", ""))
        body += struct.pack("<q", get("timeout_ms", 0)) + span(get("user", "u"))
        body += struct.pack("<B", AUTH[get("auth", "password")]) + span(get("secret", "secret"))
        body += struct.pack("<I", len(folders)) + b"".join(span(one) for one in folders)
        body += struct.pack("<B", get("action", KEEP)) + span(get("action_folder", ""))
        body += struct.pack("<Bqqq", get("idle", True), get("poll_ms", 60000),
                            get("auth_retry_ms", 3600000), get("max_message", 100 << 20))
        return body + struct.pack("<IqB", get("batch_messages", 0), get("batch_bytes", 0),
                                  get("fetches_token", False))

    # Frames

    def _send(self, sock, kind, body):
        sock.sendall(struct.pack("<II", kind, len(body)) + body)

    def send(self, kind, body=b""):
        try:
            self._send(self.socket, kind, body)
        except OSError:  # the reader was killed: what it sent is committed all the same
            pass

    def retry(self):
        try:
            self._send(self.control, RETRY, b"")
        except OSError:  # it ended meanwhile
            pass

    def _frames(self, sock):
        while True:
            try:
                header = read_exactly(sock, 8)
                if header is None:
                    return
                kind, size = struct.unpack("<II", header)
                body = read_exactly(sock, size) if size else b""
                if body is None:
                    return
            except OSError:
                return
            yield kind, body

    def _serve_log(self):
        for line in self.process.stderr:
            with self.lock:
                self.log += line
                self.lock.notify_all()

    def _serve_control(self):
        for kind, _ in self._frames(self.control):
            with self.lock:
                if kind == PROGRESS:
                    self.progress += 1
                elif kind == NEED_SECRET:
                    self.need_secret += 1
                    secret = self.secrets.pop(0) if self.secrets else self.settings.get(
                        "secret", "secret")
                    self._send(self.control, SECRET,
                               struct.pack("<B", 1) + span(secret) + span("") + b"\0")
                self.lock.notify_all()

    def _serve_ledger(self):
        for kind, body in self._frames(self.socket):
            with self.lock:
                self._take(kind, body)
                self.lock.notify_all()
        with self.lock:
            self.ended = True
            self.lock.notify_all()

    def _take(self, kind, body):
        into = Unpack(body)
        if kind == HELLO:
            self.hellos.append(into.text())
        elif kind == FOLDER_OPENED:
            folder, uidvalidity = into.text(), into.number("I")
            uidnext, exists = into.number("I"), into.number("I")
            assert not self.uncommitted, "a folder is opened while batches are outstanding"
            self.opened.append((folder, uidvalidity, uidnext, exists))
            self.pending, self.parts = [], []
            known, last = self.ledger.cursors.get(folder, (0, 0))
            self.send(FOLDER_CURSOR, span(folder) + struct.pack("<II", known, last))
        elif kind == MAIL_PART:
            self.parts.append(body)
            return
        elif kind in (MAIL, MAIL_HEADER):
            mail = self._mail(into, kind)
            self.pending.append(mail)
        elif kind == MAIL_MISSING:
            self.pending.append((into.text(), into.number("I"), into.number("I"), into.text()))
        elif kind == MAIL_ABORT:
            self.aborted += 1
            self.parts = []
            return
        elif kind == BATCH_END:
            folder, uidvalidity, last = into.text(), into.number("I"), into.number("I")
            self.uncommitted.append((folder, uidvalidity, last, self.pending))
            self.pending = []
            self.max_outstanding = max(self.max_outstanding, len(self.uncommitted))
            if self.commit:
                self._commit()
        elif kind == STATE:
            state, error = STATES[into.number("B")], ERRORS[into.number("B")]
            self.states.append(State(state, error, into.text(), into.text(), into.text(),
                                     into.number("q"), time.monotonic()))
            if self.impatient and state == "retrying":
                self.retry()
        elif kind == ACTION_DONE:
            done = Action(into.number("Q"), RESULTS[into.number("B")], into.text())
            assert done.id not in self.actions, "an action is answered twice"
            if self.pending:  # between two batches: what a "fetch" brought
                self.fetched[done.id] = self.pending.pop()
            self.actions[done.id] = done
        else:
            raise AssertionError(f"frame {kind}")
        into.done()

    def _mail(self, into, kind):
        folder, uidvalidity, uid = into.text(), into.number("I"), into.number("I")
        date_ms, size, flags = into.number("q"), into.number("Q"), into.number("I")
        reason, identity, frame = into.number("B"), into.span(), into.span()
        parts, self.parts = self.parts, []
        assert len(identity) == 32
        return Mail(folder, uidvalidity, uid, date_ms, size, flags, reason, identity,
                    unzstd(b"".join(parts) + frame), kind == MAIL_HEADER, len(parts))

    def _commit(self):
        folder, uidvalidity, last, mails = self.uncommitted.pop(0)
        for one in mails:
            if isinstance(one, Mail):
                self.ledger.add(one)
            else:
                self.missing.append(one)
        self.ledger.cursors[folder] = (uidvalidity, last)
        self.batches.append((folder, uidvalidity, last, len(mails)))
        self.send(COMMITTED, span(folder) + struct.pack("<II", uidvalidity, last))

    def commit_all(self):
        with self.lock:
            self.commit = True
            while self.uncommitted:
                self._commit()

    def act(self, number, verb, mail, target="", **other):
        """mail: a Mail of the ledger, other: fields to lie about."""
        message_id = other.get("message_id")
        if message_id is None:
            message_id = b""
            for line in mail.body.split(b"\n"):
                if line.lower().startswith(b"message-id:"):
                    message_id = line.split(b":", 1)[1].strip()
        self.send(ACTION, struct.pack("<QB", number, VERBS[verb]) +
                  span(other.get("folder", mail.folder)) +
                  struct.pack("<II", other.get("uidvalidity", mail.uidvalidity),
                              other.get("uid", mail.uid)) +
                  span(target) + span(other.get("identity", mail.identity)) + span(message_id))

    # Waiting

    def wait(self, condition, timeout=120, what="condition"):
        until = time.monotonic() + timeout
        with self.lock:
            while True:
                result = condition(self)
                if result:
                    return result
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what} did not come true within {timeout} s; states "
                                         f"{self.states[-5:]}; log {self.log[-2000:].decode()}")
                self.lock.wait(min(left, 0.5))

    def wait_state(self, state, timeout=120, after=0):
        """The first such state behind the first `after` states."""
        return self.wait(lambda h: next((s for s in h.states[after:] if s.state == state), None),
                         timeout, f"state {state}")

    def wait_mails(self, count, timeout=120):
        self.wait(lambda h: len(h.ledger.mails) >= count, timeout, f"{count} mails")
        return self.ledger.mails

    def wait_action(self, number, timeout=120):
        return self.wait(lambda h: h.actions.get(number), timeout, f"action {number}")

    def errors(self):
        """Log lines of failures."""
        return [line for line in self.log.decode().splitlines() if line[:3] in ("<3>", "<4>")]


class Ledger:
    """What a real ledger would keep: cursors, deliveries, messages by identity."""

    def __init__(self):
        self.cursors = {}
        self.mails = []

    def add(self, mail):
        key = (mail.folder, mail.uidvalidity, mail.uid)
        assert mail.folder not in self.cursors or \
            key not in {(m.folder, m.uidvalidity, m.uid) for m in self.mails[-500:]}, f"twice: {key}"
        self.mails.append(mail)

    def identities(self):
        return {mail.identity for mail in self.mails}
