#!/usr/bin/env python3
"""Run parse_files over every mail here and compare with the expected facts beside it.

usage: run.py PARSE_FILES [NAME...]
NAME.eml is a mail, NAME.body a bare text, NAME.html a bare HTML body; NAME.json says what must come
out: only the keys that it names are compared, lists whole.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MODES = {".eml": [], ".body": ["--body"], ".html": ["--html"]}


def differences(path, want, got):
    """What in `got` is not as `want` says, one line each."""
    if isinstance(want, dict) and isinstance(got, dict):
        return [line for key, value in want.items()
                for line in (differences(f"{path}.{key}", value, got[key]) if key in got else [f"{path}.{key}: missing"])]
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [line for at, (a, b) in enumerate(zip(want, got)) for line in differences(f"{path}[{at}]", a, b)]
    if type(want) is type(got) and want == got or isinstance(want, float) and want == got:
        return []
    return [f"{path}:\n    want {want!r}\n    got  {got!r}"]


def main():
    program, names = sys.argv[1], sys.argv[2:]
    failed = count = 0
    for mail in sorted(path for path in HERE.iterdir() if path.suffix in MODES):
        if names and mail.stem not in names:
            continue
        count += 1
        want = json.loads(mail.with_suffix(".json").read_text("utf-8"))
        done = subprocess.run([program, "--own", "example.org", *MODES[mail.suffix], str(mail)], capture_output=True, timeout=20)
        lines = [f"exit {done.returncode}: {done.stderr.decode()}"] if done.returncode else \
            differences("", want, json.loads(done.stdout))
        failed += bool(lines)
        for line in lines:
            print(f"{mail.name}: {line}")
    print(f"{count} golden mails, {failed} failed")
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
