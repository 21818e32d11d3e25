"""Contacts and companies that turn out to be one, other names, notes, calls and articles."""
import pytest

from postroom import Postroom

MAIL = '''Received: from x by mail.example.org with ESMTPSA; Fri, 20 Nov 2026 10:00:00 +0100
From: Anna <anna@example.org>
To: {to}
Delivered-To: crm@example.org
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <{number}@example.org>
Subject: Mail {number}

Hello
'''


@pytest.fixture
def postroom(build, tmp_path):
    return Postroom(build, tmp_path)


def shown(postroom, noun, name):
    return postroom.json(noun, 'show', name)


def addresses(record):
    return [one['address'] for one in record['addresses']]


def everything(postroom):
    """The record as it prints, without the times of changes."""
    def clean(value):
        if isinstance(value, dict):
            return {key: clean(one) for key, one in value.items()
                    if key not in ('changed', 'created')}
        return [clean(one) for one in value] if isinstance(value, list) else value
    return clean([postroom.json('contact', 'show', str(one['id']))
                  for one in postroom.json('contact', 'list')] +
                 [postroom.json('company', 'show', str(one['id']))
                  for one in postroom.json('company', 'list')] + postroom.json('task', 'list'))


def test_merge_of_contacts(postroom):
    postroom('company', 'add', 'Berg')
    postroom('contact', 'add', 'Ida Berg', 'ida@berg.example', '--phone', '1', '--note', 'tea')
    postroom('contact', 'add', 'I. Berg', 'i@berg.example', '--phone', '2', '--note', 'coffee',
             '--company', 'Berg', '--owner', 'ben', '--do-not-contact', 'yes')
    postroom.take(MAIL.format(to='ida@berg.example', number=1),
                  MAIL.format(to='i@berg.example', number=2),
                  MAIL.format(to='ida@berg.example, i@berg.example', number=3), mailbox='crm')
    postroom('note', 'add', 'I. Berg', 'Prefers letters')
    before = everything(postroom)

    preview = postroom.json('contact', 'merge', 'Ida Berg', 'I. Berg', '--dry-run')
    assert preview['dropped'] == 1 and everything(postroom) == before
    told = postroom.json('contact', 'merge', 'Ida Berg', 'I. Berg')
    assert told['moved'] == preview['moved']

    ida = shown(postroom, 'contact', 'I. Berg')
    assert ida['name'] == 'Ida Berg' and ida['aliases'] == ['I. Berg']
    assert addresses(ida) == ['ida@berg.example', 'i@berg.example']
    assert ida['phone'] == '1, 2' and ida['note'] == 'tea\ncoffee'
    assert ida['company']['name'] == 'Berg' and ida['owner']['name'] == 'ben'
    assert ida['do_not_contact']
    assert sorted(one['subject'] for one in ida['activities']) == ['', 'Mail 1', 'Mail 2', 'Mail 3']
    assert len(postroom.json('contact', 'list')) == 1
    # later mail to either address is hers
    postroom.take(MAIL.format(to='i@berg.example', number=4), mailbox='crm')
    assert len(shown(postroom, 'contact', 'ida')['activities']) == 5
    postroom('undo', told['operation'])
    assert addresses(shown(postroom, 'contact', 'I. Berg')) == ['i@berg.example']


def test_merge_is_undone_whole(postroom):
    postroom('contact', 'add', 'Ida Berg', 'ida@berg.example')
    postroom('contact', 'add', 'I. Berg', 'i@berg.example', '--phone', '2')
    postroom.take(MAIL.format(to='ida@berg.example, i@berg.example', number=1),
                  MAIL.format(to='i@berg.example', number=2), mailbox='crm')
    postroom('task', 'add', 'Call', '--contact', 'i@berg.example')
    before = everything(postroom)
    why = [postroom('why', str(number)).out for number in (1, 2)]
    told = postroom.json('contact', 'merge', 'Ida Berg', 'I. Berg')
    assert everything(postroom) != before
    postroom('undo', told['operation'])
    assert everything(postroom) == before
    assert [postroom('why', str(number)).out for number in (1, 2)] == why
    # what was changed since is not overwritten
    told = postroom.json('contact', 'merge', 'Ida Berg', 'I. Berg')
    postroom('contact', 'edit', 'Ida Berg', '--phone', '3')
    assert 'phone was changed since' in postroom('undo', told['operation'], code=4).err


def test_no_merge_with_itself(postroom):
    postroom('contact', 'add', 'Ida Berg', 'ida@berg.example')
    done = postroom('contact', 'merge', 'Ida', 'ida@berg.example', code=5)
    assert 'cannot be merged with itself' in done.err


