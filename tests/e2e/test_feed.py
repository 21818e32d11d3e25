"""The calendar feed over HTTP, as clients see it: rules 15 to 19 of docs/calendar.md, and its
content through two parsers that know nothing of us."""
import gzip
import http.client
import itertools
import json
import os
import re
import socket
import sqlite3
import subprocess
import threading
import time

import icalendar
import pytest
import vobject

from feedserver import Feed
from postroomd import PATIENCE_S, wait_for


@pytest.fixture
def feed(build, tmp_path):
    made = Feed(build, tmp_path)
    with made.daemon as daemon:
        daemon.wait_event('serving')
        yield made


def test_answer_and_its_validators(feed):
    path = feed.address('anna')
    feed.postroom('task', 'add', 'Call Pieter', '--assignee', 'anna', '--due', '2w')
    first = feed.get(path)
    assert first.status == 200
    assert first.getheader('Content-Type') == 'text/calendar; charset=utf-8'
    assert first.getheader('Content-Disposition') == 'inline'
    assert first.getheader('Vary') == 'Accept-Encoding'
    assert re.fullmatch(r'"[0-9a-f]+"', first.getheader('ETag'))
    assert feed.get(path).body == first.body
    for headers in ({'If_None_Match': first.getheader('ETag')}, {'If_None_Match': '*'},
                    {'If_Modified_Since': first.getheader('Last-Modified')}):
        again = feed.get(path, **headers)
        assert (again.status, again.body) == (304, b'')
    head = feed.get(path, 'HEAD')
    assert (head.status, head.body) == (200, b'')
    assert int(head.getheader('Content-Length')) == len(first.body)
    packed = feed.get(path, Accept_Encoding='gzip')
    assert packed.getheader('Content-Encoding') == 'gzip'
    assert gzip.decompress(packed.body) == first.body
    assert packed.getheader('ETag') != first.getheader('ETag')


def test_a_change_is_in_the_next_answer(feed):
    path = feed.address('anna')
    feed.postroom('task', 'add', 'Call Pieter', '--assignee', 'anna', '--due', '2w')
    first = feed.get(path)
    assert b'Call Pieter #1' in first.body
    feed.postroom('task', 'done', '1')
    second = feed.get(path, If_None_Match=first.getheader('ETag'))
    assert second.status == 200 and b'Call Pieter' not in second.body


def test_what_an_erased_person_was_about_is_gone(feed):
    contact = feed.postroom('contact', 'add', 'Pieter Jansen', 'pieter@example.net')
    feed.postroom('task', 'add', 'Call', '--assignee', 'anna', '--due', '2w',
                  '--contact', 'pieter@example.net')
    path = feed.address('anna')
    first = feed.get(path)
    assert b'Pieter Jansen' in first.body and contact
    feed.postroom('privacy', 'erase', 'pieter@example.net', '--yes')
    second = feed.get(path, If_None_Match=first.getheader('ETag'))
    assert second.status == 200
    assert b'Pieter' not in second.body and b'BEGIN:VEVENT' not in second.body


def test_read_only(feed):
    path = feed.address('anna')
    for method in ('PUT', 'POST', 'DELETE', 'PATCH'):
        answer = feed.get(path, method)
        assert (answer.status, answer.getheader('Allow')) == (405, 'GET, HEAD')
    # of CalDAV, which clients try first: no method that HTTP servers have to know
    assert feed.get(path, 'PROPFIND').status in (405, 501)


def test_every_wrong_address_is_the_same_404(feed):
    path = feed.address('anna')
    token = path.split('/')[2]
    revoked = feed.address('anna')
    listed = feed.postroom('feed', 'list')
    feed.postroom('feed', 'revoke', str(listed[-1]['id']))
    other = ('A' if token[0] != 'A' else 'B') + token[1:]
    answers = {(answer.status, answer.body) for answer in map(feed.get, (
        f'/feed/{other}/events.ics', f'/feed/{token}/other.ics', f'/feed/{token}', '/feed/', '/',
        f'/feed/{token[:-1]}/events.ics', '/feed/%2e%2e/events.ics', revoked,
        '/feed//events.ics'))}
    assert len(answers) == 1 and answers.pop()[0] == 404
    assert feed.get(path).status == 200


def test_no_token_in_the_log_or_the_database(feed):
    path = feed.address('anna')
    token = path.split('/')[2]
    for each in (path, f'/feed/{token}/nothing'):
        feed.get(each)
    assert feed.daemon.terminate() == 0
    assert not any(token in str(line) for line in feed.daemon.log)
    for file in feed.daemon.state.iterdir():
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file


def test_who_fetched_is_listed_with_what_it_got(feed):
    path = feed.address('anna')
    feed.postroom('task', 'add', 'Call Pieter', '--assignee', 'anna', '--due', '2w')
    first = feed.get(path, User_Agent='Thunderbird/128')
    feed.get(path, User_Agent='khal', If_None_Match=first.getheader('ETag'))
    feed.get(path.replace('events', 'tasks'), User_Agent='Thunderbird/128')
    assert feed.daemon.terminate() == 0  # what is not reported yet is told at the end
    row, = feed.postroom('feed', 'list')
    assert row['last_client'] == 'Thunderbird/128' and row['fetches'] == 3
    got = {(one['client'], one['calendar']): one for one in row['clients']}
    events = got['Thunderbird/128', 'events']
    assert (events['status'], events['items'], events['size_bytes']) == (200, 1, len(first.body))
    assert got['khal', 'events']['got'] == 'nothing new, 1 item'
    assert got['Thunderbird/128', 'tasks']['status'] == 200
    table = feed.table('feed', 'list')
    assert table.count('Thunderbird/128') == 2 and 'nothing new, 1 item' in table


def findings_of(feed):
    done = subprocess.run([feed.command, 'doctor', '--json'], capture_output=True, text=True,
                          env=feed.environment(), check=False)
    return [one for one in json.loads(done.stdout) if one['check'] == 'feeds']


def test_doctor_names_addresses_that_nobody_fetches_and_that_fail(feed):
    path, _, team = feed.address('anna'), feed.address('ben'), feed.address('--team', 'sales')
    assert feed.get(path, User_Agent='khal').status == 200
    assert feed.get(team).status == 200
    assert not findings_of(feed)
    feed.daemon.expected.add('page-failed')
    with sqlite3.connect(feed.daemon.state / 'postroom.db') as database:
        database.execute('ALTER TABLE task RENAME TO task_gone')
    assert feed.get(path, User_Agent='khal').status == 503
    with sqlite3.connect(feed.daemon.state / 'postroom.db') as database:
        database.execute('ALTER TABLE task_gone RENAME TO task')
    assert feed.daemon.terminate() == 0
    failed, = findings_of(feed)
    assert failed['severity'] == 'error'
    assert failed['finding'] == 'feed #1 (user anna) failed: khal got 503 instead of events.ics'
    week = 8 * 24 * 3600 * 1000
    with sqlite3.connect(feed.daemon.state / 'postroom.db') as database:
        database.execute('UPDATE feed SET created_ms = created_ms - ?', [week])
        database.execute('UPDATE feed_client SET at_ms = at_ms - ? WHERE feed_id = 3', [week])
    _, never, long_ago = findings_of(feed)
    assert never['finding'] == 'feed #2 (user ben) was never fetched, 8 days after it was made'
    assert 'postroom feed revoke 2' in never['mend']
    assert long_ago['finding'].startswith('feed #3 (team sales) was not fetched for 8 days')
    for number in '123':
        feed.postroom('feed', 'revoke', number)
    assert not findings_of(feed)


def test_team_and_finance_run(feed):
    feed.postroom('task', 'add', 'For Anna', '--assignee', 'anna', '--due', '3d')
    feed.postroom('task', 'add', 'For Ben', '--assignee', 'ben', '--due', '4d')
    team = feed.get(feed.address('--team', 'sales')).body.decode()
    assert 'For Anna' in team and 'For Ben' in team and 'Finance run' in team
    anna = feed.get(feed.address('anna')).body.decode()
    assert 'For Ben' not in anna and 'Finance run' not in anna


def test_boards(feed):
    feed.postroom('task', 'add', 'For nobody', '--due', '3d')
    actions = feed.address('--board', 'actions')
    finance = feed.address('--board', 'finance')
    assert b'For nobody' in feed.get(actions).body
    assert b'For nobody' not in feed.get(finance).body
    assert b'Finance run' in feed.get(finance).body
    feed.postroom('feed', 'revoke', '1')
    assert (feed.get(actions).status, feed.get(finance).status) == (404, 200)


def test_options_of_an_address(feed):
    feed.postroom('task', 'add', 'Soon', '--assignee', 'ben', '--due', '2d')
    feed.postroom('task', 'add', 'Late', '--assignee', 'ben', '--due', '2y')
    plain = feed.address('ben')
    assert feed.get(plain).body.count(b'VALARM') == 0
    path = feed.address('ben', '--alarms', '--local-times', '--days-after', '800')
    assert path.endswith('/events.ics?alarms=1&tzid=1&after=800')
    body = feed.get(path).body
    assert b'SUMMARY:Late #2' in body and b'BEGIN:VALARM' in body
    # the zone is read behind the sandbox's doors
    assert b'BEGIN:VTIMEZONE' in body and b'DTSTART;TZID=Europe/Amsterdam:' in body
    assert b'Late' not in feed.get(plain).body
    exported = subprocess.run(
        [feed.command, 'calendar', 'export', 'ben', '--alarms', '--local-times',
         '--days-after', '800'], capture_output=True, check=True,
        env={**os.environ, 'POSTROOM_CONFIG': str(feed.daemon.config)})
    assert exported.stdout == body


def test_who_asks_by_time_alone_gets_every_change(feed):
    """Last-Modified counts what went away, and two changes of one second."""
    path = feed.address('anna')
    for number in range(1, 4):
        feed.postroom('task', 'add', f'Call {number}', '--assignee', 'anna', '--due', '2w')
        answer = feed.get(path)
        assert f'Call {number}'.encode() in answer.body
    feed.postroom('task', 'edit', '3', '--assignee', 'ben')
    gone = feed.get(path, If_Modified_Since=answer.getheader('Last-Modified'))
    assert gone.status == 200 and b'Call 3' not in gone.body
    wait_for(lambda: feed.get(path, If_Modified_Since=feed.get(path).getheader('Last-Modified'))
             .status == 304, what='the next second')


@pytest.mark.parametrize('title', ['a,b;c\\d "e" : f', 'Ünïcödé 📅 ' * 12, 'x' * 240,
                                   'BEGIN:VEVENT\nUID:evil', '\x1b[31mred', 'é' * 100])
def test_two_parsers_read_the_same_title(feed, title):
    feed.postroom('task', 'add', title, '--assignee', 'anna', '--due', '2w')
    for name, component in (('events.ics', 'VEVENT'), ('tasks.ics', 'VTODO')):
        body = feed.get(feed.address('anna').replace('events.ics', name)).body.decode()
        one, = icalendar.Calendar.from_ical(body).walk(component)
        other = getattr(vobject.readOne(body), component.lower())
        assert str(one['SUMMARY']) == other.summary.value
        words = [word for word in re.split(r'[\s\x00-\x1f]+', title) if word]
        assert all(word[:20] in other.summary.value for word in words[:3])
        assert str(one['UID']).startswith('task-1@')


def test_health_and_metrics(feed):
    health = json.loads(feed.get('/health').body)
    assert health['ledger']['fetched'] == 0
    metrics = feed.get('/metrics').body.decode()
    assert 'postroom_messages{state="filed"} 0\n' in metrics
    assert feed.get('/robots.txt').body == b'User-agent: *\nAllow: /\n'


def test_failure_is_503_not_an_empty_calendar(feed):
    path = feed.address('anna')
    feed.postroom('task', 'add', 'Call', '--assignee', 'anna', '--due', '2w')
    first = feed.get(path)
    feed.daemon.expected.add('page-failed')
    with sqlite3.connect(feed.daemon.state / 'postroom.db') as database:
        database.execute('ALTER TABLE task RENAME TO task_gone')
    broken = feed.get(path)
    assert broken.status == 503 and b'BEGIN' not in broken.body
    assert int(broken.getheader('Retry-After')) > 0
    with sqlite3.connect(feed.daemon.state / 'postroom.db') as database:
        database.execute('ALTER TABLE task_gone RENAME TO task')
    assert feed.get(path).body == first.body


@pytest.mark.parametrize('scope', [('anna',), ('--team', 'sales')])
def test_an_erased_person_is_gone_from_the_next_fetch(feed, scope):
    """Of a client that has the calendar already, whatever it asks with."""
    feed.postroom('contact', 'add', 'Wilhelmina Zwart', 'mina@zwart.example')
    feed.postroom('task', 'add', 'Ask Wilhelmina about pallets', '--assignee', 'anna', '--due', '2w',
                  '--contact', 'Wilhelmina Zwart')
    paths = [feed.address(*scope).replace('events.ics', name) for name in ('events.ics', 'tasks.ics')]
    before = [feed.get(path, Accept_Encoding='gzip') for path in paths]
    for answer in before:
        assert b'Wilhelmina' in gzip.decompress(answer.body)
    feed.postroom('privacy', 'erase', 'mina@zwart.example', '--yes')
    for path, answer in zip(paths, before):
        for headers in ({}, {'If_None_Match': answer.getheader('ETag')},
                        {'If_Modified_Since': answer.getheader('Last-Modified')}):
            after = feed.get(path, Accept_Encoding='gzip', **headers)
            assert after.status == 200, headers
            words = gzip.decompress(after.body).lower()
            assert not [one for one in (b'wilhelmina', b'zwart', b'mina@') if one in words], words


class Drippers:
    """So many connections that send the beginning of a request a byte at a time, and come back. One
    thread: hundreds would keep the honest client, which is in this process too, from its own work."""

    def __init__(self, port, count):
        self.port, self.count, self.cut = port, count, 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(PATIENCE_S)

    def _drip(self):
        clients = {}
        while not self.stopped.wait(0.1):
            while len(clients) < self.count:
                client = socket.create_connection(('127.0.0.1', self.port), timeout=PATIENCE_S)
                client.setblocking(False)
                clients[client] = itertools.chain(b'GET /feed/x HTTP/1.1\r\nX: ',
                                                  itertools.repeat(120))
            for client, text in list(clients.items()):
                try:
                    client.send(bytes([next(text)]))
                except BlockingIOError:
                    pass
                except OSError:
                    self.cut += 1
                    del clients[client]
                    client.close()
        for client in clients:
            client.close()


@pytest.mark.parametrize('count', [50, 400])
def test_drippers_starve_nobody(feed, count):
    """Each is cut off in time, and somebody else has his answers as soon as without them. Where only
    silence ended a connection, 50 of them kept everybody waiting for 6 seconds."""
    path = feed.address('anna')

    def answer():
        asked = time.monotonic()
        assert feed.get(path).status == 200
        return time.monotonic() - asked

    alone = sorted(answer() for _ in range(50))
    waits = []
    with Drippers(feed.port, count) as drippers:
        begun = time.monotonic()
        while drippers.cut < 2 * count or time.monotonic() < begun + 7:
            waits.append(answer())
            assert time.monotonic() < begun + PATIENCE_S, f'{drippers.cut} were cut off'
    waits.sort()
    # a busy machine may be late now and then, with and without them
    assert waits[len(waits) * 9 // 10] < 1 + 2 * alone[-5], (alone[-5:], waits[-5:])
    assert waits[-1] < 5 + alone[-1], waits[-5:]
    feed.daemon.wait_event('clients-cut-off')


def test_who_guesses_is_told_to_wait(feed):
    """By the address that a web server before us saw; the right address is served all the same."""
    path = feed.address('anna')
    wrong = path.replace(path.split('/')[2], 'A' * 43)
    there = {'X_Forwarded_For': '198.51.100.7, 203.0.113.9'}
    statuses = [feed.get(wrong, **there).status for _ in range(30)]
    assert statuses == [404] * 30
    refused = until_refused(lambda: feed.get(wrong, **there))
    assert int(refused.getheader('Retry-After')) > 0
    assert feed.get(path, **there).status == 200
    assert feed.get(wrong, X_Forwarded_For='203.0.113.10').status == 404
    # the client wrote the first one itself: another one there is no other client
    until_refused(lambda: feed.get(wrong, X_Forwarded_For='192.0.2.1, 203.0.113.9'))


def until_refused(ask, most=25):
    """The first 429 of so many answers. On a slow machine more is allowed meanwhile (one wrong
    address in two seconds, 20 requests in one), but never so much as to somebody new (30, 600)."""
    for _ in range(most):
        answer = ask()
        if answer.status == 429:
            return answer
    raise AssertionError(f'{most} times served')


def test_too_many_requests_of_one_address(feed):
    path = feed.address('anna')
    client = http.client.HTTPConnection('127.0.0.1', feed.port, timeout=PATIENCE_S)

    def ask(address):
        client.request('HEAD', path, headers={'X-Forwarded-For': address})
        answer = client.getresponse()
        answer.read()
        return answer

    begun, served = time.monotonic(), 0
    while ask('2001:db8::1').status == 200:
        served += 1
        assert served <= 600 + 20 * (time.monotonic() - begun) + 1, 'more than 20 a second'
        assert time.monotonic() < begun + PATIENCE_S, 'this machine makes no 20 requests a second'
    assert served >= 600
    # another host of the same network is the same client, another network is not
    until_refused(lambda: ask('2001:db8::2'), most=500)
    assert ask('2001:db8:1::2').status == 200
    client.close()
