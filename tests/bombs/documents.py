"""Documents made to exhaust whoever opens them, each attached to a small mail: XML, PDF, archives,
calendars."""
import base64
import bz2
import gzip
import io
import zipfile
import zlib

from tests.bombs.mails import HEAD, numbered
from tests.bombs.parser import zstd

MEGABYTE = 1 << 20


def attached(content, kind, name):
    return HEAD + b'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee attached.\r\n--x\r\n' \
        b'Content-Type: ' + kind + b'\r\nContent-Disposition: attachment; filename=' + name + \
        b'\r\nContent-Transfer-Encoding: base64\r\n\r\n' + base64.encodebytes(content) + b'--x--\r\n'


def xml(content):
    return attached(b'<?xml version="1.0"?><!--Invoice-->' + content, b'application/xml', b'invoice.xml')


def deflated(count, byte=b'a'):
    """zlib over that many megabytes of one byte: one of them, which says nothing of those before
    it, again and again."""
    packer, plain, check = zlib.compressobj(9), byte * MEGABYTE, 1
    first = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(count):
        check = zlib.adler32(plain, check)
    return first + more * (count - 1) + b'\x03\x00' + check.to_bytes(4, 'big')


def entities(levels, width):
    return b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b''.join(
        b'<!ENTITY a%d "%s">' % (at, (b'&a%d;' % (at - 1) if at else b'&a;') * width)
        for at in range(levels)) + b']><Invoice>&a%d;</Invoice>' % (levels - 1)


def zipped(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def nested_zip(levels):
    inside = zipped('a.xml', b'a' * 10 * MEGABYTE)
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
            for at in range(10):
                archive.writestr(f'{at}.zip', inside)
        inside = out.getvalue()
    return inside


# ---------------------------------------------------------------- PDF

CATALOG = b'<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a.xml)4 0 R]>>>>>>'
PAGES = b'<</Type/Pages/Kids[3 0 R]/Count 1>>'
PAGE = b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>'
FILE = b'<</Type/Filespec/F(a.xml)/UF(a.xml)/EF<</F 5 0 R>>>>'


def stream(entries, content):
    return b'<<' + entries + b'/Length %d>>stream\n' % len(content) + content + b'\nendstream'


def pdf(objects, trailer=b''):
    out, offsets = b'%PDF-1.7\n', []
    for at, value in enumerate(objects, 1):
        offsets.append(len(out))
        out += b'%d 0 obj\n' % at + value + b'\nendobj\n'
    xref = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1) + \
        b''.join(b'%010d 00000 n \n' % offset for offset in offsets)
    return out + b'trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n' % (
        len(objects) + 1, trailer, xref)


def with_file(file_stream, extra=()):
    return pdf([CATALOG, PAGES, PAGE, FILE, file_stream, *extra])


def in_pdf(content):
    return attached(content, b'application/pdf', b'invoice.pdf')


def many_files(count, megabytes):
    one = deflated(megabytes)
    specifications = b''.join(b'(%d)<</F(a)/EF<</F %d 0 R>>>>' % (at, 4 + at) for at in range(count))
    catalog = b'<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>>>' % specifications
    return pdf([catalog, PAGES, PAGE] + [stream(b'/Filter/FlateDecode', one)] * count)


def xref_pdf(table, widths, size, packed=None, filters=b'/FlateDecode', objects=()):
    """A PDF whose cross references are a stream."""
    out, offsets = b'%PDF-1.7\n', {}
    for number, value in objects:
        offsets[number] = len(out)
        out += b'%d 0 obj\n' % number + value + b'\nendobj\n'
    begin = len(out)
    rows = table(offsets, begin)
    packed = zlib.compress(rows) if packed is None else packed
    out += b'9 0 obj\n' + stream(b'/Type/XRef/Root 1 0 R/Size %d/W%s/Filter%s' % (
        size, widths, filters), packed) + b'\nendobj\n'
    return out + b'startxref\n%d\n%%%%EOF\n' % begin


