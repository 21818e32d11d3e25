"""Plays server_scripts.py to one daemon: a mailbox and a server a script, all at once, beside an
honest mailbox that has to go on. What came of each is in Play.complaints."""
import collections
import json
import pathlib
import re
import ssl
import subprocess
import threading
import time
import warnings

import certificates
from fakeimap import Closed, Mailbox, Server
from postroomd import PATIENCE_S, Postroomd, wait_for
from server_scripts import CERTIFICATES, EOF, HONEST, RESET, SILENCE, Do, Drip, Flood

PASSWORD = 'hunter2-S3cret'
RSS_MAX_KIB = 64 * 1024
DEADLINE_S = 2  # server.timeout of the scripts' mailboxes
FIRST_DELAY_S = 1  # of the reader; each is jittered between the half and one and a half
PATIENT_S = 30  # of those that only have to work: a busy machine is no silent server
GIVE_UP_S = 300


def mail(name, number):
    return (f'Return-Path: <p@customer.example>\r\nFrom: Pieter <p@customer.example>\r\n'
            f'To: help@example.org\r\nSubject: {name} {number}\r\n'
            f'Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{number}.{name}@customer.example>'
            f'\r\n\r\nGood morning from {name}, {number}.\r\n').encode()


def message_id(raw):
    return re.search(rb'Message-ID: <(.*?)>', raw).group(1).decode()


# The same in the words of other clients, which tests/figures has play the scripts too
ALSO = {'UID FETCH': ['FETCH'], 'EXAMINE': ['SELECT']}


