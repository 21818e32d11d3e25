"""Mails made to exhaust a parser: its header, its structure, its text.

Each function builds the mail of a size: twice the number, twice the bytes that matter.
"""
import base64
import random

HEAD = (b'From: a@example.net\r\nTo: b@example.org\r\nSubject: bomb\r\n'
        b'Date: Sat, 21 Nov 2026 10:00:00 +0100\r\n')
PLAIN = HEAD + b'Content-Type: text/plain; charset=utf-8\r\n\r\n'
HTML = HEAD + b'Content-Type: text/html; charset=utf-8\r\n\r\n'
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary=x\r\n\r\n'


def noise(size):
    """Base64 that does not compress, the same each time."""
    return base64.encodebytes(random.Random(1).randbytes(size * 3 // 4))


def in_to(value):
    return HEAD.replace(b'b@example.org', value)


def in_subject(value):
    return HEAD.replace(b'bomb', value)


def in_type(parameters):
    return HEAD + b'Content-Type: text/plain' + parameters + b'\r\n\r\nhi\r\n'


def in_part(fields, body=b'hi\r\n'):
    return MIXED + b'--x\r\n' + fields + b'\r\n\r\n' + body + b'\r\n--x--\r\n'


def numbered(form, count):
    return b''.join(form % at for at in range(count))


def nested_multiparts(count, leaf=b''):
    out = [HEAD, b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n']
    for at in range(1, count):
        out.append(b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (at - 1, at))
    return b''.join(out) + (b'--b%d\r\n\r\n' % (count - 1) + leaf if leaf else b'')


def nested_alternatives(text, levels=45):
    """Each level offers the next one as the plain form: who looks into all of them squares it."""
    out = [HEAD, b'Content-Type: multipart/alternative; boundary="b0"\r\n\r\n']
    for at in range(1, levels):
        out.append(b'--b%d\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--b%d\r\nContent-Type: '
                   b'multipart/alternative; boundary="b%d"\r\n\r\n' % (at - 1, at - 1, at))
    out.append(b'--b%d\r\nContent-Type: text/plain\r\n\r\n' % (levels - 1) + text)
    return b''.join(out)


def forwards(levels, size):
    return HEAD + b'Content-Type: message/rfc822\r\n\r\n' + \
        (HEAD + b'Content-Type: message/rfc822\r\n\r\n') * levels + HEAD + b'\r\n' + b'words\r\n' * size


def encoded_forwards(size, levels=12):
    mail = PLAIN + b'words\r\n' * size
    for _ in range(levels):
        mail = HEAD + b'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n' + \
            base64.encodebytes(mail)
    return mail


BOMBS = {  # name: (builder, size, a defect that must be named or None)
    # header and addresses
    'header-fields': (lambda n: HEAD + b'X-A: b\r\n' * n + b'\r\nhi\r\n', 1_000_000, 'header-too-long'),
    'header-folds': (lambda n: HEAD + b'X-A: b' + b'\r\n c' * n + b'\r\n\r\nhi\r\n', 60_000, None),
    'header-long-line': (lambda n: HEAD + b'X-A: ' + b'b' * n + b'\r\n\r\nhi\r\n', 5_000_000, None),
    'header-no-end': (lambda n: HEAD + b'words without a colon\r\n' * n, 400_000, None),
    'header-colons': (lambda n: HEAD + b':' * n + b'\r\n\r\nhi', 200_000, None),
    'header-nul': (lambda n: HEAD + b'X: ' + b'\0' * n + b'\r\n\r\nhi', 200_000, None),
    'junk-before': (lambda n: b'no field here\r\n' * n + HEAD + b'\r\nhi', 500_000, 'this is no mail: it has no header field'),
    'address-fields': (lambda n: HEAD + b'Cc: a@example.org\r\n' * n + b'\r\nhi', 12_000, None),
    'parentheses': (lambda n: in_to(b'(' * n), 100_000, 'too-many-parentheses'),
    'parentheses-pairs': (lambda n: in_to(b'()' * n + b' a@example.org'), 50_000, 'too-many-parentheses'),
    'parentheses-from': (lambda n: HEAD.replace(b'a@example.net', b'(' * n + b' a@example.net'), 100_000, 'too-many-parentheses'),
    'quotes-to': (lambda n: in_to(b'"(<' * n), 35_000, None),
    'quotes-open': (lambda n: in_to(b'"a" ' * n + b'"'), 25_000, None),
    'backslashes-to': (lambda n: in_to(b'"' + b'\\' * n), 100_000, None),
    'commas-to': (lambda n: in_to(b',' * n), 105_000, None),
    'angles-to': (lambda n: in_to(b'<' * n), 105_000, None),
    'routes-to': (lambda n: in_to(b'<' + b'@a,' * n + b':b@example.org>'), 30_000, None),
    'groups-to': (lambda n: in_to(b'a:' * n), 50_000, None),
    'ats-to': (lambda n: in_to(b'a@' * n), 50_000, None),
    'dots-to': (lambda n: in_to(b'a' + b'.' * n + b'@example.org'), 100_000, None),
    'brackets-to': (lambda n: in_to(b'a@[' * n), 33_000, None),
    'words-to': (lambda n: in_to(b'=?utf-8?q?a=2C?= <a@example.org>, ' * n), 3_000, 'address-list-too-long'),
    '8-bit-to': (lambda n: in_to(b'\xe4\xf6 <a@example.org>, ' * n), 5_000, None),
    'addresses': (lambda n: in_to(b'a@example.org, ' * n), 100_000, 'address-list-too-long'),
    'references': (lambda n: HEAD + b'References: ' + b'<a@b> ' * n + b'\r\n\r\nhi\r\n', 40_000, None),
    'references-open': (lambda n: HEAD + b'References: ' + b'<' * n + b'\r\n\r\nhi\r\n', 250_000, None),
    'received': (lambda n: HEAD + b'Received: from a (((((((( by b; x\r\n' * n + b'\r\nhi\r\n', 7_000, None),
    'received-long': (lambda n: HEAD + b'Received: ' + b'from a by b for <c@d> (' * n + b'\r\n\r\nhi\r\n', 11_000, None),
    'results': (lambda n: HEAD + b'Authentication-Results: x' + b'; a=b' * n + b'\r\n\r\nhi\r\n', 50_000, None),
    'results-comments': (lambda n: HEAD + b'Authentication-Results: x; a=b ' + b'(c\\)' * n + b'\r\n\r\nhi\r\n', 50_000, None),
    'dates': (lambda n: HEAD + b'Date: ' + b'Sat, ' * n + b'\r\n\r\nhi', 50_000, None),
    'tags': (lambda n: in_to(b'crm+' + b'2w.' * n + b'@example.org'), 30_000, None),
    # encoded words and parameters
    'long-subject': (lambda n: in_subject(b'=?utf-8?q?=41?= ' * n), 60_000, 'subject-too-long'),
    'encoded-words': (lambda n: in_subject(b'=?utf-8?q?' * n), 100_000, None),
    'encoded-words-open': (lambda n: in_subject(b'=?' * n), 120_000, None),
    'encoded-charsets': (lambda n: in_subject(b'=?iso-2022-jp?q?=1B$B?= =?gb18030?q?=81?= ' * n), 5_000, 'subject-too-long'),
    'encoded-unknown': (lambda n: in_subject(numbered(b'=?x%d?q?=FF?= ', n)), 12_000, 'subject-too-long'),
    'encoded-base64': (lambda n: in_subject(b'=?utf-8?b?' + b'4Sm' * n + b'?='), 60_000, None),
    'long-boundary': (lambda n: HEAD + b'Content-Type: multipart/mixed; boundary=' + b'x' * n + b'\r\n\r\n--' + b'x' * n + b'\r\n\r\nhi\r\n', 100_000, 'too-many-parameters'),
    'parameters': (lambda n: in_type(b'; a=b' * n), 200_000, 'too-many-parameters'),
    'parameter-quotes': (lambda n: in_type(b'; a="' + b'\\"' * n), 100_000, 'too-many-parameters'),
    'type-comments': (lambda n: in_type(b' (a' * n), 80_000, None),
    'part-parameters': (lambda n: in_part(b'Content-Type: text/plain' + numbered(b'; a%d=b', n)), 20_000, 'part-header-too-long'),
    'parts-parameters': (lambda n: MIXED + (b'--x\r\nContent-Type: text/plain' + numbered(b'; a%d=b', 2_500) + b'\r\n\r\nhi\r\n') * n, 300, 'part-header-too-long'),
    'forward-parameters': (lambda n: HEAD + b'Content-Type: message/rfc822\r\n\r\n' + in_type(numbered(b';\r\n a%d=b', n)), 150_000, 'part-header-too-long'),
    'rfc2231': (lambda n: in_part(b'Content-Type: text/plain' + numbered(b'; name*%d*=b', n)), 20_000, None),
    'rfc2231-top': (lambda n: in_type(numbered(b'; name*%d*=b', n)), 16_000, 'too-many-parameters'),
    'rfc2231-percent': (lambda n: in_part(b"Content-Disposition: attachment; filename*=utf-8''" + b'%41' * n), 9_000, None),
    'rfc2231-holes': (lambda n: in_part(b'Content-Disposition: attachment' + numbered(b'; filename*9%08d*=a', n)), 1_500, None),
    'disposition': (lambda n: in_part(b'Content-Disposition: attachment' + b'; filename=a' * n), 20_000, 'part-header-too-long'),
    # structure
    'many-parts': (lambda n: MIXED + b'--x\r\n\r\n' * n, 1_000_000, 'too-many-parts'),
    'parts-in-parts': (lambda n: MIXED + b''.join(
        b'--x\r\nContent-Type: multipart/mixed; boundary=y%d\r\n\r\n' % i + b'--y%d\r\n\r\n' % i * 500 for i in range(n)), 1500, 'too-many-parts'),
    'parts-allowed': (lambda n: MIXED + (b'--x\r\nContent-Type: text/plain\r\n\r\n' + b'words\r\n' * n) * 900, 300, None),
    'parts-attached': (lambda n: MIXED + (b'--x\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n' + b'Action: x\r\n' * n) * 900, 200, None),
    'parts-xml': (lambda n: MIXED + (b'--x\r\nContent-Type: application/xml\r\n\r\n<Invoice>' + b'<a/>' * n + b'</Invoice>\r\n') * 900, 300, None),
    'dashes': (lambda n: MIXED + b'--y\r\n' * n, 1_000_000, None),
    'dashes-many-boundaries': (lambda n: MIXED + b'boundary=y\r\n' * 999 + b'--z\r\n' * n, 1_000_000, None),
    'boundary-prefixes': (lambda n: HEAD + b'Content-Type: multipart/mixed; boundary="' + b'y' * 240 + b'"\r\n\r\n' + (b'--' + b'y' * 239 + b'z\r\n') * n, 60_000, None),
    'preamble': (lambda n: MIXED + b'words and words\r\n' * n + b'--x\r\n\r\nhi\r\n--x--\r\n', 1_400_000, None),
    'epilogue': (lambda n: MIXED + b'--x\r\n\r\nhi\r\n--x--\r\n' + b'words and words\r\n' * n, 1_400_000, None),
    'no-boundary': (lambda n: MIXED + b'words and words\r\n' * n, 1_400_000, 'missing-boundary'),
    'deep-boundaries': (lambda n: nested_multiparts(45, b'--b\r\n' * n), 700_000, None),
    'nested-multiparts': (nested_multiparts, 20_000, 'nesting-too-deep'),
    'nested-messages': (lambda n: HEAD + b'Content-Type: message/rfc822\r\n\r\n' * n, 20_000, None),
    'nested-forwards': (lambda n: forwards(40, n), 600_000, None),
    'nested-encoded': (encoded_forwards, 60_000, None),
    'nested-alternatives': (lambda n: nested_alternatives(b'words\r\n' * n), 150_000, None),
    'nested-alternatives-blank': (lambda n: nested_alternatives(b' \r\n' * n), 300_000, None),
    'wide-alternative': (lambda n: HEAD + b'Content-Type: multipart/alternative; boundary=x\r\n\r\n' + (b'--x\r\nContent-Type: text/html\r\n\r\n' + b'<p>\r\n' * n) * 900, 500, None),
    'report': (lambda n: HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n' +
               b'Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n' * n, 50_000, None),
    'bounce-text': (lambda n: HEAD.replace(b'a@example.net', b'mailer-daemon@example.net') + b'\r\nDelivery failed\r\n' + b'<a@example.org>: 550 5.1.1 unknown\r\n' * n, 30_000, None),
    # encodings
    'base64': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n' + (b'QUJD' * 18 + b'\r\n') * n, 130_000, None),
    'base64-one-line': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\n\r\n' + b'QUJD' * n, 3_000_000, 'text-truncated'),
    'base64-junk': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n' + b'Q!U?J*D=\r\n' * n, 800_000, None),
    'base64-pads': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n' + b'=' * n, 8_000_000, None),
    'random-attachment': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n' + noise(n), 24_000_000, None),
    'random-text': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\n\r\n' + noise(n), 24_000_000, None),
    'quoted-printable': (lambda n: HEAD + b'Content-Transfer-Encoding: quoted-printable\r\n\r\n' + b'=41=\r\n' * n, 1_000_000, None),
    'quoted-soft-lines': (lambda n: HEAD + b'Content-Transfer-Encoding: quoted-printable\r\n\r\n' + b'=\r\n' * n, 2_500_000, None),
    'quoted-spaces': (lambda n: HEAD + b'Content-Transfer-Encoding: quoted-printable\r\n\r\n' + b'=20' * n, 2_000_000, 'text-truncated'),
    'uuencode': (lambda n: HEAD + b'\r\n' + b'begin 644 a\r\n' * n, 400_000, None),
    'uuencode-part': (lambda n: HEAD + b'Content-Transfer-Encoding: x-uuencode\r\nContent-Type: application/x\r\n\r\nbegin 644 a\r\n' + (b'M' + b'#' * 60 + b'\r\n') * n + b'end\r\n', 120_000, None),
    'big-attachment': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n' + b'PGFh' * 19 + (b'\r\n' + b'QUJD' * 19) * n, 300_000, None),
    'huge-attachment': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n' + b'PGFh' * 19 + (b'\r\n' + b'QUJD' * 19) * n, 1_200_000, None),
    'big-base64-text': (lambda n: HEAD + b'Content-Transfer-Encoding: base64\r\n\r\n' + (b'\r\n' + b'QUJD' * 19) * n, 300_000, 'text-truncated'),
    'many-attachments': (lambda n: MIXED + (b'--x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n' + (b'QUJD' * 19 + b'\r\n') * n) * 300, 900, None),
    # charsets
    'combining': (lambda n: PLAIN + b'a' + b'\xcc\x81\xcc\xa3' * n, 250_000, None),
    'expanding': (lambda n: PLAIN + b'\xf0\x9d\x85\xa0' * n, 260_000, None),
    'expanding-subject': (lambda n: in_subject(b'\xf0\x9d\x85\xa0' * n), 60_000, None),
    'hangul': (lambda n: PLAIN + b'\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8' * n, 110_000, None),
    'broken-utf-8': (lambda n: PLAIN + b'\xff\xc3' * n, 500_000, 'bad-charset'),
    'windows-1252': (lambda n: PLAIN.replace(b'utf-8', b'windows-1252') + b'\x80\x99' * n, 520_000, None),
    'utf-7': (lambda n: PLAIN.replace(b'utf-8', b'utf-7') + b'+AGE-' * n, 400_000, None),
    'utf-16': (lambda n: PLAIN.replace(b'utf-8', b'utf-16') + b'\x00\xd8' * n, 500_000, None),
    'iso-2022-jp': (lambda n: PLAIN.replace(b'utf-8', b'iso-2022-jp') + b'\x1b$B!!\x1b(B' * n, 120_000, None),
    'gb18030': (lambda n: PLAIN.replace(b'utf-8', b'gb18030') + b'\x81\x30\x81\x30\xff' * n, 200_000, None),
    # HTML
    'html-depth': (lambda n: HTML + b'<b>' * n + b'</x>' * n, 100_000, 'html-nesting-too-deep'),
    'html-tables': (lambda n: HTML + b'<table><tr><td>' * n, 60_000, 'html-nesting-too-deep'),
    'html-quotes': (lambda n: HTML + b'<blockquote>x' * n, 60_000, 'html-nesting-too-deep'),
    'html-lists': (lambda n: HTML + b'<ol><li>' * n, 100_000, 'html-nesting-too-deep'),
    'html-paragraphs': (lambda n: HTML + b'<b><i><p>x' * n, 100_000, None),
    'html-ends': (lambda n: HTML + b'</p></div></b>' * n, 200_000, None),
    'html-links': (lambda n: HTML + b'<a href="https://example.org/">' * n + b'x', 100_000, None),
    'html-link-label': (lambda n: HTML + b'<a href="http://' + b'a' * 2000 + b'b">' + b'a' * n + b'</a>', 900_000, None),
    'html-link-labels': (lambda n: HTML + (b'<a href="http://' + b'a' * 2000 + b'b">' + b'a' * 6000 + b'</a>') * n, 150, None),
    'html-attributes': (lambda n: HTML + b'<p ' + numbered(b'a%d=b ', n) + b'>x', 300_000, 'html-too-many-attributes'),
    'html-attributes-glued': (lambda n: HTML + b'<p ' + numbered(b"a%d=''", n) + b'>x', 300_000, 'html-too-many-attributes'),
    'html-attributes-many-tags': (lambda n: HTML + (b'<p ' + numbered(b'a%d=b ', 1900) + b'>x') * n, 200, None),
    'html-style': (lambda n: HTML + b'<p style="' + b'display ' * n + b'">x', 500_000, None),
    'html-quotes-open': (lambda n: HTML + b"<p a='" * n, 300_000, None),
    'html-entities': (lambda n: HTML + b'&amp;&#x41;&bogus;' * n, 200_000, None),
    'html-comments': (lambda n: HTML + b'<!--' * n, 200_000, None),
    'html-comment-ends': (lambda n: HTML + b'<!-- - -- ->' * n, 200_000, None),
    'html-declarations': (lambda n: HTML + b'<!a <?b ' * n, 300_000, None),
    'html-script': (lambda n: HTML + b'<script>' + b'</scrip' * n, 400_000, None),
    'html-pre': (lambda n: HTML + b'<pre>x' + b'\n' * n + b'y</pre>', 2_000_000, None),
    'html-breaks': (lambda n: HTML + b'x<br>' * n, 400_000, None),
    'html-hidden': (lambda n: HTML + b'<div style="display:none">' * n, 150_000, None),
    'html-meta': (lambda n: HTML.replace(b'; charset=utf-8', b'') + b'<meta charset=' * n, 200_000, None),
    'html-text': (lambda n: HTML + b'<p>words and words</p>\r\n' * n, 200_000, 'text-truncated'),
    'html-nbsp': (lambda n: HTML + b'&nbsp;' * n, 700_000, None),
    'html-jp': (lambda n: HTML.replace(b'utf-8', b'iso-2022-jp') + b'<p>x</p>\r\n' * n, 2_000_000, 'text-truncated'),
    # text
    'long-text': (lambda n: PLAIN + b'words and words\r\n' * n, 1_400_000, 'text-truncated'),
    'one-line': (lambda n: PLAIN + b'x' * n, 20_000_000, 'text-truncated'),
    'nul': (lambda n: PLAIN + b'\0' * n, 10_000_000, 'nul-bytes'),
    'bare-cr': (lambda n: (HEAD + b'\r\n' + b'x\r\n' * n).replace(b'\n', b''), 1_000_000, 'bare-cr'),
    'flowed': (lambda n: HEAD + b'Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n' + b'> a \r\n' * n, 200_000, None),
    'quote-lines': (lambda n: PLAIN + b'> On 1 May 2020 a <a@b.example> wrote:\r\n' * n, 25_000, None),
    'quote-marks': (lambda n: PLAIN + b'>' * n + b' x\r\n', 1_000_000, None),
    'quote-levels': (lambda n: PLAIN + b''.join(b'>' * (at % 500) + b' x\r\n' for at in range(n)), 4_000, None),
    'header-blocks': (lambda n: PLAIN + b'From: a@b.example\r\nSent: x\r\n' * n, 35_000, None),
    'header-blocks-whole': (lambda n: PLAIN + b'From: a@b.example\r\nSent: 1 May 2026\r\nTo: b\r\nSubject: x\r\n\r\n' * n, 16_000, None),
    'forward-markers': (lambda n: PLAIN + b'---------- Forwarded message ---------\r\n' * n, 25_000, None),
    'forwards-inline': (lambda n: in_subject(b'Fwd: x') + b'\r\n' + b'---------- Forwarded message ---------\r\nFrom: a@example.org\r\nSubject: Fwd: x\r\n\r\n' * n, 12_000, None),
    'labels-in-line': (lambda n: PLAIN + b'--- Forwarded message --- ' + b'From: a Subject ' * n, 60_000, None),
    'rules': (lambda n: PLAIN + b'____________________\r\n' * n, 45_000, None),
    'attributions': (lambda n: PLAIN + b'On 1 May 2020\r\n' * n, 60_000, None),
    'attributions-open': (lambda n: PLAIN + b'On Mon, 1 May 2020 Anna <a@b.example>\r\nmore\r\n' * n, 20_000, None),
    'signatures': (lambda n: PLAIN + b'text\r\n-- \r\n' * n, 80_000, None),
    'closings': (lambda n: PLAIN + b'Best regards,\r\nAnna\r\n' * n, 45_000, None),
    'actions': (lambda n: PLAIN + numbered(b'Action: do %d by by by by by by\r\n', n), 30_000, None),
    'action-words': (lambda n: PLAIN + b'Action: ' + b'by in ' * n, 170_000, None),
    'action-parentheses': (lambda n: PLAIN + b'Action: ' + b'(a' * n, 400_000, None),
    'invoice-labels': (lambda n: PLAIN + b'Invoice number: Total: Rechnung Nr. IBAN \r\n' * n, 22_000, None),
    'invoice-digits': (lambda n: PLAIN + b'Total: ' + b'1' * n, 1_000_000, None),
    'invoice-groups': (lambda n: PLAIN + b'Total: ' + b'1.1' * n, 330_000, None),
    'invoice-ibans': (lambda n: PLAIN + b'Invoice number: 1\r\nIBAN: ' + b'DE89 3704 0044 0532 0130 00 ' * n, 35_000, None),
    'invoice-iban-one': (lambda n: PLAIN + b'Invoice number: 1\r\nIBAN: DE89' + b' 3' * n, 500_000, None),
    'invoice-dates': (lambda n: PLAIN + b'Invoice number: 1\r\nDue date: ' + b'in two weeks ' * n, 75_000, None),
    'spaces': (lambda n: PLAIN + (b' ' * 1000 + b'\r\n') * n, 1_000, None),
    'blank-lines': (lambda n: PLAIN + b'x' + b'\r\n' * n + b'y', 500_000, None),
}
