"""postroom privacy: an erased person is in no byte that we keep, and stays out."""
import json
import shutil
import sqlite3

import pytest
from canaries import Canaries, Person, SIZE, found_in, mail, plant, take
from postroom import Postroom
from postroomd import Postroomd, mailbox, wait_for


@pytest.fixture
def postroom(build, tmp_path):
    return Postroom(build, tmp_path)


@pytest.fixture
def small(postroom):
    """One person, and one who stays."""
    persons, words, finance = plant(postroom, people=1)
    return postroom, persons[0], words, finance


def balance(postroom):
    ledger = postroom.json('status')['ledger']
    assert ledger['fetched'] == sum(ledger[state] for state in (
        'received', 'filed', 'waiting', 'ignored', 'quarantined', 'dead', 'erased'))
    findings = [one for one in postroom.json('doctor', code=None)
                if one['check'] in ('ledger', 'database')]
    assert not findings, findings
    return ledger


def whole(found):
    return {word for word in found if len(word) == SIZE}


def test_erase_leaves_nothing(postroom):
    """Database, log, index, raw mail, audit, undo, our backups; what others share stays."""
    persons, words, finance = plant(postroom)
    backup = postroom.directory / 'copy.db'
    postroom('backup', backup)
    before = found_in(postroom.state, words, [backup])
    assert len(words) >= 1000 and len(whole(before)) >= len(set(words)) - len(persons), \
        'the search has to find what was planted'
    counted = balance(postroom)['fetched']
    for person in persons:
        done = postroom.json('privacy', 'erase', person.address, '--yes')
        assert done['messages']['held'] == 1 and done['held'][0]['until'][:4] == '2036'
        assert [one['outcome'] for one in done['backups']] == ['rewritten']
    assert found_in(postroom.state, words, [backup]) == set()
    ledger = balance(postroom)
    assert ledger['fetched'] == counted and ledger['erased'] == 5 * len(persons)
    # the others' part
    bob = postroom.json('contact', 'show', 'bob@other.example')
    assert sum(one['subject'].startswith('Bobs answer') for one in bob['activities']) == \
        len(persons)
    assert len(postroom.json('search', 'hello')) == len(persons)
    # finance, unaltered and out of search
    assert whole(found_in(postroom.state, finance)) == set(finance)
    assert postroom.json('search', finance[0]) == []
    tickets = postroom.json('ticket', 'list')
    assert len(tickets) == len(persons)
    raw = postroom('message', 'raw', postroom.json('privacy', 'held')[-1]['message']).out
    assert finance[-1] in raw
    postroom('ticket', 'pay', tickets[0]['id'])
    postroom('log', 'list')


def test_dry_run_writes_nothing(small):
    postroom, person, words, _ = small
    before = whole(found_in(postroom.state, words))
    preview = postroom.json('privacy', 'erase', person.address, '--dry-run')
    assert preview['messages'] == {'erased': 5, 'redacted': 3, 'held': 1}
    assert whole(found_in(postroom.state, words)) == before
    assert not (postroom.state / 'postroom.erased').exists()
    assert postroom.json('contact', 'show', person.address)['name'] == person.name
    done = postroom.json('privacy', 'erase', person.address, '--yes')
    assert done['messages'] == preview['messages'] and done['record'] == preview['record']


def test_erase_asks(small):
    postroom, person, _, _ = small
    refused = postroom('privacy', 'erase', person.name, '--no-input', code=1)
    assert '--yes' in refused.err
    assert postroom.json('contact', 'show', person.name)['name'] == person.name
    assert 'nobody' not in postroom('privacy', 'erase', code=0).out
    postroom('privacy', 'erase', 'nobody@nowhere.example', '--yes', code=3)


def test_the_same_mail_again_stays_out(small):
    """Imported again, or a copy that was never seen: kept out; a new mail waits."""
    postroom, person, words, _ = small
    postroom('privacy', 'erase', person.address, '--yes')
    again = sorted(postroom.directory.glob('mail-*.taken'))
    for file in again:
        file.rename(file.with_suffix('.eml'))
    counted = balance(postroom)['fetched']
    for mailbox in ('support', 'crm', 'sales'):
        postroom('import', '--mailbox', mailbox, *postroom.directory.glob('mail-*.eml'))
    assert found_in(postroom.state, words) == set()
    assert balance(postroom)['fetched'] == counted
    new = Canaries(77)
    old = [('support', mail(person.sender(), 'support@example.org', new(), new(), 'old')),
           ('support', mail(person.sender(), 'support@example.org', new(), new(), 'shared',
                            cc='bob@other.example'))]
    take(postroom, old)
    assert found_in(postroom.state, new.words + words) == set()
    assert balance(postroom)['erased'] == 6
    assert [one['reason'] for one in postroom.json('unresolved', 'list')].count(
        'erased-person') == 0