def test_merge_of_companies(postroom):
    postroom('company', 'add', 'Berg GmbH', '--domain', 'berg.example', '--iban', 'DE1')
    postroom('company', 'add', 'Berg', '--domain', 'berg.test', '--vat-id', 'DE5', '--iban', 'DE2')
    postroom('contact', 'add', 'Ida', '--company', 'Berg GmbH')
    postroom('contact', 'add', 'Jan', '--company', '#2')
    before = everything(postroom)
    told = postroom.json('company', 'merge', 'Berg GmbH', '#2')
    berg = shown(postroom, 'company', 'Berg GmbH')
    assert berg['domains'] == ['berg.example', 'berg.test'] and berg['aliases'] == ['Berg']
    assert [one['name'] for one in berg['contacts']] == ['Ida', 'Jan']
    assert berg['vat_id'] == 'DE5' and berg['iban'] == 'DE1'
    assert berg['note'] == 'IBAN of Berg: DE2'
    postroom('undo', told['operation'])
    assert everything(postroom) == before
    postroom('company', 'edit', 'Berg GmbH', '--vat-id', 'DE6')
    assert 'the VAT ids differ' in postroom('company', 'merge', 'Berg GmbH', '#2', code=4).err


def test_aliases(postroom):
    postroom('contact', 'add', 'Ida Berg')
    postroom('contact', 'alias', 'add', 'ida', 'Frau Doktor')
    assert shown(postroom, 'contact', 'doktor')['name'] == 'Ida Berg'
    postroom('contact', 'alias', 'add', 'ida', 'frau  DOKTOR', code=4)
    postroom('contact', 'add', 'Jan Doktor')
    assert shown(postroom, 'contact', 'doktor')['name'] == 'Jan Doktor'
    postroom('contact', 'alias', 'remove', 'ida', 'frau doktor')
    postroom('contact', 'show', 'frau doktor', code=3)
    postroom('company', 'add', 'Berg GmbH')
    postroom('company', 'alias', 'add', 'berg', 'Mountain Ltd')
    assert shown(postroom, 'company', 'mountain')['name'] == 'Berg GmbH'
    history = postroom.json('log', 'list')
    assert history[0]['verb'] == 'company alias add'


def test_notes_and_calls(postroom):
    postroom('contact', 'add', 'Ida Berg')
    postroom('note', 'add', 'ida', 'Prefers letters', '--spoken', '2026-01-20')
    told = postroom.json('call', 'add', 'ida', 'Nobody there', '--voicemail', 'yes',
                         '--responsible', 'ben', '--next-step', 'Call again',
                         '--follow-up', '2w', '--spoken', '2026-01-21T15:30')
    note, = postroom.json('note', 'list', 'ida')
    assert note['text'] == 'Prefers letters' and note['spoken'].startswith('2026-01-20')
    assert not note['voicemail'] and note['logged'] > note['spoken']
    call, = postroom.json('call', 'list')
    assert call['voicemail'] and call['next_step'] == 'Call again'
    assert call['spoken'] == '2026-01-21T15:30:00+01:00'
    task, = postroom.json('task', 'list')
    assert task['id'] == told['task'] and task['title'] == 'Call again'
    assert task['assignee']['name'] == 'ben' and task['contact']['name'] == 'Ida Berg'
    postroom('call', 'edit', call['id'], '--result', 'not interested', '--voicemail', 'no')
    call, = postroom.json('call', 'list')
    assert call['result'] == 'not interested' and not call['voicemail']
    activities = shown(postroom, 'contact', 'ida')['activities']
    assert [one['kind'] for one in activities] == ['call', 'note']
    postroom('note', 'remove', call['id'], code=3)
    removed = postroom.json('note', 'remove', note['id'])
    assert postroom.json('note', 'list') == []
    postroom('undo', removed['operation'])
    assert len(postroom.json('note', 'list')) == 1
    assert 'is no day' in postroom('note', 'add', 'ida', 'x', '--spoken', 'monday', code=5).err
    assert 'that is a task' in postroom('note', 'add', 'ida', 'x', '--spoken', '2999-01-01',
                                        code=5).err


