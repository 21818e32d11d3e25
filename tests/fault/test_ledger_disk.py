"""The daemon's disk fails once while mail comes: the ledger ends with the reason in the log, is
started again, and every mail is there once."""
import signal
import subprocess

import pytest

from postroomd import Postroomd, is_alive, mailbox, wait_for

MAILS = 6


def mail(number):
    return (f'Return-Path: <p{number}@customer.example>\nDelivered-To: crm@example.org\n'
            f'From: <p{number}@customer.example>\nTo: crm@example.org\nSubject: Question {number}\n'
            f'Date: Mon, 16 Nov 2026 10:00:00 +0100\nMessage-ID: <m{number}@customer.example>\n\n'
            'Good morning.\n').encode()


@pytest.mark.parametrize('call, error, when', [
    ('fdatasync', 'EIO', 1), ('fdatasync', 'EIO', 2), ('pwrite64', 'ENOSPC', 1),
    ('pwrite64', 'ENOSPC', 5), ('pwrite64', 'EIO', 3)])
def test_ledger_ends_and_comes_back(build, tmp_path, dovecot, authority,  # noqa: F811
                                    call, error, when):
    user = dovecot.add_user(f'disk{call}{error}{when}'.lower())
    daemon = Postroomd(build, tmp_path / 'daemon')
    daemon.configure(mailboxes=[mailbox('crm', dovecot, user, authority,
                                        secret=daemon.secret('crm'))])
    daemon.expected = {'ended', 'died'}
    with daemon:
        ledger = daemon.pid('ledger')
        log = tmp_path / 'trace'
        # getpid is made in its place: the invalid call that strace makes otherwise is one that the
        # ledger's filter kills it for
        tracer = subprocess.Popen(
            ['strace', '-f', '-o', log, '-p', str(ledger), '-e', f'trace={call}', '-e',
             f'inject={call}:error={error}:when={when}:syscall=getpid'], stderr=subprocess.PIPE, text=True)
        try:
            assert 'attached' in tracer.stderr.readline()
            for number in range(MAILS):
                dovecot.deliver(user, mail(number))
            wait_for(lambda: not is_alive(ledger), what='the end of the ledger')
        finally:
            if tracer.poll() is None:
                tracer.send_signal(signal.SIGINT)
            tracer.communicate()
        assert '(INJECTED)' in log.read_text(errors='replace')
        ended = daemon.wait_event('ended', error_kind='storage')[0]
        assert 'disk' in ended.fields['error']
        daemon.wait_settled(MAILS)
        raw = daemon.raw_mails()
        assert sorted(raw) == [f'm{number}@customer.example' for number in range(MAILS)]
        assert all(copies == [mail(number).replace(b'\n', b'\r\n')]
                   for number, copies in enumerate(raw[key] for key in sorted(raw)))
        assert daemon.query('SELECT count(*) FROM delivery') == [(MAILS,)]
        assert daemon.query('PRAGMA integrity_check') == [('ok',)]
