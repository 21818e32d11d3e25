"""Mail that is made to be slow, against ordinary mail: CPU time of an import, searchable at its
end. Many mails are compared by the mail, one with many recipients by the byte, one with many
attachments with as many mails that have one each."""
import pathlib
import random
import tempfile

from tests.bench import Figure, build
from tests.bench.generate import START, write_mails
from tests.bench.importing import Record

MAILS = 10_000
BOUND = 2  # times what ordinary mail costs
LARGE = 20  # large mails of a kind, so that starting the program hardly counts
ATTACHMENTS = 1000
TEXT = 'The delivery of the part that we spoke about comes on Tuesday.\n' * 10


def mail(number, sender=None, references=(), to='support@example.org', body=None):
    sender = sender or f'person{number % 3000}@firm{number % 600}.example'
    lines = [f'From: <{sender}>', f'To: {to}', f'Subject: Delivery {number}',
             'Date: Tue, 14 Nov 2023 22:13:20 +0000', f'Message-ID: {identifier(number)}']
    if references:
        lines += [f'In-Reply-To: {references[-1]}', 'References: ' + '\n\t'.join(references)]
    body = body or f'Content-Type: text/plain\n\n{number}\n{TEXT}'
    return ('\n'.join(lines) + '\nMIME-Version: 1.0\n' + body).encode(), START + number


def identifier(number):
    return f'<{number}.adversarial@mail.example>'


def anywhere(number):
    """Each says that it answers twelve others, early and late ones, some of which never come."""
    rng = random.Random(number)
    return mail(number, references=[identifier(rng.randrange(2 * MAILS)) for _ in range(12)])


def one_thread(number):
    """A chain, of which each mail names the first and the last few."""
    few = [identifier(one) for one in range(max(0, number - 10), number)]
    return mail(number, references=[identifier(0), *few] if number else ())


def recipients(number):
    to = ',\n\t'.join(f'person{one}.{number}@firm{one % 500}.example' for one in range(10_000))
    return mail(number, to=to)


def attachments(number, count=ATTACHMENTS):
    parts = ''.join(f'--x\nContent-Type: application/octet-stream; name="part{one}.bin"\n'
                    'Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n'
                    'AAECAwQFBgcICQ==\n' for one in range(count))
    return mail(number, body='Content-Type: multipart/mixed; boundary=x\n\n' + parts + '--x--\n')


def long_text(number):
    return mail(number, body=f'Content-Type: text/plain\n\n{number}\n' + TEXT * 450)


MANY = {'references-everywhere': anywhere, 'one-thread': one_thread,
        'one-sender': lambda number: mail(number, sender='one@sender.example')}


def cost(build_folder, make, count):
    """CPU seconds a mail, and a byte."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        size = write_mails(folder / 'mail', map(make, range(count)))
        seconds = Record(build_folder, folder).take(folder / 'mail')
    return seconds / count, seconds / size


def adversarial():
    build_folder = build().parent
    normal, _ = cost(build_folder, mail, MAILS)
    yield Figure('adversarial.ordinary-mail', normal * 1e6, 'µs/mail')
    for name, make in MANY.items():
        value, _ = cost(build_folder, make, MAILS)
        yield Figure(f'adversarial.{name}', value * 1e6, 'µs/mail', at_most=BOUND * normal * 1e6,
                     peer='ordinary mail', ratio=value / normal)
    _, normal = cost(build_folder, long_text, LARGE)
    yield Figure('adversarial.long-text', normal * 1e9, 'ns/byte')
    _, value = cost(build_folder, recipients, LARGE)
    yield Figure('adversarial.10000-recipients', value * 1e9, 'ns/byte',
                 at_most=BOUND * normal * 1e9, peer='a long text', ratio=value / normal)
    single, _ = cost(build_folder, lambda number: attachments(number, 1), ATTACHMENTS)
    value, _ = cost(build_folder, attachments, LARGE)
    yield Figure(f'adversarial.{ATTACHMENTS}-attachments', value / ATTACHMENTS * 1e6,
                 'µs/attachment', at_most=BOUND * single * 1e6, peer='a mail with one of them',
                 ratio=value / ATTACHMENTS / single)


FIGURES = {'adversarial': adversarial}
