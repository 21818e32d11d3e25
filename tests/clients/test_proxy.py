"""The web servers of docs/operating/install.md before a running feed, over TLS: what stands there
is what runs here, but for ports, certificate and log."""
import os
import pathlib
import re
import socket
import subprocess

import pytest

from dovecot import free_ports
from postroomd import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]


def snippet(language, replacements):
    """The block of that language in install.md; every pattern must be found in it."""
    text = (ROOT / 'docs/operating/install.md').read_text()
    block, = re.findall(rf'^```{language}\n(.*?)^```', text, re.M | re.S)
    for pattern, text in replacements.items():
        block, count = re.subn(pattern, text, block)
        assert count, f'{pattern} is not in the {language} of install.md'
    return block


def nginx(directory, port, upstream, certificate, key):
    """The command that runs it; it logs to directory/log as Debian's nginx would."""
    site = snippet('nginx', {
        r'listen 443 ssl;': f'listen 127.0.0.1:{port} ssl;',
        r'\tlisten \[::\]:443 ssl;\n': '',
        r'/etc/ssl/crm\.example\.org\.pem': str(certificate),
        r'/etc/ssl/private/crm\.example\.org\.key': str(key),
        r'127\.0\.0\.1:8377': f'127.0.0.1:{upstream}'})
    paths = ''.join(f'{name}_temp_path {directory}/{name};\n' for name in
                    ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    config = directory / 'nginx.conf'
    config.write_text(f'''
{'user root;' if os.geteuid() == 0 else ''}
daemon off;
pid {directory}/pid;
error_log {directory}/log info;
events {{ }}
http {{
access_log {directory}/log;
{paths}
{site}
}}
''')
    return ['/usr/sbin/nginx', '-p', directory, '-e', directory / 'log', '-c', config]


def caddy(directory, port, upstream, certificate, key):
    """As nginx(). It logs to its standard error, which is directory/log."""
    config = directory / 'Caddyfile'
    config.write_text(snippet('caddy', {
        r'\A\{\n': '{\n\tadmin off\n\tauto_https disable_redirects\n',
        r'(?m)^crm\.example\.org \{\n': f'https://localhost:{port} {{\n\tbind 127.0.0.1\n'
                                        f'\ttls {certificate} {key}\n\tlog\n',
        r'127\.0\.0\.1:8377': f'127.0.0.1:{upstream}'}))
    return ['/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config', config]


class Proxy:
    """The running web server, asked by curl, which trusts the tests' authority alone."""

    def __init__(self, command, directory, feed, authority):
        self.port, = free_ports(1)
        self.directory, self.authority = directory, authority
        certificate, key = authority.issue('proxy')
        self.log = directory / 'log'
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                command(directory, self.port, feed.port, certificate, key), stderr=log,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env={'PATH': os.environ['PATH'], 'HOME': str(directory)})

    def wait(self):
        def answers():
            assert self.process.poll() is None, self.log.read_text()
            with socket.socket() as client:
                return client.connect_ex(('127.0.0.1', self.port)) == 0
        wait_for(answers, what='the web server')

    def curl(self, path, *options):
        """(status, {header: value}, body)"""
        head, body = self.directory / 'head', self.directory / 'body'
        for file in (head, body):
            file.unlink(missing_ok=True)
        subprocess.run(['curl', '-sS', '--max-time', '20', '--cacert', self.authority.path, '-D',
                        head, '-o', body, *options, f'https://localhost:{self.port}{path}'],
                       check=True, env={'PATH': os.environ['PATH'], 'HOME': str(self.directory)})
        status, *lines = head.read_text().splitlines()
        headers = dict(line.lower().split(': ', 1) for line in lines if ': ' in line)
        return (int(status.split()[1]), headers,
                body.read_bytes() if body.exists() else b'')


@pytest.fixture(params=[nginx, caddy], ids=lambda command: command.__name__)
def proxy(request, feed, authority, tmp_path):
    directory = tmp_path / 'proxy'
    directory.mkdir()
    made = Proxy(request.param, directory, feed, authority)
    try:
        made.wait()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(20)


def test_feed_over_tls(agenda, feed, proxy):
    address = feed.address('anna')
    status, headers, body = proxy.curl(address)
    assert (status, headers['content-type']) == (200, 'text/calendar; charset=utf-8')
    assert body == feed.get(address).body and body.count(b'\nUID:') == len(agenda.items)
    etag = headers['etag']
    assert etag == feed.get(address).getheader('ETag')
    assert proxy.curl(address, '-H', f'If-None-Match: {etag}')[0] == 304
    status, headers, packed = proxy.curl(address, '-H', 'Accept-Encoding: gzip')
    assert (status, headers['content-encoding']) == (200, 'gzip') and len(packed) < len(body)
    assert headers['etag'] != etag
    status, headers, _ = proxy.curl(address, '-I')
    assert (status, headers['content-length']) == (200, str(len(body)))
    assert proxy.curl(address, '-X', 'PUT', '-d', 'BEGIN:VCALENDAR')[0] == 405
    agenda.change()
    assert proxy.curl(address, '-H', f'If-None-Match: {etag}')[0] == 200
    assert proxy.curl('/robots.txt')[2] == b'User-agent: *\nAllow: /\n'


def test_nothing_but_the_feed(feed, proxy):
    assert feed.get('/health').status == feed.get('/metrics').status == 200
    for path in ('/health', '/metrics', '/', '/feed/../health', '/feed//../metrics'):
        status, _, body = proxy.curl(path, '--path-as-is')
        assert status in (400, 404) and b'postroom' not in body, path


def test_who_guesses_is_known_behind_it(feed, proxy):
    """By the address that the web server saw, not the one that the client wrote."""
    wrong = feed.address('anna').split('/')
    wrong = '/'.join([*wrong[:2], 'A' * 43, *wrong[3:]])
    statuses = [proxy.curl(wrong, '-H', f'X-Forwarded-For: 192.0.2.{number}')[0]
                for number in range(40)]
    assert statuses[:30] == [404] * 30 and 429 in statuses[30:]


def test_no_secret_in_its_log(feed, proxy):
    address = feed.address('anna')
    token = address.split('/')[2]
    assert proxy.curl(address)[0] == 200
    assert proxy.curl(f'/feed/{token}/nothing')[0] == 404
    assert feed.daemon.terminate() == 0
    assert proxy.curl(address)[0] == 502
    assert proxy.curl('/else')[0] == 404
    wait_for(lambda: '/else' in proxy.log.read_text(), what='a line of the log')
    assert token not in proxy.log.read_text()