def test_articles(postroom):
    postroom.take('''Received: from x by mail.example.org with ESMTP; Fri, 20 Nov 2026 10:00:00 +0100
From: Karel <karel@kunde.example>
To: support@example.org
Delivered-To: support@example.org
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <case@kunde.example>
Subject: The printer is on fire

Help
''')
    text = postroom.mail('text.txt', 'Pull the plug.\nWait.\n')
    told = postroom.json('article', 'add', 'Smoking printers', '--file', text, '--case', 'printer')
    article = shown(postroom, 'article', 'smoking')
    assert article['text'] == 'Pull the plug.\nWait.\n' and article['case'] == 1
    assert [one['id'] for one in postroom.json('article', 'list', '--case', 'printer')] == \
        [told['id']]
    postroom('article', 'edit', 'smoking', '--title', 'Burning printers', '--case', '')
    assert postroom.json('article', 'list', 'BURNING')[0]['case'] is None
    removed = postroom.json('article', 'remove', 'burning')
    postroom('article', 'show', 'burning', code=3)
    postroom('undo', removed['operation'])
    assert shown(postroom, 'article', 'burning')['text'] == 'Pull the plug.\nWait.\n'


def found(postroom, *words):
    return [(one['kind'], one['id']) for one in postroom.json('search', *words)]


def test_search_over_all_that_was_written(postroom):
    postroom('contact', 'add', 'Ida Berg', 'ida@berg.example')
    postroom('contact', 'alias', 'add', 'ida', 'Zoë')
    postroom('contact', 'add', 'Jan', 'jan@berg.example')
    postroom.take(MAIL.format(to='ida@berg.example', number='bridge'),
                  MAIL.format(to='jan@berg.example', number='bridge again'), mailbox='crm')
    note = postroom.json('note', 'add', 'ida', 'Wants a bridge', '--spoken', '2026-01-05')['id']
    call = postroom.json('call', 'add', 'jan', 'Nobody there', '--next-step', 'Sell the bridge',
                         '--spoken', '2026-01-06')['id']
    article = postroom.json('article', 'add', 'Building', 'How a bridge is built')['id']
    everything_found = found(postroom, 'bridge')
    assert sorted(everything_found) == sorted([('mail', 1), ('mail', 2), ('note', note),
                                               ('call', call), ('article', article)])
    assert everything_found.index(('call', call)) < everything_found.index(('note', note))
    assert found(postroom, 'bridge', 'contact:ida') == [('mail', 1), ('note', note)]
    assert found(postroom, 'bridge', 'contact:zoë', 'kind:note') == [('note', note)]
    assert found(postroom, 'contact:jan@berg.example', 'kind:call') == [('call', call)]
    assert found(postroom, 'contact:nobody') == []
    assert found(postroom, 'bridge', '-built', 'kind:article') == []
    assert found(postroom, 'bridge', 'since:2026-01-06', 'until:2026-01-06') == [('call', call)]
    assert found(postroom, 'bridge', 'state:filed') == [('mail', 2), ('mail', 1)]
    assert found(postroom, 'brid*', 'to:ida') == [('mail', 1)]
    assert len(found(postroom, 'bridge', '--limit', '2')) == 2
    postroom('note', 'edit', note, '--text', 'Wants a tunnel')
    assert found(postroom, 'tunnel') == [('note', note)]
    assert found(postroom, 'bridge', 'kind:note') == []
    removed = postroom.json('call', 'remove', call)
    assert found(postroom, 'nobody') == []
    postroom('undo', removed['operation'])
    assert found(postroom, 'nobody') == [('call', call)]
    assert 'there are mail, note' in postroom('search', 'kind:letter', code=5).err
    assert 'can stand once' in postroom('search', 'contact:a', 'contact:b', code=5).err


def test_statistics(postroom):
    postroom('contact', 'add', 'Ida Berg', 'ida@berg.example')
    postroom.take(MAIL.format(to='ida@berg.example', number=1),
                  MAIL.format(to='nobody@berg.example', number=2), mailbox='crm')
    postroom('note', 'add', 'ida', 'Likes tea')
    for title in ('One', 'Two', 'Three'):
        postroom('task', 'add', title)
    postroom('task', 'done', 'One')
    postroom('undo', postroom.json('task', 'done', 'Two')['operation'])

    def counted(*options, key='count'):
        return {one['key']: one[key] for one in postroom.json('statistics', *options)}
    today = counted('--period', 'today')
    assert (today['mails'], today['contacts'], today['notes']) == (2, 1, 1)
    assert (today['tasks'], today['tasks_done'], today['items']) == (3, 1, 1)
    assert counted('--period', '2026-11-20')['mails_out'] == 1
    assert counted('--period', '2026-11-21', key='before')['mails_out'] == 1
    assert set(counted('--period', '2020').values()) == {0}
    assert counted() == counted('--period', 'month')
