#!/usr/bin/env python3
"""The bounces of servers.txt: who was not reached, with which codes; and what is no bounce.

usage: run.py PARSE_FILES [-v]
Each one as it stands, and disturbed as mail is on its way: the words in quoted-printable with soft
line breaks, in base64, with CRLF, as HTML, without Return-Path, to another address.
"""
import base64
import html
import json
import pathlib
import quopri
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def records():
    """(name, expected lines, header lines, words)"""
    for record in (HERE / 'servers.txt').read_text('utf-8').split('### ')[1:]:
        head, words = record.split('\n\n', 1)
        name, *lines = head.split('\n')
        yield name, [line for line in lines if line[0] in '=!'], [line for line in lines if line[0] not in '=!'], words


def mail(head, words, *more, to='anna@example.org', path='Return-Path: <>'):
    lines = [*([path] if path else []), f'To: {to}', 'Date: Tue, 3 Nov 2026 14:25:10 +0100', 'Message-ID: <2@mx.example.org>', 'MIME-Version: 1.0', *head, *more]
    return '\n'.join(lines).encode() + b'\n\n' + (words if isinstance(words, bytes) else words.encode())


def forms(head, words):
    kind = 'Content-Type: text/plain; charset=utf-8'
    yield 'plain', mail(head, words, kind, 'Content-Transfer-Encoding: 8bit')
    yield 'quoted-printable', mail(head, quopri.encodestring(words.encode()), kind, 'Content-Transfer-Encoding: quoted-printable')
    yield 'base64', mail(head, base64.encodebytes(words.encode()), kind, 'Content-Transfer-Encoding: base64')
    yield 'CRLF', mail(head, words, kind, 'Content-Transfer-Encoding: 8bit').replace(b'\n', b'\r\n')
    yield 'HTML', mail(head, f'<html><body><pre>{html.escape(words)}</pre></body></html>',
                       'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit')
    yield 'no Return-Path', mail(head, words, kind, 'Content-Transfer-Encoding: 8bit', path=None)
    yield 'to another', mail(head, words.replace('anna@example.org', 'bounces+17@news.example.org'), kind, 'Content-Transfer-Encoding: 8bit', to='bounces+17@news.example.org')


def faults(expected, obj):
    message = obj['message']
    if expected[0].startswith('!'):
        return [] if message['origin'] == expected[0][2:] else [f'origin {message["origin"]}']
    want = sorted(tuple(line.split()[1:]) for line in expected)
    got = sorted((r['address'], r['status'] or '-', r['reply_code'] or '-') for r in (message['bounce'] or {}).get('recipients', []))
    return ([] if message['origin'] == 'bounce' else [f'origin {message["origin"]}']) + ([] if want == got else [f'want {want} got {got}'])


def main():
    made = []
    for name, expected, head, words in records():
        for form, data in forms(head, words):
            # only a null sender says that a name in From is not a person's
            if not (expected[0].startswith('!') and form != 'no Return-Path'):
                made.append((f'{name}, {form}', expected, data))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at, (_, _, data) in enumerate(made):
            paths.append(pathlib.Path(folder, f'{at}.eml'))
            paths[-1].write_bytes(data)
        done = subprocess.run([sys.argv[1], *map(str, paths)], capture_output=True, timeout=120, check=False)
    objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode or len(objects) != len(made):
        sys.exit(f'exit {done.returncode}, {len(objects)} objects for {len(made)} mails: {done.stderr.decode()}')
    failed = 0
    for (what, expected, data), obj in zip(made, objects):
        found = faults(expected, obj)
        failed += bool(found)
        if found:
            print(f'{what}: {"; ".join(found)}')
            if '-v' in sys.argv:
                print(data.decode(errors='replace'))
    print(f'{len(made)} bounces, {failed} failed')
    sys.exit(1 if failed or not made else 0)


if __name__ == '__main__':
    main()
