#!/usr/bin/python3
"""What stands in the files of the tree: links that lead nowhere, paths of somebody's machine, and
domains that belong to somebody. `links.py [ROOT]`; `links.py --self-test` plants each fault.

Mail written for tests uses the names that RFC 2606 and RFC 6761 reserve, so that no real person or
company stands in it and nobody can be written to by mistake. A name that has to be real stands in
ALLOWED with its reason.
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys
import tempfile

RESERVED = re.compile(r'(?:^|\.)(?:example\.(?:org|com|net)|example|test|invalid|localhost|'
                      r'local|home\.arpa)$')
ALLOWED = {  # domain (with all below it) -> why it is named
    'w3.org': 'names of XML schemas', 'ietf.org': 'RFCs', 'rfc-editor.org': 'RFCs',
    'iana.org': 'registries', 'apache.org': 'the licence', 'debian.org': 'where packages come from',
    'publicsuffix.org': 'the list that libpsl reads',
    'google.com': 'a provider: hosts and headers', 'gmail.com': 'a provider',
    'googlemail.com': 'a provider', 'outlook.com': 'a provider', 'office365.com': 'a provider',
    'office.com': 'a provider', 'microsoft.com': 'a provider',
    'microsoftonline.com': 'a provider', 'onmicrosoft.com': 'a provider',
    'googleapis.com': 'a provider', 'googleusercontent.com': 'a provider', 'protection.outlook.com': 'a provider',
    'gmx.de': 'a provider', 'gmx.net': 'a provider', 'web.de': 'a provider',
    'icloud.com': 'a provider', 'yahoo.com': 'a provider', 'amazonses.com': 'a provider',
    'factur-x.eu': 'a name of XML schemas', 'ferd.de': 'a name of XML schemas',
    'cen.eu': 'a name of XML schemas', 'peppol.eu': 'a name of XML schemas',
    'unece.org': 'a name of XML schemas', 'oasis-open.org': 'a name of XML schemas',
    'icalendar.org': 'a standard', 'freedesktop.org': 'manuals of systemd',
    'sqlite.org': 'a library', 'github.com': 'projects of others', 'mozilla.org': 'projects of others',
}
# Whole files: lists of what is real, and bytes that a fuzzer made.
EXEMPT = ['config/free_mail.c', 'tests/links.py', 'LICENSE', 'tests/fuzz/corpus/*']

TOP = 'com|org|net|de|nl|fr|eu|uk|be|ch|io|info|biz'
LABEL = r'[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
IN_URL = re.compile(r'\bhttps?://(?:[^\s/@"\'<>]*@)?(%s(?:\.%s)+)' % (LABEL, LABEL))
IN_ADDRESS = re.compile(r'[A-Za-z0-9_+-]@(%s(?:\.%s)+)' % (LABEL, LABEL))
BARE = re.compile(r'(?<![\w@./%%\\-])((?:%s\.)+(?:%s))(?![\w-]|\.[A-Za-z])' % (LABEL, TOP))
# Folders that are at home on one machine only.
MACHINE = re.compile(r'(?<![\w.~$}*/-])/(?:%s)/[\w.-]' % '|'.join(
    ['home', 'root', 'work', 'workspace', 'Users', 'mnt', 'media', 'builds', 'private']))
CODE = ('.c', '.h', '.py', '.cmake', '.sh')

LINK = re.compile(r'(?<!!)\[[^\]\n]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)')
FENCE = re.compile(r'^(```|~~~).*?^\1[ \t]*$', re.S | re.M)
CODE_SPAN = re.compile(r'`[^`\n]*`')


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group(0))


def anchors(text):
    """The anchors of the headings, as code hosts make them."""
    names = set()
    for heading in re.findall(r'^#{1,6}\s+(.*?)\s*#*$', FENCE.sub(blank, text), re.M):
        name = re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-')
        count, unique = 0, name
        while unique in names:
            count += 1
            unique = f'{name}-{count}'
        names.add(unique)
    return names


def check_links(root, path, text):
    text = CODE_SPAN.sub(blank, FENCE.sub(blank, text))
    for match in LINK.finditer(text):
        target, _, anchor = match.group(1).partition('#')
        line = text.count('\n', 0, match.start()) + 1
        if re.match(r'[a-z][a-z0-9+.-]*:', target):
            continue
        file = (root / path).parent / target if target else root / path
        if target.startswith('/') or not file.exists():
            yield line, f'the link {target} leads nowhere'
        elif root.resolve() not in [file.resolve(), *file.resolve().parents]:
            yield line, f'the link {target} leads out of the tree'
        elif anchor and file.suffix == '.md' and \
                anchor not in anchors(file.read_text(encoding='utf-8')):
            yield line, f'{target or path} has no heading for #{anchor}'


def is_fine(domain):
    domain = domain.lower()
    return bool(RESERVED.search(domain)) or \
        any(domain == name or domain.endswith('.' + name) for name in ALLOWED)


def check_names(path, text):
    for match in MACHINE.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, \
            f'{match.group(0)}… is a path of one machine'
    patterns = [IN_URL, IN_ADDRESS]
    if not path.endswith(CODE):  # there a.de may be a member
        patterns.append(BARE)
    seen = set()
    for pattern in patterns:
        for match in pattern.finditer(text):
            domain = match.group(1)
            top = domain.rpartition('.')[2]
            if is_fine(domain) or match.start(1) in seen or not re.search('[a-zA-Z]{2}', top):
                continue
            seen.add(match.start(1))
            yield text.count('\n', 0, match.start()) + 1, \
                f'{domain} may be real: use a reserved one (example.org)'


def tracked(root):
    """Files of the tree, without what is built or ignored."""
    command = ['git', '-C', str(root), 'ls-files', '-z', '--cached', '--others',
               '--exclude-standard']
    try:
        names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split('\0')
        return sorted(name for name in names if name and (root / name).is_file())
    except (OSError, subprocess.CalledProcessError):  # a tree without its history
        found = []
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in ('.git', 'build', '__pycache__')]
            found += [str((pathlib.Path(folder) / name).relative_to(root)) for name in files]
        return sorted(found)


def check(root):
    findings, files, links = [], 0, 0
    for path in tracked(root):
        raw = (root / path).read_bytes()
        text = raw.decode('utf-8', 'surrogateescape')
        files += 1
        if path.endswith('.md'):
            links += 1
            findings += [(path, line, what) for line, what in check_links(root, path, text)]
        if b'\0' not in raw[:4096] and not any(fnmatch.fnmatchcase(path, e) for e in EXEMPT):
            findings += [(path, line, what) for line, what in check_names(path, text)]
    return files, links, findings


PLANTED = [  # path, content, what the finding says (None: there is none)
    ('a.md', '[x](b.md)', 'leads nowhere'),
    ('a.md', '[x](a.md) [y](https://example.org/x) `[z](c.md)`', None),
    ('a.md', '```\n[x](b.md)\n```\n', None),
    ('docs/a.md', '[x](../a.md)', 'leads nowhere'),
    ('docs/a.md', '[x](../docs/)', None),
    ('docs/a.md', '[x](../../)', 'leads out of the tree'),
    ('a.md', '[x](/etc/passwd)', 'leads nowhere'),
    ('a.md', '# One, two\n[x](#one-two) [y](a.md#one-two)', None),
    ('a.md', '# One\n[x](#two)', 'no heading'),
    ('a.c', 'open("/%s/anna/x");' % 'home', 'path of one machine'),
    ('a.md', 'cd /%s/x' % 'work', 'path of one machine'),
    ('a.md', 'https://example.org/%s/x, ~/%s/x' % ('home', 'root'), None),
    ('a.eml', 'From: a@bakker.nl', 'bakker.nl may be real'),
    ('a.eml', 'From: a@mail.bakker.example, b@EXAMPLE.org', None),
    ('a.eml', 'Received: from mx.bakker.com by x', 'mx.bakker.com may be real'),
    ('a.md', 'see https://shop.bakker.io/x', 'shop.bakker.io may be real'),
    ('a.md', 'see https://www.w3.org/TR and notw3.org', 'notw3.org may be real'),
    ('a.c', 'x = file.de + run.net; s = "a@b.test";', None),
    ('a.md', 'version 3.org of 1.2.3.4 and a@1.2.3.4', '3.org may be real'),
]


def self_test():
    failures = 0
    for path, content, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding='utf-8')
            findings = check(pathlib.Path(folder))[2]
        good = not findings if expected is None else \
            len(findings) == 1 and expected in findings[0][2]
        if not good:
            failures += 1
            print(f'{path}: {content!r}: expected {expected!r}, found {findings}')
    print(f'{len(PLANTED) - failures} of {len(PLANTED)} planted cases behaved')
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ['--self-test']:
        return self_test()
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]
    files, pages, findings = check(root)
    for path, line, what in findings:
        print(f'{path}:{line}: {what}')
    print(f'{files} files, {pages} pages with links, {len(findings)} findings')
    return 1 if findings or pages == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
