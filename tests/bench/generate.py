#!/usr/bin/python3
"""Mail as a company's mailbox holds it, made from a seed: the same seed and number give the same
bytes, on every machine.

    generate.py MAILDIR COUNT [--seed N] [--small]

Shape (of --small in brackets): bodies of log-normal length, a third plain text, most of the rest
text and HTML side by side, one in thirteen with a PDF of 50 to 300 KB [none]; together 23 KB at the
mean [3 KB]. Four in nine answer an earlier one. Senders are drawn unevenly from 3,000 people at 600
companies, one in five is a colleague.
"""
import argparse
import base64
import binascii
import email.header
import email.utils
import itertools
import math
import os
import pathlib
import random

SYLLABLES = [c + v for c in 'b d f g h k l m n p r s t v w z br st tr'.split()
             for v in 'a e i o u ei ie oo'.split()]
LETTERS = {'en': '', 'de': 'äöüß', 'nl': 'ëï', 'fr': 'éèêç'}
TERMS = ('invoice', 'order', 'delivery', 'contract', 'meeting', 'quotation', 'project', 'payment',
         'please', 'attached', 'regards', 'tomorrow', 'customer', 'schedule', 'overdue', 'renewal')
CHARSETS = {
    'en': (('us-ascii', '7bit'), ('utf-8', '7bit'), ('utf-8', 'quoted-printable')),
    'de': (('utf-8', 'quoted-printable'), ('iso-8859-1', 'quoted-printable'), ('utf-8', '8bit'),
           ('utf-8', 'base64')),
}
OWN = ('anna@example.org', 'bob@example.org', 'carla@example.org')
START = 1_700_000_000  # of the first mail; then one each ten minutes
TEXT_POOL = 400_000
PDF_POOL = 4_000_000


def words_of(language, rng, count=3000):
    words = []
    for _ in range(count):
        word = ''.join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3)))
        if LETTERS[language] and rng.random() < 0.2:
            at = rng.randrange(len(word))
            word = word[:at] + rng.choice(LETTERS[language]) + word[at + 1:]
        words.append(word)
    return words


