"""The calendar programs of the terminal as the tests use them."""
import datetime
import json
import os
import subprocess
import zoneinfo


def start(*words, home, zone='Europe/Amsterdam', stdin=None):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60,
                          input=stdin, env={'PATH': os.environ['PATH'], 'HOME': str(home),
                                            'TZ': zone, 'LC_ALL': 'C.UTF-8'}, check=False)


def run(*words, **more):
    """The program's standard output; it may not fail."""
    done = start(*words, **more)
    assert done.returncode == 0, f'{words}: {done.returncode}\n{done.stdout}\n{done.stderr}'
    return done.stdout


def moment(day, time, zone):
    """What a program printed, as agenda.expected() has it: without a time it is a whole day."""
    if not time:
        return datetime.date.fromisoformat(day)
    local = datetime.datetime.fromisoformat(f'{day} {time}')
    return local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(datetime.timezone.utc)


class Vdirsyncer:
    """One calendar, kept in a folder. remote: the lines of its storage in the configuration."""

    def __init__(self, directory, remote):
        self.home, self.folder = directory, directory / 'calendar'
        self.folder.mkdir()
        self.config = directory / 'vdirsyncer.conf'
        self.config.write_text(f'''
[general]
status_path = "{directory}/status"
[pair feed]
a = "remote"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage remote]
{remote}
[storage here]
type = "filesystem"
path = "{self.folder}"
fileext = ".ics"
''')
        run('vdirsyncer', '-c', self.config, 'discover', home=self.home)

    def sync(self):
        run('vdirsyncer', '-c', self.config, 'sync', home=self.home)

    def files(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def http(feed, kind):
    """The remote of Anna's events or tasks."""
    address = feed.address('anna').replace('events', kind)
    return f'type = "http"\nurl = "http://127.0.0.1:{feed.port}{address}"'


def khal(home, folder, zone):
    """{title: start} of what khal lists of a folder for a user in the zone."""
    config = home / 'khal.conf'
    config.write_text(f'''
[calendars]
[[feed]]
path = {folder}
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/{zone.replace('/', '-')}.db
''')
    out = run('khal', '-c', config, 'list', '--once', '--day-format', '', '--format',
              '{start-date-full}|{start-time}|{end-date-full}|{title}', 'today', '430d',
              zone=zone, home=home)
    shown = {}
    for line in out.splitlines():
        day, time, end, title = line.split('|', 3)
        shown[title] = moment(day, time, zone)
        assert end == day, f'{title} ends on {end}'
    return shown


def todoman(vdir):
    """{title: due in seconds since 1970}"""
    config = vdir.home / 'todoman.py'
    config.write_text(f"""
path = '{vdir.folder}'
date_format = '%Y-%m-%d'
time_format = '%H:%M'
cache_path = '{vdir.home}/todoman.db'
""")
    tasks = json.loads(run('todoman', '--config', config, '--porcelain', 'list', home=vdir.home))
    return {task['summary']: task['due'] for task in tasks}


def download(feed, address, directory):
    """What curl keeps current of an address, asking with the ETag of what it has: (HTTP status,
    file)."""
    path = directory / 'feed.ics'
    status = run('curl', '-sS', '--fail', '--compressed', '--etag-save', directory / 'etag',
                 '--etag-compare', directory / 'etag', '-w', '%{http_code}', '-o', path,
                 f'http://127.0.0.1:{feed.port}{address}', home=directory)
    return int(status), path


def calcurse(path, zone):
    """{title: start} of what calcurse takes from a file into an empty calendar."""
    directory = path.parent / f'calcurse-{path.stat().st_mtime_ns}'
    directory.mkdir()
    taken = run('calcurse', '-D', directory, '-i', path, home=path.parent, zone=zone)
    assert ' 0 skipped' in taken, taken
    # a day of 25 hours is two days to it, the second of which it does not show
    out = run('calcurse', '-D', directory, '-Q', '--from', 'today', '--days', '430',
              '--format-apt', '%(start:%H:%M)|%m\n', '--format-event', '|%m\n',
              '--format-recur-event', '|%m\n', home=path.parent, zone=zone)
    shown, day = {}, ''
    for line in filter(None, out.splitlines()):
        if '|' in line:
            time, title = line.split('|', 1)
            assert title not in shown, f'{title} twice'
            shown[title] = moment(day, time, zone)
        else:
            day = str(datetime.datetime.strptime(line, '%m/%d/%y:').date())
    return shown
