"""Contacts from other programs' files, and files that come back as they were."""
import csv
import io
import json

import pytest

from postroom import Postroom

GOOGLE = '''First Name,Middle Name,Last Name,Organization Name,Organization Title,Notes,\
E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Hair
Jan,,de Vries,Vries Bouw,Director,"likes ""tea""
and cake",* Work,jan@vries.example ::: j.devries@home.example,Mobile,+31 6 1234,brown
Zoë,van,Dam,,,,,ZOE@dam.example,,,
,,,,,,,,,,
"broken,,,,
,,,,,,,not an address,,,
Anna,,Visser,,,,,anna@example.org,,,
Piet,,Smit,Vries Bouw,,,,,,020 55
'''

SALESFORCE = '''Salutation;First Name;Last Name;Account Name;Email;Phone;Contact Owner;Lead Source;Do Not Call
Mr.;Karl;Müller;Müller GmbH;karl@mueller.example;+49 30 1;Ben Bakker;Fair;1
;Eva;Lang;Müller GmbH;eva@mueller.example;;Somebody Else;;0
'''

VCARDS = '''BEGIN:VCARD\r
VERSION:3.0\r
N:Stone;Emily;;Dr.;\r
FN:Dr. Emily Stone\r
ORG:Stone\\, Sons & Co;Research\r
TITLE:Head\r
item1.EMAIL;TYPE=INTERNET:emily@stone.example\r
TEL;TYPE="cell,home":+44 1\r
NOTE:a long li\r
 ne\\nand another\r
PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
N:Lee;Sam;;;\r
EMAIL:sam@lee.example\r
TEL;VALUE=uri:tel:+44-2\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:2.1\r
FN:Old One\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
FN:The board\r
KIND:group\r
END:VCARD\r
'''


@pytest.fixture
def postroom(build, tmp_path):
    return Postroom(build, tmp_path)


@pytest.fixture
def other(build, tmp_path):
    """A second record, empty."""
    (tmp_path / 'other').mkdir()
    return Postroom(build, tmp_path / 'other')


def contact(postroom, name):
    return postroom.json('contact', 'show', name)


def addresses(record):
    return [one['address'] for one in record['addresses']]


def test_google(postroom):
    done = postroom('contact', 'import', '--columns', 'google', '--json',
                    postroom.mail('google.csv', GOOGLE), code=5)
    told = json.loads(done.out)
    assert (told['added'], told['refused'], told['known']) == (3, 3, 0)
    assert [one['line'] for one in told['remarks']] == [6, 7, 8]
    assert 'line 6: a quote is never closed' in done.err
    assert '`not an address` is no mail address' in done.err
    assert 'anna@example.org is an address of ours' in done.err
    assert 'nothing was kept of Hair' in done.err
    jan = contact(postroom, 'jan de vries')
    assert addresses(jan) == ['jan@vries.example', 'j.devries@home.example']
    assert jan['company']['name'] == 'Vries Bouw' and jan['phone'] == '+31 6 1234'
    assert jan['note'] == 'Organization Title: Director\nlikes "tea"\nand cake'
    assert contact(postroom, 'zoe@dam.example')['name'] == 'Zoë van Dam'
    # one company, and once more changes nothing
    assert len(postroom.json('company', 'list')) == 1
    again = postroom.json('contact', 'import', '--columns', 'google',
                          postroom.directory / 'google.csv', code=5)
    assert (again['added'], again['filled'], again['known']) == (0, 0, 3)


def test_salesforce_fills_what_is_missing(postroom):
    postroom('contact', 'add', 'Karl M.', 'KARL@mueller.example', '--phone', '+49 30 1')
    done = postroom('contact', 'import', '--columns', 'salesforce',
                    postroom.mail('sf.csv', SALESFORCE))
    assert 'its owner Somebody Else is no user' in done.err
    karl = contact(postroom, 'karl@mueller.example')
    assert karl['name'] == 'Karl M.' and karl['company']['name'] == 'Müller GmbH'
    assert karl['owner']['name'] == 'ben' and karl['source'] == 'Fair'
    assert karl['do_not_contact'] and karl['phone'] == '+49 30 1'
    assert not contact(postroom, 'eva lang')['do_not_contact']
    operation = postroom.json('log', 'list')[0]['id']
    postroom('undo', str(operation))
    assert not contact(postroom, 'karl@mueller.example')['company']
    assert postroom('contact', 'show', 'eva lang', code=3)


