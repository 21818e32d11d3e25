"""What servers do wrong: a table of scripts, played by test_servers.py, each over TLS and in plain.

A script says where the server leaves the protocol (`at` a command, or at the greeting), what it does
there instead (`steps`), and what `postroom status` has to say of it (`words`, a pattern; none where
the mailbox has to work all the same). It does so on every connection until it has been seen; then
the server is honest, and every mail has to arrive, once.
"""
import collections
import re

# Steps beside text, which is sent (<tag> is the command's tag, <uid> the first UID of a set)
EOF, RESET, SILENCE, HONEST = 'EOF', 'reset', 'silence', 'honest'
Drip = collections.namedtuple('Drip', 'text')  # a byte at a time
Flood = collections.namedtuple('Flood', 'piece total')  # bytes, until so many were sent
Do = collections.namedtuple('Do', 'change')  # function(session, rest)

Script = collections.namedtuple('Script', 'name at steps words when states connections times config missing header_only '
                                          'box gives_up trusted')


STATES = ('connecting', 'fetching', 'watching', 'retrying', 'refused', 'folder')


def script(name, at, steps, words=None, when=None, state='retrying', grows=False, connections=None,
           config=None, missing=(), header_only=(), box=None, times=1, gives_up=None, trusted=True):
    """when: a pattern that the rest of the command must have, or function(session, rest).
    grows: each failure comes before any progress, so the delays grow. connections: those that it
    takes at least until it was seen, times: plays. config: more of the mailbox's configuration. missing: numbers
    of the mails (0 to 2) that are listed and never given; header_only: whose header alone is taken.
    box: function(Mailbox) that changes it before the start. gives_up: there is one mail, at which
    the connection breaks until the reader goes on without it ('missing') or takes its header.
    trusted: False where no credential may be sent before it was seen."""
    steps = steps if isinstance(steps, (list, tuple)) and not hasattr(steps, '_fields') else [steps]
    if gives_up:
        box, connections = one_mail, 3 if gives_up == 'header' else 4
        missing, header_only = ((0,), ()) if gives_up == 'missing' else ((), (0,))
    if connections is None:
        connections = 3 if grows else 2 if words and state == 'retrying' else 1
    # the words stay while it connects and fetches again, until that went well
    states = (state,) if state != 'retrying' else ('retrying', 'connecting', 'fetching')
    return Script(name, at, steps, words, when, states if state else STATES, connections, times,
                  config or {}, missing, header_only, box, gives_up, trusted)


def one_mail(box):
    for uid in (2, 3):
        box.remove(uid)


def logged_in(session, _):
    return 'LOGIN' in session.seen


def before_login(session, _):
    return 'LOGIN' not in session.seen


# ------------------------------------------------------------------ the same at every command

CLOSED = 'the server closed the connection'

# (name, steps, words); the words follow the name of the command
WAYS = [
    ('EOF', [EOF], CLOSED),
    ('EOF in a line', ['* OK [ALERT', EOF], CLOSED),
    ('reset', [RESET], '(reading from|writing to) the server: Connection reset by peer'),
    ('BYE', ['* BYE restarting, back at noon\r\n', EOF],
     'the server ended the session: restarting, back at noon'),
    ('silence', [SILENCE], 'the server did not answer within 2 s'),
    ('one byte a second', [Drip('* OK still working on it, ')],
     'the server did not answer within 2 s'),
    ('a line of 1 GB', ['* ', Flood(b'x' * 65536, 1 << 30)], 'the server sends a line without end'),
    ('responses without end', [Flood(b'* 5 EXISTS\r\n' * 5000, 1 << 30)],
     'the server (floods us with untagged responses|answers without end)'),
    ('100,000 parentheses', ['* 1 FETCH (BODYSTRUCTURE ', Flood(b'(' * 50000, 100000), ')\r\n',
                             SILENCE], 'the server nests parentheses too deeply'),
    ('a literal of 900 MB', ['* 1 FETCH (UID 1 BODY[] {943718400}\r\n', Flood(b'x' * 65536, 1 << 28)],
     'the server announced a literal of 943718400 bytes, more than the'),
    ('EOF in a literal', ['* 1 FETCH (UID 1 BODY[] {500}\r\nonly this', EOF],
     CLOSED),
    ('bytes that are no protocol', [b'\x00\xff\xfe{}()\r\n* * *\r\n' * 20, '<tag> OK done\r\n', SILENCE],
     "the server's answer can't be understood"),
]

