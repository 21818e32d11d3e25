"""`postroom mailbox preview` and `postroomd --check`: what is said of a mailbox before it is read."""
import subprocess

from postroomd import Postroomd, mailbox
from test_daemon import mail


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == status, f'{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def test_preview_counts_and_changes_nothing(build, tmp_path, dovecot, authority, user):
    daemon = Postroomd(build, tmp_path / 'daemon')
    box = mailbox('crm', dovecot, user, authority, secret=daemon.secret('all'),
                  since='2037-01-01', folders=['INBOX', 'Nowhere'])
    daemon.configure(mailboxes=[box])
    for number in range(3):
        dovecot.deliver(user, mail(number))
    said = run(build / 'bin/postroom', 'mailbox', 'preview', 'crm@example.org', '--config',
               daemon.config)
    assert 'crm/INBOX: 3 mails' in said and '; 0 since then' in said
    assert 'crm/Nowhere: ' in said
    assert all(flags <= {'\\Recent'} for flags in dovecot.flags(user).values())
    assert not (daemon.state / 'postroom.db').exists()
    run(build / 'bin/postroom', 'mailbox', 'preview', 'other', '--config', daemon.config, status=3)


def test_check_says_what_is_wrong_with_each(build, tmp_path, dovecot, authority, user):
    daemon = Postroomd(build, tmp_path / 'daemon')
    good = mailbox('good', dovecot, user, authority, secret=daemon.secret('all'))
    daemon.configure(mailboxes=[good])
    said = run(daemon.program, '--check', '--config', daemon.config)
    assert said == f'good: ok (localhost as {user}, 1 folder)\n'
    wrong = mailbox('wrong', dovecot, user, authority, secret=daemon.secret('wrong', 'wr0ng'))
    lost = mailbox('lost', dovecot, user, authority, secret=daemon.secret('all'),
                   folders=['Nowhere'])
    strange = mailbox('strange', dovecot, user, authority, secret=daemon.secret('all'))
    del strange['server']['ca_file']
    daemon.configure(mailboxes=[good, wrong, lost, strange])
    lines = run(daemon.program, '--check', '--config', daemon.config, status=1).splitlines()
    assert lines[0].startswith('good: ok')
    assert lines[1].startswith('wrong: auth: the server refuses the login')
    assert "the folder Nowhere can't be opened" in lines[2]
    assert 'the certificate is refused' in lines[3] and 'server.ca_file' in lines[3]
    assert 'wr0ng' not in '\n'.join(lines)
