#!/usr/bin/python3
"""The configuration examples of README.md and docs/ load: tests/yaml_blocks.py POSTROOM [ROOT].

A block that begins with ```yaml is a whole file. One that begins with ```yaml part has keys of the
file to which the least others are added; ```yaml mailbox has keys of a mailbox. Each goes through
`postroom config check`.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ORGANISATION = 'organisation: {name: Example Ltd, zone: Europe/Amsterdam, domains: [example.org]}\n'
MAILBOX = ORGANISATION + '''mailboxes:
  - name: crm
    kind: support
    server: {host: imap.example.org}
    login: {user: crm@example.org, password: {credential: crm}}
'''
BLOCK = re.compile(r'^```yaml([^\n]*)\n(.*?)^```', re.S | re.M)


def whole(kind, text):
    """The file that the block stands for; None when its mark is unknown."""
    if kind == '':
        return text
    if kind == 'part':
        return ORGANISATION + text
    if kind == 'mailbox':
        return MAILBOX + re.sub(r'^(?=.)', '    ', text, flags=re.M)
    return None


def fault(postroom, text):
    """What `config check` says against the file, or None."""
    with tempfile.NamedTemporaryFile('w', suffix='.yaml', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        run = subprocess.run([postroom, 'config', 'check', '--config', file.name],
                             capture_output=True, text=True, timeout=30, check=False)
    if run.returncode == 0:
        return None
    return run.stderr.strip().replace(file.name + ':', 'line ') or f'status {run.returncode}'


def check(postroom, root):
    blocks, faults = 0, 0
    for page in [root / 'README.md', *sorted((root / 'docs').rglob('*.md'))]:
        text = page.read_text(encoding='utf-8')
        for match in BLOCK.finditer(text):
            blocks += 1
            line = text.count('\n', 0, match.start()) + 1
            file = whole(match.group(1).strip(), match.group(2))
            found = fault(postroom, file) if file is not None else 'an unknown mark behind ```yaml'
            if found:
                faults += 1
                print(f'{page.relative_to(root)}:{line}: {found}')
    print(f'{blocks} blocks, {faults} of them faulty')
    return 1 if faults or blocks == 0 else 0


def main():
    postroom = sys.argv[1]
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parents[1])
    # a check that accepts everything would prove nothing
    if not fault(postroom, MAILBOX.replace('kind:', 'knid:')):
        print('config check takes a wrong key')
        return 1
    return check(postroom, root)


if __name__ == '__main__':
    sys.exit(main())