class Play:
    """One script and its server."""

    def __init__(self, name, script, certificate, tls):
        self.name, self.script, self.tls = name, script, tls
        self.seen = threading.Event()  # it was told: the server may be honest
        self.played = 0
        self.said = []  # (state, last error) as status had them, each once
        self.logged = []  # the same from the log
        self.row = {}
        self.peak_kib = 0
        self.deaths = []
        self.leaked = False  # the password, to a server that was not known to be the right one
        self.seen_s = self.well_s = None
        self.complaints = []
        box = Mailbox([mail(name, number) for number in range(3)])
        if script.box:
            script.box(box)
        self.server = Server(certificate, tls=tls, password=PASSWORD,
                             mailboxes={'INBOX': box, 'Done': Mailbox()},
                             hooks=dict.fromkeys((script.at, *ALSO.get(script.at, ())), self.hook))
        self.server.more = [mail(name, number) for number in (3, 4)]
        self.server.idle_s = 0.3

    @property
    def box(self):
        return self.server.mailboxes['INBOX']

    def hook(self, session, tag, rest):
        when = self.script.when
        if self.seen.is_set() or (callable(when) and not when(session, rest)) or \
                (isinstance(when, str) and not re.search(when, rest)):
            return False
        self.played += 1
        for step in self.script.steps:
            self.do(step, session, tag, rest)
        return True

    def do(self, step, session, tag, rest):
        if step == EOF:
            raise Closed
        if step == RESET:
            session.reset()
        elif step == SILENCE:
            while True:
                session.receive()
        elif step == HONEST:
            session.answer(self.script.at, tag, rest)
        elif isinstance(step, Drip):
            for byte in step.text:
                session.send(byte)
                time.sleep(1)
        elif isinstance(step, Flood):
            for _ in range(step.total // len(step.piece)):
                session.send(step.piece)
        elif isinstance(step, Do):
            step.change(session, rest)
        else:
            session.send(step.replace('<tag>', tag) if isinstance(step, str) else step)

    def take_status(self, row):
        self.row = row
        said = (row['state'], row['last_error'] or '')
        if said not in self.said:
            self.said.append(said)

    def is_seen(self):
        """What it does was done, and told."""
        if self.script.at == 'LOGOUT':  # said at the very end
            return True
        if self.played < self.script.times or self.server.connections < self.script.connections:
            return False
        # a mail that is soon given up may be so between two looks: the log has the same words
        said = self.said + (self.logged if self.script.gives_up else [])
        return not self.script.words or any(
            re.search(self.script.words, error) and state in self.script.states
            for state, error in said)

    def be_good(self):
        if self.tls != 'none' and not self.script.trusted:
            self.leaked = PASSWORD.encode() in self.server.received + self.server.raw or \
                bool({'LOGIN', 'AUTHENTICATE'} & set(self.server.commands))
        if self.script.at != 'LOGOUT':
            self.seen.set()
        self.box.add(self.server.more[1])

    def is_well(self, stored):
        return self.row.get('state') == 'watching' and not self.row['last_error'] and \
            self.expected() <= stored.get(self.name, set())

    def expected(self):
        """Message-IDs: what the server has now, but for what it never gave."""
        boxes = [self.box, self.server.mailboxes['Done']]
        return {message_id(raw) for box in boxes for raw in box.mails.values()} - \
            self.ids(self.script.missing + self.script.header_only)

    def ids(self, numbers):
        return {f'{number}.{self.name}@customer.example' for number in numbers}

    def config(self, secret, authority, **more):
        has_to_fail = self.script.words or SILENCE in self.script.steps
        server = {'host': 'localhost', 'port': self.server.port, 'tls': self.tls,
                  'timeout': f'{DEADLINE_S if has_to_fail else PATIENT_S}s', **more}
        if self.tls != 'none':
            server.setdefault('ca_file', authority.path)
        return {'name': self.name, 'kind': 'support', 'addresses': [f'{self.name}@example.org'],
                'server': server, 'poll': '1s', **self.script.config,
                'login': {'user': 'u', 'password': {'file': secret}}}


class Stranger(Play):
    """A server whose certificate must be refused, until it shows a good one."""

    def __init__(self, name, script, kind, authorities, tls):
        ours, theirs = authorities
        self.good = ours.issue(f'{name}-good')
        super().__init__(name, script, BAD_CERTIFICATES[kind](ours, theirs, name), tls)
        self.pin = ours.pin(self.good[0]) if kind == 'other key than the pinned one' else None
        self.host = '127.0.0.1' if kind == 'wrong address' else 'localhost'
        if kind == 'TLS 1.1':
            with warnings.catch_warnings():  # the old version is what is tested
                warnings.simplefilter('ignore')
                self.server.context.minimum_version = ssl.TLSVersion.TLSv1
                self.server.context.maximum_version = ssl.TLSVersion.TLSv1_1
            self.server.context.set_ciphers('ALL:@SECLEVEL=0')

    def be_good(self):
        super().be_good()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.good)
        self.server.context = context

    def config(self, secret, authority, **more):
        if self.pin:
            more['pinned_key'] = self.pin
        return super().config(secret, authority, host=self.host, **more)


# function(our authority, one that nobody knows, name) -> certificate
BAD_CERTIFICATES = {
    'wrong host': lambda ours, _, name: ours.issue(name, names='DNS:mail.example.org'),
    'wrong address': lambda ours, _, name: ours.issue(name, names='DNS:localhost,IP:127.0.0.2'),
    'expired': lambda ours, _, name: ours.issue(name, from_days=-20, to_days=-1),
    'not yet valid': lambda ours, _, name: ours.issue(name, from_days=5, to_days=20),
    'self-signed': lambda ours, _, name: ours.issue(name, self_signed=True),
    'unknown authority': lambda _, theirs, name: theirs.issue(name),
    'other key than the pinned one': lambda ours, _, name: ours.issue(name),
    'TLS 1.1': lambda ours, _, name: ours.issue(name),
}