@pytest.mark.parametrize('name, row', ids=['hubspot', 'twenty'], argvalues=[
    ('hubspot', 'First Name,Last Name,Email,Phone Number,Company Name,Contact owner\n'
                'Ida,Berg,ida@berg.example,1,Berg,ben@example.org\n'),
    ('twenty', 'Name / First Name,Name / Last Name,Emails / Primary Email,'
               'Emails / Additional Emails,Phones / Primary Phone Number,Company\n'
               'Ida,Berg,ida@berg.example,"[""i@berg.example""]",1,Berg\n')])
def test_other_maps(postroom, name, row):
    postroom('contact', 'import', '--columns', name, postroom.mail('people.csv', row))
    ida = contact(postroom, 'Ida Berg')
    assert ida['company']['name'] == 'Berg' and ida['phone'] == '1'
    assert 'ida@berg.example' in addresses(ida)


@pytest.mark.parametrize('head', [
    'name;email;company;phone', 'Full Name;E-Mail;Organisation;Mobile',
    'Name;Email Address;Organization;Phone Number', 'Contact;E-mail 1;Company Name;Telephone',
    'Naam;E-mailadres;Bedrijf;Telefoonnummer', 'Ansprechpartner;E-Mail-Adresse;Firma;Handy',
    'Nom complet;Courriel;Société;Téléphone', 'NAME;MAIL;ACCOUNT NAME;TEL.'])
def test_usual_headings(postroom, head):
    done = postroom('contact', 'import',
                    postroom.mail('c.csv', head + '\nIda Berg;ida@berg.example;Berg;1\n'))
    assert 'nothing was kept' not in done.err and 'no column' not in done.err
    ida = contact(postroom, 'ida@berg.example')
    assert (ida['name'], ida['company']['name'], ida['phone']) == ('Ida Berg', 'Berg', '1')


@pytest.mark.parametrize('head', [
    'First Name,Last Name,E-mail', 'Vorname,Nachname,Mail', 'Vorname,Name,E-Mail',
    'Prénom,Nom,Adresse e-mail', 'Voornaam,Achternaam,Email', 'Voornaam,Naam,Mailadres'])
def test_usual_headings_of_name_parts(postroom, head):
    postroom('contact', 'import',
             postroom.mail('c.csv', head + '\nIda,Berg,ida@berg.example\n'))
    assert contact(postroom, 'ida@berg.example')['name'] == 'Ida Berg'


def test_a_street_beside_the_mail_address(postroom):
    postroom('contact', 'import', postroom.mail(
        'c.csv', 'Name,Email,Address\nIda,ida@berg.example,"High Street 1, Leeds"\n'))
    ida = contact(postroom, 'ida')
    assert addresses(ida) == ['ida@berg.example']
    assert ida['note'] == 'Address: High Street 1, Leeds'


@pytest.mark.parametrize('head, options', [
    ('name,Netzpost', ()), ('First Name,E-mail 1 - Value', ('--columns', 'hubspot'))])
def test_addresses_in_an_unknown_column(postroom, head, options):
    path = postroom.mail('c.csv', head + '\nSam,\nIda,ida@berg.example\n')
    done = postroom('contact', 'import', path, *options, code=5)
    unknown = head.split(',')[1]
    assert f'no column gave an address, but `{unknown}`, which is not known, holds some' in done.err
    assert 'google, hubspot, salesforce, twenty' in done.err and f'`{unknown},address`' in done.err
    assert 'email, company, phone' in done.err
    assert postroom.json('contact', 'list') == []


def test_no_addresses_at_all(postroom):
    done = postroom('contact', 'import', postroom.mail('c.csv', 'name,phone,Hair\nIda,1,red\n'))
    assert 'no column gave an address' in done.err and 'nothing was kept of Hair' in done.err
    assert contact(postroom, 'Ida')['phone'] == '1'


