"""Who may write, on real headers (docs/operating/threats.md): every mail of the public sets that an
Authentication-Results or a Received field stands in, as it came and with what a forger can add to
it, remove from it and put elsewhere. What must come out is worked out here a second time, in
another language and from the raw lines."""
import email.utils
import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml

CORPORA = pathlib.Path(os.environ.get('POSTROOM_CORPORA') or
                       pathlib.Path(__file__).resolve().parents[2] / '../shared/corpora')
AT_LEAST = 300
OWN_USER = 'anna@own.example'
FOREIGN = ('Received: from mail.own.example (mail.own.example [192.0.2.5])\r\n'
           '\tby relay.attacker.example with ESMTPS id 1; Sat, 21 Nov 2026 10:00:00 +0100\r\n')
LOGGED_IN = ('Received: from laptop (laptop [192.0.2.9]) by mail.own.example with ESMTPSA id 2;'
             ' Sat, 21 Nov 2026 10:00:00 +0100\r\n')


# ---------------------------------------------------------------- headers

def fields_of(raw):
    """([(name, value unfolded, bytes)], body): the header as its lines."""
    head, _, body = re.sub(rb'(?<!\r)\n', b'\r\n', raw).partition(b'\r\n\r\n')
    fields = []
    for part in re.findall(rb'[^\r\n]+(?:\r\n[ \t][^\r\n]*)*', head):
        name, colon, value = part.partition(b':')
        if colon and re.fullmatch(rb'[!-9;-~]+', name):
            fields.append((name.decode('ascii').lower(),
                           re.sub(r'\s+', ' ', value.decode('utf-8', 'replace')).strip(),
                           part + b'\r\n'))
    return fields, body


def without_comments(value):
    while True:
        shorter = re.sub(r'(?<!\\)\((?:[^()\\]|\\.)*\)', ' ', value)
        if shorter == value:
            return value
        value = shorter


def result_id(value):
    words = without_comments(value).split(';')[0].split()
    return words[0].strip('"').lower() if words and '=' not in words[0] else ''


def received_by(value):
    found = re.search(r'(?:^|\s)by\s+(\S+)', without_comments(value.rpartition(';')[0] or value))
    return found.group(1).strip('[]<>;,"').lower() if found else ''


class Real:
    """A mail of the sets whose header can be used: one From address, fields as they stand."""

    def __init__(self, path):
        self.path = path
        self.fields, self.body = fields_of(path.read_bytes()[:400000])
        senders = [value for name, value, _ in self.fields if name == 'from']
        found = [address.lower() for _, address in email.utils.getaddresses(senders)]
        plain = len(found) == 1 and re.fullmatch(r'[\w.+=#-]+@[\w-]+(\.[\w-]+)+', found[0], re.A)
        self.sender = found[0] if plain else None
        self.results = [index for index, (name, value, _) in enumerate(self.fields)
                        if name == 'authentication-results' and result_id(value)]
        self.received = [index for index, (name, _, _) in enumerate(self.fields)
                         if name == 'received']

    @property
    def authserv_id(self):
        return result_id(self.fields[self.results[0]][1]) if self.results else None


def collect():
    """Every mail with a result, then mails with Received fields until there are enough."""
    with_results, others = [], []
    for path in sorted(CORPORA.glob('*/files/**/*')):
        if not path.is_file() or path.stat().st_size > 400000:
            continue
        mail = Real(path)
        if mail.sender and mail.results:
            with_results.append(mail)
        elif mail.sender and mail.received:
            others.append(mail)
    every = max(1, len(others) // 220)
    return with_results, others[::every]


@pytest.fixture(scope='module')
def mails():
    if not CORPORA.is_dir():
        pytest.skip(f'no public sets at {CORPORA}; POSTROOM_CORPORA names their folder')
    with_results, others = collect()
    assert len(with_results) + len(others) >= AT_LEAST
    return with_results, others


# ---------------------------------------------------------------- the program

class Explainer:
    def __init__(self, build, directory):
        self.program, self.directory = str(build / 'bin' / 'postroom'), directory
        self.count = 0

    def configure(self, users, hosts, policies):
        """policies: [who_may_write]; the mailbox of policies[n] is m<n>, m<n>@own.example."""
        secret = self.directory / 'secret'
        secret.write_text('geheim7\n')
        secret.chmod(0o600)
        (self.directory / 'postroom.yaml').write_text(yaml.safe_dump({
            'organisation': {'name': 'Own', 'zone': 'Europe/Berlin', 'domains': ['own.example'],
                             'hosts': sorted(hosts)},
            'storage': {'directory': str(self.directory / 'state')},
            'server': {'host': 'localhost'},
            'login': {'user': 'u', 'password': {'file': str(secret)}},
            'users': [{'name': f'u{n}', 'addresses': [address]}
                      for n, address in enumerate(sorted({OWN_USER, *users}))],
            'mailboxes': [{'name': f'm{n}', 'kind': 'capture', 'addresses': [f'm{n}@own.example'],
                           'who_may_write': policy} for n, policy in enumerate(policies)],
        }))

    def verdicts(self, mailbox, headers):
        """[the rule it was quarantined by, None: it may be written] of each header."""
        paths = []
        for header in headers:
            path = self.directory / f'{self.count}.eml'
            self.count += 1
            path.write_bytes(header + b'\r\nHello\r\n')
            paths.append(str(path))
        done = subprocess.run(
            [self.program, 'explain', '--json', '--mailbox', f'm{mailbox}', *paths],
            capture_output=True, text=True, timeout=300, check=False,
            env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                 'POSTROOM_CONFIG': str(self.directory / 'postroom.yaml')})
        assert done.returncode == 0, done.stderr[-2000:]
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(found) == len(headers)
        return [next((effect['why'] for effect in one['effects'] if effect['do'] == 'quarantine'),
                     None) for one in found]


