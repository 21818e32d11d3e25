"""Malformed mails: the project's own mails, each broken in some ways, the same ones each time; and
every file of the public corpora as it is, in place."""
import os
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPORA = pathlib.Path(os.environ.get('POSTROOM_CORPORA', ROOT.parent / 'shared/corpora'))
LARGEST = 20 << 20  # of a corpus file

WORDS = [b'\0', b'\r', b'\n', b'\r\n\r\n', b'\xff\xfe', b'\xed\xa0\x80', b'=?utf-8?q?', b'?=', b'--', b'--x--\r\n',
         b'Content-Type: multipart/mixed; boundary=x\r\n', b'Content-Type: message/rfc822\r\n\r\n',
         b'Content-Transfer-Encoding: base64\r\n', b'Content-Transfer-Encoding: x-uuencode\r\n',
         b'; charset=utf-16', b'; charset=iso-2022-jp', b'; charset=hz-gb-2312', b"; filename*0*=utf-8''%",
         b'From: ', b'To: <<>>, "', b'(((((', b'@', b'=', b'=\r\n', b'begin 644 a\r\n', b'<table><td>', b'&#x',
         b'BEGIN:VCALENDAR\r\n', b'%PDF-1.7\n', b'<?xml version="1.0"?><Invoice>', b'Fwd: ', b'> ', b'-- \r\n',
         b'\x1b$B', b'x' * 2000, b' ' * 2000]


def place(chance, data):
    return chance.randrange(len(data) + 1)


def piece(chance, data):
    begin = place(chance, data)
    return begin, min(len(data), begin + 1 + int(chance.expovariate(1 / 200)))


def cut(chance, data, _):
    return data[:place(chance, data)]


def without_piece(chance, data, _):
    begin, end = piece(chance, data)
    return data[:begin] + data[end:]


def piece_again(chance, data, _):
    begin, end = piece(chance, data)
    return data[:end] + data[begin:end] * chance.choice([1, 2, 50]) + data[end:]


def piece_of_another(chance, data, other):
    begin, end = piece(chance, other)
    at = place(chance, data)
    return data[:at] + other[begin:end] + data[at:]


def bytes_changed(chance, data, _):
    data = bytearray(data)
    for _ in range(min(len(data), chance.choice([1, 4, 40]))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def word_inside(chance, data, _):
    at = place(chance, data)
    return data[:at] + chance.choice(WORDS) + data[at:]


def lines_mixed(chance, data, _):
    lines = data.splitlines(True)
    for _ in range(min(len(lines), 3)):
        one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
    return b''.join(lines)


def other_line_ends(chance, data, _):
    return data.replace(b'\r\n', b'\n').replace(b'\n', chance.choice([b'\r', b'\n', b'\n\r', b'\r\r\n', b'\r\n ']))


def no_blank_line(_, data, __):
    return data.replace(b'\r\n\r\n', b'\r\n', 1).replace(b'\n\n', b'\n', 1)


def other_case(_, data, __):
    return data.swapcase()


def inside_itself(_, data, __):
    return b'From: a@example.net\r\nContent-Type: message/rfc822\r\n\r\n' + data + data


MUTATORS = [cut, without_piece, piece_again, piece_of_another, bytes_changed, word_inside, word_inside,
            lines_mixed, other_line_ends, no_blank_line, other_case, inside_itself]


def fixtures():
    """The project's own mails."""
    folders = [ROOT / 'tests/golden', ROOT / 'tests/fuzz/corpus/fuzz_parser_message']
    return [path.read_bytes() for folder in folders for path in sorted(folder.iterdir())
            if path.suffix in ('.eml', '.body', '.html') and path.is_file()]


def mutated(count):
    """(name, bytes) of so many broken mails."""
    sources = fixtures()
    for number in range(count):
        chance = random.Random(number)
        data = sources[number % len(sources)]
        for _ in range(chance.choice([1, 1, 2, 3, 6])):
            if data:
                data = chance.choice(MUTATORS)(chance, data, chance.choice(sources))
        yield f'mutated {number}', data


def corpus_files():
    """(name, bytes) of every file there; nothing where there are no corpora."""
    if not CORPORA.is_dir():
        return
    for path in sorted(CORPORA.rglob('*')):
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield str(path.relative_to(CORPORA)), path.read_bytes()
