"""An IMAP server that misbehaves on request: a small honest one, and hooks that replace single
answers. Over TLS, STARTTLS or plain, on loopback. It keeps every byte that a client sent."""
import base64
import re
import socket
import ssl
import threading
import time

CAPABILITIES = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE UIDPLUS MOVE"


class Closed(Exception):
    """The client went away, or the script ended the session."""


class Mailbox:
    """`mails`: {uid: bytes}. `claims`: {uid: RFC822.SIZE that is said instead}."""

    def __init__(self, mails=(), uidvalidity=1000):
        self.mails = {number + 1: mail for number, mail in enumerate(mails)}
        self.flags = {uid: set() for uid in self.mails}
        self.uidvalidity = uidvalidity
        self.claims = {}
        self.uidnext = len(self.mails) + 1

    def add(self, mail, uid=None):
        uid = uid or self.uidnext
        self.uidnext = max(self.uidnext, uid + 1)
        self.mails[uid] = mail
        self.flags[uid] = set()
        return uid

    def remove(self, uid):
        self.mails.pop(uid)
        self.flags.pop(uid)


class Server:
    """hooks: {"COMMAND": function(session, tag, rest) -> True when it answered itself}. The hook
    "GREETING" is called with tag and rest "". Commands behind UID are "UID FETCH" and so on."""

    def __init__(self, certificate=None, tls="implicit", mailboxes=None, capabilities=CAPABILITIES,
                 hooks=None, user="u", password="secret", tokens=()):
        self.tls, self.capabilities = tls, capabilities
        self.mailboxes = mailboxes or {"INBOX": Mailbox()}
        self.hooks = hooks or {}
        self.user, self.password, self.tokens = user, password, set(tokens)
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.received = b""  # of all sessions, behind TLS
        self.raw = b""  # of all sessions before TLS
        self.commands = []
        self.handshakes = self.connections = 0
        self.connected_at = []  # monotonic
        self.idle_s = 0.02  # how often an IDLE looks for new mail
        self.failures = []
        self.spoil = None  # function(bytes) -> bytes: what is sent instead
        self.lock = threading.Condition()
        self.sessions = []

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        self.closing = False
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()
        return self

    def __exit__(self, *_):
        """Who still waits in accept would take the connections of the next server with that
        descriptor: closing wakes nobody, shutting down does."""
        self.closing = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        for session in self.sessions:
            session.close()

    def _accept(self):
        while not self.closing:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self.connected_at.append(time.monotonic())
            session = Session(self, sock)
            self.sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()

    def count(self, command):
        return sum(1 for one in self.commands if one == command)

    def wait(self, condition, timeout=120, what="condition"):
        until = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > until:
                raise AssertionError(f"{what} within {timeout} s; commands {self.commands[-20:]}")
            time.sleep(0.01)


