"""The reader against a server that lies, breaks off, floods or is somebody else (a scripted one)."""
import os
import random
import re
import socket
import threading
import time

import pytest

import fakeimap
import wire
from postroomd import PATIENCE_S
from fakeimap import Closed, Mailbox, Server
from test_reader import mail

SECRET = "hunter2-S3cret"
SPOILT_SESSIONS = 30


@pytest.fixture(scope="module")
def good(authority):
    return authority.issue("good")


@pytest.fixture
def run(build, authority):
    """run(server, **settings): a reader of that server, ended with the test."""
    started = []

    def make(server, impatient=True, secrets=(), **settings):
        settings = {"host": "localhost", "port": server.port, "ca_file": authority.path,
                    "user": "u", "secret": server.password, "tls": server.tls, **settings}
        harness = wire.Harness(str(build / "bin" / "postroom-reader-program"), **settings)
        harness.impatient, harness.secrets = impatient, list(secrets)
        started.append(harness)
        return harness.start()

    yield make
    for harness in started:
        if harness.process.poll() is None:
            assert harness.stop() == 0, harness.log.decode()


def peak_kib(harness):
    with open(f"/proc/{harness.process.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))


def check_rss(harness):
    if "asan" not in str(harness.program):
        assert peak_kib(harness) <= 64 * 1024


# Who is at the other end (threat 1)


def test_right_pin_and_address_are_accepted(run, authority, good):
    with Server(good, mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server, pinned_key=authority.pin(good[0]), host="127.0.0.1")
        harness.wait_mails(1)


def test_system_store_does_not_know_our_authority(run, good):
    with Server(good) as server:
        harness = run(server, ca_file="")
        assert harness.wait_state("retrying").error == "input"
        assert server.count("LOGIN") == 0


# STARTTLS and plain (threat 2)


def expect_no_login(run, server, kind="input", **settings):
    harness = run(server, **settings)
    told = harness.wait_state("retrying")
    assert told.error == kind, told
    assert server.count("LOGIN") == 0
    assert SECRET.encode() not in server.received + server.raw
    return told


def test_plain_to_loopback_only(run):
    with Server(tls="none", password=SECRET, mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        run(server).wait_mails(1)
    own = own_address()
    if not own:
        pytest.skip("this machine has no address but loopback")
    with Server(tls="none", password=SECRET) as server:
        told = expect_no_login(run, server, host=own)
        assert "tls" in told.text


def own_address():
    """An address of this machine that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


def test_plain_server_where_tls_is_due(run):
    with Server(tls="implicit", password=SECRET) as server:
        harness = run(server)
        harness.wait_state("retrying")
        assert SECRET.encode() not in server.raw


# Logging in


@pytest.mark.parametrize("auth,mechanism", [("xoauth2", "XOAUTH2"), ("oauthbearer", "OAUTHBEARER")])
@pytest.mark.parametrize("sasl_ir", [True, False])
def test_token_login_and_renewal(run, good, auth, mechanism, sasl_ir):
    capabilities = "IMAP4rev1 IDLE" + (" SASL-IR" if sasl_ir else "")
    with Server(good, capabilities=capabilities, tokens=["fresh-token"],
                mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server, auth=auth, secret="stale-token", secrets=["fresh-token"])
        harness.wait_mails(1)
        assert harness.need_secret == 1
        assert server.count("AUTHENTICATE") == 2 and server.count("LOGIN") == 0
        assert server.sessions[0].challenge_answer == ("AQ==" if auth == "oauthbearer" else "")
        refused = [s for s in harness.states if s.state == "refused"]
        assert len(refused) == 1 and refused[0].error == "auth"
        assert "the access token has expired" in refused[0].text  # RFC 7628's error, in words
        assert b"fresh-token" not in harness.log and b"stale-token" not in harness.log


def test_passwords_of_all_kinds(run, good):
    for password in ('qu"ote\\back', "pässwörd", "NIL", "a b{3}", "(x)"):
        with Server(good, password=password, mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
            run(server).wait_mails(1)


def test_login_disabled_uses_authenticate(run, good):
    with Server(good, capabilities=fakeimap.CAPABILITIES + " LOGINDISABLED",
                mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        run(server).wait_mails(1)
        assert server.count("LOGIN") == 0


def test_unavailable_is_no_refusal(run, good):
    tries = []

    def busy_once(session, tag, rest):
        tries.append(tag)
        return len(tries) == 1 and (session.no(tag, "[UNAVAILABLE] later") or True)

    with Server(good, hooks={"LOGIN": busy_once}, mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server)
        harness.wait_mails(1)
        assert harness.need_secret == 0
        assert [s.error for s in harness.states if s.state == "retrying"] == ["temporary"]


def test_refusal_followed_by_bye(run, good):
    def refuse(session, tag, rest):
        session.send(f"{tag} NO wrong\r\n* BYE go away\r\n")
        raise Closed

    with Server(good, hooks={"LOGIN": refuse}) as server:
        assert run(server).wait_state("refused").error == "auth"


# What it sends (threat 3); what can be said in a table is in server_scripts.py


def spoiler(seed, often):
    """Breaks some of what is sent: bytes flipped, lost, doubled, put in, cut off."""
    rng = random.Random(seed)
    pieces = [b"(", b")", b"\r\n", b"{5}\r\n", b"{99999999}\r\n", b"* ", b'"', b"[", b"]", b"NIL",
              b"\\", b"\0", b"\xff", b"4294967296", b"-1", b" BODY[] ", b" ENVELOPE (", b"+ ",
              b"BODYSTRUCTURE ((((", b"FLAGS (", b"UID 0"]

    def spoil(data):
        if rng.random() > often:
            return data
        data = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(data) + 1)
            what = rng.randrange(5)
            if what == 0 and at < len(data):
                data[at] = rng.randrange(256)
            elif what == 1:
                del data[at:at + rng.randint(1, 8)]
            elif what == 2:
                data[at:at] = data[at:at + 40]
            elif what == 3:
                data[at:at] = rng.choice(pieces)
            else:
                del data[at:]
        return bytes(data)

    return spoil


@pytest.mark.parametrize("seed", range(int(os.environ.get("POSTROOM_SPOILT_SEEDS", 6))))
def test_malformed_protocol(run, good, seed):
    """Threat 5: libetpan may die of it, and with it this reader, but nothing hangs, nothing grows,
    no action is taken, and the reader after it works."""
    mails = [mail(n) for n in range(8)]
    box = Mailbox(mails)
    with Server(good, mailboxes={"INBOX": box}) as server:
        server.spoil = spoiler(seed, 0.15)
        ledger = wire.Ledger()
        harness = run(server, ledger=ledger, action=wire.SEEN)
        deaths, until = 0, time.monotonic() + PATIENCE_S
        while server.connections < SPOILT_SESSIONS and time.monotonic() < until:
            if harness.process.poll() is not None:
                assert harness.process.returncode < 0, harness.log.decode()  # a signal, no exit
                deaths += 1
                harness = run(server, ledger=ledger, action=wire.SEEN)
            harness.retry()
            ledger.cursors.clear()  # the next session fetches all of it again
            time.sleep(0.02)
        assert server.connections >= SPOILT_SESSIONS
        if harness.process.poll() is None:
            check_rss(harness)
            harness.kill()
        server.spoil = None
        box.uidvalidity += 1
        ledger.mails.clear()
        fresh = run(server, ledger=ledger)
        stored = fresh.wait_mails(8)
        assert [one.body for one in stored] == mails
        assert not any(box.flags.values())


def test_a_mail_that_is_larger_than_allowed_and_lied_about(run, good):
    """Its size is said to be small: only its header is taken, and the others go on."""
    box = Mailbox([mail(0), mail(1, size=400000), mail(2)])
    box.claims[2] = 900
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server, max_message=100000)
        stored = {one.uid: one for one in harness.wait_mails(3)}
        assert stored[2].header_only and not stored[1].header_only and not stored[3].header_only
        assert stored[1].body == mail(0) and stored[3].body == mail(2)


@pytest.mark.parametrize("claim", [5, 1_500_000, 2_500_000, 90_000_000])
def test_sizes_that_lie(run, good, claim):
    large = mail(1, size=2_000_000)
    box = Mailbox([mail(0), large, mail(2)])
    box.claims[2] = claim
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server)
        stored = {one.uid: one for one in harness.wait_mails(3)}
        assert stored[2].body == large and stored[2].size == len(large)
        check_rss(harness)


def test_a_large_mail_that_does_not_compress(run, good):
    body = random.Random(5).randbytes(80 << 20).replace(b"\n", b"x")
    large = mail(1) + body
    box = Mailbox([large])
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server)
        stored = harness.wait_mails(1, timeout=PATIENCE_S)
        assert stored[0].body == large
        check_rss(harness)


# What correct means (threat 4)


def test_no_after_half_of_a_batch(run, good):
    mails = [mail(n) for n in range(10)]

    def half(session, tag, rest):
        sequence, _, items = rest.partition(" ")
        uids = session.chosen(sequence)
        if "BODY.PEEK[]" not in items or len(uids) == 1:
            return False
        for uid in uids[:5]:
            session.send(session.fetch_one(uid, items))
        session.no(tag, "some messages could not be fetched")
        return True

    with Server(good, hooks={"UID FETCH": half}, mailboxes={"INBOX": Mailbox(mails)}) as server:
        harness = run(server)
        stored = harness.wait_mails(10)
        assert sorted(one.uid for one in stored) == list(range(1, 11)) and not harness.missing
        assert server.connections == 1


def test_a_mail_that_is_never_given_is_missing(run, good):
    def without(session, tag, rest):
        sequence, _, items = rest.partition(" ")
        if "BODY.PEEK[]" not in items:
            return False
        for uid in session.chosen(sequence):
            if uid != 3:
                session.send(session.fetch_one(uid, items))
        session.no(tag, "[SERVERBUG] uid 3 is broken")
        return True

    with Server(good, hooks={"UID FETCH": without},
                mailboxes={"INBOX": Mailbox([mail(n) for n in range(5)])}) as server:
        harness = run(server)
        harness.wait_mails(4)
        harness.wait(lambda h: h.missing, what="the missing one")
        assert harness.missing[0][:3] == ("INBOX", 1000, 3)
        assert "broken" in harness.missing[0][3]
        assert harness.ledger.cursors["INBOX"] == (1000, 5)


def test_no_for_a_while_is_not_missing(run, good):
    """A server whose storage is away says NO to every FETCH of a body, and recovers."""
    refused = []

    def away(session, tag, rest):
        if "BODY.PEEK" not in rest or len(refused) >= 9:
            return False
        refused.append(rest)
        session.no(tag, "[UNAVAILABLE] storage is away")
        return True

    with Server(good, hooks={"UID FETCH": away},
                mailboxes={"INBOX": Mailbox([mail(n) for n in range(3)])}) as server:
        harness = run(server)
        stored = harness.wait_mails(3, timeout=PATIENCE_S)
        assert sorted(one.uid for one in stored) == [1, 2, 3] and not harness.missing
        assert any("storage is away" in state.text for state in harness.states)


def test_no_to_the_description_is_not_missing(run, good):
    """The same, and it does not even say how large the only new mail is."""
    refused = []

    def away(session, tag, rest):
        if "RFC822.SIZE" not in rest or len(refused) >= 4:
            return False
        refused.append(rest)
        session.no(tag, "[INUSE] another session compacts the folder")
        return True

    with Server(good, hooks={"UID FETCH": away},
                mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server)
        assert harness.wait_mails(1, timeout=PATIENCE_S)[0].uid == 1 and not harness.missing


def test_a_mail_at_which_the_answer_is_always_unreadable(run, good):
    """It is fetched alone, three times; then it is recorded as missing and the others go on."""
    def poison(session, tag, rest):
        sequence, _, items = rest.partition(" ")
        if "BODY.PEEK[]" not in items or 3 not in session.chosen(sequence):
            return False
        session.send(b"* 3 FETCH (UID 3 BODY[] <<<\r\n")
        session.ok(tag)
        return True

    mails = [mail(n) for n in range(5)]
    with Server(good, hooks={"UID FETCH": poison}, mailboxes={"INBOX": Mailbox(mails)}) as server:
        harness = run(server)
        stored = harness.wait_mails(4, timeout=PATIENCE_S)
        assert sorted(one.uid for one in stored) == [1, 2, 4, 5]
        assert [one[2] for one in harness.missing] == [3]


def test_a_foreign_mail_in_the_answer(run, good):
    """The server answers with another UID than was asked for."""
    def foreign(session, tag, rest):
        sequence, _, items = rest.partition(" ")
        if "BODY.PEEK[]" in items and session.chosen(sequence) == [2]:
            session.send(session.fetch_one(1, items))
            session.send(session.fetch_one(2, items))
            session.ok(tag)
            return True
        return False

    mails = [mail(1), mail(2, size=3 << 20)]
    with Server(good, hooks={"UID FETCH": foreign}, mailboxes={"INBOX": Mailbox(mails)}) as server:
        harness = run(server)
        harness.wait_state("retrying")
        for one in harness.ledger.mails:
            assert one.body == mails[one.uid - 1]


def test_sparse_and_huge_uids(run, good):
    box = Mailbox()
    for uid in (5, 70000, 70001, 3_000_000_000, 4_294_967_290):
        box.add(mail(uid), uid)
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server)
        stored = harness.wait_mails(5)
        assert [one.uid for one in stored] == [5, 70000, 70001, 3_000_000_000, 4_294_967_290]
        assert server.count("UID FETCH") < 60


def test_mail_that_arrives_during_the_fetch(run, good):
    box = Mailbox([mail(1)])

    def grow(session, tag, rest):
        if "BODY.PEEK[]" in rest and len(box.mails) < 4:
            uid = box.add(mail(len(box.mails) + 1))
            session.send(f"* {uid} EXISTS\r\n")
        return False

    with Server(good, hooks={"UID FETCH": grow}, mailboxes={"INBOX": box}) as server:
        harness = run(server)
        harness.wait_mails(4)
        assert server.connections == 1


def test_unsolicited_flags_are_no_mail(run, good):
    def noisy(session, tag, rest):
        session.send("* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 1 FLAGS (\\Seen $Junk))\r\n")
        return False

    with Server(good, hooks={"UID FETCH": noisy},
                mailboxes={"INBOX": Mailbox([mail(1), mail(2)])}) as server:
        harness = run(server)
        stored = harness.wait_mails(2)
        assert [one.size for one in stored] == [len(mail(1)), len(mail(2))]


# IDLE


def test_exists_before_the_plus(run, good):
    box = Mailbox()
    once = []

    def early(session, tag, rest):
        if once:
            return False
        once.append(1)
        box.add(mail(1))
        session.send("* 1 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n")
        assert session.line() == "DONE"
        session.ok(tag)
        return True

    with Server(good, hooks={"IDLE": early}, mailboxes={"INBOX": box}) as server:
        harness = run(server, poll_ms=36_000_000)
        harness.wait_mails(1)
        assert server.connections == 1


def test_idle_tells(run, good):
    """The next poll is hours away. (How soon: tests/figures latency.)"""
    box = Mailbox()
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server, poll_ms=36_000_000)
        server.wait(lambda s: s.count("IDLE") >= 1, what="IDLE")
        for number in range(1, 6):
            box.add(mail(number))
            harness.wait_mails(number)
            server.wait(lambda s: s.count("IDLE") >= number + 1, what="IDLE again")


@pytest.mark.parametrize("answer", ["NO", "BAD"])
def test_idle_refused_polls(run, good, answer):
    box = Mailbox()
    hooks = {"IDLE": lambda session, tag, rest: session.send(f"{tag} {answer} no\r\n") or True}
    with Server(good, hooks=hooks, mailboxes={"INBOX": box}) as server:
        harness = run(server, poll_ms=200)
        server.wait(lambda s: s.count("IDLE") >= 1)
        box.add(mail(1))
        harness.wait_mails(1)
        assert server.count("IDLE") == 1 and server.connections == 1


def test_silent_idle_is_found_out(run, good):
    """It accepts IDLE and never speaks: after two mails that it kept to itself it is polled, and
    the mailbox says so."""
    box = Mailbox()

    def silent(session, tag, rest):
        session.send("+ idling\r\n")
        assert session.line() == "DONE"
        session.ok(tag)
        return True

    with Server(good, hooks={"IDLE": silent}, mailboxes={"INBOX": box}) as server:
        harness = run(server, poll_ms=200)
        for number in (1, 2):
            server.wait(lambda s: s.count("IDLE") >= number, what="IDLE")
            box.add(mail(number))
            harness.retry()  # instead of five minutes
            harness.wait_mails(number)
        told = harness.wait(lambda h: next((s for s in h.states if s.state == "watching" and
                                            s.error != "none"), None), what="that it is told")
        assert "IDLE" in told.text
        box.add(mail(3))
        harness.wait_mails(3)


def test_no_idle_no_sasl_ir_no_anything(run, good):
    box = Mailbox([mail(1)])
    with Server(good, capabilities="IMAP4rev1", mailboxes={"INBOX": box}) as server:
        harness = run(server, poll_ms=200)
        harness.wait_mails(1)
        box.add(mail(2))
        harness.wait_mails(2)
        assert server.count("IDLE") == 0


def test_no_capability_line_at_all(run, good):
    hooks = {"CAPABILITY": lambda session, tag, rest: session.ok(tag) or True}
    with Server(good, hooks=hooks, mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        run(server, poll_ms=200).wait_mails(1)


# Acting (threat 9e)


def test_move_without_the_extension(run, good):
    boxes = {"INBOX": Mailbox([mail(1), mail(2), mail(3)]), "Done": Mailbox()}
    with Server(good, capabilities="IMAP4rev1 IDLE UIDPLUS", mailboxes=boxes) as server:
        harness = run(server, action=wire.MOVE, action_folder="Done")
        harness.wait_mails(3)
        harness.act(1, "move", harness.ledger.mails[1], "Done")
        assert harness.wait_action(1) == wire.Action(1, "done", "")
        assert sorted(boxes["INBOX"].mails) == [1, 3] and len(boxes["Done"].mails) == 1
        assert server.count("EXPUNGE") == 0


def test_repeated_copy_looks_in_the_target_first(run, good):
    """The copy was made, then the connection broke: the second try makes no second copy."""
    boxes = {"INBOX": Mailbox([mail(1), mail(2)]), "Done": Mailbox()}
    broken = []

    def break_off(session, tag, rest):
        if broken:
            return False
        broken.append(1)
        session.do_uid_copy("*", rest)
        session.reset()

    with Server(good, capabilities="IMAP4rev1 IDLE UIDPLUS", mailboxes=boxes,
                hooks={"UID COPY": break_off}) as server:
        harness = run(server, action=wire.MOVE, action_folder="Done")
        harness.wait_mails(2)
        harness.act(1, "move", harness.ledger.mails[1], "Done")
        assert harness.wait_action(1) == wire.Action(1, "done", "")
        assert len(boxes["Done"].mails) == 1 and sorted(boxes["INBOX"].mails) == [1]
        assert server.count("UID COPY") == 1


def test_without_uidplus_nothing_is_expunged(run, good):
    boxes = {"INBOX": Mailbox([mail(1), mail(2)])}
    with Server(good, capabilities="IMAP4rev1 IDLE", mailboxes=boxes) as server:
        harness = run(server, action=wire.DELETE)
        harness.wait_mails(2)
        harness.act(1, "delete", harness.ledger.mails[0])
        done = harness.wait_action(1)
        assert done.result == "done" and "UIDPLUS" in done.text
        assert boxes["INBOX"].flags[1] == {"\\Deleted"} and len(boxes["INBOX"].mails) == 2
        assert server.count("EXPUNGE") == server.count("UID EXPUNGE") == 0


def test_uid_reused_for_another_mail(run, good):
    """A server that breaks the rules: the same UID is somebody else's mail now."""
    box = Mailbox([mail(1), mail(2)])
    with Server(good, mailboxes={"INBOX": box}) as server:
        harness = run(server, action=wire.DELETE)
        harness.wait_mails(2)
        box.mails[2] = mail(77)
        harness.act(1, "delete", harness.ledger.mails[1])
        assert harness.wait_action(1).result == "dropped"
        assert box.mails[2] == mail(77) and not box.flags[2]


def test_action_on_a_vanished_folder(run, good):
    boxes = {"INBOX": Mailbox([mail(1)])}
    with Server(good, mailboxes=boxes) as server:
        harness = run(server, action=wire.SEEN)
        harness.wait_mails(1)
        harness.act(1, "seen", harness.ledger.mails[0], folder="Gone")
        failed = harness.wait_action(1)
        assert failed.result == "failed" and "no such folder" in failed.text


# Waiting


def test_delay_grows_and_goes_back(run, good):
    """Six failures one after another: the waits grow; progress resets them."""
    fails = [6]

    def refuse(session, tag, rest):
        if fails[0] == 0:
            return False
        fails[0] -= 1
        session.reset()

    with Server(good, hooks={"GREETING": refuse},
                mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server, impatient=False)
        for number in range(1, 7):
            harness.wait(lambda h: sum(s.state == "retrying" for s in h.states) >= number)
            harness.retry()
        harness.wait_mails(1)
        waits = [s.until_ms / 1000 - time.time() + (time.monotonic() - s.at)
                 for s in harness.states if s.state == "retrying"]
        assert waits[0] < 8 and waits[-1] > 10  # 0.5 to 1.5 s, then 16 to 48


def test_a_stop_during_a_read_is_heard(run, good):
    """Asked to stop, the reader does not hang in the read until its deadline, an hour away."""
    started = threading.Event()

    def drip(session, tag, rest):
        started.set()
        while True:
            session.send(b"*")
            time.sleep(0.05)

    with Server(good, hooks={"UID FETCH": drip},
                mailboxes={"INBOX": Mailbox([mail(1)])}) as server:
        harness = run(server, timeout_ms=3_600_000)
        assert started.wait(PATIENCE_S)
        assert harness.stop(PATIENCE_S) == 0
