"""The running part of ./quickstart: a private Dovecot with the sample mailboxes, postroomd on it,
and what came out of it. With --once it ends by itself, with 0 only if all of it is as the sample
mails say (tests/sample/contents.py)."""

import argparse
import datetime
import email
import email.utils
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
sys.path.insert(0, str(TOP / "tests" / "e2e"))

from certificates import Authority  # noqa: E402
from dovecot import Dovecot, free_ports  # noqa: E402
from sample import contents, mails  # noqa: E402

FOLDER = TOP / "build" / "quickstart"
BIN = TOP / "build" / "release" / "bin"
PASSWORD = "quickstart"
SETTLE_SECONDS = 60
OWN_HOSTS = [mails.OWN_HOST]


def say(text=""):
    print(text, file=sys.stderr, flush=True)


# ------------------------------------------------------------ the configuration


def configuration(server, authority, feed_port):
    def mailbox(name, kind, **more):
        return {
            "name": name, "kind": kind, "addresses": [mails.MAILBOX_ADDRESSES[name]],
            "server": {"host": "localhost", "port": server.tls_port, "ca_file": authority.path},
            "login": {"user": name, "password": {"file": str(FOLDER / "mail.password")}},
            **more,
        }

    return {
        "organisation": {"name": "Example Trading BV", "zone": "Europe/Amsterdam",
                         "domains": ["example.org"], "hosts": OWN_HOSTS},
        "instance": "crm.example.org",
        "storage": {"directory": str(FOLDER / "state"), "min_free": "64MiB"},
        "users": [
            {"name": "anna", "full_name": "Anna de Vries", "addresses": ["anna@example.org"],
             "teams": ["sales"], "admin": True},
            {"name": "bram", "full_name": "Bram Jansen", "addresses": ["bram@example.org"],
             "teams": ["sales"]},
            {"name": "clara", "full_name": "Clara Weber", "addresses": ["clara@example.org"],
             "zone": "Europe/Berlin"},
            {"name": "didier", "full_name": "Didier Martin", "addresses": ["didier@example.org"],
             "zone": "Europe/Paris"},
        ],
        "mailboxes": [
            mailbox("crm", "capture", who_may_write="submission"),
            mailbox("invoices", "invoices"),
            mailbox("leads", "leads"),
            mailbox("support", "support"),
            mailbox("board", "actions", who_may_write="submission"),
        ],
        "actions": {"prefixes": ["Balean Board Meeting action:"]},
        "invoices": {"assignee": "clara"},
        "support": {"assignee": "bram"},
        "leads": {
            "owners": ["anna", "bram"], "source": "mail",
            "form_senders": ["form@web.example.net"],
            "form_fields": [
                {"label": "Name", "field": "name"}, {"label": "Company", "field": "company"},
                {"label": "Email", "field": "email"}, {"label": "Phone", "field": "phone"},
                {"label": "Message", "field": "message"},
            ],
            "score": [{"field": "text", "contains": "quotation", "score": 20},
                      {"field": "text", "contains": "budget", "score": 10}],
        },
        "finance": {"run": {"on": "thu", "at": "10:00", "length": "1h", "users": ["clara"]}},
        "feed": {"listen": f"127.0.0.1:{feed_port}", "base_url": f"http://127.0.0.1:{feed_port}"},
    }


# ------------------------------------------------------------ the command


