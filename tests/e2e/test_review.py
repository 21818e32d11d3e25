"""The sales board with its values, and the weekly review."""
import csv
import datetime
import html.parser
import io
import json
import zoneinfo

import pytest
from postroom import Postroom
from test_sales import SALES

BEGAN = datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Amsterdam')).date()

EVER = '2026-01-01..2099-12-31'


def today():
    """The days that it can be for the organisation: midnight may come while this runs."""
    return {(BEGAN + datetime.timedelta(days=days)).isoformat() for days in (0, 1)}


@pytest.fixture
def postroom(build, tmp_path):
    program = Postroom(build, tmp_path)
    program.config.write_text(program.config.read_text() + SALES)
    program('contact', 'add', 'Karel Kunde', 'karel@kunde.example', '--owner', 'anna')
    return program


def deal(postroom, name, *more):
    postroom('deal', 'add', name, '--contact', 'Karel', *more)


def sections(postroom, *words):
    review = postroom.json('review', *words)
    return {part['key']: part['findings'] for part in review['sections']}


# ---------------------------------------------------------------- the board

@pytest.fixture
def board(postroom):
    """Two open deals of Anna in two quarters, one of Ben's, one won, one lost."""
    deal(postroom, 'One', '--owner', 'anna', '--value', '1000', '--expected', '2027-02-01')
    deal(postroom, 'Two', '--owner', 'anna', '--value', '500', '--expected', '2027-05-01',
         '--phase', 'talk')
    deal(postroom, 'Three', '--owner', 'ben', '--value', '70', '--currency', 'GBP', '--lead')
    for name, command in (('Four', ['win', '--link', 'https://x.example/c', '--date']),
                          ('Five', ['lose', '--reason', 'price', '--date'])):
        deal(postroom, name, '--owner', 'anna', '--value', '200')
        postroom('deal', command[0], name, *command[1:], '2027-02-10')
    return postroom


def columns(board):
    return {column['name']: [card['name'] for card in column['cards']]
            for column in board['columns']}


def test_columns_are_the_phases(board):
    seen = board.json('board', 'sales')
    assert columns(seen) == {'unprocessed': ['Three'], 'new': ['One'], 'offer': [], 'talk': ['Two'],
                             'over': []}
    seen = board.json('board', 'sales', '--all')
    assert columns(seen)['won'] == ['Four'] and columns(seen)['lost'] == ['Five']
    assert columns(board.json('board', 'sales', '--pipeline', 'renewals')) == {
        'unprocessed': [], 'due': [], 'renewed': [], 'ended': []}
    assert 'renewals' in board('board', 'sales', '--pipeline', 'odd', code=3).err
    board('board', 'actions', '--pipeline', 'sales', code=2)


def test_value_by_currency_user_and_period(board):
    totals = {row['currency']: row for row in board.json('board', 'sales')['totals']}
    assert totals['EUR'] == {'currency': 'EUR', 'deals': 4, 'projected': '1500.00',
                             'weighted': '500.00', 'won': '200.00', 'lost': '200.00'}
    assert totals['GBP']['weighted'] == '7.00'
    assert [row['currency'] for row in board.json('board', 'sales', '--user', 'ben')['totals']] == [
        'GBP']
    quarter = board.json('board', 'sales', '--period', '2027-Q1')
    assert columns(quarter) == {'unprocessed': [], 'new': ['One'], 'offer': [], 'talk': [],
                                'over': [], 'won': ['Four'], 'lost': ['Five'], 'closed': []}
    assert quarter['totals'] == [{'currency': 'EUR', 'deals': 3, 'projected': '1000.00',
                                  'weighted': '100.00', 'won': '200.00', 'lost': '200.00'}]
    text = board('board', 'sales', '--period', '2027-Q1').out
    assert 'new (1), 1000.00 EUR' in text and 'projected' in text
    assert '2027-Q1' in board('board', 'sales', '--period', 'odd', code=2).err.replace(
        '2026-Q4', '2027-Q1')


def test_periods_of_other_boards(postroom):
    postroom('task', 'add', 'Early', '--due', '2027-01-31')
    postroom('task', 'add', 'Late', '--due', '2027-02-01.t0930')
    postroom('task', 'add', 'Never')
    seen = postroom.json('board', 'actions', '--period', '2027-02')
    assert [card['title'] for card in seen['columns'][0]['cards']] == ['Late']


