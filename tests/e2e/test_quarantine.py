"""Mail that may not be written: beyond the quotas, released, its body fetched again or gone; and
copies whose deciding failed. A daemon on Dovecot, and the command on its database."""
import json
import sqlite3

import pytest

from postroom import Postroom
from postroomd import Postroomd, mailbox, wait_for

PREFIX = 'Board action:'


def mail(number, sender='Anna Visser <anna.privat@home.example>', box='board'):
    return (f'Received: from home.example by mail.example.org with ESMTPS; '
            f'Sat, 21 Nov 2026 10:00:00 +0100\r\n'
            f'From: {sender}\r\nTo: {box}@example.org\r\nSubject: Minutes {number}\r\n'
            f'Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMessage-ID: <q{number}@home.example>\r\n'
            f'\r\n{PREFIX} anna: order trolley {number}\r\n').encode()


@pytest.fixture
def office(build, tmp_path, dovecot, authority):
    key = dovecot.new_name('q')
    daemon = Postroomd(build, tmp_path)
    secret = daemon.secret('all')
    daemon.users = {name: dovecot.add_user(key + name) for name in ('board', 'support')}
    daemon.configure(
        users=[{'name': 'anna', 'full_name': 'Anna Visser', 'addresses': ['anna@example.org']}],
        mailboxes=[mailbox('board', dovecot, daemon.users['board'], authority, kind='actions',
                           secret=secret, who_may_write='submission', action='flag'),
                   mailbox('support', dovecot, daemon.users['support'], authority, secret=secret)],
        actions={'prefixes': [PREFIX]}, quarantine={'per_sender': 1})
    daemon.command = Postroom(build, tmp_path, daemon.config)
    with daemon:
        yield daemon


def states(daemon):
    return {one['message_id'].split('@')[0]: one['state']
            for one in daemon.command.json('message', 'list')}


def flood(daemon, dovecot, count):
    for number in range(count):
        dovecot.deliver(daemon.users['board'], mail(number))
    daemon.wait_settled(count)
    assert set(states(daemon).values()) == {'quarantined'}
    assert daemon.query('SELECT count(*) FROM message WHERE raw_size_bytes > 0') == [(1,)]


def number_of(daemon, key):
    return next(one['id'] for one in daemon.command.json('message', 'list')
                if one['message_id'].startswith(key + '@'))


def test_released_beyond_the_quota_is_fetched_again(office, dovecot):
    flood(office, dovecot, 3)
    done = office.command('quarantine', 'release', number_of(office, 'q2'))
    assert 'users[].addresses of anna' in done.err
    assert 'addresses: [anna@example.org, anna.privat@home.example]' in done.err
    wait_for(lambda: states(office)['q2'] == 'filed', what='the body of the released mail')
    task, = office.command.json('task', 'list')
    assert 'order trolley 2' in task['title']
    assert b'order trolley 2' in office.raw_mails()['q2@home.example'][0]
    # what the mailbox does with every mail is done to this one too, and nothing else is asked
    wait_for(lambda: office.query('SELECT count(*) FROM server_action') == [(0,)],
             what='the flag on the server')
    assert all('\\Flagged' in flags for flags in dovecot.flags(office.users['board']).values())
    assert states(office)['q1'] == 'quarantined'
    assert len(dovecot.uids(office.users['board'])) == 3


def test_body_that_is_gone_meanwhile_is_asked_of_a_person(office, dovecot):
    flood(office, dovecot, 3)
    wait_for(lambda: office.query('SELECT count(*) FROM server_action') == [(0,)], what='flags')
    dovecot.expunge(office.users['board'], dovecot.uids(office.users['board'])[2])
    office.expected |= {'action', 'action-dropped'}
    office.command('quarantine', 'release', number_of(office, 'q2'))
    wait_for(lambda: states(office)['q2'] == 'waiting', what='what the header says')
    item, = office.command.json('unresolved', 'list')
    assert item['reason'] == 'body-gone' and 'have it sent again' in item['detail']
    assert office.command.json('task', 'list') == []
    told = [one['finding'] for one in office.command.json('doctor', code=None)
            if one['check'] == 'actions']
    assert len(told) == 1 and 'fetch of message' in told[0] and 'given up' in told[0]
    office.command('unresolved', 'dismiss', item['id'])
    assert states(office)['q2'] == 'filed'