def postroom(*arguments, check=True):
    done = subprocess.run([FOLDER / "postroom", *arguments], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise SystemExit(f"postroom {' '.join(arguments)} failed with {done.returncode}:\n"
                         f"{done.stdout}{done.stderr}")
    return done.stdout


def postroom_json(*arguments):
    return json.loads(postroom(*arguments, "--json"))


def write_command():
    """A postroom that knows where its configuration is."""
    path = FOLDER / "postroom"
    path.write_text(f'#!/bin/sh\nPOSTROOM_CONFIG="{FOLDER}/postroom.yaml" '
                    f'exec "{BIN}/postroom" "$@"\n')
    path.chmod(0o755)


# ------------------------------------------------------------ starting


def start_server(authority, mail, now):
    server = Dovecot(FOLDER / "mail", authority)
    for name in mails.MAILBOX_ADDRESSES:
        server.add_user(name, PASSWORD)
    server.start()
    by_key = {one.key: one for one in mail}
    for one in sorted(mail, key=lambda each: -each.days_ago):
        server.deliver(one.box, mails.render(one, by_key, now))
    return server


def prepare(server, authority):
    feed_port, = free_ports(1)
    secret = FOLDER / "mail.password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    (FOLDER / "state").mkdir()
    (FOLDER / "state").chmod(0o2770)
    (FOLDER / "postroom.yaml").write_text(
        json.dumps(configuration(server, authority, feed_port), indent=2, ensure_ascii=False))
    (FOLDER / "postroom.yaml").chmod(0o640)
    write_command()
    postroom("config", "check")
    for name, address, company, domain, role in contents.KNOWN:
        postroom("company", "add", company, "--domain", domain, "--role", role)
        postroom("contact", "add", name, address, "--company", company)


def start_daemon():
    log = open(FOLDER / "postroomd.log", "ab")
    return subprocess.Popen([BIN / "postroomd", "--config", FOLDER / "postroom.yaml"],
                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, umask=0o007)


def wait_settled(daemon, count):
    """Until every mail is fetched and decided; the daemon's log is shown when it is not."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        if daemon.poll() is not None:
            show_log()
            raise SystemExit(f"postroomd ended with {daemon.returncode}")
        ledger = postroom_json("status")["ledger"]
        if ledger["fetched"] >= count and ledger["received"] == 0:
            return
        if time.monotonic() > until:
            show_log()
            raise SystemExit(f"after {SETTLE_SECONDS} s the ledger says {ledger}, not {count}")
        time.sleep(0.1)


def show_log():
    sys.stderr.write((FOLDER / "postroomd.log").read_text(errors="replace")[-6000:])


# ------------------------------------------------------------ what came out


def shown(value):
    """A row's value as a person knows it: records stand in JSON as {id, name}."""
    return value["name"] if isinstance(value, dict) else value


def unexpected(mail, feed_address):
    """Everything that is not as the sample mails say, in words."""
    found = []
    states = {one["message_id"]: one["state"] for one in postroom_json(
        "message", "list", "--limit", "1000")}
    for one in mail:
        state = states.get(one.message_id())
        if one.raw:
            state = states.get(f"{one.key}@example.org")
        if state != one.expect:
            found.append(f"{one.message_id()} ({one.subject}): {state}, expected {one.expect}")
    status = postroom_json("status")
    ledger = status["ledger"]
    parts = ("received", "filed", "waiting", "ignored", "quarantined", "dead", "erased")
    if sum(ledger[part] for part in parts) != ledger["fetched"]:
        found.append(f"the ledger does not balance: {ledger}")
    found += [f"mailbox {one['name']}: {one['last_error']}"
              for one in status["mailboxes"] if one["last_error"]]
    for what, arguments, wanted in contents.EXPECTED_RECORD:
        got = {shown(one[what[1]]) for one in postroom_json(*arguments)}
        found += [f"postroom {' '.join(arguments)}: no {what[0]} '{one}' among {sorted(map(str, got))}"
                  for one in wanted if one not in got]
    with urllib.request.urlopen(feed_address, timeout=10) as answer:
        calendar = answer.read().decode()
    if calendar.count("BEGIN:VEVENT") < 3:
        found.append(f"the calendar has too few events:\n{calendar}")
    return found


def show(feed_address):
    """What a person sees first."""
    for title, arguments in (
            ("The ledger", ("status",)),
            ("The finance board", ("board", "finance")),
            ("The queue: people that nobody knows yet", ("unresolved", "list")),
            ("Follow-ups and actions", ("task", "list"))):
        print(f"\n=== {title}   (postroom {' '.join(arguments)})\n")
        print(postroom(*arguments), end="")
    print(f"\n=== Anna's calendar   (for a calendar program, or curl)\n\n{feed_address}")


def show_commands():
    command = (FOLDER / "postroom").relative_to(TOP)
    print(f"""
=== To try, in a second terminal in {TOP}

  alias postroom={command}
  postroom ticket show PP-2041             an invoice, and all mail about it
  postroom unresolved list                 who is not known yet
  postroom unresolved create jonas@fjord.example --dry-run
                                           what making this contact would settle
  postroom unresolved create jonas@fjord.example
                                           do it; the last line says how to undo it
  postroom contact show "Pieter Bakker"    everything that happened with him
  postroom why c01@example.org             why a mail was filed where it is
  postroom message list --state quarantined
  postroom search offerte
  ./quickstart --deliver                   one more mail: Bram writes to Jonas, BCC crm@
  ./quickstart --deliver FILE.eml          a mail of yours, to the mailbox in its To field

Ctrl-C ends it. Log lines of postroomd follow.
""")


# ------------------------------------------------------------ one more mail


def mailbox_of(mail):
    """The sample mailbox that a mail's header names; crm, which takes blind copies, where none."""
    header = email.message_from_bytes(mail)
    named = {address.lower() for _, address in email.utils.getaddresses(
        str(value) for field in ("Delivered-To", "To", "Cc") for value in header.get_all(field, []))}
    return next((box for box, address in mails.MAILBOX_ADDRESSES.items() if address in named), "crm")


def deliver(path):
    """Into the mailbox of a quickstart that runs."""
    running = FOLDER / "running.json"
    if not running.exists():
        raise SystemExit("No quickstart runs here; start ./quickstart first.")
    where = json.loads(running.read_text())
    if not is_running(where["pid"]):
        raise SystemExit("The quickstart that ran here was killed; start ./quickstart again.")
    now = datetime.datetime.now(datetime.timezone.utc)
    if path:
        try:
            mail = pathlib.Path(path).read_bytes()
        except OSError as err:
            raise SystemExit(f"{path}: {err.strerror}") from None
    else:
        one = mails.Mail("crm", f"more-{time.time_ns()}", contents.BRAM,
                         "Jonas Lind <jonas@fjord.example>", "Our meeting next week",
                         "Hello Jonas,\n\nsee you next week.\n\nBram",
                         envelope="crm+1w@example.org", days_ago=0)
        mail = mails.render(one, {}, now)
    server = Dovecot.__new__(Dovecot)
    server.__dict__.update(where["server"])
    box = mailbox_of(mail)
    server.deliver(box, mail)
    say(f"Delivered to {mails.MAILBOX_ADDRESSES[box]}; "
        "`build/quickstart/postroom message list --limit 1` shows it.")


# ------------------------------------------------------------ the whole


def stop(daemon, server):
    if daemon and daemon.poll() is None:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    if server:
        server.stop()
    (FOLDER / "running.json").unlink(missing_ok=True)


def follow_log(daemon):
    with open(FOLDER / "postroomd.log", encoding="utf-8", errors="replace") as log:
        log.seek(0, os.SEEK_END)
        while daemon.poll() is None:
            line = log.readline()
            if line:
                print(line, end="", flush=True)
            else:
                time.sleep(0.2)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def refuse_second_run():
    """A running quickstart's folder is not taken away from under it."""
    try:
        pid = json.loads((FOLDER / "running.json").read_text())["pid"]
    except (OSError, ValueError, KeyError):
        return
    if is_running(pid):
        raise SystemExit(f"A quickstart runs here already (process {pid}); end it with Ctrl-C "
                         "there.")


def end_on_signals():
    """However it is ended (Ctrl-C, kill, a closed terminal): nothing that it started stays."""
    def end(*_):
        raise KeyboardInterrupt
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def run(options):
    now = datetime.datetime.now(datetime.timezone.utc)
    mail = contents.all_mails(now)
    refuse_second_run()
    end_on_signals()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    server = daemon = None
    try:
        say("Starting a private mail server with TLS on loopback …")
        authority = Authority(FOLDER / "authority")
        server = start_server(authority, mail, now)
        prepare(server, authority)
        state = {key: value for key, value in vars(server).items() if key != "process"}
        (FOLDER / "running.json").write_text(
            json.dumps({"pid": os.getpid(), "server": state}, default=str))
        say(f"Starting postroomd on {len(mail)} mails in {len(mails.MAILBOX_ADDRESSES)} mailboxes …")
        daemon = start_daemon()
        wait_settled(daemon, len(mail))
        feed = postroom_json("feed", "add", "anna")
        failures = unexpected(mail, feed["events"])
        if options.json:
            print(postroom("status", "--json"), end="")
        else:
            show(feed["events"])
        for failure in failures:
            say(f"NOT AS EXPECTED: {failure}")
        if not options.once:
            show_commands()
            follow_log(daemon)
    except KeyboardInterrupt:
        failures = []
    finally:
        stop(daemon, server)
    if daemon and daemon.returncode != 0:
        say(f"postroomd ended with {daemon.returncode}")
        failures.append("exit")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(prog="quickstart")
    parser.add_argument("--once", action="store_true", help="end by itself, 0 if all is as expected")
    parser.add_argument("--json", action="store_true", help="print `postroom status --json`")
    parser.add_argument("--deliver", nargs="?", const="", metavar="FILE.eml",
                        help="one more mail for the quickstart that runs")
    options = parser.parse_args()
    if options.json and not options.once:
        parser.error("--json goes with --once")
    if options.deliver is not None:
        deliver(options.deliver)
        return 0
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