class Session:
    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.buffer = b""
        self.encrypted = False
        self.selected = None
        self.box = None
        self.seen = []  # commands
        self.told = 0  # how many mails the client knows of

    # The connection

    def start_tls(self):
        try:
            self.sock = self.server.context.wrap_socket(self.sock, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self.server.failures.append(error)
            raise Closed from error
        self.encrypted = True
        self.server.handshakes += 1

    def receive(self):
        if self.server.spoil:  # a client that waits for what was spoilt would wait a minute
            self.sock.settimeout(0.15)
        try:
            piece = self.sock.recv(65536)
        except OSError as error:
            raise Closed from error
        if not piece:
            raise Closed
        if self.encrypted:
            self.server.received += piece
        else:
            self.server.raw += piece
        self.buffer += piece

    def line(self):
        while b"\n" not in self.buffer:
            self.receive()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode(errors="replace")

    def send(self, data):
        data = data.encode() if isinstance(data, str) else data
        if self.server.spoil:
            data = self.server.spoil(data)
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Closed from error

    def close(self):
        try:
            self.sock.close()
        except OSError:
            pass

    def reset(self):
        """Ends with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()
        raise Closed

    # Commands

    def run(self):
        try:
            if self.server.tls == "implicit" and self.server.context:
                self.start_tls()
            if not self._hook("GREETING", "", ""):
                self.answer("GREETING", "", "")
            while True:
                self._command()
        except Closed:
            pass
        except OSError:
            pass
        finally:
            self.close()

    def _hook(self, command, tag, rest):
        hook = self.server.hooks.get(command)
        return hook is not None and hook(self, tag, rest)

    def _command(self):
        tag, _, rest = self.line().partition(" ")
        assert rest == rest.strip(), "a command with white space around it"
        word, _, rest = rest.partition(" ")
        word = word.upper()
        if word == "UID":
            second, _, rest = rest.partition(" ")
            word = f"UID {second.upper()}"
        self.server.commands.append(word)
        self.seen.append(word)
        if not self._hook(word, tag, rest):
            self.answer(word, tag, rest)

    def answer(self, word, tag, rest):
        """As an honest server does."""
        if word == "GREETING":
            self.send("* OK ready\r\n")
            return
        method = getattr(self, "do_" + word.lower().replace(" ", "_"), None)
        if method is None:
            self.send(f"{tag} BAD unknown command\r\n")
        else:
            method(tag, rest)

    def ok(self, tag, text="done"):
        self.send(f"{tag} OK {text}\r\n")

    def no(self, tag, text):
        self.send(f"{tag} NO {text}\r\n")

    def do_capability(self, tag, _):
        extra = " STARTTLS" if self.server.tls == "starttls" and not self.encrypted else ""
        self.send(f"* CAPABILITY {self.server.capabilities}{extra}\r\n")
        self.ok(tag)

    def do_noop(self, tag, _):
        self.ok(tag)

    def do_list(self, tag, _):
        """Of clients that ask for it; ours does not."""
        for name in self.server.mailboxes:
            self.send(f'* LIST () "/" {name}\r\n')
        self.ok(tag)

    def do_close(self, tag, _):
        self.ok(tag)

    def do_logout(self, tag, _):
        self.send("* BYE bye\r\n")
        self.ok(tag)
        raise Closed

    def do_starttls(self, tag, _):
        self.ok(tag, "begin")
        self.start_tls()

    def do_login(self, tag, rest):
        words = [quoted.replace('\\"', '"').replace("\\\\", "\\") or atom for quoted, atom in
                 re.findall(r'"((?:[^"\\]|\\.)*)"|([^" ]+)', rest)]
        if words == [self.server.user, self.server.password]:
            self.ok(tag, "welcome")
        else:
            self.no(tag, "[AUTHENTICATIONFAILED] wrong password")

    def do_authenticate(self, tag, rest):
        mechanism, _, response = rest.partition(" ")
        if not response:
            self.send("+ \r\n")
            response = self.line()
        text = base64.b64decode(response).decode()
        if mechanism == "PLAIN":
            good = text == f"\0{self.server.user}\0{self.server.password}"
        else:
            match = re.search("\1auth=Bearer ([^\1]*)\1\1$", text)
            user = f"user={self.server.user}\1" if mechanism == "XOAUTH2" \
                else f"n,a={self.server.user},\1host="
            good = text.startswith(user) and match and match.group(1) in self.server.tokens
            if not good:
                self.send("+ " + base64.b64encode(b'{"status":"401"}').decode() + "\r\n")
                self.challenge_answer = self.line()
        if good:
            self.ok(tag, "welcome")
        else:
            self.no(tag, "[AUTHENTICATIONFAILED] refused")

    def _select(self, tag, rest, read_only):
        name = rest.strip().strip('"')
        self.box = self.server.mailboxes.get(name)
        self.selected, self.read_only = name, read_only
        if self.box is None:
            self.no(tag, "no such folder")
            return
        box = self.box
        self.send("* FLAGS (\\Seen \\Deleted)\r\n"
                  f"* {len(box.mails)} EXISTS\r\n* 0 RECENT\r\n"
                  f"* OK [UIDVALIDITY {box.uidvalidity}] x\r\n"
                  f"* OK [UIDNEXT {box.uidnext}] x\r\n")
        self.told = len(box.mails)
        self.ok(tag, "[READ-ONLY] open" if read_only else "[READ-WRITE] open")

    def do_select(self, tag, rest):
        self._select(tag, rest, False)

    def do_examine(self, tag, rest):
        self._select(tag, rest, True)

    def chosen(self, sequence):
        """The UIDs of a set that exist, in order."""
        uids = sorted(self.box.mails)
        last = max(uids, default=0)
        wanted = set()
        for part in sequence.split(","):
            low, _, high = part.partition(":")
            low = last if low == "*" else int(low)
            high = low if not high else last if high == "*" else int(high)
            low, high = min(low, high), max(low, high)
            wanted |= {uid for uid in uids if low <= uid <= high}
        return sorted(wanted)

    def number(self, uid):
        return sorted(self.box.mails).index(uid) + 1

    def fetch_one(self, uid, items):
        """The response to one message."""
        mail = self.box.mails[uid]
        head = f"* {self.number(uid)} FETCH (UID {uid}"
        if "RFC822.SIZE" in items:
            flags = " ".join(sorted(self.box.flags[uid]))
            head += (f" RFC822.SIZE {self.box.claims.get(uid, len(mail))}"
                     f' INTERNALDATE "20-Nov-2026 10:00:00 +0100" FLAGS ({flags})')
        if "BODY.PEEK[HEADER]" in items:
            mail = mail[:mail.index(b"\r\n\r\n") + 4]
            return f"{head} BODY[HEADER] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
        if "BODY.PEEK[]" in items:
            return f"{head} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
        return (head + ")\r\n").encode()

    def do_uid_fetch(self, tag, rest):
        sequence, _, items = rest.partition(" ")
        for uid in self.chosen(sequence):
            self.send(self.fetch_one(uid, items))
        self.ok(tag)

    def do_fetch(self, tag, rest):
        """By numbers, as older clients ask; ours does not."""
        sequence, _, items = rest.partition(" ")
        uids = dict(enumerate(sorted(self.box.mails), 1))
        wanted = range(1, len(uids) + 1)
        if ":" not in sequence:
            wanted = [int(number) for number in sequence.split(",")]
        for number in wanted:
            if number in uids:
                self.send(self.fetch_one(uids[number], items))
        self.ok(tag)

    def do_uid_store(self, tag, rest):
        sequence, _, change = rest.partition(" ")
        flags = set(re.search(r"\((.*)\)", change).group(1).split())
        for uid in self.chosen(sequence):
            self.box.flags[uid] |= flags
        self.ok(tag)

    def do_uid_search(self, tag, rest):
        uids = sorted(self.box.mails)
        match = re.match(r'(?:UID (\d+) )?HEADER Message-ID "(.*)"$', rest)
        if match:
            uids = [uid for uid in uids if (not match.group(1) or uid == int(match.group(1))) and
                    match.group(2).encode() in self.box.mails[uid].split(b"\r\n\r\n")[0]]
        self.send("* SEARCH" + "".join(f" {uid}" for uid in uids) + "\r\n")
        self.ok(tag)

    def _target(self, tag, rest):
        sequence, _, name = rest.partition(" ")
        target = self.server.mailboxes.get(name.strip('"'))
        if target is None:
            self.no(tag, "[TRYCREATE] no such folder")
        return self.chosen(sequence), target

    def do_uid_copy(self, tag, rest):
        uids, target = self._target(tag, rest)
        if target is not None:
            for uid in uids:
                target.add(self.box.mails[uid])
            self.ok(tag)

    def do_uid_move(self, tag, rest):
        uids, target = self._target(tag, rest)
        if target is not None:
            for uid in uids:
                target.add(self.box.mails[uid])
                self.box.remove(uid)
            self.ok(tag)

    def do_uid_expunge(self, tag, rest):
        for uid in self.chosen(rest):
            if "\\Deleted" in self.box.flags[uid]:
                self.box.remove(uid)
        self.ok(tag)

    def do_expunge(self, tag, _):
        for uid in [uid for uid, flags in self.box.flags.items() if "\\Deleted" in flags]:
            self.box.remove(uid)
        self.ok(tag)

    def do_idle(self, tag, _):
        self.send("+ idling\r\n")
        self._idle(tag)

    def _idle(self, tag):
        self.sock.settimeout(self.server.idle_s)
        try:
            while b"\n" not in self.buffer:
                if len(self.box.mails) != self.told:
                    self.told = len(self.box.mails)
                    self.send(f"* {self.told} EXISTS\r\n")
                try:
                    self.receive()
                except Closed as closed:
                    if not isinstance(closed.__cause__, TimeoutError):
                        raise
        finally:
            self.sock.settimeout(None)
        if self.line().upper() == "DONE":
            self.ok(tag)
        else:  # a client that leaves in a hurry says LOGOUT; Dovecot answers like this
            self.send(f"{tag} BAD expected DONE\r\n")