def text_pool(language, rng):
    """Sentences and paragraphs of words that come up as often as words do (Zipf)."""
    words = words_of(language, rng)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    lines, line, size = [], '', 0
    for word in rng.choices(words, weights, k=TEXT_POOL // 5):
        chance = rng.random()
        if chance < 0.05:
            word = rng.choice(TERMS)
        elif chance < 0.06:
            word = f'{rng.randint(5, 90000)}.{rng.randint(0, 99):02d} EUR'
        line += word + ('. ' if rng.random() < 0.08 else ' ')
        if len(line) > 68:
            lines.append(line.rstrip())
            if rng.random() < 0.15:
                lines.append('')
            size += len(line)
            line = ''
    return '\n'.join(lines)


class Generator:
    def __init__(self, seed=1, small=False, files=True):
        rng = random.Random(f'pool {seed}')
        self.seed, self.small, self.files = seed, small, files and not small
        self.pools = {language: text_pool(language, rng) for language in LETTERS}
        names = words_of('de', rng, 1500)
        domains = [f'{rng.choice(names)}-{n}.example'.encode('ascii', 'ignore').decode()
                   for n in range(600)]
        self.people = []
        for number in range(3000):
            first, last = rng.choice(names).title(), rng.choice(names).title()
            local = f'{first}.{last}.{number}'.lower().encode('ascii', 'ignore').decode()
            self.people.append((f'{first} {last}', f'{local}@{rng.choice(domains)}'))
        self.weights = list(itertools.accumulate(1 / (n + 8) ** 0.9 for n in range(3000)))
        self.noise = rng.randbytes(PDF_POOL) if self.files else b''

    def message_id(self, number):
        mark = binascii.hexlify(random.Random(f'id {self.seed} {number}').randbytes(9)).decode()
        return f'<{mark}.{number}@mail{number % 37}.example>'

    def parent(self, number):
        rng = random.Random(f'parent {self.seed} {number}')
        if number < 20 or rng.random() > 0.44:
            return None
        return max(0, number - 1 - int(rng.expovariate(1 / 200)))

    def references(self, number):
        ids = []
        parent = self.parent(number)
        while parent is not None and len(ids) < 12:
            ids.insert(0, self.message_id(parent))
            parent = self.parent(parent)
        return ids

    def text(self, rng, language, size):
        pool = self.pools[language]
        size = min(size, len(pool) - 1)
        begin = rng.randrange(len(pool) - size)
        return pool[begin:begin + size]

    def pick(self, rng):
        return rng.choices(self.people, cum_weights=self.weights)[0]

    def body(self, rng, language):
        size = int(rng.lognormvariate(math.log(900 if self.small else 3500), 1.0))
        size = max(200, min(size, 5_000 if self.small else 120_000))
        kind = rng.random()
        if kind < 0.32:
            return text_part(rng, language, 'plain', self.text(rng, language, size))
        if kind < 0.40:
            return text_part(rng, language, 'html', html(self.text(rng, language, size)))
        text = self.text(rng, language, size // 2)
        return multipart(rng, 'alternative', [text_part(rng, language, 'plain', text),
                                              text_part(rng, language, 'html', html(text))])

    def attachment(self, rng):
        size = rng.randint(500, 3000) * 3 // 4 * 100  # in base64 a third more
        begin = rng.randrange(len(self.noise) - size)
        name = f'document-{rng.randint(0, 999999):06d}.pdf'
        head = (f'Content-Type: application/pdf; name="{name}"\n'
                'Content-Transfer-Encoding: base64\n'
                f'Content-Disposition: attachment; filename="{name}"\n\n')
        return head.encode() + base64.encodebytes(pdf(self.noise[begin:begin + size]))

    def header(self, rng, number, language, sender, date):
        to = [self.pick(rng) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))]
        cc = [self.pick(rng) for _ in range(rng.choice((0, 0, 0, 0, 1, 2)))]
        domain = sender[1].split('@')[1]
        lines = [f'Return-Path: <{sender[1]}>', 'Delivered-To: crm@example.org']
        for hop in range(rng.randint(1, 2) if self.small else rng.randint(2, 6)):
            lines.append(
                f'Received: from relay{hop}.{domain} ([192.0.2.{rng.randint(1, 254)}])\n'
                f'\tby mx{hop}.example.org with ESMTPS id {rng.getrandbits(48):012x}\n'
                f'\tfor <crm@example.org>; {email.utils.formatdate(date + hop)}')
        if rng.random() < 0.8 and not self.small:
            mark = base64.b64encode(rng.randbytes(256)).decode()
            lines.append(f'DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s1; '
                         'h=from:to:subject:date;\n\tb=' +
                         '\n\t '.join(mark[i:i + 68] for i in range(0, len(mark), 68)))
        lines.append('From: ' + address(sender))
        lines.append('To: ' + ',\n\t'.join([address(one) for one in to] or ['crm@example.org']))
        if cc:
            lines.append('Cc: ' + ',\n\t'.join(address(one) for one in cc))
        subject = ' '.join(self.text(rng, language, rng.randint(15, 60)).split()) or 'no words'
        references = self.references(number)
        lines.append('Subject: ' + encoded(('Re: ' if references else '') + subject, 'Subject'))
        lines.append('Date: ' + email.utils.formatdate(date))
        lines.append('Message-ID: ' + self.message_id(number))
        if references:
            lines.append('In-Reply-To: ' + references[-1])
            lines.append('References: ' + '\n\t'.join(references))
        lines.append('MIME-Version: 1.0')
        return '\n'.join(lines) + '\n'

    def mail(self, number):
        """Its bytes, with LF line ends, and its date in seconds."""
        rng = random.Random(f'mail {self.seed} {number}')
        language = rng.choices(tuple(LETTERS), (60, 25, 10, 5))[0]
        date = START + number * 600 + rng.randint(0, 500)
        sender = (('A Colleague', rng.choice(OWN)) if rng.random() < 0.2 else self.pick(rng))
        head = self.header(rng, number, language, sender, date)
        body = self.body(rng, language)
        if self.files and rng.random() < 0.077:
            body = multipart(rng, 'mixed', [body] + [self.attachment(rng) for _ in range(
                1 if rng.random() < 0.85 else 2)])
        return head.encode() + body, date