def test_a_copy_that_can_not_be_decided_is_tried_again_by_itself(office, dovecot):
    """The mail came to one mailbox; what its copy in another one adds fails once."""
    copy = mail(7, 'Zoe <zoe@home.example>')
    dovecot.deliver(office.users['board'], copy)
    office.wait_settled(1)
    office.expected |= {'not-decided', 'copy-undecided'}
    database = sqlite3.connect(office.state / 'postroom.db', timeout=30)
    database.execute("CREATE TRIGGER broken BEFORE INSERT ON support_case BEGIN "
                     "SELECT RAISE(ABORT, 'planted'); END")
    database.commit()
    dovecot.deliver(office.users['support'], copy)
    office.wait_event('copy-undecided')
    assert office.command.json('case', 'list') == []
    wait_for(lambda: office.query("SELECT verb FROM server_action WHERE verb = 'decide'"),
             what='the next try')
    database.execute('DROP TRIGGER broken')
    # that its bytes are damaged costs this mail another try, not the ledger
    raw, = database.execute('SELECT bytes FROM message_raw').fetchone()
    database.execute('UPDATE message_raw SET bytes = ?', (raw[:-4] + bytes(4),))
    database.execute('UPDATE server_action SET not_before_ms = 0')  # now
    database.commit()
    wait_for(lambda: len(office.events('copy-undecided')) == 2, 60, what='the damage to be told')
    database.execute('UPDATE message_raw SET bytes = ?', (raw,))
    database.execute('UPDATE server_action SET not_before_ms = 0')
    database.commit()
    database.close()
    wait_for(lambda: office.command.json('case', 'list'), what='the copy to be decided')
    wait_for(lambda: office.query("SELECT count(*) FROM server_action") == [(0,)],
             what='the end of the actions')
    assert office.query("SELECT count(*) FROM route WHERE kind = 'support'") == [(1,)]


def bcc(envelope):
    return (f'Delivered-To: {envelope}\r\nReceived: from laptop by mail.example.org with ESMTPSA; '
            f'Sat, 21 Nov 2026 10:00:00 +0100\r\nFrom: anna@example.org\r\nTo: erik@wit.example\r\n'
            f'Subject: Offer\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nMessage-ID: <o@example.org>'
            f'\r\n\r\nHello\r\n').encode()


def test_copies_of_a_mail_that_was_not_decided_keep_their_own_headers(office, dovecot, authority):
    """The daemon ended before it decided: the second copy's tag counts all the same."""
    box = dict(json.loads(office.config.read_text()))
    box['mailboxes'].append(mailbox('crm', dovecot, office.users['support'], authority,
                                    kind='capture', secret=office.secret('all'),
                                    who_may_write='submission'))
    del box['mailboxes'][1]
    office.config.write_text(json.dumps(box))
    office.terminate()
    office.start()
    for envelope in ('crm@example.org', 'crm+2w@example.org'):
        dovecot.deliver(office.users['support'], bcc(envelope))
    wait_for(lambda: office.command.json('task', 'list'), what='the follow-up')
    office.terminate()
    database = sqlite3.connect(office.state / 'postroom.db', timeout=30)
    for table in ('task', 'activity', 'match', 'unresolved', 'server_action', 'route'):
        database.execute(f'DELETE FROM {table}')
    state, = database.execute('SELECT state FROM message').fetchone()
    database.execute("UPDATE message SET state = 'received'")
    database.execute('UPDATE message_count SET rows = rows - 1 WHERE name = ?', (state,))
    database.execute("UPDATE message_count SET rows = rows + 1 WHERE name = 'received'")
    database.commit()
    database.close()
    office.start()
    task, = wait_for(lambda: office.command.json('task', 'list'), what='the follow-up again')
    assert task['due'] == '2026-12-05'
    assert office.query('SELECT count(*) FROM delivery') == [(2,)]