# ---------------------------------------------------------------- the review

def test_a_new_record_has_little_to_review(postroom):
    review = postroom.json('review')
    assert [part['key'] for part in review['sections']] == [
        'overdue', 'deals_without_step', 'silent_contacts', 'logged_late', 'missing_fields',
        'domain_matches', 'queue']
    assert all(part['findings'] == [] for part in review['sections'])
    assert review['value'] == []


def test_what_is_forgotten(postroom):
    deal(postroom, 'Idle', '--owner', 'ben')
    deal(postroom, 'Busy', '--owner', 'anna', '--value', '1', '--expected', '2027-01-01')
    postroom('task', 'add', 'Call', '--deal', 'Busy', '--due', '2020-01-31', '--assignee', 'ben')
    postroom('task', 'add', 'Later', '--due', '2099-01-31')
    seen = sections(postroom)
    assert [(row['name'], row['owner'], row['day'], row['detail']) for row in seen['overdue']] == [
        ('Call', 'ben', '2020-01-31', 'Karel Kunde')]
    assert [row['name'] for row in seen['deals_without_step']] == ['Idle']
    assert [(row['kind'], row['name'], row['detail']) for row in seen['missing_fields']] == [
        ('deal', 'Idle', 'value, expected')]
    postroom('contact', 'add', 'Nobody')
    assert ('contact', 'Nobody', 'owner') in [
        (row['kind'], row['name'], row['detail']) for row in sections(postroom)['missing_fields']]


def test_contacts_that_nobody_spoke_to(postroom):
    config = postroom.config.read_text()
    mail = ('Delivered-To: crm@example.org\n'
            'Received: from laptop by mail.example.org with ESMTPSA; '
            'Mon, 2 Nov 2020 10:00:00 +0100\n'
            'From: Anna Visser <anna@example.org>\nTo: karel@kunde.example\n'
            'Date: Mon, 2 Nov 2020 10:00:00 +0100\nMessage-ID: <o@example.org>\nSubject: Old\n\nx\n')
    postroom.take(mail)
    # made today, so not silent yet; a day is the shortest time
    postroom.config.write_text(config + 'review: {silent: 1d, deal_fields: []}\n')
    assert sections(postroom)['silent_contacts'] == []
    late, = sections(postroom, '--period', EVER)['logged_late']
    assert late['day'] == '2020-11-02'
    assert late['detail'] in {f'Karel Kunde, logged {day}' for day in today()}
    assert sections(postroom, '--period', '2020')['logged_late'] == []


def test_domains_and_the_queue(postroom):
    postroom('company', 'add', 'Andere BV', '--domain', 'andere.example')
    mail = ('Delivered-To: crm@example.org\n'
            'Received: from laptop by mail.example.org with ESMTPSA; '
            'Mon, 2 Nov 2026 10:00:00 +0100\n'
            'From: Anna Visser <anna@example.org>\nTo: someone@andere.example, who@new.example\n'
            'Date: Mon, 2 Nov 2026 10:00:00 +0100\nMessage-ID: <o@example.org>\nSubject: Hi\n\nx\n')
    postroom.take(mail)
    seen = sections(postroom, '--period', EVER)
    domain, = seen['domain_matches']
    assert (domain['name'], domain['detail']) == ('Andere BV', 'someone@andere.example, 1 mail')
    queue, = seen['queue']
    assert queue['name'] == '1 item waits' and queue['day'] in today()


class Cells(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text.append(data)


def test_formats_are_harmless(postroom):
    name = '=1+1<script>&"\x1b[31m'
    deal(postroom, name)
    rows = list(csv.DictReader(io.StringIO(postroom('review', '--format', 'csv').out, newline='')))
    row, = [row for row in rows if row['section'] == 'deals_without_step']
    assert row['name'].startswith("'=1+1<script>&\"") and '\x1b' not in row['name']
    page = postroom('review', '--format', 'html').out
    assert '\x1b' not in page
    cells = Cells()
    cells.feed(page)
    assert 'script' not in cells.tags and any('=1+1<script>&"' in text for text in cells.text)
    assert json.loads(postroom('review', '--format', 'json').out)['sections']
    assert 'without a next step' in postroom('review').out