LATER = 'Received: from a by mail.example.org; Fri, 1 Jan 2038 10:00:00 +0100\n'


def test_a_new_mail_waits_and_readmit_lets_it_in(small):
    postroom, person, _, _ = small
    postroom('privacy', 'erase', person.address, '--yes')
    later = dict(date='Fri, 1 Jan 2038 10:00:00 +0100')
    header = 'Received: from a by mail.example.org; Fri, 1 Jan 2038 10:00:00 +0100\n'
    take(postroom, [
        ('support', mail(person.sender(), 'support@example.org', 'New question', 'Hello', 'n1',
                         header, **later)),
        ('sales', mail(person.sender(), 'sales@example.org', 'New wish', 'Hello', 'n2', header,
                       **later)),
        ('invoices', mail(person.sender(), 'invoices@example.org', 'New bill',
                          'Invoice number: 77\nTotal: EUR 5.00\n', 'n3', header, **later))])
    items = [one for one in postroom.json('unresolved', 'list')
             if one['reason'] == 'erased-person']
    assert len(items) == 3 and {one['address'] for one in items} == {person.address}
    assert not [one for one in postroom.json('case', 'list') if one['subject'] == 'New question']
    assert postroom.json('deal', 'list') == [] or all(
        'wish' not in one['name'] for one in postroom.json('deal', 'list'))
    assert len(postroom.json('ticket', 'list')) == 2, 'a bill has its ticket all the same'
    refused = postroom('unresolved', 'create', items[0]['id'], code=4)
    assert 'readmit' in refused.err
    refused = postroom('contact', 'add', 'Somebody Else', person.address, code=4)
    assert 'readmit' in refused.err
    postroom('privacy', 'readmit', person.address, '--dry-run')
    done = postroom.json('privacy', 'readmit', person.address)
    assert done['decided'] == 3
    assert not [one for one in postroom.json('unresolved', 'list')
                if one['reason'] == 'erased-person']
    assert [one for one in postroom.json('case', 'list') if one['subject'] == 'New question']
    postroom('privacy', 'readmit', person.address, code=3)
    balance(postroom)


def test_restore_brings_nobody_back(small):
    """Of a backup that was out of reach; one made since, with his waiting mail, keeps that."""
    postroom, person, words, _ = small
    backup, hidden = postroom.directory / 'copy.db', postroom.directory / 'hidden.db'
    postroom('backup', backup)
    backup.rename(hidden)
    done = postroom.json('privacy', 'erase', person.name, '--yes')
    assert [one['outcome'] for one in done['backups']] == ['missing']
    assert whole(found_in(postroom.state, words, [hidden])), 'it could not be reached'
    postroom('restore', hidden, '--yes')
    assert found_in(postroom.state, words) == set()
    assert balance(postroom)['erased'] == 5
    take(postroom, [('support', mail(person.sender(), 'support@example.org', 'New question',
                                     'Hello', 'n1', LATER))])
    newer = postroom.directory / 'newer.db'
    postroom('backup', newer)
    postroom('restore', newer, '--yes')
    waiting = [one for one in postroom.json('unresolved', 'list')
               if one['reason'] == 'erased-person']
    assert len(waiting) == 1 and waiting[0]['address'] == person.address
    balance(postroom)


def test_undo_of_what_touched_him_is_refused(small):
    postroom, person, _, _ = small
    edited = postroom.json('contact', 'edit', person.address, '--note', 'once')['operation']
    postroom('privacy', 'erase', person.address, '--yes')
    assert 'removed' in postroom('undo', edited, code=4).err
    erasure = postroom.json('log', 'list')[0]
    assert erasure['verb'] == 'privacy erase'
    postroom('undo', erasure['id'], code=5)


def test_a_backup_that_cannot_be_written_is_told(small):
    postroom, person, _, _ = small
    folder = postroom.directory / 'away'
    folder.mkdir()
    postroom('backup', folder / 'copy.db')
    (folder / 'copy.db').write_bytes(b'no database at all')
    done = postroom.json('privacy', 'erase', person.address, '--yes', code=6)
    assert done['backups'][0]['outcome'] == 'failed' and done['backups'][0]['error']
    findings = [one for one in postroom.json('doctor', code=6) if one['check'] == 'privacy']
    assert findings and 'privacy erase' in findings[0]['mend']
    (folder / 'copy.db').unlink()
    assert postroom.json('privacy', 'erase')['backups'][0]['outcome'] == 'missing'
    assert not [one for one in postroom.json('doctor', code=None) if one['check'] == 'privacy']


