#!/usr/bin/env python3
"""What an author wrote, told from what stands below it: closing words, signatures, notices of
servers, footers of devices, quotes; in four languages.

usage: signatures.py PARSE_FILES [-v]
"""
import json
import pathlib
import subprocess
import sys
import tempfile

AUTHOR = 'Marit Østby'
BLOCK = f'{AUTHOR}\nHead of Purchasing\nNordlys AS\nStorgata 1, 0155 Oslo\nTel: +47 22 00 00 00\nwww.nordlys.example'
QUOTED = '\n\n> Dear Marit,\n> what about the pumps?\n>\n> Lars\n'

LANGUAGES = {
    'en': {
        'text': 'Hello Lars,\n\nwe would like to order 3 pumps. Can you deliver next week?\n\nThe price is fine for us.',
        'notice': 'This e-mail and any attachments are confidential and may be privileged. If you are not the intended recipient, please notify '
                  'the sender immediately and delete this message.',
        'closings': ['Best regards,', 'Kind regards', 'Thanks,', 'Cheers', 'Sincerely,', 'Thanks & regards,', 'Best,', 'Have a nice day,'],
        'devices': ['Sent from my iPhone', 'Get Outlook for iOS<https://link.example/x>', 'Sent from Mail for Windows', 'Sent from my Samsung Galaxy smartphone.'],
        'attribution': 'On Tue, Nov 3, 2026 at 2:25 PM Lars <lars@example.org> wrote:'},
    'de': {
        'text': 'Hallo Lars,\n\nwir möchten 3 Pumpen bestellen. Können Sie nächste Woche liefern?\n\nDer Preis ist in Ordnung.',
        'notice': 'Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, '
                  'informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.',
        'closings': ['Mit freundlichen Grüßen', 'Viele Grüße', 'Beste Grüße,', 'LG', 'MfG', 'Vielen Dank und viele Grüße', 'Freundliche Grüsse'],
        'devices': ['Von meinem iPhone gesendet', 'Gesendet von Mail für Windows', 'Outlook für Android herunterladen'],
        'attribution': 'Am 03.11.26 um 14:25 schrieb Lars:'},
    'nl': {
        'text': 'Hallo Lars,\n\nwij willen graag 3 pompen bestellen. Kunt u volgende week leveren?\n\nDe prijs is akkoord.',
        'notice': 'De informatie in dit e-mailbericht is uitsluitend bestemd voor de geadresseerde. Indien u niet de geadresseerde bent, wordt u '
                  'verzocht de afzender te waarschuwen en dit bericht te verwijderen.',
        'closings': ['Met vriendelijke groet,', 'Vriendelijke groeten', 'Groeten,', 'Mvg,', 'Met vriendelijke groeten / Kind regards,'],
        'devices': ['Verstuurd vanaf mijn iPhone', 'Outlook voor Android downloaden', 'Verzonden vanaf mijn Galaxy'],
        'attribution': 'Op 3 nov. 2026 om 14:25 schreef Lars <lars@example.org>:'},
    'fr': {
        'text': 'Bonjour Lars,\n\nnous voudrions commander 3 pompes. Pouvez-vous livrer la semaine prochaine ?\n\nLe prix nous convient.',
        'notice': "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de leurs destinataires. Si vous "
                  "recevez ce message par erreur, merci de le détruire et d'en avertir l'expéditeur.",
        'closings': ['Cordialement', 'Bien cordialement,', 'Bien à vous', 'Bonne journée,', 'Meilleures salutations'],
        'devices': ['Envoyé de mon iPhone', 'Obtenir Outlook pour iOS<https://link.example/x>', 'Envoyé depuis mon mobile'],
        'attribution': 'Le 03/11/2026 à 14:25, Lars a écrit :'},
}


def tails(words):
    """(what, what stands below the author's text)"""
    notice = words['notice']
    for closing in words['closings']:
        yield f'{closing} name', f'\n\n{closing}\n\nMarit'
        yield f'{closing} block', f'\n\n{closing}\n{BLOCK}'
        yield f'{closing} block, notice', f'\n\n{closing}\n{BLOCK}\n\n{notice}'
        yield f'{closing} directly below', f'\n{closing}\n{AUTHOR}'
        yield f'{closing} one line', f'\n\n{closing.rstrip(",")}, Marit'
    yield 'delimiter', f'\n\n-- \n{BLOCK}'
    yield 'delimiter, notice', f'\n\n-- \n{BLOCK}\n\n{notice}'
    yield 'notice', f'\n\n{notice}'
    yield 'rule, notice', f'\n\n{"_" * 31}\n{notice}'
    yield 'name, notice', f'\n\n{AUTHOR}\n\n{notice}'
    yield 'block', f'\n\n{BLOCK}'
    for device in words['devices']:
        yield device, f'\n\n{device}'
        yield f'closing, {device}', f'\n\n{words["closings"][0]}\nMarit\n\n{device}'


def cases():
    """(what, whole text, the author's)"""
    for language, words in LANGUAGES.items():
        text = words['text']
        for what, tail in tails(words):
            # one line of two languages and a name is more than is told apart
            if not (' / ' in what and 'one line' in what):
                yield f'{language} {what}', text + tail, text
                yield f'{language} {what}, quote', f'{text}{tail}\n\n{words["attribution"]}{QUOTED}', text
        yield f'{language} nothing below', text, text
        listed = f'{text}\n\nItems:\n- pump\n- valve\n\nBudget: 2000\nWhen: next week'
        yield f'{language} list at the end', listed, listed
        yield f'{language} between quotes', f'{text}\n\n> Which ones?\n\nYes, the blue ones.\n\nMarit', f'{text}\n\nYes, the blue ones.'
        yield f'{language} a notice alone', words['notice'], words['notice']
    thanks = 'Thanks for your mail. It is confidential, please keep it so.\n\nWe agree.'
    yield 'words of notices in a text', thanks, thanks


def squeeze(text):
    return ''.join((text or '').split())


def main():
    made = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at, (_, whole, _) in enumerate(made):
            paths.append(pathlib.Path(folder, f'{at}.eml'))
            paths[-1].write_text(f'From: {AUTHOR} <marit.ostby@customer.example>\nTo: lars@example.org\nSubject: Re: pumps\nIn-Reply-To: <x@example.org>\n'
                                 f'Message-ID: <1@customer.example>\nDate: Wed, 4 Nov 2026 09:00:00 +0100\nContent-Type: text/plain; charset=utf-8\n\n{whole}\n', 'utf-8')
        done = subprocess.run([sys.argv[1], '--own', 'example.org', *map(str, paths)], capture_output=True, timeout=120, check=False)
    objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if done.returncode or len(objects) != len(made):
        sys.exit(f'exit {done.returncode}, {len(objects)} objects for {len(made)} mails: {done.stderr.decode()}')
    failed = 0
    for (what, _, want), obj in zip(made, objects):
        got = obj['message']['reply_text']
        if squeeze(got) != squeeze(want):
            failed += 1
            print(f'{what}: {got!r}, signature {obj["message"]["signature"]!r}')
    print(f'{len(made)} mails, {failed} failed')
    sys.exit(1 if failed or not made else 0)


if __name__ == '__main__':
    main()
