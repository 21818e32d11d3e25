"""Small intakes of a daemon: which mails come, what the server is asked to do with them, what the
state directory holds before. A run may have one of its roles disturbed (inject.c); what it left can
be compared with a run that nobody disturbed."""
import dataclasses
import pathlib
import shutil
import sqlite3
import types
from collections.abc import Callable

import fakeimap
import inject
from faults import check, content, downgrade
from postroom import Postroom
from postroomd import Postroomd, wait_for

KNOWN = ('carol', 'dave')  # people of example.com; erin is a stranger
UNTIL_DONE_S = 240
# What happens to a mailbox's connection is another story each time, and its port another one.
PASSING = {'mailbox': ('state', 'waits_for', 'last_error', 'account'), 'folder': ('account',)}


def mail(person, number, text='It stands still.', size=40, to='box@example.org'):
    domain = 'example.com' if to == 'box@example.org' else 'example.org'
    return (f'Return-Path: <{person}@{domain}>\r\nDelivered-To: box@example.org\r\n'
            f'From: {person.title()} <{person}@{domain}>\r\nTo: {to}\r\n'
            f'Subject: Machine {number}\r\nMessage-ID: <{number}@example.com>\r\n'
            f'Date: Mon, 2 Nov 2026 10:00:{number % 60:02} +0100\r\n\r\n'
            f'{text}\r\n{"The machine is broken. " * size}\r\n').encode()


BILL = ('Invoice number: 2026-117\r\nInvoice date: 2026-11-02\r\nDue date: 2026-11-30\r\n'
        'Total: EUR 1,190.00\r\nIBAN: NL91 ABNA 0417 1643 00\r\n')


def nothing(_):
    """No database yet: the first start makes it."""


def people(run):
    """Two contacts; the mail of a third waits."""
    for person in KNOWN:
        run.postroom('contact', 'add', person.title(), f'{person}@example.com')


def old_version(run):
    """As the first version left it: the start upgrades it, after a backup."""
    people(run)
    downgrade(run.daemon.state / 'postroom.db')


@dataclasses.dataclass(frozen=True)
class Scenario:
    """count: how often the server was asked for its action in the end; resolve: a person says who
    the stranger is while the daemon runs; tls: of the connection."""
    name: str
    kind: str
    mails: tuple
    prepare: Callable
    action: object
    count: int
    resolve: bool = False
    tls: bool = False


SCENARIOS = {one.name: one for one in (
    Scenario('first-start', 'leads', (mail('carol', 1), mail('erin', 2, size=4000)), nothing,
             'seen', 2),
    Scenario('resolved-and-moved', 'support',
             (mail('carol', 1), mail('erin', 2), mail('dave', 3), mail('carol', 1)), people,
             {'move': 'Done'}, 4, resolve=True),
    Scenario('invoices-over-tls', 'invoices',
             (mail('carol', 1, BILL), mail('erin', 2, BILL), mail('dave', 3)), people, 'flag', 3,
             tls=True),
    Scenario('upgrade', 'capture', (mail('anna', 1, to='carol@example.com'),
                                    mail('bob', 2, to='erin@example.com')), old_version, 'seen', 2),
)}