def encoded(text, field):
    if text.isascii():
        return text
    return email.header.Header(text, 'utf-8', header_name=field, maxlinelen=75).encode()


def address(person):
    name, where = person
    return f'"{name}" <{where}>' if name.isascii() else f'{encoded(name, "From")} <{where}>'


def html(text):
    paragraphs = ''.join(f'<p style="margin:0"><span style="font-size:11pt">{part}</span></p>\n'
                         for part in text.split('\n\n'))
    return ('<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>\n' + paragraphs +
            '<table width="100%"><tr><td style="border-top:1px solid #ccc">--<br><b>Regards</b>'
            '</td></tr></table></body></html>\n')


def pdf(scan):
    """A page with a picture of 100 pixels a line, as random as compressed bytes are."""
    line = b'q 595 0 0 842 0 0 cm /Scan Do Q'
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n'
        b'/Resources << /XObject << /Scan 5 0 R >> >> >>',
        b'<< /Length %d >>\nstream\n%s\nendstream' % (len(line), line),
        b'<< /Type /XObject /Subtype /Image /Width 100 /Height %d /BitsPerComponent 8\n'
        b'/ColorSpace /DeviceGray /Length %d >>\nstream\n%s\nendstream' %
        (len(scan) // 100, len(scan), scan)]
    out, places = b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (number, body)
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return out + (b'xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n'
                  b'startxref\n%d\n%%%%EOF\n' % (len(objects) + 1, table, len(objects) + 1,
                                               len(out)))


def text_part(rng, language, subtype, text):
    charset, encoding = rng.choice(CHARSETS.get(language, CHARSETS['de']))
    raw = text.encode(charset, 'replace')
    if encoding == 'quoted-printable':
        raw = binascii.b2a_qp(raw, istext=True)
    elif encoding == 'base64':
        raw = base64.encodebytes(raw)
    return (f'Content-Type: text/{subtype}; charset="{charset}"\n'
            f'Content-Transfer-Encoding: {encoding}\n\n').encode() + raw.rstrip(b'\n') + b'\n'


def multipart(rng, subtype, parts):
    boundary = f'=_{rng.getrandbits(80):020x}'
    mark = f'--{boundary}'.encode()
    return (f'Content-Type: multipart/{subtype};\n\tboundary="{boundary}"\n\n'.encode() +
            b''.join(mark + b'\n' + part + b'\n' for part in parts) + mark + b'--\n')


def write_maildir(folder, count, first=0, **shape):
    """The mails from number FIRST on as Dovecot reads them (sizes stand in the names, so that it
    need not look). shape: as of Generator. Their bytes on the wire."""
    generator = Generator(**shape)
    return write_mails(folder, (generator.mail(first + number) for number in range(count)))


def write_mails(folder, mails):
    """mails: (bytes with LF line ends, date in seconds)."""
    folder = pathlib.Path(folder)
    for name in ('cur', 'new', 'tmp'):
        (folder / name).mkdir(parents=True, exist_ok=True)
    total = 0
    for number, (mail, date) in enumerate(mails):
        wire = len(mail) + mail.count(b'\n')
        path = folder / 'cur' / f'{date}.M{number:08d}P1.gen,S={len(mail)},W={wire}:2,'
        path.write_bytes(mail)
        os.utime(path, (date, date))
        total += wire
    return total


def main():
    parser = argparse.ArgumentParser(description='Writes generated mail into a Maildir.')
    parser.add_argument('maildir')
    parser.add_argument('count', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--small', action='store_true')
    options = parser.parse_args()
    total = write_maildir(options.maildir, options.count, seed=options.seed,
                          small=options.small)
    print(f'{options.count} mails, {total} bytes, {total // max(options.count, 1)} at the mean')


if __name__ == '__main__':
    main()