def object_stream(content, filters):
    """The catalog lies in object stream 8."""
    def table(offsets, begin):
        row = lambda kind, at, index: bytes([kind]) + at.to_bytes(4, 'big') + index.to_bytes(2, 'big')
        rows = [row(0, 0, 65535), row(2, 8, 0)] + [row(0, 0, 0)] * 6 + \
            [row(1, offsets[8], 0), row(1, begin, 0)]
        return b''.join(rows)
    return xref_pdf(table, b'[1 4 2]', 10, objects=[
        (8, stream(b'/Type/ObjStm/N 1/First 4/Filter' + filters, content))])


def previous_loop(count):
    """Tables that name each other as the one before, in a ring."""
    out = b'%PDF-1.7\n1 0 obj\n' + CATALOG + b'\nendobj\n'
    size = len(b'xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R/Prev 0000000000>>\n')
    first = len(out)
    for at in range(count):
        out += b'xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R/Prev %010d>>\n' % (
            first + size * ((at + 1) % count))
    return out + b'startxref\n%d\n%%%%EOF\n' % first


# ---------------------------------------------------------------- calendars

def calendar(content):
    return HEAD + b'Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n' \
        b'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n' + content + b'END:VCALENDAR\r\n'


EVENT = (b'BEGIN:VEVENT\r\nUID:a@example.net\r\nDTSTAMP:20261121T100000Z\r\n'
         b'DTSTART:20261121T100000Z\r\nDTEND:20261121T110000Z\r\nSUMMARY:x\r\n')
END = b'END:VEVENT\r\n'

BOMBS = {  # as in mails.py
    'xml-entities': (lambda n: xml(entities(n, 10)), 10, 'bad-xml'),
    'xml-entities-quadratic': (lambda n: xml(b'<!DOCTYPE x [<!ENTITY a "' + b'a' * 100_000 + b'">]><Invoice>' + b'&a;' * n + b'</Invoice>'), 100_000, 'bad-xml'),
    'xml-external': (lambda n: xml(b'<!DOCTYPE x [' + b'<!ENTITY a SYSTEM "file:///etc/passwd">' * n + b']><Invoice>&a;</Invoice>'), 10_000, 'bad-xml'),
    'xml-external-dtd': (lambda n: xml(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><Invoice>' + b'<a/>' * n + b'</Invoice>'), 100_000, 'bad-xml'),
    'xml-parameter-entities': (lambda n: xml(b'<!DOCTYPE x [' + b'<!ENTITY % a "<!ENTITY b 1>"> %a;' * n + b']><Invoice/>'), 10_000, 'bad-xml'),
    'xml-xinclude': (lambda n: xml(b'<Invoice xmlns:xi="http://www.w3.org/2001/XInclude">' + b'<xi:include href="file:///etc/passwd"/>' * n + b'</Invoice>'), 50_000, None),
    'xml-depth': (lambda n: xml(b'<Invoice>' + b'<a>' * n), 1_000_000, 'xml-too-large'),
    'xml-elements': (lambda n: xml(b'<Invoice>' + b'<a/>' * n + b'</Invoice>'), 2_000_000, 'xml-too-large'),
    'xml-elements-allowed': (lambda n: xml(b'<Invoice>' + b'<a/>' * n + b'</Invoice>'), 119_000, None),
    'xml-attributes': (lambda n: xml(b'<Invoice' + numbered(b" a%d='b'", n) + b'/>'), 300_000, 'xml-too-large'),
    'xml-attributes-allowed': (lambda n: xml(b'<Invoice>' + (b'<a' + numbered(b" a%d='b'", 1_000) + b'/>') * n + b'</Invoice>'), 400, None),
    'xml-namespaces': (lambda n: xml(b'<Invoice>' + numbered(b'<a xmlns:n%d="u">', 90) + b'<a/>' * n), 100_000, None),
    'xml-text': (lambda n: xml(b'<Invoice><ID>' + b'a' * n + b'</ID></Invoice>'), 7_000_000, None),
    'xml-comments': (lambda n: xml(b'<Invoice>' + b'<!-- - -->' * n + b'</Invoice>'), 500_000, None),
    'xml-cdata': (lambda n: xml(b'<Invoice><ID>' + b'<![CDATA[a]]>' * n + b'</ID></Invoice>'), 500_000, None),
    'xml-instructions': (lambda n: xml(b'<Invoice>' + b'<?a b?>' * n + b'</Invoice>'), 500_000, None),
    'xml-utf-16': (lambda n: attached(('<Invoice>' + '<a/>' * n + '</Invoice>').encode('utf-16'), b'application/xml', b'a.xml'), 119_000, None),
    'xml-names': (lambda n: xml(b'<Invoice>' + numbered(b'<a%d/>', n) + b'</Invoice>'), 300_000, None),
    'pdf-flate': (lambda n: in_pdf(with_file(stream(b'/Filter/FlateDecode', deflated(n)))), 600, None),
    'pdf-flate-twice': (lambda n: in_pdf(with_file(stream(b'/Filter[/FlateDecode/FlateDecode]', zlib.compress(deflated(n), 9)))), 1_000, None),
    'pdf-flate-blank-hex': (lambda n: in_pdf(with_file(stream(b'/Filter[/FlateDecode/ASCIIHexDecode]', deflated(n, b' ')))), 1_000, None),
    'pdf-lzw': (lambda n: in_pdf(with_file(stream(b'/Filter/LZWDecode', b'\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01' * n))), 300_000, None),
    'pdf-run-length': (lambda n: in_pdf(with_file(stream(b'/Filter/RunLengthDecode', b'\x81a' * n))), 1_500_000, None),
    'pdf-predictor': (lambda n: in_pdf(with_file(stream(b'/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2000000000>>', deflated(n)))), 100, None),
    'pdf-files': (lambda n: in_pdf(many_files(n, 15)), 40, None),
    'pdf-file-plain': (lambda n: in_pdf(with_file(stream(b'', b'<Invoice>' + b'a' * n))), 8_000_000, None),
    'pdf-object-stream': (lambda n: in_pdf(object_stream(deflated(n, b' '), b'/FlateDecode')), 600, None),
    'pdf-object-stream-twice': (lambda n: in_pdf(object_stream(zlib.compress(deflated(n, b' '), 9), b'[/FlateDecode/FlateDecode]')), 1_000, None),
    'pdf-xref-stream': (lambda n: in_pdf(xref_pdf(lambda o, b: b'', b'[1 4 2]', 100_000_000, deflated(n, b'\0'), objects=[(1, b'<</EF 1/ObjStm 2>>')])), 600, None),
    'pdf-xref-size': (lambda n: in_pdf(with_file(stream(b'', b'<Invoice/>')).replace(b'/Size 6', b'/Size %d' % n)), 2_000_000_000, None),
    'pdf-xref-loop': (lambda n: in_pdf(previous_loop(n)), 20_000, None),
    'pdf-no-xref': (lambda n: in_pdf(b'%PDF-1.7\n' + numbered(b'%d 0 obj\n<</EF 1>>\nendobj\n', n)), 100_000, None),
    'pdf-objects': (lambda n: in_pdf(pdf([CATALOG, PAGES, PAGE, FILE, stream(b'', b'<Invoice/>')] + [b'<</A 1>>'] * n)), 40_000, None),
    'pdf-deep': (lambda n: in_pdf(pdf([b'<</Type/Catalog/EF 1/Names ' + b'[' * n + b']' * n + b'>>', PAGES, PAGE])), 200_000, None),
    'pdf-deep-dictionaries': (lambda n: in_pdf(pdf([b'<</Type/Catalog/EF 1/Names ' + b'<</A' * n + b'>>' * n + b'>>', PAGES, PAGE])), 100_000, None),
    'pdf-tree-loop': (lambda n: in_pdf(pdf([b'<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 4 0 R>>/EF 1>>', PAGES, PAGE, b'<</Kids[' + b'4 0 R ' * n + b']>>'])), 100_000, None),
    'pdf-indirect-chain': (lambda n: in_pdf(pdf([b'<</Type/Catalog/Names 4 0 R/EF 1>>', PAGES, PAGE] + [b'%d 0 R' % (5 + at) for at in range(n)])), 20_000, None),
    'pdf-length-chain': (lambda n: in_pdf(pdf([CATALOG, PAGES, PAGE, FILE] + [b'<</Length %d 0 R>>stream\na\nendstream' % (6 + at) for at in range(n)])), 5_000, None),
    'pdf-encrypted': (lambda n: in_pdf(pdf([CATALOG, PAGES, PAGE, FILE, stream(b'/Filter/FlateDecode', deflated(n)), b'<</Filter/Standard/V 5/R 6/Length 256/P -4/O(' + b'a' * 48 + b')/U(' + b'b' * 48 + b')/OE(' + b'c' * 32 + b')/UE(' + b'd' * 32 + b')/Perms(' + b'e' * 16 + b')>>'], b'/Encrypt 6 0 R/ID[(a)(a)]')), 100, None),
    'pdf-comments': (lambda n: in_pdf(with_file(stream(b'', b'<Invoice/>')) + b'%\n' * n), 2_000_000, None),
    'pdf-comments-small': (lambda n: in_pdf(with_file(stream(b'', b'<Invoice/>')) + b'%\n' * n), 40_000, None),
    'pdf-trailers': (lambda n: in_pdf(b'%PDF-1.7\n/EF\n' + b'trailer (\n' * n), 20_000, None),
    'pdf-plain-large': (lambda n: in_pdf(with_file(stream(b'', b'x'), [stream(b'', b'y' * n)])), 12_000_000, None),
    'zip': (lambda n: attached(zipped('a.xml', b'a' * n * MEGABYTE), b'application/zip', b'a.zip'), 200, None),
    'zip-nested': (lambda n: attached(nested_zip(n), b'application/zip', b'a.zip'), 4, None),
    'zip-as-xml': (lambda n: attached(zipped('a.xml', b'a' * n * MEGABYTE), b'application/xml', b'a.xml'), 200, None),
    'gzip': (lambda n: attached(gzip.compress(b'a' * n * MEGABYTE), b'application/gzip', b'a.xml.gz'), 200, None),
    'bzip2': (lambda n: attached(bz2.compress(b'a' * n * MEGABYTE), b'application/x-bzip2', b'a.bz2'), 100, None),
    'zstd': (lambda n: attached(zstd(b'a' * n * MEGABYTE), b'application/zstd', b'a.zst'), 500, None),
    'svg': (lambda n: attached(entities(n, 10), b'image/svg+xml', b'a.svg'), 10, None),
    'calendar-events': (lambda n: calendar((EVENT + END) * n), 40_000, None),
    'calendar-nested': (lambda n: calendar(b'BEGIN:VEVENT\r\n' * n), 100_000, None),
    'calendar-attendees': (lambda n: calendar(EVENT + b'ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\n' * n + END), 80_000, None),
    'calendar-rules': (lambda n: calendar(EVENT + b'RRULE:FREQ=SECONDLY;BYSECOND=' + b'1,' * n + b'1\r\n' + END), 400_000, None),
    'calendar-folds': (lambda n: calendar(EVENT + b'DESCRIPTION:x' + b'\r\n y' * n + b'\r\n' + END), 500_000, None),
    'calendar-long-line': (lambda n: calendar(EVENT + b'DESCRIPTION:' + b'x\\n' * n + b'\r\n' + END), 1_000_000, None),
    'calendar-parameters': (lambda n: calendar(EVENT + b'ATTENDEE' + b';CN=a' * n + b':mailto:a@example.org\r\n' + END), 200_000, None),
    'calendar-zones': (lambda n: calendar((b'BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=DAILY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n') * n + EVENT.replace(b':20261121T100000Z', b';TZID=x:99991231T100000') + END), 10_000, None),
}