# What becomes of a mail at which it happens again and again
GIVEN_UP = {'a line of 1 GB': 'header', 'responses without end': 'header',
            '100,000 parentheses': 'header', 'a literal of 900 MB': 'header',
            'bytes that are no protocol': 'missing'}

# (where, at, when, the command as status names it, delays grow)
PLACES = [
    ('greeting', 'GREETING', None, 'greeting', True),
    ('CAPABILITY', 'CAPABILITY', before_login, 'CAPABILITY', True),
    ('LOGIN', 'LOGIN', None, 'LOGIN', True),
    ('CAPABILITY after the login', 'CAPABILITY', logged_in, 'CAPABILITY', True),
    ('EXAMINE', 'EXAMINE', None, 'EXAMINE', True),
    ('FETCH of UIDs', 'UID FETCH', r'\(UID\)$', 'UID FETCH', True),
    ('FETCH of sizes', 'UID FETCH', 'RFC822.SIZE', 'UID FETCH', True),
    ('FETCH of mails', 'UID FETCH', r'BODY\.PEEK\[\]', 'UID FETCH', True),
    ('IDLE', 'IDLE', None, 'IDLE', True),
]

# What differs from the words above: (place, way) -> words; None: it has to work all the same
OTHERWISE = {
    # libetpan reads a greeting as one line, and a mail's literal in it as another greeting
    ('greeting', '100,000 parentheses'): "greeting: the server('s answer can't be understood| nests)",
    ('greeting', 'responses without end'): "greeting: the server('s answer can't|floods| floods| answ)",
    ('greeting', 'bytes that are no protocol'): "greeting: the server's answer can't be understood",
    ('greeting', 'a literal of 900 MB'): "greeting: the server('s answer can't| announced a literal)",
    ('greeting', 'EOF in a literal'): "greeting: the server('s answer can't| closed)",
}


def everywhere():
    for where, at, when, doing, grows in PLACES:
        for way, steps, words in WAYS:
            words = OTHERWISE.get((where, way), f'{doing}: ({words})')
            gives_up = GIVEN_UP.get(way) if where == 'FETCH of mails' else None
            yield script(f'{where}: {way}', at, steps, words, when, grows=grows, gives_up=gives_up)


# ------------------------------------------------------------------ NO and BAD at each command

MOVE = {'kind': 'leads', 'action': {'move': 'Done'}}  # what is moved must be filed

