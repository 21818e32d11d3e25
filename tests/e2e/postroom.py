"""A folder with a configuration and a database of its own, and `postroom` run on it."""
import json
import os
import pathlib
import subprocess
import types

CONFIG = """
organisation:
  name: Example Ltd
  zone: Europe/Amsterdam
  domains: [example.org]
  hosts: [mail.example.org]
storage: {{directory: {directory}/state}}
users:
  - {{name: anna, full_name: Anna Visser, addresses: [anna@example.org], teams: [sales]}}
  - {{name: ben, full_name: Ben Bakker, addresses: [ben@example.org], teams: [office]}}
mailboxes:
  - name: crm
    kind: capture
    addresses: [crm@example.org]
    server: {{host: imap.example.org}}
    login: {{user: crm, password: {{file: {directory}/password}}}}
    who_may_write: submission
  - name: invoices
    kind: invoices
    addresses: [invoices@example.org]
    server: {{host: imap.example.org}}
    login: {{user: invoices, password: {{file: {directory}/password}}}}
  - name: support
    kind: support
    addresses: [support@example.org]
    server: {{host: imap.example.org}}
    login: {{user: support, password: {{file: {directory}/password}}}}
  - name: sales
    kind: leads
    addresses: [sales@example.org]
    server: {{host: imap.example.org}}
    login: {{user: sales, password: {{file: {directory}/password}}}}
"""


class Postroom:
    """config: of a daemon that has its own; else a folder is set up for this one."""

    def __init__(self, build, directory, config=None):
        self.program = str(build / 'bin' / 'postroom')
        self.directory = pathlib.Path(directory)
        self.state = self.directory / 'state'
        self.config = config
        if not config:
            self._set_up()

    def _set_up(self):
        self.state.mkdir()
        self.state.chmod(0o2770)
        (self.directory / 'password').write_text('secret\n')
        (self.directory / 'password').chmod(0o600)
        self.config = self.directory / 'postroom.yaml'
        self.config.write_text(CONFIG.format(directory=self.directory))

    def environment(self, **more):
        return {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8',
                'POSTROOM_CONFIG': str(self.config), **more}

    def __call__(self, *words, code=0, stdin=None, env=None):
        """Runs it; code None: any. The result has code, out, err, and out as bytes."""
        done = subprocess.run([self.program, *map(str, words)], input=stdin, capture_output=True,
                              env=env or self.environment(), timeout=120, check=False)
        result = types.SimpleNamespace(code=done.returncode, bytes=done.stdout,
                                       out=done.stdout.decode('utf-8', 'replace'),
                                       err=done.stderr.decode('utf-8', 'replace'))
        if code is not None:
            assert result.code == code, f'{words}: {result.code}\n{result.out}\n{result.err}'
        return result

    def json(self, *words, code=0):
        return json.loads(self(*words, '--json', code=code).out)

    def mail(self, name, text):
        """A file with the mail; the bytes that import should keep."""
        path = self.directory / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def take(self, *mails, mailbox=None):
        paths = [self.mail(f'{index}-{abs(hash(text))}.eml', text)
                 for index, text in enumerate(mails)]
        return self.json('import', *(['--mailbox', mailbox] if mailbox else []), *paths)