def test_a_backup_that_cannot_be_noted_is_told(small):
    """It is whole, but no erasure would reach it."""
    postroom, person, _, _ = small
    with sqlite3.connect(postroom.state / 'postroom.db') as database:
        database.execute('ALTER TABLE backup_file RENAME TO planted')
    said = postroom('backup', postroom.directory / 'copy.db', code=1)
    assert 'copy.db is whole, but was not noted' in said.err and 'no such table' in said.err
    assert 'run the backup again' in said.err and said.out == ''
    with sqlite3.connect(postroom.state / 'postroom.db') as database:
        database.execute('ALTER TABLE planted RENAME TO backup_file')
    postroom('backup', postroom.directory / 'copy.db')
    done = postroom.json('privacy', 'erase', person.address, '--yes')
    assert [one['outcome'] for one in done['backups']] == ['rewritten']


def test_somebody_without_a_contact(postroom):
    """Only an address in mail that waits."""
    canary = Canaries(5)
    person = Person(1, canary)
    take(postroom, person.mails())
    postroom('privacy', 'erase', person.address, '--yes')
    assert found_in(postroom.state, canary.words) == set()
    balance(postroom)


def test_namesakes_stay(postroom):
    """A name alone is nobody when two have it."""
    postroom('contact', 'add', 'Karel Kunde', 'karel@one.example')
    postroom('contact', 'add', 'Karel Kunde', 'karel@two.example')
    take(postroom, [('support', mail('Bob <bob@other.example>', 'support@example.org', 'Who?',
                                     'Karel Kunde of two.example said so.', 'x'))])
    postroom('privacy', 'erase', 'karel@one.example', '--yes')
    assert postroom.json('contact', 'show', 'karel@two.example')['name'] == 'Karel Kunde'
    assert len(postroom.json('search', 'Kunde')) == 1


def test_age_and_touch(postroom):
    postroom('contact', 'add', 'Karel Kunde', 'karel@kunde.example')
    postroom('contact', 'add', 'Bob Other', 'bob@other.example')
    rows = postroom.json('privacy', 'list')
    assert [one['name'] for one in rows] == ['Karel Kunde', 'Bob Other']
    assert rows[0]['days'] == 0 and rows[0]['activities'] == 0
    assert postroom.json('privacy', 'list', '--older-than', '1d') == []
    postroom('privacy', 'list', '--older-than', 'long', code=2)
    touched = postroom.json('privacy', 'touch', 'karel@kunde.example')
    assert touched['contact']['touched']
    assert [one['name'] for one in postroom.json('privacy', 'list')] == [
        'Bob Other', 'Karel Kunde']
    after = postroom.json('privacy', 'list', '--limit', '1')[0]['id']
    assert [one['name'] for one in postroom.json('privacy', 'list', '--after', after)] == [
        'Karel Kunde']
    postroom('undo', touched['operation'])
    assert [one['name'] for one in postroom.json('privacy', 'list')] == [
        'Karel Kunde', 'Bob Other']


def test_export(small):
    postroom, person, words, _ = small
    folder = postroom.directory / 'export'
    everything = postroom.json('privacy', 'export', person.address)
    assert everything['contact']['name'] == person.name
    assert set(everything['addresses']) == {person.address, person.second, person.billing,
                                            person.merged}
    assert len(everything['messages']) == 8 and len(everything['tasks']) == 2
    assert everything['activities'] and everything['changes'] and everything['tickets']
    text = json.dumps(everything)
    assert sum(word in text.lower() for word in words) > len(words) * 0.8
    postroom('privacy', 'export', person.name, '--to', folder)
    assert json.loads((folder / 'person.json').read_text()) == everything
    assert len(list(folder.glob('*.eml'))) == 8
    assert folder.stat().st_mode & 0o077 == 0
    postroom('privacy', 'export', person.name, '--to', folder, code=5)


def test_anonymise(small):
    postroom, person, _, _ = small
    shown = postroom.json('contact', 'show', person.address)
    done = postroom.json('privacy', 'anonymise', person.address, '--yes')['contact']
    assert done['name'] == f'Anonymous {shown["id"]}'
    assert done['phone'] is None and done['note'] is None and done['source'] == shown['source']
    after = postroom.json('contact', 'show', shown['id'])
    assert after['addresses'] == [] and len(after['activities']) == len(shown['activities'])
    assert person.name not in postroom('log', 'show', 'contact', shown['id']).out


# ---------------------------------------------------------------- beside the daemon