ANSWERS = [
    script('greeting: NO', 'GREETING', '* NO too busy\r\n',
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting: BAD', 'GREETING', '* BAD what do you want\r\n',
           "greeting: the server's answer can't be understood", grows=True),
    script('CAPABILITY: NO', 'CAPABILITY', '<tag> NO not for you\r\n'),
    script('CAPABILITY: BAD', 'CAPABILITY', '<tag> BAD unknown\r\n',
           'CAPABILITY: the server refuses the command, or answers another one: unknown', grows=True),
    script('LOGIN: NO', 'LOGIN', '<tag> NO [AUTHENTICATIONFAILED] wrong password\r\n',
           'the server refuses the login of u: .*wrong password', state='refused'),
    script('LOGIN: NO for now', 'LOGIN', '<tag> NO [UNAVAILABLE] the directory is away\r\n',
           'the server takes no login now: .*the directory is away', grows=True),
    script('LOGIN: NO, and BYE at once', 'LOGIN', ['<tag> NO go away\r\n* BYE go away\r\n', EOF],
           'the server refuses the login of u: .*go away', state='refused'),
    script('LOGIN: BAD', 'LOGIN', '<tag> BAD say it otherwise\r\n',
           'LOGIN: the server refuses the command, or answers another one: say it otherwise', grows=True),
    script('EXAMINE: NO', 'EXAMINE', '<tag> NO [NONEXISTENT] no such folder\r\n',
           "the folder INBOX can't be opened: .*no such folder", state='watching'),
    script('EXAMINE: BAD', 'EXAMINE', '<tag> BAD no\r\n', 'EXAMINE: the server refuses the command, or answers another one: no',
           grows=True),
    script('FETCH of UIDs: NO', 'UID FETCH', '<tag> NO [INUSE] compacting\r\n',
           'the server does not list the folder INBOX: .*compacting', when=r'\(UID\)$', grows=True),
    script('FETCH of UIDs: BAD', 'UID FETCH', '<tag> BAD no\r\n',
           'UID FETCH: the server refuses the command, or answers another one: no', when=r'\(UID\)$', grows=True),
    script('FETCH of sizes: NO', 'UID FETCH', '<tag> NO [SERVERBUG] index is damaged\r\n',
           when='RFC822.SIZE'),
    script('FETCH of sizes: BAD', 'UID FETCH', '<tag> BAD no\r\n',
           'UID FETCH: the server refuses the command, or answers another one: no', when='RFC822.SIZE', grows=True),
    script('FETCH of mails: NO', 'UID FETCH', '<tag> NO [UNAVAILABLE] storage is away\r\n',
           'the server listed uid 1 but refuses to give it: .*storage is away',
           when=r'BODY\.PEEK', grows=True),
    script('FETCH of mails: BAD', 'UID FETCH', '<tag> BAD no\r\n',
           'UID FETCH: the server refuses the command, or answers another one: no', when=r'BODY\.PEEK\[\]', grows=True),
    script('FETCH of mails: NO after the first', 'UID FETCH',
           [Do(lambda session, rest: session.send(session.fetch_one(1, rest))),
            '<tag> NO some could not be fetched\r\n'], when=r'1:3 .*BODY\.PEEK\[\]'),
    script('IDLE: NO', 'IDLE', '<tag> NO not today\r\n'),
    script('IDLE: BAD', 'IDLE', '<tag> BAD unknown command\r\n'),
    script('STORE: NO', 'UID STORE', '<tag> NO read only\r\n', config={'action': 'seen'}),
    script('STORE: BAD', 'UID STORE', '<tag> BAD no\r\n',
           'UID STORE: the server refuses the command, or answers another one: no', config={'action': 'seen'}),
    script('STORE: EOF', 'UID STORE', EOF,
           'UID STORE: the server closed the connection',
           config={'action': 'seen'}),
    script('MOVE: NO', 'UID MOVE', '<tag> NO [TRYCREATE] no such folder\r\n',
           config=MOVE),
    script('MOVE: BAD', 'UID MOVE', '<tag> BAD no\r\n',
           'MOVE: the server refuses the command, or answers another one: no', config=MOVE),
    script('MOVE: EOF after it was done', 'UID MOVE',
           [Do(lambda session, rest: session.do_uid_move('*', rest)), EOF],
           'MOVE: the server closed the connection',
           config=MOVE),
    script('LOGOUT: silence', 'LOGOUT', SILENCE),
]


# ------------------------------------------------------------------ greetings and capabilities

GREETINGS = [
    script('PREAUTH', 'GREETING', '* PREAUTH welcome back\r\n',
           'the server says that we are logged in already, as nobody we know', grows=True),
    script('greeting of SMTP', 'GREETING', ['220 mail.example.org ESMTP\r\n', SILENCE],
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting of POP3', 'GREETING', ['+OK ready\r\n', SILENCE],
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting of HTTP', 'GREETING', ['HTTP/1.1 400 Bad Request\r\n\r\n', EOF],
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting: an empty line', 'GREETING', ['\r\n', SILENCE],
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting: NUL bytes', 'GREETING', [b'\0' * 300 + b'\r\n', SILENCE],
           "greeting: the server's answer can't be understood", grows=True),
    script('greeting: BYE, too many connections', 'GREETING',
           ['* BYE [ALERT] Maximum number of connections from user+IP exceeded\r\n', EOF],
           'the server ended the session: .*Maximum number of connections', grows=True),
    script('greeting: escape sequences in it', 'GREETING',
           [b'* BYE \x1b]0;owned\x07\x1b[31m\xe2\x80\xaered\r\n', EOF],
           r'the server ended the session: ', grows=True),
    script('greeting: with a line end of LF alone', 'GREETING', '* OK ready\n'),
    script('greeting: with capabilities that are not so', 'GREETING',
           '* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE X-MAGIC] ready\r\n'),
    script('CAPABILITY: no answer but OK', 'CAPABILITY', '<tag> OK done\r\n'),
    script('CAPABILITY: nothing in it', 'CAPABILITY', '* CAPABILITY IMAP4rev1\r\n<tag> OK done\r\n'),
    script('CAPABILITY: 3,000 names', 'CAPABILITY',
           '* CAPABILITY IMAP4rev1' + ' X-A' * 3000 + '\r\n<tag> OK done\r\n'),
    script('CAPABILITY: said twice, and not the same', 'CAPABILITY',
           '* CAPABILITY IMAP4rev1 IDLE\r\n* CAPABILITY IMAP4rev1\r\n<tag> OK done\r\n'),
    script('CAPABILITY: IDLE is gone after the login', 'CAPABILITY',
           '* CAPABILITY IMAP4rev1\r\n<tag> OK done\r\n', when=logged_in),
    script('CAPABILITY: IDLE comes with the login', 'CAPABILITY',
           '* CAPABILITY IMAP4rev1 SASL-IR\r\n<tag> OK done\r\n', when=before_login),
    script('CAPABILITY: LOGINDISABLED', 'CAPABILITY',
           '* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n<tag> OK done\r\n',
           r'the server takes no passwords \(LOGINDISABLED\)', grows=True),
    script('LOGIN: a tag of nobody', 'LOGIN', ['999 OK welcome\r\n', SILENCE],
           'LOGIN: the server refuses the command, or answers another one: welcome', grows=True),
    script('LOGIN: asks for more', 'LOGIN', ['+ and now?\r\n', SILENCE],
           "LOGIN: the server('s answer can't be understood| did not answer within 2 s)", grows=True),
    script('LOGIN: words of 50 KB', 'LOGIN', '<tag> NO ' + 'no ' * 16000 + '\r\n',
           'the server refuses the login of u: no no', state='refused'),
]