class Run:
    """One scenario in a folder of its own, again and again from the same beginning."""

    def __init__(self, build, directory, scenario, authority=None):
        self.build, self.scenario = pathlib.Path(build), scenario
        self.directory = pathlib.Path(directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.saved = self.directory / 'saved'
        self.snapshot = self.directory / 'snapshot'
        self.report = self.directory / 'report'
        self.certificate = authority.issue('injected') if scenario.tls else None
        self.authority = authority
        self.daemon = Postroomd(self.build, self.directory)
        self.daemon.expected = {'died', 'ended', 'refused', 'parser-died'}
        self.secret = self.daemon.secret('box')
        self.configure(993)
        self.postroom = Postroom(self.build, self.directory, self.daemon.config)
        scenario.prepare(self)
        shutil.copytree(self.daemon.state, self.saved)

    def configure(self, port):
        server = {'host': 'localhost', 'port': port, 'ca_file': self.authority.path} \
            if self.scenario.tls else {'host': '127.0.0.1', 'port': port, 'tls': 'none'}
        self.daemon.configure(mailboxes=[{
            'name': 'box', 'kind': self.scenario.kind, 'addresses': ['box@example.org'],
            'server': server, 'login': {'user': 'u', 'password': {'file': self.secret}},
            'action': self.scenario.action,
            **({'who_may_write': 'none'} if self.scenario.kind == 'capture' else {})}])

    def put_back(self):
        shutil.rmtree(self.daemon.state)
        shutil.rmtree(self.snapshot, ignore_errors=True)
        shutil.copytree(self.saved, self.daemon.state)
        self.report.unlink(missing_ok=True)
        self.daemon.log.clear()
        self.too_early = []

    def serve(self):
        return fakeimap.Server(
            certificate=self.certificate, tls='implicit' if self.scenario.tls else 'plain',
            mailboxes={'INBOX': fakeimap.Mailbox(self.scenario.mails), 'Done': fakeimap.Mailbox()},
            hooks={'UID STORE': self.acknowledging, 'UID MOVE': self.acknowledging})

    def acknowledging(self, session, _, rest):
        """The server is asked to change a mail: then it must be in the database."""
        for uid in session.chosen(rest.split()[0]):
            if self.ask('SELECT count(*) FROM message_raw JOIN delivery USING (message_id) '
                        f'WHERE uid = {uid}') == 0:
                self.too_early.append(uid)

    def again(self, **injected):
        """Runs it to its end with one role disturbed; see inject.prefix. What it left."""
        left = self.play(inject.prefix(self.build, self.report, **injected))
        left.report = inject.read_report(self.report)
        return left

    def play(self, prefix=()):
        """The same, run under another program or none."""
        self.put_back()
        self.daemon.prefix = list(prefix)
        with self.serve() as server:
            self.configure(server.port)
            with self.started():
                self.go_on_to_the_end(server)
                left = {name: sorted((box.mails[uid], sorted(box.flags[uid])) for uid in box.mails)
                        for name, box in server.mailboxes.items()}
        assert not self.too_early, f'acknowledged before they were stored: {self.too_early}'
        assert self.stored() == sorted(set(self.scenario.mails)), 'other bytes than the server gave'
        path = self.daemon.state / 'postroom.db'
        check(path)
        return types.SimpleNamespace(server=left, database=content(path, PASSING),
                                     log=list(self.daemon.log))

    def started(self):
        """A ledger that can't begin ends the daemon, with the reason; the service manager starts it
        again."""
        try:
            self.daemon.start()
            return self.daemon.running()
        except AssertionError:
            if self.daemon.process.poll() is None:
                raise
        assert self.daemon.wait() == 1 and self.daemon.events('refused')
        self.daemon.prefix = []
        self.daemon.start()
        return self.daemon.running()

    def go_on_to_the_end(self, server):
        """Whatever is disturbed meanwhile: nobody helps but by resolving, when all the others are
        decided: what comes first gets the lower number."""
        if self.scenario.resolve:
            self.wait(lambda: self.settled() == len(set(self.scenario.mails)))
            self.postroom('unresolved', 'create', '1', '--name', 'Erin')
        self.wait(lambda: self.acknowledged(server) == self.scenario.count and
                  self.settled() == len(set(self.scenario.mails)) and
                  self.count('server_action') == 0)

    def wait(self, condition):
        try:
            wait_for(condition, UNTIL_DONE_S, 'the end of the intake', every=0.02)
        except AssertionError as late:
            raise AssertionError('\n'.join([
                str(late), *map(str, self.daemon.log[-40:]),
                *(f'{table}: {self.daemon.query(f"SELECT * FROM {table}")}'
                  for table in ('folder', 'mailbox', 'server_action'))])) from late

    def stored(self):
        return sorted(mail for copies in self.daemon.raw_mails().values() for mail in copies)

    def acknowledged(self, server):
        inbox = server.mailboxes['INBOX']
        return len(server.mailboxes['Done'].mails) + sum(map(bool, list(inbox.flags.values())))

    def count(self, table):
        return self.ask(f'SELECT count(*) FROM {table}')

    def settled(self):
        return self.ask("SELECT count(*) FROM message WHERE state <> 'received'")

    def ask(self, sql):
        """0 where there is no such table yet."""
        try:
            return self.daemon.query(sql)[0][0]
        except sqlite3.OperationalError:
            return 0