def test_a_map_of_ones_own(postroom):
    rows = postroom.mail('rows.csv', 'Wer;Wo\nIda Berg;ida@berg.example\n')
    done = postroom('contact', 'import', rows, code=5)
    assert 'no column is known' in done.err
    own = postroom.mail('own.csv', 'column,field\nWer,name\nWo,address\n')
    postroom('contact', 'import', rows, '--columns', own)
    assert addresses(contact(postroom, 'ida')) == ['ida@berg.example']
    bad = postroom.mail('bad.csv', 'column,field\nWer,nam\n')
    assert 'line 2: there is no field `nam`' in \
        postroom('contact', 'import', rows, '--columns', bad, code=5).err
    assert 'there are google, hubspot, salesforce, twenty' in \
        postroom('contact', 'import', rows, '--columns', 'outlook', code=5).err


def test_vcards(postroom):
    done = postroom('contact', 'import', postroom.mail('people.vcf', VCARDS), code=5)
    assert 'line 19: it is vCard 2.1' in done.err
    assert 'it is the card of a group' in done.err
    assert 'nothing was kept of PHOTO' in done.err
    emily = contact(postroom, 'emily@stone.example')
    assert emily['name'] == 'Dr. Emily Stone' and emily['phone'] == '+44 1'
    assert emily['company']['name'] == 'Stone, Sons & Co'
    assert emily['note'] == 'Department: Research\nTitle: Head\na long line\nand another'
    assert contact(postroom, 'sam@lee.example')['name'] == 'Sam Lee'
    assert contact(postroom, 'sam lee')['phone'] == '+44-2'


def test_what_waits_is_settled(postroom):
    postroom.take('''Received: from x by mail.example.org with ESMTPSA; Sat, 21 Nov 2026 10:00:00 +0100
From: Anna <anna@example.org>
To: ida@berg.example
Delivered-To: crm@example.org
Date: Sat, 21 Nov 2026 10:00:00 +0100
Message-ID: <one@example.org>
Subject: Hello

Hello
''', mailbox='crm')
    assert len(postroom.json('unresolved', 'list')) == 1
    told = postroom.json('contact', 'import',
                         postroom.mail('ida.csv', 'name,address\nIda,ida@berg.example\n'))
    assert told['settled'] == 1 and postroom.json('unresolved', 'list') == []


NASTY = [
    ('=HYPERLINK("http://x.example")', 'a@one.example', '+31 20 1', 'line one\n=line two'),
    ("'quoted; name", 'b@one.example', '-5', '"quotes", and; separators\ttoo \\n \\'),
    ('@Zoë, née O\'Neil', 'c@one.example', '@', '\'=x'),
    ('é' * 90, 'd@one.example', '', 'x' * 200),
]


@pytest.mark.parametrize('form', ['csv', 'vcard', 'json'])
def test_round_trip(postroom, other, form):
    postroom('company', 'add', 'Eins; "Zwei" & Co')
    for name, address, phone, note in NASTY:
        postroom('contact', 'add', name, address, f'--phone={phone}', f'--note={note}',
                 '--company', 'Eins; "Zwei" & Co', '--source=+fair', '--owner', 'ben',
                 '--do-not-contact', 'yes' if phone else 'no')
        postroom('contact', 'alias', 'add', address, '=' + name)
        postroom('contact', 'alias', 'add', address, 'other')
    postroom('contact', 'add', 'No Address')
    exported = postroom('contact', 'export', '--format', form).bytes
    path = other.directory / 'people'
    path.write_bytes(exported)
    told = other.json('contact', 'import', path)
    assert (told['added'], told['refused'], told['remarks']) == (5, 0, [])
    assert other('contact', 'export', '--format', form).bytes == exported
    for name, address, phone, note in NASTY:
        there = contact(other, address)
        assert (there['name'], there['phone'] or '', there['note']) == (name, phone, note)
        assert there['aliases'] == ['=' + name, 'other']
        assert there['owner']['name'] == 'ben' and there['source'] == '+fair'


def test_no_cell_is_a_formula(postroom):
    for name, address, phone, note in NASTY:
        postroom('contact', 'add', name, address, f'--phone={phone}', f'--note={note}')
    for row in csv.reader(io.StringIO(postroom('contact', 'export').out, newline='')):
        for cell in row:
            assert not cell.startswith(('=', '+', '-', '@', '\t', '\r')), cell