# ------------------------------------------------------------------ folders

def open_folder(session, _):
    session.box = session.server.mailboxes['INBOX']


def examine(*lines, end='<tag> OK [READ-ONLY] open\r\n'):
    """An answer to EXAMINE of these lines."""
    return [Do(open_folder), ''.join(line + '\r\n' for line in lines) + end]


FLAGS = r'* FLAGS (\Seen \Deleted)'
VALID = '* OK [UIDVALIDITY 1000] x'

FOLDERS = [
    script('EXAMINE: no UIDVALIDITY', 'EXAMINE', examine(FLAGS, '* 3 EXISTS', '* OK [UIDNEXT 4] x'),
           'the server gives no UIDVALIDITY', state='watching'),
    script('EXAMINE: UIDVALIDITY 0', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', '* OK [UIDVALIDITY 0] x'), 'no UIDVALIDITY|understood',
           state=None),
    script('EXAMINE: UIDVALIDITY that is no number', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', '* OK [UIDVALIDITY many] x'), 'no UIDVALIDITY|understood',
           state=None),
    script('EXAMINE: UIDVALIDITY above 32 bits', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', '* OK [UIDVALIDITY 99999999999999] x')),
    script('EXAMINE: another UIDVALIDITY each time', 'EXAMINE',
           [Do(lambda session, rest: change_validity(session)), HONEST]),
    script('EXAMINE: no UIDNEXT', 'EXAMINE', examine(FLAGS, '* 3 EXISTS', VALID)),
    script('EXAMINE: UIDNEXT too small', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', VALID, '* OK [UIDNEXT 1] x')),
    script('EXAMINE: UIDNEXT of 2^32-1', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', VALID, '* OK [UIDNEXT 4294967295] x')),
    script('EXAMINE: EXISTS of 2^32-1', 'EXAMINE',
           examine(FLAGS, '* 4294967295 EXISTS', VALID, '* OK [UIDNEXT 4] x')),
    script('EXAMINE: EXISTS of 0, though there are mails', 'EXAMINE',
           examine(FLAGS, '* 0 EXISTS', VALID, '* OK [UIDNEXT 4] x')),
    script('EXAMINE: no EXISTS at all', 'EXAMINE', examine(FLAGS, VALID)),
    script('EXAMINE: EXISTS goes down, nothing was expunged', 'EXAMINE',
           [HONEST, '* 2 EXISTS\r\n* 1 EXISTS\r\n']),
    script('EXAMINE: 2,500 permanent flags', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', VALID, '* OK [PERMANENTFLAGS (' + 'flag ' * 2500 + r'\*)] x')),
    script('EXAMINE: unknown response codes', 'EXAMINE',
           examine(FLAGS, '* 3 EXISTS', VALID, '* OK [XYZZY 1 2 (3 (4))] x', '* OK [MAILBOXID (F1)] x',
                   '* OK [HIGHESTMODSEQ 12345678901234567890] x')),
    script('EXAMINE: unknown responses', 'EXAMINE',
           ['* XYZZY 1 2 3\r\n', HONEST], "EXAMINE: the server's answer can't be understood",
           grows=True),
    script('EXAMINE: alerts', 'EXAMINE',
           ['* OK [ALERT] the \x1b[31mcellar\x1b[0m is under water\r\n' * 50, HONEST]),
]


def change_validity(session):
    box = session.server.mailboxes['INBOX']
    box.uidvalidity += 1


# ------------------------------------------------------------------ what FETCH brings

MAILS = r'BODY\.PEEK\[\]'
SIZES = 'RFC822.SIZE'
UIDS = r'\(UID\)$'


def all_of(session, rest):
    """The honest answer to a FETCH, without its tagged line."""
    return b''.join(session.fetch_one(uid, rest) for uid in session.chosen(rest.split(' ')[0]))


def fetched(change):
    """The honest answer with the bytes changed by a function."""
    return [Do(lambda session, rest: session.send(change(all_of(session, rest)))), '<tag> OK done\r\n']


def put(before, after):
    return fetched(lambda answer: answer.replace(before, after))


def without(uid):
    return [Do(lambda session, rest: session.send(b''.join(
        session.fetch_one(one, rest) for one in session.chosen(rest.split(' ')[0]) if one != uid))),
            '<tag> OK done\r\n']


def expunge(uid):
    def change(session, _):
        if uid in session.box.mails:
            number = session.number(uid)
            session.box.remove(uid)
            session.told -= 1
            session.send(f'* {number} EXPUNGE\r\n')
    return Do(change)


def arrive(session, _):
    """A mail comes in the middle of a fetch, once."""
    if len(session.box.mails) < 4:
        session.box.add(session.server.more[0])
        session.send(f'* {len(session.box.mails)} EXISTS\r\n')


def twice(session, rest):
    session.send(all_of(session, rest) * 2)


GARBLED = "UID FETCH: the server's answer can't be understood"
NO_UID = "UID FETCH: the server says a UID that can't be one"

FETCHES = [
    # literals
    script('literal longer than what comes', 'UID FETCH',
           [Do(lambda session, rest: session.send(all_of(session, rest).replace(b'BODY[] {', b'BODY[] {1'))),
            '<tag> OK done\r\n', EOF],
           r'UID FETCH: the server closed the connection', when=MAILS, grows=True),
    script('literal shorter than what comes', 'UID FETCH',
           [Do(lambda session, rest: session.send(re.sub(rb'BODY\[\] {\d+}', b'BODY[] {20}',
                                                         all_of(session, rest)))),
            '<tag> OK done\r\n', SILENCE], GARBLED + '|floods|did not answer', when=MAILS, gives_up='missing'),
    script('literal of -1', 'UID FETCH', ['* 1 FETCH (UID 1 BODY[] {-1}\r\nx)\r\n<tag> OK done\r\n',
                                          SILENCE], GARBLED, when=MAILS, gives_up='missing'),
    script('literal of 10^20', 'UID FETCH',
           ['* 1 FETCH (UID 1 BODY[] {100000000000000000000}\r\nx', SILENCE],
           'announced an absurd literal|announced a literal of', when=MAILS, gives_up='header'),
    script('literal of 2^32+1', 'UID FETCH', ['* 1 FETCH (UID 1 BODY[] {4294967297}\r\nx', SILENCE],
           'announced an absurd literal|announced a literal of', when=MAILS, gives_up='header'),
    script('literal that does not wait', 'UID FETCH', ['* 1 FETCH (UID 1 BODY[] {5+}\r\nhello)\r\n',
                                                       SILENCE],
           GARBLED + '|did not answer', when=MAILS, gives_up='missing'),
    script('literal8', 'UID FETCH', ['* 1 FETCH (UID 1 BODY[] ~{5}\r\nhello)\r\n<tag> OK done\r\n',
                                     SILENCE], GARBLED, when=MAILS, gives_up='missing'),
    script('literal within a quoted string', 'UID FETCH',
           ['* 1 FETCH (UID 1 BODY[] "{5}\r\nhello")\r\n<tag> OK done\r\n', SILENCE],
           GARBLED + '|UID FETCH: the server did not answer', when=MAILS, grows=True),
    script('literal of 0', 'UID FETCH', '* 1 FETCH (UID 1 BODY[] {0}\r\n)\r\n<tag> OK done\r\n',
           when=MAILS, box=one_mail, times=2, missing=(0,)),
    script('FETCH responses without end', 'UID FETCH', [Flood(b'* 5 FETCH (UID 5)\r\n' * 3000, 1 << 30)],
           'UID FETCH: the server answers without end', when=MAILS, gives_up='header'),
    script('continuations without end', 'UID FETCH', [Flood(b'+ go on\r\n' * 5000, 1 << 30)],
           'UID FETCH: the server floods us with untagged responses', when=MAILS, gives_up='header'),
    # bodies
    script('literals of 0 in a batch', 'UID FETCH', fetched(lambda answer: re.sub(
        rb'BODY\[\] {\d+}\r\n(?s:.*?)\)\r\n(?=\*|$)', b'BODY[] {0}\r\n)\r\n', answer)),
           when='1:3 .*' + MAILS),
    script('body NIL', 'UID FETCH', '* 1 FETCH (UID 1 BODY[] NIL)\r\n<tag> OK done\r\n',
           when=MAILS, box=one_mail, times=2, missing=(0,)),
    script('body that is not what was asked for', 'UID FETCH', put(b'BODY[]', b'BODY[TEXT]'),
           when='^1:3 .*' + MAILS),
    script('part that is not what was asked for', 'UID FETCH', put(b'BODY[]', b'BODY[1.2.MIME]'),
           when=MAILS, box=one_mail, times=2, missing=(0,)),
    script('FETCH of mails without a body', 'UID FETCH',
           '* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n<tag> OK done\r\n',
           when=r'1:3 .*' + MAILS),
    script('BODYSTRUCTURE nobody asked for', 'UID FETCH',
           ['* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1))\r\n', HONEST],
           when=SIZES),
    # UIDs
    script('UIDs that are missing', 'UID FETCH', without(2), when=MAILS, times=2, missing=(1,)),
    script('UIDs said twice', 'UID FETCH', [Do(twice), '<tag> OK done\r\n'], when=UIDS),
    script('sizes said twice', 'UID FETCH', [Do(twice), '<tag> OK done\r\n'], when=SIZES),
    script('mails sent twice', 'UID FETCH', [Do(twice), '<tag> OK done\r\n'], when=MAILS),
    script('UID 0', 'UID FETCH', ['* 1 FETCH (UID 0)\r\n', HONEST], NO_UID, when=UIDS, grows=True),
    script('UID above 32 bits', 'UID FETCH', ['* 1 FETCH (UID 99999999999)\r\n', HONEST], NO_UID,
           when=UIDS, grows=True),
    script('UID -1', 'UID FETCH', ['* 1 FETCH (UID -1)\r\n<tag> OK done\r\n', SILENCE], NO_UID,
           when=UIDS, grows=True),
    script('UID of a mail that will be', 'UID FETCH', ['* 1 FETCH (UID 70000)\r\n', HONEST],
           'the server lists uid 70000, above those that it said it has', when=UIDS),
    script('UIDs that were not asked for', 'UID FETCH',
           ['* 1 FETCH (UID 77 RFC822.SIZE 5)\r\n* 2 FETCH (UID 78 BODY[] {5}\r\nhello)\r\n', HONEST],
           when=SIZES),
    script('FETCH without UID', 'UID FETCH', ['* 1 FETCH (FLAGS (\\Seen))\r\n', HONEST], when=UIDS),
    script('UIDs that go down', 'UID FETCH',
           '* 3 FETCH (UID 3)\r\n* 2 FETCH (UID 2)\r\n* 1 FETCH (UID 1)\r\n<tag> OK done\r\n',
           when=r'^1:\S+ \(UID\)$'),
    script('UID used again for another mail', 'UID FETCH',
           [Do(lambda session, rest: reuse(session)), HONEST], when=MAILS, missing=()),
    # sizes, dates, flags
    script('size 0', 'UID FETCH', fetched(lambda answer: re.sub(rb'SIZE \d+', b'SIZE 0', answer)),
           when=SIZES),
    script('size too small', 'UID FETCH', fetched(lambda answer: re.sub(rb'SIZE \d+', b'SIZE 7', answer)),
           when=SIZES),
    script('size too large', 'UID FETCH',
           fetched(lambda answer: re.sub(rb'SIZE \d+', b'SIZE 5000000', answer)), when=SIZES),
    script('size -1', 'UID FETCH', fetched(lambda answer: re.sub(rb'SIZE \d+', b'SIZE -1', answer)),
           when=SIZES),
    script('size above 64 bits', 'UID FETCH',
           fetched(lambda answer: re.sub(rb'SIZE \d+', b'SIZE 99999999999999999999', answer)),
           when=SIZES, header_only=(0, 1, 2)),
    script('no sizes', 'UID FETCH',
           '* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n<tag> OK done\r\n',
           when=SIZES),
    script('a date that is none', 'UID FETCH', put(b'20-Nov-2026', b'35-Foo-9999'), GARBLED,
           when=SIZES, grows=True),
    script('a date of year 0', 'UID FETCH', put(b'20-Nov-2026', b' 1-Jan-0000'), when=SIZES),
    script('flags of all kinds', 'UID FETCH',
           put(b'FLAGS ()', b'FLAGS (\\Seen \\Recent \\XYZ $Junk NonJunk a.b/c 1)'), when=SIZES),
    script('flags without end of list', 'UID FETCH', put(b'FLAGS ()', b'FLAGS (\\Seen'), GARBLED,
           when=SIZES, grows=True),
    # what stands between
    script('unknown item', 'UID FETCH', put(b'(UID', b'(X-NOVELTY (1 2 3) UID'), GARBLED, when=MAILS,
           gives_up='missing'),
    script('MODSEQ nobody asked for', 'UID FETCH', put(b'(UID', b'(MODSEQ (12345) UID'), when=SIZES),
    script('unknown response in between', 'UID FETCH', ['* XYZZY 1\r\n', HONEST], GARBLED, when=MAILS,
           gives_up='missing'),
    script('a tag of nobody', 'UID FETCH', ['zz99 OK done\r\n', SILENCE],
           'UID FETCH: the server refuses the command, or answers another one: done', when=MAILS,
           grows=True),
    script('OK without a tag', 'UID FETCH', ['* OK done\r\n', SILENCE],
           'UID FETCH: the server did not answer within 2 s', when=MAILS, grows=True),
    script('answers in lower case', 'UID FETCH', fetched(lambda answer: re.sub(
        rb'FETCH \(UID', b'fetch (uid', answer)), when=UIDS),
    script('line ends of LF alone', 'UID FETCH', fetched(lambda answer: answer.replace(b'\r\n', b'\n')),
           when=UIDS),
    script('spaces behind the tag', 'UID FETCH', [HONEST], when=UIDS),
    script('flags of other mails in between', 'UID FETCH',
           ['* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 FLAGS (\\Deleted))\r\n', HONEST], when=MAILS),
    script('NO without a tag in between', 'UID FETCH', ['* NO quota is nearly used up\r\n', HONEST],
           when=MAILS),
    # things change meanwhile
    script('expunged in mid-fetch', 'UID FETCH', [expunge(2), HONEST], when=SIZES, missing=(1,)),
    script('expunged before the body', 'UID FETCH', [expunge(3), HONEST], when=MAILS, missing=(1,)),
    script('all expunged in mid-fetch', 'UID FETCH', [expunge(1), expunge(2), expunge(3), HONEST],
           when=MAILS, missing=(0, 1, 2)),
    script('EXPUNGE of a mail that never was', 'UID FETCH', ['* 99 EXPUNGE\r\n', HONEST], when=SIZES),
    script('EXPUNGE 0', 'UID FETCH', ['* 0 EXPUNGE\r\n', HONEST], when=SIZES),
    script('EXISTS goes down in mid-fetch', 'UID FETCH', ['* 1 EXISTS\r\n', HONEST], when=MAILS),
    script('a mail arrives in mid-fetch', 'UID FETCH', [Do(arrive), HONEST], when=MAILS),
]


def reuse(session):
    """UID 2 is another mail on each connection, before anything was committed."""
    session.box.mails[2] = session.server.more[0]


# ------------------------------------------------------------------ IDLE

IDLES = [
    script('IDLE: never a +', 'IDLE', SILENCE, 'IDLE: the server did not answer within 2 s',
           grows=True),
    script('IDLE: EXISTS before the +', 'IDLE', ['* 3 EXISTS\r\n+ idling\r\n', Do(
        lambda session, rest: session.line()), '<tag> OK done\r\n']),
    script('IDLE: a + of 60 KB', 'IDLE', ['+ ' + 'x' * 60000 + '\r\n', Do(
        lambda session, rest: session.line()), '<tag> OK done\r\n']),
    script('IDLE: OK instead of a +', 'IDLE', '<tag> OK done\r\n'),
    script('IDLE: BYE in it', 'IDLE', ['+ idling\r\n* BYE Idle for too long\r\n', EOF],
           'IDLE: the server ended the session: Idle for too long', grows=True),
    script('IDLE: EOF in it', 'IDLE', ['+ idling\r\n', EOF],
           'IDLE: the server closed the connection', grows=True),
    script('IDLE: a line without end in it', 'IDLE', ['+ idling\r\n* ', Flood(b'x' * 65536, 1 << 30)],
           'IDLE: the server sends a line without end', grows=True),
    script('IDLE: news all the time, and nothing new', 'IDLE',
           ['+ idling\r\n* 3 EXISTS\r\n', Do(lambda session, rest: session.line()), '<tag> OK done\r\n']),
    script('IDLE: never an end', 'IDLE', ['+ idling\r\n* 3 EXISTS\r\n', SILENCE],
           'DONE .of IDLE.: the server did not answer within 2 s', grows=True),
    script('IDLE: NO to DONE', 'IDLE', ['+ idling\r\n* 3 EXISTS\r\n', Do(
        lambda session, rest: session.line()), '<tag> NO\r\n']),
    script('IDLE: EOF after DONE', 'IDLE', ['+ idling\r\n* 3 EXISTS\r\n', Do(
        lambda session, rest: session.line()), EOF],
           'DONE .of IDLE.: the server closed the connection', grows=True),
    script('IDLE: announces less and less', 'IDLE',
           ['+ idling\r\n* 2 EXISTS\r\n* 1 EXISTS\r\n* 0 EXISTS\r\n',
            Do(lambda session, rest: session.line()), '<tag> OK done\r\n']),
]

SCRIPTS = [*everywhere(), *ANSWERS, *GREETINGS, *FOLDERS, *FETCHES, *IDLES]

# ------------------------------------------------------------------ over TLS only

# {kind of certificate, of servers.BAD_CERTIFICATES: words}
CERTIFICATES = {kind: script(f'certificate: {kind}', None, [], words, times=0, trusted=False)
                for kind, words in (
    ('wrong host', 'hostname mismatch; set server.host to a name it is made for'),
    ('wrong address', 'IP address mismatch; set server.host to a name it is made for'),
    ('expired', 'certificate has expired; the server.s administrator must renew it'),
    ('not yet valid', 'certificate is not yet valid; check the clock of this computer'),
    ('self-signed', 'self-signed certificate.*; if it is right, name the file of its CA in server.ca_file'),
    ('unknown authority', 'unable to get local issuer certificate; if it is right, name the file'),
    ('other key than the pinned one', "the server's key is not the pinned one .*; somebody may be"),
    ('TLS 1.1', 'TLS handshake: '),
)}


def begin_tls(session, _):
    session.start_tls()


def starttls(*arguments):
    return script(*arguments, trusted=False)


STARTTLS = [
    starttls('STARTTLS: not offered, and refused', 'STARTTLS', '<tag> NO not here\r\n',
           r'the server refuses STARTTLS \(.*\): use tls: implicit, or somebody is in between'),
    starttls('STARTTLS: BAD', 'STARTTLS', '<tag> BAD unknown command\r\n',
           'STARTTLS: the server refuses the command, or answers another one: unknown command'),
    starttls('STARTTLS: commands injected behind the answer', 'STARTTLS',
           ['<tag> OK begin\r\n* CAPABILITY IMAP4rev1\r\n9 OK welcome\r\n', Do(begin_tls), HONEST],
           'the server sent more behind its answer to STARTTLS: somebody may be in between'),
    starttls('STARTTLS: PREAUTH before it', 'GREETING', '* PREAUTH welcome\r\n',
           'the server says that we are logged in before TLS began: somebody may be in between'),
    starttls('STARTTLS: EOF', 'STARTTLS', EOF, 'STARTTLS: the server closed the connection'),
    starttls('STARTTLS: EOF instead of a handshake', 'STARTTLS', ['<tag> OK begin\r\n', EOF],
           'TLS handshake: '),
    starttls('STARTTLS: text instead of a handshake', 'STARTTLS',
           ['<tag> OK begin\r\n', Do(lambda session, _: session.sock.recv(1)), '* OK hi\r\n' * 20, EOF],
           'TLS handshake: |the server sent more'),
    starttls('STARTTLS: silence instead of a handshake', 'STARTTLS', ['<tag> OK begin\r\n', SILENCE],
           'the server did not answer within 2 s'),
    starttls('STARTTLS: silence', 'STARTTLS', SILENCE,
           'STARTTLS: the server did not answer within 2 s'),
    starttls('STARTTLS: BYE', 'STARTTLS', ['* BYE no\r\n', EOF], 'the server ended the session: no'),
]
