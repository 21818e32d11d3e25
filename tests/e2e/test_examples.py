"""Every example of postroom(1) runs, each on its own copy of one prepared record."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from postroom import Postroom

CONFIG = """
organisation:
  name: Office
  zone: Europe/Amsterdam
  domains: [office.example]
  hosts: [mail.office.example]
storage: {{directory: {directory}/state}}
users:
  - {{name: anna, full_name: Anna Visser, addresses: [anna@office.example]}}
  - {{name: ben, full_name: Ben Bakker, addresses: [ben@office.example]}}
  - {{name: carla, full_name: Carla Kok, addresses: [carla@office.example]}}
server: {{host: imap.office.example}}
login: {{user: all, password: {{file: {directory}/password}}}}
mailboxes:
  - {{name: crm, kind: capture, addresses: [crm@office.example], who_may_write: submission}}
  - {{name: invoices, kind: invoices, addresses: [invoices@office.example]}}
  - {{name: support, kind: support, addresses: [support@office.example]}}
feed: {{listen: '127.0.0.1:8377', base_url: 'https://crm.office.example'}}
"""

# What no test may do here, and where it is tested instead.
ELSEWHERE = {
    'postroom triage': 'it needs a terminal: test_triage.py',
    'sudo -u postroom postroom mailbox preview crm': 'it needs a server: test_preview.py',
    'sudo -u postroom postroom mailbox login crm': 'it needs a token server: test_oauth.py',
}

# Stand-ins for what is outside us.
PROGRAMS = {'sudo': 'shift 2; exec "$@"', 'systemctl': 'test "$*" = "reload postroomd"'}

# What has to be so before an example makes sense, by how the example begins.
BEFORE = {
    'case reopen': ['case close "printer on fire"'],
    'deal document': ['deal contract "Support 2027" --file contract.pdf'],
    'deal accept': ['deal quote "Support 2027" Q-1'],
    'deal decline': ['deal quote "Support 2027" Q-1'],
    'deal unlink': ['deal link "Support 2027" --user ben'],
    'deal nurture': ['deal lose "Support 2027" --reason x'],
    'deal close': ['deal win "Support 2027" --file contract.pdf', 'ticket pay 22', 'ticket close 22'],
    'task reopen': ['task done 12'],
    'ticket reopen': ['ticket close RE-2026-0815'],
    'ticket release': ['ticket hold RE-2026-0815 --reason x'],
    'feed revoke': ['feed add anna'],
    'privacy readmit': ['privacy erase anna@example.com --yes'],
    'user back': ['user away carla --until 2099-01-01 --to anna'],
    'restore': ['backup "$ROOT/srv/backup/postroom.db"'],
}
# Findings are an answer.
CODES = {'doctor': (0, 6), 'finance run --by': (0, 6)}


def head(number, origin):
    return (f'Received: from there by mail.office.example with {origin}; '
            'Mon, 2 Nov 2026 10:00:00 +0100\n'
            f'Date: Mon, 2 Nov 2026 10:{number:02}:00 +0100\nMessage-ID: <{number}@example.org>\n')


def sent(number, to, subject='An offer'):
    return ('Delivered-To: crm@office.example\n' + head(number, 'ESMTPSA') +
            f'From: Ben Bakker <ben@office.example>\nTo: {to}\nSubject: {subject}\n\n'
            'The offer for spare parts, and an invoice.\n')


def came(number, to, subject, text, sender='Karel <karel@kunde.example>'):
    return (f'Delivered-To: {to}@office.example\n' + head(number, 'ESMTP') +
            f'From: {sender}\nTo: {to}@office.example\nSubject: {subject}\n\n{text}\n')


def bill(number, name):
    return came(number, 'invoices', f'Rechnung {name}',
                f'Rechnungsnummer: {name}\nGesamtbetrag: 119,00 EUR',
                'Lieferant <rechnung@lieferant.test>')


def until_id(add, wanted):
    """Adds until one has this number."""
    while add() < wanted:
        pass


def prepare(postroom):
    postroom('company', 'add', 'Example', '--domain', 'example.org')
    postroom('company', 'alias', 'add', 'Example', 'Exco')
    postroom('company', 'add', 'Example Group')
    postroom('company', 'add', 'Kunde AG', '--domain', 'kunde.example')
    postroom('contact', 'add', 'Anna Smit', 'anna@example.org', '--company', 'Example')
    postroom('contact', 'address', 'add', 'Anna Smit', 'a.smit@example.net')
    postroom('contact', 'address', 'add', 'Anna Smit', 'anna@example.com')
    postroom('contact', 'alias', 'add', 'Anna Smit', 'Ans')
    postroom('contact', 'add', 'Bob Jones', 'bob@example.org')
    postroom.take(*(sent(number, 'a.smit@example.com' if number == 1 else
                         f'Stranger <s{number}@stranger{number}.test>') for number in range(1, 12)),
                  *(sent(number, 'bob@example.org') for number in range(12, 17)))
    postroom.take(came(17, 'crm', 'Let me in', 'Hello', 'Outside <out@side.test>'), mailbox='crm')
    postroom.take(bill(18, 'RE-2026-0815'), mailbox='invoices')
    postroom.take(bill(19, 'RE-2026-0815').replace('Subject: ', 'Subject: Re: '),
                  mailbox='invoices')
    postroom.take(bill(20, 'RE-2026-0816'), mailbox='invoices')
    postroom.take(came(21, 'support', 'The printer on fire', 'Help'), mailbox='support')
    until_id(lambda: postroom.json('note', 'add', 'Bob', 'Likes tea')['id'], 12)
    assert postroom.json('call', 'add', 'Bob', 'Nobody there')['id'] == 13
    until_id(lambda: postroom.json('task', 'add', 'Water the plants')['task']['id'], 15)
    number = iter(range(1, 100))
    until_id(lambda: postroom.json('ticket', 'add', f'Training {next(number)}', '--company', 'Kunde',
                                   '--net', '100')['ticket']['id'], 20)
    postroom('ticket', 'add', 'Training in May', '--company', 'Kunde', '--net', '900')
    postroom('deal', 'add', 'Support 2027', '--contact', 'Anna Smit', '--value', '12000')
    postroom('project', 'add', 'Support 2027', '--owner', 'ben')
    postroom('article', 'add', 'Old printers', 'Smoke.')


def fill_folder(folder):
    """Files that the examples name."""
    mail = sent(90, 'new@example.org')
    (folder / 'mail.eml').write_text(mail)
    (folder / 'old.mbox').write_text('From x Mon Nov  2 10:00:00 2026\n' + mail + '\n')
    (folder / 'letters').mkdir()
    (folder / 'letters/1.eml').write_text(sent(91, 'new@example.org'))
    for name in ('cur', 'new', 'tmp'):
        (folder / 'Maildir' / name).mkdir(parents=True)
    (folder / 'Maildir/new/1').write_text(sent(92, 'new@example.org'))
    (folder / 'people.vcf').write_text(
        'BEGIN:VCARD\nVERSION:3.0\nFN:Ida\nEMAIL:ida@berg.test\nEND:VCARD\n')
    (folder / 'export.csv').write_text('First Name,Last Name,Email\nIda,Berg,ida@berg.test\n')
    (folder / 'printer.txt').write_text('Pull the plug.\n')
    (folder / 'contract.pdf').write_text('%PDF-1.4\n')
    for place in ('srv/backup', 'etc/postroom', 'var/lib/radicale/collections/collection-root/anna'):
        (folder / place).mkdir(parents=True)
    (folder / 'bin').mkdir()
    for name, text in PROGRAMS.items():
        (folder / 'bin' / name).write_text(f'#!/bin/sh\n{text}\n')
        (folder / 'bin' / name).chmod(0o755)


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """In memory where that can be: a hundred records are made here, and none has to last."""
    shared = pathlib.Path('/dev/shm')
    if not os.access(shared, os.W_OK):
        yield tmp_path_factory.mktemp('examples')
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield pathlib.Path(folder)


@pytest.fixture(scope='module')
def prepared(build, place):
    folder = place / 'prepared'
    folder.mkdir()
    (folder / 'state').mkdir()
    (folder / 'state').chmod(0o2770)
    (folder / 'password').write_text('secret\n')
    (folder / 'password').chmod(0o600)
    config = folder / 'postroom.yaml'
    config.write_text(CONFIG.format(directory=folder))
    prepare(Postroom(build, folder, config))
    for file in folder.glob('*.eml'):
        file.unlink()
    fill_folder(folder)
    return folder


def manual(build):
    return (build / 'man/postroom.1').read_text()


def examples(build):
    text = manual(build)
    section = text[text.index('.Sh EXAMPLES'):text.index('.Sh SEE ALSO')]
    return [re.sub(r'\\(.)', lambda found: '\\' if found[1] == 'e' else
                   '' if found[1] == '&' else found[1], line[len('.Dl '):])
            for line in section.splitlines() if line.startswith('.Dl ')]


def beginning(line, table):
    """The entry of the longest beginning."""
    words = line.split('postroom ', 1)[1]
    return max((key for key in table if words.startswith(key)), key=len, default=None)


def run(build, folder, line, codes):
    environment = {'PATH': f'{folder}/bin:{build}/bin:{os.environ["PATH"]}', 'LANG': 'C.UTF-8',
                   'HOME': str(folder), 'POSTROOM_CONFIG': str(folder / 'postroom.yaml'),
                   'ROOT': str(folder)}
    done = subprocess.run(['bash', '-c', 'set -o pipefail; ' + line], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL)
    assert done.returncode in codes, f'{line}: {done.returncode}\n{done.stdout}\n{done.stderr}'


def test_every_command_has_an_example(build):
    text = manual(build)
    lines = examples(build)
    commands = [found[1] for found in re.finditer(
        r'^\.It Cm ([a-z][a-z -]*?)(?: Ar| Op|$)', text[text.index('.Sh COMMANDS'):], re.M)]
    assert len(commands) > 100
    missing = [command for command in commands
               if not any(re.search(rf'postroom {command}\b', line) for line in lines)]
    assert not missing


def test_examples(build, prepared, place):
    build = pathlib.Path(build).resolve()
    lines = examples(build)
    assert set(ELSEWHERE) <= set(lines)
    for number, line in enumerate(lines):
        if line in ELSEWHERE:
            continue
        folder = place / str(number)
        shutil.copytree(prepared, folder)
        (folder / 'state').chmod(0o2770)
        config = (folder / 'postroom.yaml').read_text().replace(str(prepared), str(folder))
        (folder / 'postroom.yaml').write_text(config)
        (folder / 'new.yaml').write_text(config)
        for before in BEFORE.get(beginning(line, BEFORE), []):
            run(build, folder, f'postroom {before}', (0,))
        here = re.sub(r'(?<= )/(srv|etc|var)/', f'{folder}/\\1/', line)
        run(build, folder, here, CODES.get(beginning(line, CODES), (0,)))
        shutil.rmtree(folder)
