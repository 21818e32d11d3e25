#!/usr/bin/env python3
"""Forwards and replies in the forms of the common mail programs, in every language of locales.py.

usage: run.py PARSE_FILES [-v]
Makes one mail for each language and form, once plain and once with each disturbance that mail goes
through, and compares what is read out of it. Not one may be missed and none may be invented.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from locales import LOCALES

NAME, ADDRESS = 'Marit Østby', 'marit.ostby@customer.example'
TO, CC = 'desk@example.org', 'lars@partner.example'
SUBJECT = 'Quotation 4711'
TEXT = 'Please find our order below.\n\n- 3 pumps\n- 1 valve\n\nIt is urgent.'
NOTE = 'For you, Anna.\nCan you take this?'
WALL = '2026-11-03T14:25:00'


def block(fields, end='\n'):
    return end.join(f'{label}: {value}' for label, value in fields)


def fields_of(locale, date_label, date):
    return [(locale.sender, f'{NAME} <{ADDRESS}>'), (date_label, date), (locale.to, TO), (locale.cc, f'Lars <{CC}>'), (locale.subject, SUBJECT)]


def thunderbird(locale, date):
    sender, when, to, cc, subject = fields_of(locale, locale.date, date)
    table = '\n'.join(f'{label}: \t{value}' for label, value in (subject, when, sender, to, cc))
    return 'x', f'{NOTE}\n\n\n-------- {locale.marker} --------\n{table}\n\n\n{TEXT}\n'


def gmail(locale, date):
    return 'x', f'{NOTE}\n\n---------- Forwarded message ---------\n{block(fields_of(locale, "Date", date))}\n\n\n{TEXT}\n'


def webmail(locale, date):
    return 'x', f'{NOTE}\n\n---------- {locale.marker} ----------\n{block(fields_of(locale, locale.date, date))}\n\n{TEXT}\n'


def apple(locale, date):
    sender, when, to, cc, subject = fields_of(locale, locale.date, date)
    quoted = f'{locale.apple}\n\n{block([sender, subject, when, to, cc])}\n\n{TEXT}'
    return 'x', NOTE + '\n\n' + '\n'.join(f'> {line}'.rstrip() for line in quoted.split('\n')) + '\n'


def yahoo(locale, date):
    sender, when, to, cc, subject = fields_of(locale, locale.sent, date)
    line = block([sender, to, cc, when, subject], end='')
    return 'x', f'{NOTE}\n\n   ----- {locale.marker} ----- {line}\n {TEXT}\n'


def outlook(locale, date):
    return 'Fwd: ' + SUBJECT, f'{NOTE}\n\n{block(fields_of(locale, locale.sent, date))}\n\n{TEXT}\n'


def outlook_bold(locale, date):
    return 'WG: ' + SUBJECT, f'{NOTE}\n\n' + '\n'.join(f'*{label}:* {value}' for label, value in fields_of(locale, locale.sent, date)) + f'\n\n{TEXT}\n'


def outlook_web(locale, date):
    return 'FW: ' + SUBJECT, f'{NOTE}\n\n{"_" * 32}\n{block(fields_of(locale, locale.sent, date))}\n\n{TEXT}\n'


def lotus(locale, date):
    table = '\n'.join(f'{label}:\t{value}' for label, value in fields_of(locale, locale.date, date))
    return 'x', f'{NOTE}\n\n----- Forwarded by Anna Berg/Example on 04.11.2026 09:00 -----\n\n{table}\n\n{TEXT}\n'


def zoho(locale, date):
    rule = f'============ {locale.marker} ============'
    sender, when, to, cc, subject = fields_of(locale, locale.date, date)
    return 'x', f'{NOTE}\n\n{rule}\n{block([sender, to, cc, when, subject])}\n{rule}\n\n{TEXT}\n'


def gmx(locale, date):
    sender, when, to, cc, subject = fields_of(locale, locale.sent, date)
    return 'Fwd: ' + SUBJECT, f'{NOTE}\n \n\n{block([when, sender, to, cc, subject])}\n{TEXT}\n'


def escape(text):
    return text.replace('<', '&lt;').replace('>', '&gt;')


def paragraphs(text):
    return ''.join(f'<div>{escape(line) or "<br>"}</div>\n' for line in text.split('\n'))


def outlook_html(locale, date):
    lines = '<br>\n'.join(f'<b>{label}:</b> {escape(value)}' for label, value in fields_of(locale, locale.sent, date))
    return 'FW: ' + SUBJECT, (f'<html><body><div class="WordSection1"><p class="MsoNormal">{escape(NOTE).replace(chr(10), "<br>")}<o:p></o:p></p>'
                              f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{lines}<o:p></o:p></p></div>'
                              f'{paragraphs(TEXT)}</div></body></html>')


def gmail_html(locale, date):
    sender, when, to, cc, subject = fields_of(locale, 'Date', date)
    return 'x', (f'<div dir="ltr">{paragraphs(NOTE)}<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>'
                 f'{sender[0]}: <strong class="gmail_sendername" dir="auto">{NAME}</strong> <span dir="auto">&lt;<a href="mailto:{ADDRESS}">{ADDRESS}</a>&gt;</span><br>'
                 + '<br>'.join(f'{label}: {escape(value)}' for label, value in (when, subject, to, cc)) + f'<br></div><br><br>{paragraphs(TEXT)}</div></div>')


def apple_html(locale, date):
    sender, when, to, cc, subject = fields_of(locale, locale.date, date)
    lines = ''.join(f'<div style="margin:0px"><span style="color:rgba(0,0,0,1)"><b>{label}: </b></span><span>{escape(value)}<br></span></div>'
                    for label, value in (sender, subject, when, to, cc))
    return 'x', (f'<html><body>{paragraphs(NOTE)}<div><br><blockquote type="cite"><div>{locale.apple}</div><br class="Apple-interchange-newline">'
                 f'{lines}<br><div>{paragraphs(TEXT)}</div></blockquote></div><br></body></html>')


FORMS = (lotus, zoho, gmx, outlook_html, gmail_html, apple_html, thunderbird, gmail, webmail, apple, yahoo, outlook, outlook_bold, outlook_web)


def drop_label(text, label):
    return '\n'.join(line for line in text.split('\n') if not line.lstrip('>* ').startswith(f'{label}:') and not line.lstrip('>* ').startswith(f'{label}:*'))


DISTURBANCES = {
    'plain': lambda locale, text: text,
    'no-break space': lambda locale, text: text.replace(': ', ':\u00a0'),
    'space before the colon': lambda locale, text: text.replace(': ', ' : '),
    'trailing blanks': lambda locale, text: text.replace('\n', '  \n'),
    'CRLF': lambda locale, text: text.replace('\n', '\r\n'),
    'without Cc': lambda locale, text: drop_label(text, locale.cc),
    'folded address': lambda locale, text: text.replace(f'{NAME} <{ADDRESS}>', f'{NAME}\n\t<{ADDRESS}>'),
    'mailto': lambda locale, text: text.replace(f'<{ADDRESS}>', f'<{ADDRESS}<mailto:{ADDRESS}>>'),
    'no note': lambda locale, text: text.replace(NOTE, ''),
}


def applies(form, name):
    if form.__name__.endswith('_html'):
        return name == 'plain'
    if form is yahoo:
        return name in ('plain', 'trailing blanks', 'CRLF', 'no note')
    return not (form is apple and name == 'folded address') and not (form in (outlook_bold,) and name == 'space before the colon')


def mail(subject, text):
    kind = 'html' if text.startswith('<') else 'plain'
    return (f'From: Anna <anna@example.org>\nTo: crm@example.org\nSubject: {subject}\nDate: Wed, 4 Nov 2026 09:00:00 +0100\n'
            f'Message-ID: <1@example.org>\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n').encode() + text.encode()


def squeeze(text):
    return ''.join((text or '').split())


def forward_faults(name, got):
    if got is None:
        return ['not found']
    faults = []
    want = {'address': ADDRESS, 'name': NAME}
    faults += [f'{key} {got["from"][key]!r}' for key, value in want.items() if got['from'][key] != value]
    if [entry['address'] for entry in got['to']] != [TO]:
        faults.append(f'to {got["to"]!r}')
    if name != 'without Cc' and [entry['address'] for entry in got['cc']] != [CC]:
        faults.append(f'cc {got["cc"]!r}')
    if got['subject'] != SUBJECT:
        faults.append(f'subject {got["subject"]!r}')
    if (got['date'] or '')[:19] != WALL:
        faults.append(f'date {got["date"]!r} of {got["date_text"]!r}')
    if squeeze(got['text']) != squeeze(TEXT):
        faults.append(f'text {got["text"]!r}')
    if squeeze(got['note']) != ('' if name == 'no note' else squeeze(NOTE)):
        faults.append(f'note {got["note"]!r}')
    if got['confidence'] < 0.5:
        faults.append(f'confidence {got["confidence"]}')
    return faults


def cases():
    """(what, mail, check of the parsed object)"""
    for row, locale in enumerate(LOCALES):
        for at, date in enumerate(locale.dates):
            for column, form in enumerate(FORMS):
                for number, (name, disturb) in enumerate(DISTURBANCES.items()):
                    # each disturbance meets each language and each form, not every pair of them
                    if (name == 'plain' or at == 0 and (row + column + number) % 3 == 0) and applies(form, name):
                        subject, text = form(locale, date)
                        subject = subject if subject != 'x' else 'Fwd: ' + SUBJECT
                        yield (f'{locale.code} {form.__name__} {date!r} {name}', mail(subject, disturb(locale, text)),
                               lambda obj, name=name: forward_faults(name, obj['forwarded']))
        for line in locale.attributions:
            line = line.format(name=NAME, address=ADDRESS)
            for name, text in replies(line).items():
                yield (f'{locale.code} reply {line!r} {name}', mail('Re: ' + SUBJECT, text), reply_faults)
        # the same block below an answer is a quote
        text = f'Agreed, we take it.\n\n{block(fields_of(locale, locale.sent, locale.dates[0]))}\n\n{TEXT}\n'
        yield f'{locale.code} quoted block', mail('Re: ' + SUBJECT, text), lambda obj: reply_faults(obj, 'Agreed, we take it.')


def replies(line):
    quote = '\n'.join(f'> {part}'.rstrip() for part in TEXT.split('\n'))
    words = line.split(' ')
    wrapped = ' '.join(words[:-2]) + '\n' + ' '.join(words[-2:])
    yield_all = {
        'above': f'Agreed, we take it.\nAnna\n\n{line}\n\n{quote}\n',
        'wrapped': f'Agreed, we take it.\nAnna\n\n{wrapped}\n{quote}\n',
        'below': f'{line}\n{quote}\n\nAgreed, we take it.\nAnna\n',
        'no marks': f'Agreed, we take it.\nAnna\n\n{line}\n\n{TEXT}\n',
    }
    return yield_all


def reply_faults(obj, want='Agreed, we take it.'):
    faults = [] if squeeze(obj['message']['reply_text']) in (squeeze(want), squeeze(want + 'Anna')) else [f'reply_text {obj["message"]["reply_text"]!r}']
    return faults + ([f'forwarded {obj["forwarded"]!r}'] if obj['forwarded'] else [])


def main():
    program, verbose = sys.argv[1], '-v' in sys.argv[2:]
    made = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at, (_, data, _) in enumerate(made):
            paths.append(pathlib.Path(folder, f'{at}.eml'))
            paths[-1].write_bytes(data)
        done = subprocess.run([program, '--own', 'example.org', *map(str, paths)], capture_output=True, timeout=120, check=False)
    objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode or len(objects) != len(made):
        sys.exit(f'exit {done.returncode}, {len(objects)} objects for {len(made)} mails: {done.stderr.decode()}')
    failed = 0
    for (what, data, check), obj in zip(made, objects):
        faults = check(obj)
        failed += bool(faults)
        if faults:
            print(f'{what}: {"; ".join(faults)}')
            if verbose:
                print(data.decode())
    print(f'{len(made)} mails in {len(LOCALES)} languages, {failed} failed')
    sys.exit(1 if failed or not made else 0)


if __name__ == '__main__':
    main()
