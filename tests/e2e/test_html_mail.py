"""HTML mail that asks to be completed from elsewhere, through a parser whose system calls are
watched: it connects to nobody, asks no resolver, and opens no file once it has begun to read mail."""
import os
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.bombs import malformed  # noqa: E402 pylint: disable=wrong-import-position
from tests.bombs.parser import Parser  # noqa: E402 pylint: disable=C0413

FOREIGN = 'http://tracker.example.net'
ASKS = [
    f'<img src="{FOREIGN}/1.png" srcset="{FOREIGN}/2.png 2x">', f'<script src="{FOREIGN}/1.js"></script>',
    f'<link rel="stylesheet" href="{FOREIGN}/1.css">', f'<style>@import url({FOREIGN}/2.css);</style>',
    f'<div style="background: url({FOREIGN}/3.png)">x</div>', f'<iframe src="{FOREIGN}/frame"></iframe>',
    f'<object data="{FOREIGN}/o"></object>', f'<embed src="{FOREIGN}/e">',
    f'<video src="{FOREIGN}/v" poster="{FOREIGN}/p"></video>', f'<audio src="{FOREIGN}/a"></audio>',
    f'<body background="{FOREIGN}/b">', f'<meta http-equiv="refresh" content="0; url={FOREIGN}/r">',
    f'<base href="{FOREIGN}/"><img src="relative.png">', f'<a href="{FOREIGN}/x" ping="{FOREIGN}/ping">y</a>',
    f'<form action="{FOREIGN}/f"><input type="image" src="{FOREIGN}/i"></form>',
    f'<svg><image xlink:href="{FOREIGN}/s.svg"/><use href="{FOREIGN}/s.svg#u"/></svg>',
    '<img src="file:///etc/passwd"><img src="//tracker.example.net/z"><img src="cid:none@example.org">',
    f'<!DOCTYPE html PUBLIC "-//X//DTD//EN" "{FOREIGN}/x.dtd"><p>&x;</p>',
    f'<!DOCTYPE x [<!ENTITY x SYSTEM "{FOREIGN}/x">]><p>&x;</p>',
]
EXTERNAL_BODY = (f'Content-Type: message/external-body; access-type=URL;\r\n URL="{FOREIGN}/body"\r\n\r\n'
                 'Content-Type: text/html\r\n\r\n').encode()
HEAD = (b'From: Pieter <p@customer.example>\r\nTo: crm@example.org\r\nSubject: Look\r\n'
        b'Message-ID: <html@customer.example>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0100\r\n')


def html(text):
    return HEAD + b'Content-Type: text/html; charset=utf-8\r\n\r\n' + text.encode() + b'\r\n'


def test_nothing_is_fetched(build, tmp_path):
    if not os.access('/usr/bin/strace', os.X_OK):
        pytest.skip('no strace')
    mails = [html(one) for one in (*ASKS, '\r\n'.join(ASKS))] + [HEAD + EXTERNAL_BODY]
    mails += [one for one in malformed.fixtures() if b'html' in one.lower()]
    log = tmp_path / 'calls'
    with Parser(f'/usr/bin/strace -f -qq -e trace=%network,%file -o {log} {build}/bin/postroom-parser') \
            as parser:
        facts, why = parser.read(html('<p>Good morning</p>'))  # what it needs is open after it
        assert facts and b'Good morning' in facts, why
        begun = len(log.read_text())
        for one in mails:
            parser.read(one)
        parser.close()
    words = log.read_text()
    assert re.search(r'\bopenat\(.*locale|\bopenat\(.*lib', words[:begun]), 'strace saw nothing'
    called = set(re.findall(r'^\d+ +(\w+)\(', words[begun:], re.M))
    # how text goes to the process for PDFs and facts to who asked
    assert called <= {'sendmsg', 'recvmsg', 'sendto', 'recvfrom', 'shutdown'}, called
