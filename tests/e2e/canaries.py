"""Canaries: words that stand nowhere but where they were planted, and a search for them (and for
fragments of them) in every byte that postroom keeps, compressed ones included."""
import base64
import ctypes
import ctypes.util
import random
import re
import sqlite3

FRAGMENT = 5  # characters
LETTERS = 'qxzjkwvhbgpf'  # no language has five of them in a row
FINANCE_LETTERS = 'ymdlsrtcn'  # those of finance are no fragments of the others
SIZE = 12
ZSTD_MAGIC = b'\x28\xb5\x2f\xfd'
PEOPLE, OTHERS = 10, 3

zstd = ctypes.CDLL(ctypes.util.find_library('zstd'))
zstd.ZSTD_decompress.restype = ctypes.c_size_t
zstd.ZSTD_decompress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p,
                                 ctypes.c_size_t]
zstd.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
zstd.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
zstd.ZSTD_isError.argtypes = [ctypes.c_size_t]
OUT = ctypes.create_string_buffer(4 << 20)


def unpacked(data):
    """The frame that begins here; b'' when none does."""
    size = zstd.ZSTD_findFrameCompressedSize(data, len(data))
    if zstd.ZSTD_isError(size):
        return b''
    got = zstd.ZSTD_decompress(OUT, len(OUT), data, size)
    return b'' if zstd.ZSTD_isError(got) else OUT.raw[:got]


class Canaries:
    """Words of one kind, made from a seed: a run that fails can be run again."""

    def __init__(self, seed, letters=LETTERS):
        self.random, self.letters = random.Random(seed), letters
        self.words = []

    def __call__(self, capital=False):
        word = ''.join(self.random.choice(self.letters) for _ in range(SIZE))
        self.words.append(word)
        return word.capitalize() if capital else word


class Search:
    """What of these words, and of their fragments, stands in some bytes."""

    def __init__(self, words):
        self.whole = set(words)
        self.parts = {word[at:at + FRAGMENT] for word in words
                      for at in range(SIZE - FRAGMENT + 1)}
        letters = ''.join(sorted(set(''.join(words))))
        self.run = re.compile(b'(?i)[' + letters.encode() + b']{%d,}' % FRAGMENT)

    def look(self, data, found):
        """found: {whole word or fragment}"""
        for match in self.run.finditer(data):
            run = match.group().decode().lower()
            for size, known in ((SIZE, self.whole), (FRAGMENT, self.parts)):
                for at in range(len(run) - size + 1):
                    if run[at:at + size] in known:
                        found.add(run[at:at + size])

    def look_deep(self, data, found):
        """Also in what is compressed or base64 in it."""
        self.look(data, found)
        at = data.find(ZSTD_MAGIC)
        while at >= 0:
            self.look_text(unpacked(data[at:at + (1 << 20)]), found)
            at = data.find(ZSTD_MAGIC, at + 1)

    def look_text(self, text, found):
        self.look(text, found)
        for block in re.findall(rb'(?:[A-Za-z0-9+/]{40,}={0,2}\r?\n?)+', text):
            try:
                self.look(base64.b64decode(b''.join(block.split()), validate=False), found)
            except ValueError:
                pass

    def file(self, path, found):
        self.look_deep(path.read_bytes(), found)

    def database(self, path, found):
        """Every value, by SQL: what the bytes of the file have in pieces on several pages."""
        database = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
        database.text_factory = bytes
        try:
            tables = [name.decode() for name, in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' "
                "AND name NOT LIKE 'message_index'")]
            for table in tables:
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        if isinstance(value, bytes):
                            self.look_deep(value, found)
        finally:
            database.close()


def found_in(state, words, more=()):
    """What stands in the files of a state directory and in further files."""
    search, found = Search(words), set()
    for path in [*state.iterdir(), *more]:
        search.file(path, found)
        if path.suffix == '.db':
            search.database(path, found)
    return found


class Person:
    """One who will be erased, and where he leaves what."""

    def __init__(self, number, canary, domain='kunde.example'):
        self.number = number
        self.name = f'{canary(True)} {canary(True)}'
        self.address = f'{canary()}@{domain}'
        self.second = f'{canary()}@{domain}'
        self.billing = None
        self.canary = canary

    def mails(self):
        """(mailbox, text); in each some words of his."""
        canary = self.canary
        said = [canary() for _ in range(70)]
        quoted = '\n'.join(f'> {word}' for word in said)
        attached = base64.b64encode(f'The file of {canary()} and {canary()}.\n'.encode() * 3)
        yield 'support', mail(self.sender(), 'support@example.org', f'Broken {canary()}',
                              '\n'.join(said) + f'\nYours, {self.name}\n',
                              f'{self.number}.1.{canary()}', f'X-Note: {canary()}\n')
        yield 'support', mail(self.sender(), 'support@example.org', f'Again {canary()}',
                              f'{canary()} {canary()}', f'{self.number}.2', in_parts=(
                                  canary(), attached.decode()))
        yield 'crm', mail('Anna Visser <anna@example.org>', self.sender(),
                          f'Our offer {canary()}', f'Dear {self.name},\n{canary()}\n',
                          f'{self.number}.3', SUBMITTED)
        # what others share
        yield 'support', mail(self.sender(), 'support@example.org', f'Three of us {canary()}',
                              f'{canary()} {canary()}\n', f'{self.number}.4',
                              cc=f'{OTHER} <bob@other.example>')
        yield 'support', mail(f'{OTHER} <bob@other.example>', 'support@example.org',
                              f'Bobs answer {self.number}',
                              f'Bob says hello number {self.number} to {self.name.split()[0]}.\n\n'
                              f'On Monday {self.sender()} wrote:\n{quoted}\n',
                              f'{self.number}.5', cc=self.sender())
        yield 'support', mail(f'{OTHER} <bob@other.example>', 'support@example.org',
                              f'Bob mentions {self.number}',
                              f'Please ask {self.name}\nor write to {self.address}.\n',
                              f'{self.number}.6')
        # nobody may write so to crm@: quarantined
        yield 'crm', mail(self.sender(), 'crm@example.org', f'Let me in {canary()}',
                          f'{canary()}\n', f'{self.number}.7')
        # a lead
        yield 'sales', mail(self.sender(), 'sales@example.org', f'I want {canary()}',
                            f'{canary()} {canary()}\n', f'{self.number}.8')

    def sender(self):
        return f'{self.name} <{self.address}>'


OTHER = 'Robert Anders'
SUBMITTED = ('Received: from laptop (laptop [192.0.2.7]) by mail.example.org with ESMTPSA;\n'
             ' Mon, 2 Nov 2026 10:00:00 +0100\n')


def mail(sender, to, subject, text, number, header='', cc=None, in_parts=None,
         date='Mon, 2 Nov 2026 10:00:00 +0100'):
    fields = (f'{header}From: {sender}\nTo: {to}\n' + (f'Cc: {cc}\n' if cc else '') +
              f'Subject: {subject}\nDate: {date}\nMessage-ID: <{number}@kunde.example>\n')
    if not in_parts:
        return f'{fields}\n{text}\n'
    name, content = in_parts
    return (f'{fields}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
            f'--b\nContent-Type: text/plain\n\n{text}\n'
            f'--b\nContent-Type: text/plain; name="{name}.txt"\n'
            f'Content-Disposition: attachment; filename="{name}.txt"\n'
            f'Content-Transfer-Encoding: base64\n\n{content}\n--b--\n')


def invoice(person, canary):
    """A bill of his: kept as it is, and not among the canaries that are to go."""
    return mail(f'"A person" <{person.billing}>', 'invoices@example.org',
                f'Invoice {canary()}', f'Invoice number: 2026-{person.number:03}\n'
                f'Invoice date: 2026-11-01\nTotal: EUR 119.00\n{canary()}\n',
                f'{person.number}.invoice')


def plant(postroom, seed=1, people=PEOPLE):
    """Fills the record with these people and one who stays. The people, the words that have to go,
    and those of finance that have to stay."""
    canary, finance = Canaries(seed), Canaries(seed + 1000, FINANCE_LETTERS)
    persons = [Person(number, canary) for number in range(1, people + 1)]
    postroom('contact', 'add', OTHER, 'bob@other.example')
    for person in persons:
        postroom('contact', 'add', f'{canary(True)} {canary(True)}', person.address, '--phone',
                 f'+49 {canary()}', '--note', canary(), '--source', canary())
        postroom('contact', 'edit', person.address, '--name', person.name, '--note', canary())
        postroom('contact', 'address', 'add', person.address, person.second)
        person.billing = f'{finance()}@kunde.example'
        postroom('contact', 'address', 'add', person.address, person.billing)
        take(postroom, person.mails())
        take(postroom, [('invoices', invoice(person, finance))])
        postroom('task', 'add', f'Call {canary()}', '--contact', person.address, '--note', canary())
        written(postroom, person, canary)
        postroom('contact', 'edit', 'Robert Anders', '--note', f'Knows {person.name}')
        edited = postroom.json('contact', 'edit', person.address, '--phone', canary())
        postroom('undo', edited['operation'])
    postroom('contact', 'edit', 'Robert Anders', '--phone', '12345')
    return persons, canary.words, finance.words


def written(postroom, person, canary):
    """What people write down of him, under all his names, and a second contact that he is."""
    postroom('contact', 'alias', 'add', person.address, canary(True))
    person.merged = f'{canary()}@kunde.example'
    postroom('contact', 'add', f'{canary(True)} {canary(True)}', person.merged, '--phone',
             f'+49 {canary()}', '--note', canary())
    other = postroom.json('contact', 'list')[-1]
    postroom('note', 'add', other['id'], canary())
    postroom('contact', 'merge', person.address, other['id'])
    note = postroom.json('note', 'add', person.address, canary())
    postroom('note', 'edit', note['id'], '--text', canary(), '--result', canary())
    postroom('note', 'remove', note['id'])
    postroom('call', 'add', person.address, canary(), '--result', canary(), '--next-step',
             canary(), '--follow-up', '2w')
    postroom('article', 'add', f'About {person.name}', f'{person.name} taught us this')


def take(postroom, mails):
    """Imported in the order in which they were written, by mailbox."""
    paths = {}
    for mailbox, text in mails:
        path = postroom.mail(f'mail-{len(list(postroom.directory.glob("mail-*")))}.eml', text)
        paths.setdefault(mailbox, []).append(path)
    for mailbox, files in paths.items():
        postroom('import', '--mailbox', mailbox, *files)
        for file in files:
            file.rename(file.with_suffix('.taken'))
