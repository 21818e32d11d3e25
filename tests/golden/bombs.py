#!/usr/bin/env python3
"""Mails made to exhaust a parser: each must be read within a second of CPU and modest memory.

usage: bombs.py PARSE_FILES [NAME...]
Linear time: some are built in two sizes, and twice the size may take at most 2.3 times as long
(measured where the longer one takes long enough to be measured at all).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HEAD = b"From: a@example.net\r\nTo: b@example.org\r\nSubject: bomb\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
CPU_MAX, RSS_MAX_KB, RATIO_MAX, MEASURABLE = 1.0, 600_000, 2.3, 0.15
BIG_CPU, BIG_BYTES = 3.0, 50_000_000     # the parser allows a second more for each 50 MiB


def nested_multiparts(count):
    out = [HEAD, b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n']
    for at in range(1, count):
        out.append(b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (at - 1, at))
    return b"".join(out)


BOMBS = {  # name: (builder of a size, size, a defect that must be named or None)
    "many-parts": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * n, 1_000_000, "too-many-parts"),
    "parts-in-parts": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"".join(
        b"--x\r\nContent-Type: multipart/mixed; boundary=y%d\r\n\r\n" % i + b"--y%d\r\n\r\n" % i * 500 for i in range(n)), 1500, "too-many-parts"),
    "nested-multiparts": (nested_multiparts, 20_000, "nesting-too-deep"),
    "nested-messages": (lambda n: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * n, 20_000, None),
    "parentheses": (lambda n: HEAD.replace(b"b@example.org", b"(" * n), 100_000, "too-many-parentheses"),
    "parentheses-from": (lambda n: HEAD.replace(b"a@example.net", b"(" * n + b" a@example.net"), 100_000, "too-many-parentheses"),
    "quotes-to": (lambda n: HEAD.replace(b"b@example.org", b'"(<' * n), 35_000, None),
    "commas-to": (lambda n: HEAD.replace(b"b@example.org", b"," * n), 105_000, None),
    "angles-to": (lambda n: HEAD.replace(b"b@example.org", b"<" * n), 105_000, None),
    "groups-to": (lambda n: HEAD.replace(b"b@example.org", b"a:" * n), 50_000, None),
    "addresses": (lambda n: HEAD.replace(b"b@example.org", b"a@example.org, " * n), 100_000, "address-list-too-long"),
    "long-boundary": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=" + b"x" * n + b"\r\n\r\n--" + b"x" * n + b"\r\n\r\nhi\r\n", 100_000, "too-many-parameters"),
    "parameters": (lambda n: HEAD + b"Content-Type: text/plain" + b"; a=b" * n + b"\r\n\r\nhi\r\n", 200_000, "too-many-parameters"),
    "part-parameters": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain" +
                        b"".join(b"; a%d=b" % i for i in range(n)) + b"\r\n\r\nhi\r\n--x--\r\n", 20_000, "part-header-too-long"),
    "rfc2231": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain" +
                b"".join(b"; name*%d*=b" % i for i in range(n)) + b"\r\n\r\nhi\r\n--x--\r\n", 20_000, None),
    "header-fields": (lambda n: HEAD + b"X-A: b\r\n" * n + b"\r\nhi\r\n", 1_000_000, "header-too-long"),
    "long-subject": (lambda n: HEAD.replace(b"bomb", b"=?utf-8?q?=41?= " * n), 60_000, "subject-too-long"),
    "encoded-words": (lambda n: HEAD.replace(b"bomb", b"=?utf-8?q?" * n), 100_000, None),
    "references": (lambda n: HEAD + b"References: " + b"<a@b> " * n + b"\r\n\r\nhi\r\n", 40_000, None),
    "received": (lambda n: HEAD + b"Received: from a (((((((( by b; x\r\n" * n + b"\r\nhi\r\n", 7_000, None),
    "results": (lambda n: HEAD + b"Authentication-Results: x" + b"; a=b" * n + b"\r\n\r\nhi\r\n", 50_000, None),
    "html-depth": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<b>" * n + b"</x>" * n, 100_000, "html-nesting-too-deep"),
    "html-tables": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * n, 60_000, "html-nesting-too-deep"),
    "html-quotes": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote>x" * n, 60_000, "html-nesting-too-deep"),
    "html-attributes": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n<p " + b"".join(b"a%d=b " % i for i in range(n)) + b">x", 300_000, "html-too-many-attributes"),
    "html-attributes-glued": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n<p " + b"".join(b"a%d=''" % i for i in range(n)) + b">x", 300_000, "html-too-many-attributes"),
    "html-quotes-open": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p a='" * n, 300_000, None),
    "html-entities": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"&amp;&#x41;&bogus;" * n, 200_000, None),
    "html-comments": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * n, 200_000, None),
    "html-text": (lambda n: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>words and words</p>\r\n" * n, 200_000, "text-truncated"),
    "long-text": (lambda n: HEAD + b"\r\n" + b"words and words\r\n" * n, 3_000_000, "text-truncated"),
    "quote-lines": (lambda n: HEAD + b"\r\n" + b"> On 1 May 2020 a <a@b.example> wrote:\r\n" * n, 25_000, None),
    "header-blocks": (lambda n: HEAD + b"\r\n" + b"From: a@b.example\r\nSent: x\r\n" * n, 35_000, None),
    "labels-in-line": (lambda n: HEAD + b"\r\n--- Forwarded message --- " + b"From: a Subject " * n, 60_000, None),
    "rules": (lambda n: HEAD + b"\r\n" + b"____________________\r\n" * n, 45_000, None),
    "attributions": (lambda n: HEAD + b"\r\n" + b"On 1 May 2020\r\n" * n, 60_000, None),
    "actions": (lambda n: HEAD + b"\r\n" + b"".join(b"Action: do %d by by by by by by\r\n" % i for i in range(n)), 30_000, None),
    "action-words": (lambda n: HEAD + b"\r\nAction: " + b"by in " * n, 170_000, None),
    "base64": (lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n" + b"QUJD" * 18 + (b"\r\n" + b"QUJD" * 18) * n, 130_000, None),
    "big-attachment": (lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n" + b"PGFh" * 19 + (b"\r\n" + b"QUJD" * 19) * n, 1_300_000, None),
    "big-pdf": (lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: application/pdf\r\n\r\n" + b"JVBERi0x" + (b"\r\n" + b"QUJD" * 19) * n, 1_300_000, None),
    "big-base64-text": (lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"\r\n" + b"QUJD" * 19) * n, 1_300_000, "text-truncated"),
    "big-html": (lambda n: HEAD + b"Content-Type: text/html; charset=iso-2022-jp\r\n\r\n" + b"<p>x</p>\r\n" * n, 10_000_000, "text-truncated"),
    "xml-entities": (lambda n: HEAD + b"Content-Type: application/xml\r\n\r\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">" + b"".join(
        b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10 if i else b"&a;" * 10) for i in range(n)) + b"]><Invoice>&a9;</Invoice>", 10, "bad-xml"),
    "xml-depth": (lambda n: HEAD + b"Content-Type: application/xml\r\n\r\n<Invoice>" + b"<a>" * n, 1_000_000, "xml-too-large"),
    "xml-elements": (lambda n: HEAD + b"Content-Type: application/xml\r\n\r\n<Invoice>" + b"<a/>" * n + b"</Invoice>", 2_000_000, "xml-too-large"),
    "xml-attributes": (lambda n: HEAD + b"Content-Type: application/xml\r\n\r\n<Invoice" + b"".join(b" a%d='b'" % i for i in range(n)) + b"/>", 300_000, "xml-too-large"),
    "one-line": (lambda n: HEAD + b"\r\n" + b"x" * n, 20_000_000, "text-truncated"),
    "nul": (lambda n: HEAD + b"\r\n" + b"\0" * n, 10_000_000, "nul-bytes"),
    "dashes": (lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--y\r\n" * n, 1_000_000, None),
    "bare-cr": (lambda n: (HEAD + b"\r\n" + b"x\r\n" * n).replace(b"\n", b""), 1_000_000, "bare-cr"),
    "combining": (lambda n: HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\na" + b"\xcc\x81\xcc\xa3" * n, 250_000, None),
    "utf-7": (lambda n: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AGE-" * n, 400_000, None),
    "broken-utf-8": (lambda n: HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xff\xc3" * n, 500_000, "bad-charset"),
}


def measure(program, folder, data):
    """The facts, CPU seconds and the largest resident size of one run."""
    path = pathlib.Path(folder) / "bomb.eml"
    path.write_bytes(data)
    child = subprocess.Popen([program, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    facts = json.loads(out) if child.returncode in (0, 5) else {"error": f"exit {child.returncode} {err.decode()}"}
    return facts, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    program, names = sys.argv[1], sys.argv[2:]
    sanitized = os.environ.get("POSTROOM_SANITIZED")     # sanitizers are slow and large: only survival counts
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bombs-") as folder:
        for name, (build, size, defect) in BOMBS.items():
            if names and name not in names:
                continue
            data = build(size)
            facts, cpu, rss = measure(program, folder, data)
            faults = [facts["error"]] if "error" in facts else []
            defects = facts.get("message", {}).get("defects", [])
            if not faults and defect and defect not in defects:
                faults.append(f"{defect} not named: {defects}")
            if not sanitized and cpu > (BIG_CPU if len(data) > BIG_BYTES else CPU_MAX):
                faults.append(f"{cpu:.2f} s of CPU")
            if not sanitized and rss > RSS_MAX_KB:
                faults.append(f"{rss // 1024} MB")
            if not sanitized and cpu > MEASURABLE:
                half = min(measure(program, folder, build(size // 2))[1] for _ in range(3))
                whole = min([cpu] + [measure(program, folder, build(size))[1] for _ in range(2)])
                if whole > RATIO_MAX * half:
                    faults.append(f"{half:.2f} s for half of it, {whole:.2f} s for all: more than linear")
            print(f"{'FAILED' if faults else 'ok':6} {name:20} {cpu:5.2f} s {rss // 1024:5} MB  {'; '.join(faults)}")
            failed += bool(faults)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
