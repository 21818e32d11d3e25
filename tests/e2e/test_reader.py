"""The reader against a real Dovecot; the harness plays supervisor and ledger."""
import os
import random
import re
import time

import pytest

import wire


@pytest.fixture
def reader(build, dovecot, authority, user):
    """reader(**settings): a harness, started; ended with the test, which may have no failures in
    its log that were not expected (harness.expected = True)."""
    started = []

    def make(**settings):
        settings = {"host": "localhost", "port": dovecot.tls_port, "ca_file": authority.path,
                    "user": user, **settings}
        harness = wire.Harness(str(build / "bin" / "postroom-reader-program"), **settings)
        harness.expected = False
        started.append(harness)
        return harness.start()

    yield make
    for harness in started:
        if harness.process.poll() is None:
            assert harness.stop() == 0
        if not harness.expected:
            assert harness.errors() == []


def mail(number, size=300, subject=None, message_id=None):
    body = "".join(random.Random(number).choices("abcdefghijklmnop qrstuv", k=size))
    body = "\r\n".join(body[i:i + 70] for i in range(0, len(body), 70))
    return (f"Return-Path: <anna@example.org>\r\nReceived: by mx.example.org; {number}\r\n"
            f"From: Anna <anna@example.org>\r\nTo: crm@example.com\r\n"
            f"Subject: {subject or f'mail {number}'}\r\n"
            f"Message-ID: {message_id or f'<{number}@example.org>'}\r\n"
            f"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n{body}\r\n").encode()


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
def test_stores_what_is_there(reader, dovecot, user, tls):
    mails = [mail(n) for n in range(5)]
    for one in mails:
        dovecot.deliver(user, one)
    port = dovecot.tls_port if tls == "implicit" else dovecot.plain_port
    harness = reader(tls=tls, port=port)
    stored = harness.wait_mails(5)
    assert [one.body for one in stored] == mails
    assert [one.size for one in stored] == [len(one) for one in mails]
    assert all(abs(one.date_ms / 1000 - time.time()) < 3600 for one in stored)
    assert harness.hellos == ["test"]
    harness.wait_state("watching")
    assert all("\\Seen" not in flags for flags in dovecot.flags(user).values())


def test_goes_on_above_the_cursor(reader, dovecot, user):
    for n in range(3):
        dovecot.deliver(user, mail(n))
    first = reader()
    first.wait_mails(3)
    first.stop()
    dovecot.deliver(user, mail(3))
    second = reader(ledger=first.ledger)
    second.wait_mails(4)
    second.wait_state("watching")
    assert [one.uid for one in second.ledger.mails] == [1, 2, 3, 4]


def test_many_in_batches_and_backpressure(reader, dovecot, user):
    count = 2000
    for n in range(count):
        dovecot.deliver(user, mail(n, size=200 + n % 3000))
    harness = reader(commit=False)
    window = 4  # READER_WINDOW
    harness.wait(lambda h: len(h.uncommitted) == window, what="a full window of batches")
    # Nothing more comes until one is committed. A slow machine makes this see less, never fail.
    time.sleep(0.3)
    assert len(harness.uncommitted) == window and not harness.ledger.mails
    harness.commit_all()
    harness.wait_mails(count)
    assert harness.max_outstanding <= window
    assert sorted(one.uid for one in harness.ledger.mails) == list(range(1, count + 1))
    assert len(harness.ledger.identities()) == count
    assert all(batch[3] <= 200 for batch in harness.batches)


def test_new_mail_in_idle(reader, dovecot, user):
    """Told by the server: the next poll is hours away. (How soon: tests/figures latency.)"""
    harness = reader(poll_ms=36_000_000)
    harness.wait_state("watching")
    for n in range(3):
        dovecot.deliver(user, mail(n))
        harness.wait_mails(n + 1)
        seen = len(harness.states)
        harness.wait_state("watching", after=seen - 1)


def test_polls_other_folders_and_without_idle(reader, dovecot, user):
    dovecot.create(user, "Büro & Co")
    harness = reader(folders=["INBOX", "Büro & Co"], poll_ms=300, idle=False)
    harness.wait_state("watching")
    dovecot.create(user, "x")
    dovecot.deliver(user, mail(1))
    folder = next(name for name in os.listdir(dovecot.maildir(user)) if "&APw-" in name)
    dovecot.deliver(user, mail(2), folder[1:])
    stored = harness.wait_mails(2)
    assert {one.folder for one in stored} == {"INBOX", "Büro & Co"}


def test_missing_folder_is_told_and_the_others_go_on(reader, dovecot, user):
    dovecot.deliver(user, mail(1))
    harness = reader(folders=["INBOX", "Nowhere"], poll_ms=300)
    harness.expected = True
    harness.wait_mails(1)
    told = harness.wait_state("folder")
    assert told.folder == "Nowhere" and "Nowhere" in told.text and told.error == "input"
    harness.wait(lambda h: [s for s in h.states if s.state == "watching" and s.text == told.text],
                 what="that it stays in sight")
    dovecot.create(user, "Nowhere")
    dovecot.deliver(user, mail(2), "Nowhere")
    harness.wait_mails(2)
    assert [s.error for s in harness.states if s.state == "folder"] == ["input", "none"]
    seen = len(harness.states)
    assert harness.wait_state("watching", after=seen).error == "none"


def test_large_mail_comes_in_parts(reader, dovecot, user):
    noise = random.Random(1).randbytes(9 << 20).hex().encode()
    lines = b"\r\n".join(noise[i:i + 76] for i in range(0, len(noise), 76))
    large = mail(1) + lines + b"\r\n"
    dovecot.deliver(user, mail(0))
    dovecot.deliver(user, large)
    dovecot.deliver(user, mail(2))
    harness = reader()
    stored = harness.wait_mails(3)
    by_uid = {one.uid: one for one in stored}
    assert by_uid[2].body == large and by_uid[2].parts >= 5 and by_uid[2].size == len(large)
    assert by_uid[1].body == mail(0) and by_uid[3].body == mail(2)
    harness.wait_state("watching")
    with open(f"/proc/{harness.process.pid}/status") as status:
        peak_kib = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
    assert peak_kib <= 64 * 1024 or "asan" in str(harness.program)


def test_too_large_leaves_the_header(reader, dovecot, user):
    large = mail(7, size=50000)
    dovecot.deliver(user, large)
    dovecot.deliver(user, mail(8))
    harness = reader(max_message=20000)
    stored = harness.wait_mails(2)
    first = next(one for one in stored if one.uid == 1)
    assert first.header_only and first.reason == 1 and first.size >= len(large)
    assert first.body == large[:large.index(b"\r\n\r\n") + 4]
    assert not next(one for one in stored if one.uid == 2).header_only


def test_uidvalidity_change_scans_again(reader, dovecot, user):
    for n in range(4):
        dovecot.deliver(user, mail(n))
    first = reader()
    first.wait_mails(4)
    first.stop()
    before = dovecot.uidvalidity(user)
    after = dovecot.bump_uidvalidity(user)
    dovecot.deliver(user, mail(4))
    second = reader(ledger=first.ledger)
    second.wait_mails(9)
    second.wait_state("watching")
    ledger = second.ledger
    assert {one.uidvalidity for one in ledger.mails} == {before, after}
    assert len(ledger.mails) == 9 and len(ledger.identities()) == 5
    second.wait_log(b"uidvalidity-changed")


def test_expunged_in_mid_fetch_is_missing_not_skipped(reader, dovecot, user):
    for n in range(30):
        dovecot.deliver(user, mail(n))
    harness = reader(commit=False, batch_messages=5)
    harness.wait(lambda h: len(h.uncommitted) == 2, what="two batches")
    dovecot.expunge(user, 20)
    harness.commit_all()
    harness.wait_mails(29)
    harness.wait_state("watching")
    known = {one.uid for one in harness.ledger.mails} | {one[2] for one in harness.missing}
    assert known == set(range(1, 31))
    # Dovecot may still give a mail that it has open.
    assert [one[2] for one in harness.missing] in ([20], [])
    harness.expected = True


