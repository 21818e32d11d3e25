"""A daemon without mailboxes, its feed, and the command."""
import http.client
import json
import os
import pathlib
import subprocess

from dovecot import free_ports
from postroomd import Postroomd


class Feed:
    """settings: what the configuration has beside or instead of what stands here."""

    def __init__(self, build, directory, **settings):
        self.port, = free_ports(1)
        self.daemon = Postroomd(build, directory)
        self.command = str(pathlib.Path(build) / 'bin' / 'postroom')
        self.daemon.configure(**{
            'feed': {'listen': f'127.0.0.1:{self.port}', 'base_url': 'https://crm.example.org'},
            'users': [{'name': 'anna', 'addresses': ['anna@example.org'], 'teams': ['sales']},
                      {'name': 'ben', 'addresses': ['ben@example.org'], 'teams': ['sales']}],
            'finance': {'run': {'on': 'thu', 'at': '10:00', 'length': '1h', 'users': ['ben']}},
            **settings})

    def environment(self):
        return {**os.environ, 'POSTROOM_CONFIG': str(self.daemon.config)}

    def table(self, *words):
        """What a person sees of it."""
        return subprocess.run([self.command, *words], capture_output=True, text=True,
                              env=self.environment(), check=True).stdout

    def postroom(self, *words):
        done = subprocess.run([self.command, *words, '--json'], capture_output=True, text=True,
                              env=self.environment(), check=False)
        assert done.returncode == 0, f'{words}: {done.stdout}{done.stderr}'
        return json.loads(done.stdout) if done.stdout.strip() else None

    def address(self, *scope):
        """The path of a new feed's events.ics."""
        url = self.postroom('feed', 'add', *scope)['events']
        assert url.startswith('https://crm.example.org/feed/')
        return url.removeprefix('https://crm.example.org')

    def get(self, path, method='GET', **headers):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        connection.request(method, path, headers={name.replace('_', '-'): value
                                                  for name, value in headers.items()})
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer
