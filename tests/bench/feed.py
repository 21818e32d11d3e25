"""The calendar feed with 10,000 items: how long a client waits when something changed, what "nothing
new" costs, and beside it the same items by python-icalendar, Radicale and libical alone."""
import contextlib
import datetime
import http.client
import importlib.util
import os
import pathlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench import ROOT, Absent, Figure, build

sys.path.insert(0, str(ROOT / 'tests/e2e'))
from dovecot import free_ports  # noqa: E402 # pylint: disable=wrong-import-position
from feedserver import Feed  # noqa: E402 # pylint: disable=wrong-import-position
from postroomd import wait_for  # noqa: E402 # pylint: disable=wrong-import-position

ITEMS = 10_000
ROUNDS = 15
REQUESTS = 5000
COLD_MS, NOTHING_NEW_MS = 150, 0.2  # what we promise
STAMP_MS = 1795000000000


def items():
    """(id, day or instant, title, note), a third of them timed."""
    first = datetime.date.today()
    for number in range(1, ITEMS + 1):
        day = first + datetime.timedelta(days=number % 380)
        at = datetime.datetime(day.year, day.month, day.day, 9, 30, tzinfo=datetime.timezone.utc)
        yield (number, at if number % 3 == 0 else day,
               f'Call customer {number} about the renewal of the contract, früh',
               f'Remember offer {number} and the discount')


def fill(state):
    with contextlib.closing(sqlite3.connect(state / 'postroom.db')) as database, database:
        user, = database.execute("SELECT id FROM app_user WHERE name = 'anna'").fetchone()
        for number, when, title, note in items():
            timed = isinstance(when, datetime.datetime)
            database.execute(
                'INSERT INTO task (id, kind, title, state, due_date, due_ms, length_ms, assignee_id,'
                ' keep, note, created_ms, changed_ms, calendar_ms, sequence)'
                " VALUES (?, 'task', ?, 'open', ?, ?, ?, ?, 0, ?, ?, ?, ?, 0)",
                (number, title, None if timed else when.isoformat(),
                 int(when.timestamp() * 1000) if timed else None, 1800000 if timed else None, user,
                 note, STAMP_MS, STAMP_MS, STAMP_MS))


def something_else_changes(state):
    """A commit: the daemon has to look anew, and finds what was there."""
    with contextlib.closing(sqlite3.connect(state / 'postroom.db')) as database, database:
        database.execute("INSERT INTO setting VALUES ('bench', '1') ON CONFLICT (name) "
                         "DO UPDATE SET value = setting.value + 1")


def cpu_s(pid):
    return int(pathlib.Path(f'/proc/{pid}/schedstat').read_text().split()[0]) / 1e9


class Client:
    """One connection that is kept."""

    def __init__(self, port, timeout_s=60):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout_s)

    def get(self, path, **headers):
        self.connection.request('GET', path, headers=headers)
        answer = self.connection.getresponse()
        answer.body = answer.read()
        return answer


def timed(call):
    begin = time.perf_counter()
    result = call()
    return (time.perf_counter() - begin) * 1000, result


def cold(feed, path, pid, **headers):
    """(ms that a client waits, ms of CPU) for the whole calendar after a commit: the best wait, since
    whatever else the machine does stands in it too, and the median of the CPU."""
    client, waits, cpu = Client(feed.port), [], []
    for _ in range(ROUNDS):
        something_else_changes(feed.daemon.state)
        before = cpu_s(pid)
        wait, answer = timed(lambda: client.get(path, **headers))
        cpu.append((cpu_s(pid) - before) * 1000)
        waits.append(wait)
        assert answer.status == 200 and len(answer.body) > 100_000, answer.status
    return min(waits), statistics.median(cpu)


def nothing_new(feed, path, pid):
    """(requests a second, ms of CPU each) of 304 over one connection."""
    client = Client(feed.port)
    etag = client.get(path).getheader('ETag')
    before, begin = cpu_s(pid), time.perf_counter()
    for _ in range(REQUESTS):
        assert client.get(path, **{'If-None-Match': etag}).status == 304
    took = time.perf_counter() - begin
    return REQUESTS / took, (cpu_s(pid) - before) * 1000 / REQUESTS


def ours(folder, programs):
    feed = Feed(programs.parent, folder)
    with feed.daemon as daemon:
        daemon.wait_event('serving')
        path = feed.address('anna')
        fill(daemon.state)
        pid = daemon.pid('feed')
        wait, cpu = cold(feed, path, pid)
        packed, _ = cold(feed, path, pid, **{'Accept-Encoding': 'gzip'})
        rate, each = nothing_new(feed, path, pid)
        body = Client(feed.port).get(path).body
    assert body.count(b'BEGIN:VEVENT') == ITEMS
    return wait, cpu, packed, rate, each, body


def libical(folder):
    program = folder / 'libical_alone'
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'libical'], capture_output=True,
                           text=True, check=True).stdout.split()
    subprocess.run(['gcc', '-O2', '-D_GNU_SOURCE', '-std=c17', '-o', program,
                    ROOT / 'tests/bench/libical_alone.c', *flags], check=True)
    lines = ''.join('\t'.join((str(number), when.strftime(
        '%Y%m%dT%H%M%SZ' if isinstance(when, datetime.datetime) else '%Y%m%d'), title, note)) + '\n'
        for number, when, title, note in items())
    runs = [subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
            .stdout.split() for _ in range(ROUNDS)]
    assert int(runs[0][1]) > 100_000
    return statistics.median(float(run[0]) for run in runs) * 1000


def python_icalendar():
    import icalendar  # pylint: disable=import-outside-toplevel # it may not be there
    begin = time.process_time()
    calendar = icalendar.Calendar()
    for number, when, title, note in items():
        event = icalendar.Event()
        stamp = datetime.datetime.fromtimestamp(STAMP_MS / 1000, datetime.timezone.utc)
        length = datetime.timedelta(minutes=30) if isinstance(when, datetime.datetime) \
            else datetime.timedelta(days=1)
        for name, value in (('uid', f'task-{number}@crm.example.org'), ('dtstamp', stamp),
                            ('created', stamp), ('last-modified', stamp), ('sequence', 0),
                            ('summary', title), ('description', note), ('dtstart', when),
                            ('dtend', when + length), ('transp', 'TRANSPARENT')):
            event.add(name, value)
        calendar.add_component(event)
    assert calendar.to_ical().count(b'BEGIN:VEVENT') == ITEMS
    return (time.process_time() - begin) * 1000


def write_collection(folder, body):
    """A file for each of our events, as Radicale keeps them."""
    folder.mkdir(parents=True)
    (folder / '.Radicale.props').write_text('{"tag": "VCALENDAR"}')
    for event in re.findall(r'BEGIN:VEVENT.*?END:VEVENT\r\n', body.decode(), re.S):
        uid = re.search(r'UID:([^\r]*)', event)[1]
        (folder / f'{uid}.ics').write_text(
            f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//EN\r\n{event}END:VCALENDAR\r\n',
            newline='')


def radicale(folder, body):
    """(ms for the whole calendar when it has its own cache, ms when an item changed)."""
    port, = free_ports(1)
    collection = folder / 'storage/collection-root/anna/work'
    write_collection(collection, body)
    (folder / 'config').write_text(
        f'[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\n'
        f'type = authenticated\n[storage]\nfilesystem_folder = {folder}/storage\n'
        '[logging]\nlevel = warning\n')
    server = subprocess.Popen(['radicale', '--config', str(folder / 'config')],
                              stderr=subprocess.DEVNULL)
    header = {'Authorization': 'Basic YW5uYTp4'}
    try:
        def get():
            answer = Client(port, 900).get('/anna/work/', **header)  # the first takes minutes
            assert answer.status == 200 and answer.body.count(b'BEGIN:VEVENT') == ITEMS
            return answer

        def is_up():
            try:
                Client(port).get('/.web/')
                return True
            except OSError:
                return False
        wait_for(is_up, 30, 'Radicale')
        get()  # fills its cache
        warm = [timed(get)[0] for _ in range(3)]
        changed = next(collection.glob('task-1@*.ics'))
        changed.write_bytes(changed.read_bytes().replace(b'SEQUENCE:0', b'SEQUENCE:1'))
        return statistics.median(warm), timed(get)[0]
    finally:
        server.kill()  # it would finish what it is at
        server.wait(60)


def feed_figures():
    programs = build()
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR', '/tmp')) as name:
        folder = pathlib.Path(name)
        wait, cpu, packed, rate, each, body = ours(folder / 'daemon', programs)
        yield Figure(f'feed.cold-{ITEMS}.wait', wait, 'ms', at_most=COLD_MS)
        yield Figure(f'feed.cold-{ITEMS}.gzip.wait', packed, 'ms', at_most=COLD_MS)
        yield Figure(f'feed.cold-{ITEMS}.cpu', cpu, 'ms', at_most=COLD_MS)
        yield Figure('feed.nothing-new.cpu', each, 'ms', at_most=NOTHING_NEW_MS)
        yield Figure('feed.nothing-new.rate', rate, 'answers/s by one connection', at_least=500)
        alone = libical(folder)
        yield Figure('feed.libical-alone.cpu', alone, 'ms')
        yield Figure('feed.times-libical', alone / cpu, 'times as fast as it, database included',
                     at_least=1.5, peer='libical alone', ratio=alone / cpu)
        if importlib.util.find_spec('icalendar'):
            theirs = python_icalendar()
            yield Figure('feed.times-python-icalendar', theirs / cpu, f'times its {theirs:.0f} ms',
                         at_least=10, peer='python-icalendar', ratio=theirs / cpu)
        else:
            yield Absent('feed.times-python-icalendar', 'python3-icalendar is not installed')
        if not shutil.which('radicale'):
            yield Absent('feed.times-radicale', 'radicale is not installed')
            return
        warm, changed = radicale(folder / 'radicale', body)
        yield Figure('feed.radicale.unchanged.wait', warm, 'ms')
        yield Figure('feed.times-radicale', changed / wait, f'times its {changed:.0f} ms',
                     at_least=5, peer='Radicale', ratio=changed / wait)


FIGURES = {'feed': feed_figures}