def test_killed_reader_loses_and_doubles_nothing(reader, dovecot, user):
    for n in range(300):
        dovecot.deliver(user, mail(n))
    ledger = wire.Ledger()
    for round_number in range(4):
        harness = reader(ledger=ledger, batch_messages=20)
        goal = 60 * (round_number + 1)
        harness.wait_mails(goal)
        harness.expected = True
        harness.kill()
    harness = reader(ledger=ledger, batch_messages=20)
    harness.wait_mails(300)
    harness.wait_state("watching")
    assert sorted(one.uid for one in ledger.mails) == list(range(1, 301))


def test_same_mail_twice_has_one_identity(reader, dovecot, user):
    one = mail(1)
    other = one.replace(b"Received: by mx.example.org; 1",
                        b"Received: by mx2.example.org; 9\r\n\tvia x\r\nBcc: crm@example.com")
    assert one != other
    dovecot.deliver(user, one)
    dovecot.deliver(user, other.replace(b"\r\n", b"\n"))
    dovecot.deliver(user, one.replace(b"Subject: mail 1", b"Subject: mail 2"))
    harness = reader()
    stored = harness.wait_mails(3)
    assert stored[0].identity == stored[1].identity != stored[2].identity


def test_server_restart_is_survived(reader, dovecot, user):
    dovecot.deliver(user, mail(1))
    harness = reader()
    harness.expected = True
    harness.wait_mails(1)
    harness.wait_state("watching")
    seen, kicked = len(harness.states), time.time()
    dovecot.kick(user)
    retrying = harness.wait_state("retrying", after=seen)
    assert retrying.error == "temporary" and retrying.until_ms > kicked * 1000
    dovecot.deliver(user, mail(2))
    harness.wait_mails(2)


def test_refused_login_reads_the_secret_again_and_waits(reader, dovecot, user):
    harness = reader(secret="wrong-pa55", auth_retry_ms=3600000)
    harness.expected = True
    harness.wait(lambda h: len([s for s in h.states if s.state == "refused"]) == 3, what="3 refusals")
    refused = [s for s in harness.states if s.state == "refused"]
    assert all(s.error == "auth" for s in refused)
    assert refused[-1].until_ms - time.time() * 1000 > 3500000
    assert "another secret" in refused[-1].waits_for
    assert harness.need_secret == 3
    harness.secrets = ["secret"]
    dovecot.deliver(user, mail(1))
    harness.retry()
    harness.wait_mails(1)
    assert b"wrong-pa55" not in harness.log and b"secret=" not in harness.log


def test_pause_and_resume(reader, dovecot, user):
    harness = reader()
    harness.expected = True
    harness.wait_state("watching")
    harness.send(wire.PAUSE, wire.span("the disk is nearly full"))
    paused = harness.wait_state("paused")
    assert "nearly full" in paused.text
    dovecot.deliver(user, mail(1))
    harness.send(wire.RESUME)
    harness.wait_mails(1)


def test_ends_when_the_ledger_is_gone(reader):
    harness = reader()
    harness.wait_state("watching")
    harness.socket.shutdown(2)
    assert harness.process.wait(timeout=120) == 0


# Acting on the server


@pytest.mark.parametrize("verb,flag", [("seen", "\\Seen"), ("flag", "\\Flagged")])
def test_action_flags(reader, dovecot, user, verb, flag):
    for n in range(3):
        dovecot.deliver(user, mail(n))
    harness = reader(action=wire.SEEN)
    harness.wait_mails(3)
    harness.act(7, verb, harness.ledger.mails[1])
    assert harness.wait_action(7) == wire.Action(7, "done", "")
    flags = dovecot.flags(user)
    assert flag in flags[2] and flag not in flags[1] and flag not in flags[3]