@pytest.fixture
def daemon(build, tmp_path, dovecot, authority, user):
    """With one mailbox of kind support, not started."""
    made = Postroomd(build, tmp_path / 'daemon')
    box = mailbox('support', dovecot, user, authority, secret=made.secret('support'))
    made.configure(mailboxes=[box], retention={'ignored': '30d', 'quarantined': '30d',
                                               'dead': '30d'})
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def support_mail(person, subject, text, number, **more):
    return mail(person.sender(), 'support@example.org', subject, text, number,
                'Delivered-To: support@example.org\n', **more).encode()


def test_erase_beside_the_daemon(build, daemon, dovecot, user):
    """It reads on meanwhile; mail that comes to it again stays out, a new one waits."""
    postroom = Postroom(build, daemon.directory, daemon.config)
    canary = Canaries(9)
    person = Person(1, canary)
    for number in range(5):
        dovecot.deliver(user, support_mail(person, canary(), canary(), f'd{number}'))
    with daemon:
        daemon.wait_settled(5)
        postroom('unresolved', 'create', postroom.json('unresolved', 'list')[0]['id'])
        done = postroom.json('privacy', 'erase', person.address, '--yes')
        assert done['messages'] == {'erased': 5, 'redacted': 0, 'held': 0}
        assert [(one['mailbox'], one['messages']) for one in done['server_copies']] == [
            ('support', 5)]
        dovecot.deliver(user, support_mail(person, canary(), canary(), 'again'))
        dovecot.deliver(user, support_mail(person, 'I am new', 'Hello', 'new',
                                           date='Fri, 1 Jan 2038 10:00:00 +0100'))
        daemon.wait_settled(7)
        items = postroom.json('unresolved', 'list')
        assert [one['reason'] for one in items] == ['erased-person']
        ledger = balance(postroom)
        assert ledger['erased'] == 6 and ledger['waiting'] == 1
        assert postroom.json('privacy', 'readmit', person.address)['decided'] == 1
        assert [one['reason'] for one in postroom.json('unresolved', 'list')] == ['no-match']
        postroom('privacy', 'erase', person.address, '--yes')
        assert found_in(daemon.state, canary.words) == set()


def test_retention_by_the_daemon(build, daemon):
    """Bytes go after their time, younger ones stay; a finance document goes when its hold ends."""
    postroom = Postroom(build, daemon.directory, daemon.config)
    canary = Canaries(10)
    person = Person(1, canary)
    take(postroom, [
        ('support', f'Delivered-To: support@example.org\nAuto-Submitted: auto-replied\n'
                    f'From: {person.sender()}\nTo: support@example.org\n'
                    f'Subject: {canary()}\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n'
                    f'Message-ID: <{number}@kunde.example>\n\n{canary()} {word}\n')
        for number, word in enumerate(('stays', 'goes'))])
    old, = [one['message'] for one in postroom.json('search', 'goes')] or [None]
    assert balance(postroom)['ignored'] == 2 and balance(postroom)['purged'] == 0
    database = sqlite3.connect(daemon.state / 'postroom.db')
    database.execute('UPDATE message SET stored_ms = stored_ms - 31 * 86400000 WHERE id = ?',
                     [old])
    database.commit()
    database.close()
    with daemon:
        wait_for(lambda: postroom.json('status')['ledger']['purged'] == 1, what='old bytes gone')
        ledger = balance(postroom)
        assert ledger['ignored'] == 2 and ledger['purged'] == 1
        postroom('message', 'raw', old, code=3)
        shown = postroom.json('message', 'show', old)
        assert shown['removed'] == 'retention' and shown['subject']
        assert postroom.json('search', 'goes') == []
        assert len(postroom.json('search', 'stays')) == 1
        daemon.wait_event('retention-over')


def test_a_hold_ends(build, daemon, small):
    """After its last day the finance document is gone as well."""
    postroom, person, words, finance = small
    postroom('privacy', 'erase', person.address, '--yes')
    assert whole(found_in(postroom.state, finance)) == set(finance)
    database = sqlite3.connect(postroom.state / 'postroom.db')
    database.execute('UPDATE finance_hold SET until_ms = 1000')
    database.commit()
    database.close()
    shutil.rmtree(daemon.state)
    shutil.copytree(postroom.state, daemon.state)
    there = Postroom(build, daemon.directory, daemon.config)
    with daemon:
        wait_for(lambda: there.json('privacy', 'held') == [], what='the end of the hold')
        assert balance(there)['erased'] == 6
        ticket, = there.json('ticket', 'list')
        assert ticket['title'] == '[erased]' and ticket['number'] == '2026-001'
    there('privacy', 'erase', person.address, code=0)
    assert found_in(daemon.state, finance + words) == set()