class Run:
    """plays: {name: Play}, beside them a mailbox `honest`."""

    def __init__(self, build, directory, authority, plays):
        self.build, self.authority, self.plays = build, authority, plays
        self.daemon = Postroomd(build, directory)
        self.daemon.expected = {'retrying', 'refused', 'folder', 'missing', 'action-failed', 'died',
                                'idle-silent', 'action', 'too-large', 'dead'}
        self.secret = self.daemon.secret('all', PASSWORD)
        self.honest = Server(tls='none', password=PASSWORD, mailboxes={'INBOX': Mailbox()})
        self.honest_waits = []
        self.looked_at = 0  # lines of the log
        self.seconds = 0.0

    def configure(self):
        boxes = [play.config(self.secret, self.authority)
                 for play in self.plays.values()]
        boxes.append({'name': 'honest', 'kind': 'support', 'addresses': ['honest@example.org'],
                      'server': {'host': 'localhost', 'port': self.honest.port, 'tls': 'none'},
                      'login': {'user': 'u', 'password': {'file': self.secret}}})
        self.daemon.configure(mailboxes=boxes)

    def postroom(self, *words):
        done = subprocess.run([pathlib.Path(self.build) / 'bin' / 'postroom', *words], check=True,
                              capture_output=True, timeout=PATIENCE_S,
                              env={'POSTROOM_CONFIG': str(self.daemon.config), 'LANG': 'C.UTF-8'})
        return done.stdout

    def look(self):
        """Status as it is now."""
        for row in json.loads(self.postroom('status', '--json'))['mailboxes']:
            if row['name'] in self.plays:
                self.plays[row['name']].take_status(row)
        lines = self.daemon.log[self.looked_at:]
        self.looked_at += len(lines)
        for line in lines:
            if line.event == 'retrying' and line.fields['mailbox'] in self.plays:
                self.plays[line.fields['mailbox']].logged.append(('retrying', line.fields['error']))

    def stored(self):
        """{mailbox: Message-IDs}."""
        ids = collections.defaultdict(set)
        for name, one in self.daemon.query(
                'SELECT b.name, m.message_id FROM delivery d JOIN folder f ON f.id = d.folder_id '
                'JOIN mailbox b ON b.id = f.mailbox_id JOIN message m ON m.id = d.message_id'):
            ids[name].add(one)
        return ids

    def run(self):
        """Plays it all, judges it, and returns itself."""
        begin = time.monotonic()
        servers = {play.server for play in self.plays.values()} | {self.honest}
        for server in servers:
            server.__enter__()
        try:
            self.configure()
            self.daemon.start(wait=False)  # all are at work long before it says READY
            try:
                self.play(begin)
                self.count()
                raw = self.daemon.raw_mails()
            except BaseException as error:
                self.daemon.__exit__(type(error))
                raise
            self.daemon.__exit__(None)
            self.seconds = time.monotonic() - begin
        finally:
            for server in servers:
                server.__exit__()
        self.take_log()
        for play in self.plays.values():
            self.judge(play, raw)
        return self

    def play(self, begin):
        """Until every script was seen and its mailbox is well again, or for too long."""
        left = dict(self.plays)
        sent = None
        wait_for(self.has_status, what='a database')
        while left and time.monotonic() - begin < GIVE_UP_S:
            stored = self.stored()
            sent = self.serve_honest(sent, stored)
            self.look()
            now = time.monotonic() - begin
            for play in list(left.values()):
                if play.seen_s is None and play.is_seen():
                    play.seen_s = now
                    play.be_good()
                    # what it waits for, or does not see, was shown: no need to wait for it
                    if play.row['state'] in ('retrying', 'refused') or play.script.at == 'IDLE':
                        self.postroom('mailbox', 'retry', play.name)
                elif play.seen_s is not None and play.is_well(stored):
                    play.well_s = now
                    del left[play.name]
            time.sleep(0.2)  # between two looks, each of which costs a process

    def has_status(self):
        try:
            self.look()
        except subprocess.CalledProcessError:  # there is no database yet
            return False
        return True

    def serve_honest(self, sent, stored):
        """A new mail for the honest mailbox whenever the last one has arrived."""
        number = len(self.honest_waits)
        if sent is not None:
            if f'{number}.honest@customer.example' not in stored.get('honest', ()):
                return sent
            self.honest_waits.append(time.monotonic() - sent)
            number += 1
        self.honest.mailboxes['INBOX'].add(mail('honest', number))
        return time.monotonic()

    def count(self):
        rows = self.daemon.query(
            'SELECT b.name, m.message_id, count(DISTINCT m.id) FROM delivery d '
            'JOIN folder f ON f.id = d.folder_id JOIN mailbox b ON b.id = f.mailbox_id '
            'JOIN message m ON m.id = d.message_id WHERE m.message_id IS NOT NULL GROUP BY 1, 2')
        self.twice = {(name, one) for name, one, count in rows if count != 1}
        self.missing, self.header_only = (self.outcomes(one) for one in ('missing', 'header-only'))
        self.last = self.stored()

    def outcomes(self, outcome):
        """{mailbox: deliveries}."""
        return collections.Counter(row[0] for row in self.daemon.query(
            'SELECT b.name FROM delivery d JOIN folder f ON f.id = d.folder_id '
            'JOIN mailbox b ON b.id = f.mailbox_id WHERE d.outcome = ?', outcome))

    def take_log(self):
        for line in self.daemon.log:
            play = self.plays.get(line.fields.get('name', ''))
            if play and line.event in ('ended', 'died') and line.fields.get('what') == 'reader':
                play.peak_kib = max(play.peak_kib, int(line.fields['peak_kib']))
                if line.event == 'died':
                    play.deaths.append(line.fields['how'])

    def judge(self, play, raw):
        complain = play.complaints.append
        if play.seen_s is None:
            complain(f'played {play.played} times on {play.server.connections} connections, '
                     f'wanted {play.script.connections} and the words {play.script.words!r} '
                     f'({play.script.states}), status had {play.said}')
        elif play.well_s is None:
            complain(f'not well again: {play.row}')
        if not play.script.words and any(state in ('retrying', 'refused') for state, _ in play.said):
            complain(f'had to work all the same, status had {play.said}')
        if any(re.search(r'[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', error) for _, error in play.said):
            complain(f'control characters in {play.said}')
        got = self.last.get(play.name, set())
        if not play.expected() <= got:
            complain(f'never came: {sorted(play.expected() - got)}')
        if any(name == play.name for name, _ in self.twice):
            complain(f'stored twice: {self.twice}')
        for one in play.expected() & got:
            if message_id(raw[one][0]) != one or raw[one][0] not in sent_by(play):
                complain(f'{one} was stored otherwise than sent: {raw[one][0]!r}')
        if self.header_only[play.name] != len(play.script.header_only):
            complain(f'{self.header_only[play.name]} header only')
        if self.missing[play.name] != len(play.script.missing):
            complain(f'{self.missing[play.name]} counted as missing, not {play.script.missing}')
        if not 0 < play.peak_kib <= RSS_MAX_KIB:
            complain(f'the reader had {play.peak_kib} KiB')
        if play.deaths:
            complain(f'the reader died: {play.deaths}')
        if play.leaked or play.tls != 'none' and PASSWORD.encode() in play.server.raw:
            complain('a login was sent in plain text, or to a stranger')
        self.judge_delays(play)

    def judge_delays(self, play):
        """Each wait is at least half of the delay, which doubles; what a connection takes is over
        and above. On a busy machine this server may take notice of one connection later than of the
        next: a quarter of it is time enough to tell it from none."""
        at = play.server.connected_at
        gaps = [later - earlier for earlier, later in zip(at, at[1:])]
        alone = play.script.connections > 2 and play.script.times
        for number, gap in enumerate(gaps[:2] if alone else []):
            if gap < FIRST_DELAY_S * 2 ** number / 4:
                play.complaints.append(f'came back after {gap:.2f} s, connection {number + 2}')


def sent_by(play):
    boxes = play.server.mailboxes.values()
    return {raw for box in boxes for raw in box.mails.values()} | {
        mail(play.name, number) for number in range(5)}


def plays_of(scripts, tls, certificate):
    return {f's{number}': Play(f's{number}', script, certificate, tls)
            for number, script in enumerate(scripts)}


def strangers(authority, folder):
    """{(kind, tls): Stranger}."""
    authorities = authority, certificates.Authority(str(folder / 'other'))
    return {(kind, tls): Stranger(f'c{number}-{tls}', CERTIFICATES[kind], kind, authorities, tls)
            for number, kind in enumerate(CERTIFICATES) for tls in ('implicit', 'starttls')}