@pytest.fixture
def explainer(build, tmp_path):
    return Explainer(build, tmp_path)


def header(fields, above=(), below=(), without=(), sender=None, after=None):
    """The fields again: more above or below them all, some left out, another From."""
    lines = [text.encode() for text in above]
    for index, (name, _, raw) in enumerate(fields):
        if index in without:
            continue
        lines.append(f'From: {sender}\r\n'.encode() if sender and name == 'from' else raw)
        if after and index == after[0]:
            lines.append(after[1].encode())
    return b''.join(lines) + b''.join(text.encode() for text in below)


# ---------------------------------------------------------------- Authentication-Results

def aligned(domain, sender):
    return domain.rpartition('@')[2].strip('<>"').lower() == sender.rpartition('@')[2]


WANTED = {'dmarc': ('header.from', 'policy.from'), 'dkim': ('header.d', 'header.i'),
          'spf': ('smtp.mailfrom', 'smtp.mfrom', 'smtp.mail', 'smtp.envelope-from')}


def result_passes(value, sender):
    """Some method passed for the sender's own domain (RFC 8601, RFC 7489 section 3.1)."""
    for part in without_comments(value).split(';')[1:]:
        method = re.match(r'\s*([\w-]+)(?:/\d+)?\s*=\s*"?(\w+)', part)
        if not method or method.group(2).lower() != 'pass' or method.group(1).lower() not in WANTED:
            continue
        properties = {name.lower(): value.strip('"') for name, value in
                      re.findall(r'([\w-]+\.[\w-]+)\s*=\s*("[^"]*"|\S+)', part)}
        named = [properties[name] for name in WANTED[method.group(1).lower()] if name in properties]
        if not properties and method.group(1).lower() == 'dmarc':
            return True
        if named and aligned(named[0], sender):
            return True
    return False


def logged_in(value):
    return re.search(r'\swith\s+(UTF8SMTP|ESMTP)S?A\b', without_comments(value), re.I)


def may_write(mail, hosts, sender):
    """By the topmost result of that id; nothing that is none of ours stands above it."""
    index = mail.results[0]
    above = [mail.fields[at][1] for at in mail.received if at < index]
    if any(received_by(value) not in hosts or logged_in(value) for value in above):
        return False
    return result_passes(mail.fields[index][1], sender)


def forged(authserv_id, sender):
    domain = sender.rpartition('@')[2]
    return (f'Authentication-Results: {authserv_id};\r\n\tdmarc=pass header.from={domain};\r\n'
            f'\tdkim=pass header.d={domain}; spf=pass smtp.mailfrom={sender}\r\n')


# name, what is done to the header, False or for whom the server's own result must speak
def variants(mail):
    fields, top = mail.fields, mail.results[0]
    own = [at for at in mail.results if result_id(fields[at][1]) == mail.authserv_id]
    lie = forged(mail.authserv_id, mail.sender)
    yield 'as it came', header(fields), mail.sender
    yield 'forged below', header(fields, below=[lie]), mail.sender
    yield 'forged beside', header(fields, after=(top, lie)), mail.sender
    yield 'other id above', header(fields, above=[forged('mx.attacker.example',
                                                         mail.sender)]), mail.sender
    yield 'relayed, forged above', header(fields, above=[FOREIGN, lie]), False
    yield 'reordered', header(fields, without=own, below=[FOREIGN, fields[top][2].decode(
        'utf-8', 'replace')]), False
    yield 'server wrote none, forged', header(fields, without=own, below=[FOREIGN, lie]), False
    yield 'missing', header(fields, without=own), False
    yield 'unaligned', header(fields, sender=OWN_USER), OWN_USER
    yield 'two From fields', header(fields, below=[f'From: {OWN_USER}\r\n']), False
    yield 'no user of ours', header(fields, sender='nobody@attacker.example'), False


