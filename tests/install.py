#!/usr/bin/python3
"""What `cmake --install` puts in place, and that it works there: tests/install.py BUILD.

Everything goes below an empty folder (DESTDIR), as a package builder does it.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ['bin/postroom', 'sbin/postroomd', 'libexec/postroom/postroom-calendar',
            'libexec/postroom/postroom-parser', 'libexec/postroom/postroom-pdf']
DATA = [
    'lib/systemd/system/postroomd.service',
    'lib/sysusers.d/postroom.conf',
    'lib/tmpfiles.d/postroom.conf',
    'share/bash-completion/completions/postroom',
    'share/doc/postroom/examples/postroom.yaml',
    'share/man/man1/postroom.1',
    'share/man/man5/postroom.yaml.5',
    'share/man/man8/postroomd.8',
    'share/postroom/columns/google.csv',
    'share/postroom/columns/hubspot.csv',
    'share/postroom/columns/salesforce.csv',
    'share/postroom/columns/twenty.csv',
    'share/zsh/site-functions/_postroom',
]


class Failed(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Failed(what)


def run(*command, status=0, **more):
    # nothing of the builder's environment: neither its configuration nor its build folder
    environment = {'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'LANG': 'C.UTF-8'}
    environment.update({name: value for name, value in os.environ.items()
                        if name.endswith('SAN_OPTIONS')})
    environment.update(more.pop('environment', {}))
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True,
                          text=True, timeout=120, check=False, **more)
    need(done.returncode == status, f'{command}: status {done.returncode}, expected {status}\n'
         f'{done.stdout[-2000:]}{done.stderr[-2000:]}')
    return done


def cached(build, name):
    text = (build / 'CMakeCache.txt').read_text(encoding='utf-8')
    return re.search(rf'^{name}:\w+=(.*)$', text, re.M).group(1)


def install(build, folder):
    run('cmake', '--install', build, environment={'DESTDIR': str(folder)})
    return folder / cached(build, 'CMAKE_INSTALL_PREFIX').lstrip('/')


def check_files(prefix):
    found = {str(path.relative_to(prefix)) for path in prefix.rglob('*') if not path.is_dir()}
    missing, more = set(PROGRAMS + DATA) - found, found - set(PROGRAMS + DATA)
    need(not missing, f'not installed: {sorted(missing)}')
    need(not more, f'installed without need: {sorted(more)}')
    for name in PROGRAMS + DATA:
        mode = (prefix / name).stat().st_mode & 0o7777
        need(mode == (0o755 if name in PROGRAMS else 0o644), f'{name} has mode {mode:04o}')
        need((prefix / name).stat().st_size > 0, f'{name} is empty')


def check_unit(prefix, folder):
    unit = (prefix / 'lib/systemd/system/postroomd.service').read_text(encoding='utf-8')
    start = re.search(r'^ExecStart=(\S+)', unit, re.M).group(1)
    need((folder / start.lstrip('/')).samefile(prefix / 'sbin/postroomd'),
         f'the unit starts {start}')
    for name in ['lib/systemd/system/postroomd.service', 'lib/sysusers.d/postroom.conf',
                 'lib/tmpfiles.d/postroom.conf']:
        text = (prefix / name).read_text(encoding='utf-8')
        need(not re.search(r'@\w+@', text), f'{name} has a variable left')


def check_users(folder, prefix):
    """systemd itself makes user, group and folders, below the empty folder."""
    if os.geteuid() != 0 or not shutil.which('systemd-sysusers'):
        print('skipped: sysusers and tmpfiles need root and systemd')
        return
    (folder / 'etc').mkdir(exist_ok=True)  # sysusers locks files in it before it makes any
    for name in ('sysusers', 'tmpfiles'):
        command = [f'systemd-{name}', f'--root={folder}', str(prefix / f'lib/{name}.d/postroom.conf')]
        run(*command, *(['--create'] if name == 'tmpfiles' else []))
    users = (folder / 'etc/passwd').read_text(encoding='utf-8')
    user = re.search(r'^postroom:[^:]*:(\d+):(\d+):[^:]*:([^:]*):(.*)$', users, re.M)
    need(user and user.group(3) == '/var/lib/postroom' and user.group(4).endswith('nologin'),
         f'the user: {users}')
    uid, gid = int(user.group(1)), int(user.group(2))
    for path, mode, owner in [('var/lib/postroom', 0o2770, (uid, gid)),
                              ('etc/postroom', 0o750, (0, gid)),
                              ('etc/postroom/secrets', 0o700, (0, 0))]:
        info = (folder / path).stat()
        need(info.st_mode & 0o7777 == mode and (info.st_uid, info.st_gid) == owner,
             f'/{path} has mode {info.st_mode & 0o7777:04o} and owner {info.st_uid}:{info.st_gid}')


def check_programs(prefix, elsewhere):
    postroom = prefix / 'bin/postroom'
    mail = ROOT / 'tests/golden/simple.eml'
    version = run(postroom, '--version').stdout.split()[-1]
    need(run(prefix / 'sbin/postroomd', '--version').stdout.split()[-1] == version,
         'the programs have different versions')
    facts = json.loads(run(postroom, 'parse', mail, '--json', cwd=elsewhere).stdout)
    expected = json.loads((ROOT / 'tests/golden/simple.json').read_text(encoding='utf-8'))
    need(facts['message']['subject'] == expected['message']['subject'],
         f'parse reads {facts}')
    run(postroom, 'config', 'check', '--config',
        prefix / 'share/doc/postroom/examples/postroom.yaml')
    check_record(postroom, pathlib.Path(elsewhere))
    # its parser is the installed one: without it there is none
    (prefix / 'libexec/postroom/postroom-parser').unlink()
    failed = subprocess.run([postroom, 'parse', mail], capture_output=True, text=True,
                            timeout=60, check=False)
    need(failed.returncode not in (0, 2) and 'postroom-parser' in failed.stderr,
         f'without a parser: status {failed.returncode}, {failed.stderr}')


def check_record(postroom, folder):
    """A mail into a database, and a calendar out of it, which a program of its own makes."""
    state = folder / 'state'
    state.mkdir()
    state.chmod(0o2770)
    config = folder / 'postroom.yaml'
    config.write_text(json.dumps({  # JSON is YAML
        'organisation': {'name': 'Example Ltd', 'zone': 'Europe/Amsterdam',
                         'domains': ['example.org']},
        'users': [{'name': 'anna', 'addresses': ['anna@example.org']}],
        'mailboxes': [{'name': 'crm', 'kind': 'support',
                       'server': {'host': '127.0.0.1', 'port': 9, 'tls': 'none'},
                       'login': {'user': 'crm', 'password': {'command': 'echo secret'}}}],
        'storage': {'directory': str(state), 'min_free': '16MiB'}}), encoding='utf-8')
    config.chmod(0o640)
    run(postroom, 'import', '--config', config, ROOT / 'tests/golden/simple.eml')
    status = json.loads(run(postroom, 'status', '--config', config, '--json').stdout)
    need(status['ledger']['fetched'] == 1, f'after an import: {status}')
    # the daemon's program is found in sbin, and says that nobody answers on that port
    failed = run(postroom, 'mailbox', 'preview', 'crm', '--config', config, status=1)
    need('connect' in failed.stderr, f'preview: {failed.stderr}')
    calendar = run(postroom, 'calendar', 'export', 'anna', '--config', config).stdout
    need(calendar.startswith('BEGIN:VCALENDAR'), f'the calendar: {calendar}')


def check_texts(prefix):
    run('bash', '-n', prefix / 'share/bash-completion/completions/postroom')
    for page in prefix.glob('share/man/man*/*'):
        text = page.read_text(encoding='utf-8')
        need(text.startswith('.Dd '), f'{page.name} is no mdoc')


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as elsewhere:
        folder = pathlib.Path(folder)
        try:
            prefix = install(build, folder)
            check_files(prefix)
            check_unit(prefix, folder)
            check_texts(prefix)
            check_users(folder, prefix)
            check_programs(prefix, elsewhere)
        except Failed as what:
            print(what)
            return 1
    print(f'{len(PROGRAMS) + len(DATA)} files in place, the installed programs work')
    return 0


if __name__ == '__main__':
    sys.exit(main())
