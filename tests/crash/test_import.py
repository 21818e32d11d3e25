"""An mbox import that is killed again and again and started again: every mail once, as in an import
that nobody disturbed."""
import math
import os
import random
import signal
import sqlite3
import subprocess
import time

from postroom import Postroom
from postroomd import unpack_zstd
from tests.bench.generate import Generator

MAILS = 1500
KILLS = 25
SOON_S = 240  # on a busy machine
RECORD = """
SELECT m.message_id, m.state, (SELECT count(*) FROM delivery d WHERE d.message_id = m.id),
    (SELECT count(*) FROM unresolved u WHERE u.message_id = m.id),
    (SELECT count(*) FROM activity a WHERE a.message_id = m.id)
FROM message m ORDER BY 1
"""


def write_mbox(path):
    """As mboxrd: a From_ line before each mail, `>` before lines that look like one."""
    generator = Generator(seed=11, small=True)
    with open(path, 'wb') as out:
        for number in range(MAILS):
            out.write(b'From someone@example.org Mon Nov  2 10:00:00 2026\n')
            for line in generator.mail(number)[0].splitlines(keepends=True):
                out.write(b'>' + line if line.lstrip(b'>').startswith(b'From ') else line)
            out.write(b'\n')


def rows(postroom, sql):
    with sqlite3.connect(f'file:{postroom.state}/postroom.db?mode=ro', uri=True) as database:
        return database.execute(sql).fetchall()


def stored(postroom):
    """How many mails are there, also while the first import is still making the database."""
    try:
        return rows(postroom, 'SELECT count(*) FROM message')[0][0]
    except sqlite3.Error:
        return 0


def start(postroom, mbox):
    return subprocess.Popen([postroom.program, 'import', '--mailbox', 'support', str(mbox)],
                            env=postroom.environment(), stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def cpu_seconds(pid):
    """Of the process; None: it has ended."""
    try:
        with open(f'/proc/{pid}/stat') as file:
            fields = file.read().rsplit(')', 1)[1].split()
    except OSError:
        return None
    if fields[0] in 'ZX':
        return None
    return sum(map(int, fields[11:13])) / os.sysconf('SC_CLK_TCK')


def watch(process, seconds):
    """Until it has had so much CPU time, which other work of the machine does not change, or has
    ended; how much it had."""
    spent, until = 0.0, time.monotonic() + SOON_S
    while spent < seconds:
        now = cpu_seconds(process.pid)
        if now is None:
            break
        assert time.monotonic() < until, f'no end within {SOON_S} s'
        spent = now
        time.sleep(0.001)
    return spent


def folder(tmp_path, name):
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_killed_import_goes_on(build, tmp_path):
    mbox = tmp_path / 'archive.mbox'
    write_mbox(mbox)
    golden = Postroom(build, folder(tmp_path, 'golden'))
    undisturbed = start(golden, mbox)
    seconds = watch(undisturbed, math.inf)
    assert undisturbed.wait() == 0 and stored(golden) == MAILS

    postroom = Postroom(build, folder(tmp_path, 'killed'))
    rng = random.Random(3)
    in_the_middle = 0
    for _ in range(KILLS):
        process = start(postroom, mbox)
        watch(process, rng.uniform(0, seconds / KILLS * 3))
        process.send_signal(signal.SIGKILL)
        in_the_middle += process.wait() == -signal.SIGKILL
        assert stored(postroom) <= MAILS
    assert in_the_middle >= KILLS // 2, 'the import is over too soon for so many kills'
    postroom('import', '--mailbox', 'support', mbox)
    assert rows(postroom, RECORD) == rows(golden, RECORD)
    assert rows(postroom, 'PRAGMA integrity_check') == [('ok',)]
    raw = {}
    for message, chunk in rows(postroom, 'SELECT m.message_id, r.bytes FROM message_raw r JOIN '
                               'message m ON m.id = r.message_id ORDER BY m.id, r.chunk'):
        raw[message] = raw.get(message, b'') + chunk
    generator = Generator(seed=11, small=True)
    for number in range(MAILS):
        frame = raw[generator.message_id(number).strip('<>')]
        assert unpack_zstd(frame).rstrip(b'\r\n') == generator.mail(number)[0].rstrip(b'\n')