def test_action_move(reader, dovecot, user):
    for n in range(3):
        dovecot.deliver(user, mail(n))
    harness = reader(action=wire.MOVE, action_folder="Archive")
    harness.wait_mails(3)
    harness.act(1, "move", harness.ledger.mails[1], "Archive")
    assert harness.wait_action(1) == wire.Action(1, "done", "")
    assert dovecot.uids(user) == [1, 3] and dovecot.subjects(user, "Archive") == ["mail 1"]
    # The answer was lost and the ledger asks again: it lies in the target.
    harness.act(2, "move", harness.ledger.mails[1], "Archive")
    assert harness.wait_action(2) == wire.Action(2, "done", "")
    assert dovecot.subjects(user, "Archive") == ["mail 1"]
    harness.expected = True
    harness.act(3, "move", harness.ledger.mails[0], "No such folder")
    failed = harness.wait_action(3)
    assert failed.result == "failed" and failed.text
    assert dovecot.uids(user) == [1, 3]
    # A person put it elsewhere.
    dovecot.create(user, "Trash")
    dovecot.doveadm("move", "-u", user, "Trash", "mailbox", "INBOX", "uid", "3")
    harness.act(4, "move", harness.ledger.mails[2], "Archive")
    assert harness.wait_action(4).result == "gone"
    assert dovecot.subjects(user, "Archive") == ["mail 1"]


def test_action_delete(reader, dovecot, user):
    for n in range(3):
        dovecot.deliver(user, mail(n))
    harness = reader(action=wire.DELETE)
    harness.wait_mails(3)
    harness.act(1, "delete", harness.ledger.mails[1])
    assert harness.wait_action(1) == wire.Action(1, "done", "")
    assert dovecot.uids(user) == [1, 3]
    # The answer was lost and the ledger asks again.
    harness.act(2, "delete", harness.ledger.mails[1])
    assert harness.wait_action(2) == wire.Action(2, "done", "")
    assert dovecot.uids(user) == [1, 3]
    dovecot.deliver(user, mail(9))
    harness.wait_mails(4)


def test_action_expunges_only_its_own(reader, dovecot, user):
    """Another client's \\Deleted mail stays: no bare EXPUNGE."""
    for n in range(3):
        dovecot.deliver(user, mail(n))
    dovecot.doveadm("flags", "add", "-u", user, "\\Deleted", "mailbox", "INBOX", "uid", "1")
    harness = reader(action=wire.DELETE)
    harness.wait_mails(3)
    harness.act(1, "delete", harness.ledger.mails[2])
    harness.wait_action(1)
    assert dovecot.uids(user) == [1, 2]


def test_action_under_another_uidvalidity(reader, dovecot, user):
    for n in range(3):
        dovecot.deliver(user, mail(n))
    harness = reader(action=wire.DELETE)
    harness.expected = True
    harness.wait_mails(3)
    stale, gone = harness.ledger.mails[2], harness.ledger.mails[0]
    # Under the old numbers uid 1 is somebody else's mail now.
    harness.act(1, "delete", stale, uidvalidity=stale.uidvalidity - 1, uid=1)
    assert harness.wait_action(1).result == "done"
    assert dovecot.uids(user) == [1, 2]
    harness.act(2, "delete", gone, uidvalidity=gone.uidvalidity - 1, uid=2,
                message_id="<nobody@example.org>")
    dropped = harness.wait_action(2)
    assert dropped.result == "dropped" and "not found again" in dropped.text
    assert dovecot.uids(user) == [1, 2]
    # Same Message-ID, other content: not the same mail.
    harness.act(3, "delete", gone, uidvalidity=gone.uidvalidity - 1, uid=1, identity=b"\1" * 32)
    assert harness.wait_action(3).result == "dropped"
    assert dovecot.uids(user) == [1, 2]


def test_action_in_another_folder_and_fetch_again(reader, dovecot, user):
    dovecot.deliver(user, mail(1))
    harness = reader(folders=["INBOX", "Archive"], poll_ms=300, action=wire.MOVE)
    harness.wait_state("watching")
    dovecot.deliver(user, mail(2), "Archive")
    harness.wait_mails(2)
    other = next(one for one in harness.ledger.mails if one.folder == "Archive")
    harness.act(1, "flag", other)
    assert harness.wait_action(1).result == "done"
    assert "\\Flagged" in dovecot.flags(user, "Archive")[other.uid]
    harness.act(2, "fetch", other)
    assert harness.wait_action(2).result == "done"
    assert harness.fetched[2].body == other.body and harness.fetched[2].uid == other.uid
    dovecot.deliver(user, mail(3))
    harness.wait_mails(3)