def test_authentication_results(mails, explainer):
    with_results, _ = mails
    hosts = {received_by(mail.fields[at][1]) for mail in with_results
             for at in mail.received if at < mail.results[0]}
    hosts = {host for host in hosts if re.fullmatch(r'[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]+', host)}
    ids = sorted({mail.authserv_id for mail in with_results})
    explainer.configure({mail.sender for mail in with_results}, hosts,
                        [{'authserv-id': one} for one in ids])
    wrong, passed, count = [], 0, 0
    for number, one in enumerate(ids):
        cases = [(mail, *variant) for mail in with_results if mail.authserv_id == one
                 for variant in variants(mail)]
        for (mail, name, text, want), why in zip(
                cases, explainer.verdicts(number, [case[2] for case in cases])):
            want = may_write(mail, hosts, want) if want is not False else want
            count += 1
            passed += why is None
            if want != (why is None):
                wrong.append(f'{mail.path}: {name}: wanted {want}: {why}')
    print(f'{count} headers, {passed} pass')
    assert not wrong, '\n'.join(wrong[:20])
    # Without mails that pass, everything above would hold for a check that says no to all.
    assert count >= 11 * 150 and passed >= 4 * 50


# ---------------------------------------------------------------- the other policies

def is_internal(value):
    return re.search(r'\swith\s+(LMTP\S*|local)\b', value, re.I) or \
        re.search(r'(^|[\s\[(@])(127\.\d+\.\d+\.\d+|::1)\b', value.partition(' by ')[0])


def test_received(mails, explainer):
    """A login that somebody claims below the server's own field is no login."""
    every = [mail for group in mails for mail in group if mail.received]
    hosts = {received_by(mail.fields[mail.received[0]][1]) for mail in every}
    hosts = {host for host in hosts if re.fullmatch(r'[a-z0-9-]+(\.[a-z0-9-]+)*', host)}
    explainer.configure({mail.sender for mail in every}, {'mail.own.example', *hosts},
                        ['submission'])
    plain = explainer.verdicts(0, [header(mail.fields) for mail in every])
    below = explainer.verdicts(0, [header(mail.fields, below=[LOGGED_IN]) for mail in every])
    behind = explainer.verdicts(0, [header(mail.fields, above=[FOREIGN, LOGGED_IN])
                                    for mail in every])
    above = explainer.verdicts(0, [header(mail.fields, above=[LOGGED_IN]) for mail in every])
    without = explainer.verdicts(0, [header(mail.fields, without=mail.received) for mail in every])
    for mail, one, two in zip(every, plain, below):
        first = mail.fields[mail.received[0]][1]
        if logged_in(first) and received_by(first) in hosts:
            assert one is None, f'{mail.path}: {one}'
        if (one is None) != (two is None):  # nothing of it ever came from another machine
            assert all(is_internal(mail.fields[at][1]) for at in mail.received), mail.path
    assert all(why and 'relay.attacker.example' in why for why in behind)
    assert not [(str(mail.path), why) for mail, why in zip(every, above) if why]
    assert all(why and 'no Received field' in why for why in without)
    assert len(every) >= AT_LEAST and sum(why is not None for why in plain) >= 250


def test_field_tag_and_exchange(mails, explainer):
    every = [mail for group in mails for mail in group]
    hosts = {'mail.own.example'}
    explainer.configure({mail.sender for mail in every}, hosts, [
        'exchange-internal', {'header': {'name': 'X-Inside', 'value': 'sesame'}},
        {'secret-tag': {'file': str(explainer.directory / 'secret')}}, 'none'])

    def run(mailbox, **more):
        return explainer.verdicts(mailbox, [header(mail.fields, **more) for mail in every])

    internal = 'X-MS-Exchange-Organization-AuthAs: Internal\r\n'
    anonymous = 'X-MS-Exchange-Organization-AuthAs: Anonymous\r\n'
    assert all(run(0))
    for mail, why in zip(every, run(0, above=[internal])):
        assert bool(why) == any(name == 'x-ms-exchange-organization-authas' and
                                value != 'Internal' for name, value, _ in mail.fields), mail.path
    assert all(run(0, above=[anonymous], below=[internal]))
    assert all(run(0, above=[internal], below=[anonymous]))
    field = 'X-Inside: sesame\r\n'
    assert all(run(1))
    assert not any(run(1, above=[field]))
    assert all(run(1, above=['X-Inside: guess\r\n'], below=[field]))
    for mail, why in zip(every, run(1, below=[field])):
        assert bool(why) == bool(mail.received), mail.path
    tag = 'Delivered-To: m2+geheim7.2w@own.example\r\n'
    assert all(run(2))
    assert not any(run(2, above=[tag]))
    assert all(run(2, above=['Delivered-To: m2+geheim8.2w@own.example\r\n', FOREIGN, tag]))
    assert all(run(2, above=['Delivered-To: m2@own.example\r\n', FOREIGN], below=[tag]))
    assert not any(run(3))
