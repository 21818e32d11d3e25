"""The calendar programs of the terminal, each subscribing to a running feed: vdirsyncer with khal
and todoman, calcurse, curl."""
import datetime

import pytest

from broken import broken
from terminal import Vdirsyncer, calcurse, download, http, khal, start, todoman


@pytest.mark.parametrize('zone', ['Europe/Amsterdam', 'America/New_York'])
def test_vdirsyncer_and_khal(agenda, feed, tmp_path, zone):
    vdir = Vdirsyncer(tmp_path, http(feed, 'events'))
    vdir.sync()
    assert khal(tmp_path, vdir.folder, zone) == agenda.expected()
    agenda.change()
    vdir.sync()
    assert khal(tmp_path, vdir.folder, zone) == agenda.expected()


def test_vdirsyncer_and_todoman(agenda, feed, tmp_path):
    def due(moment_or_day):
        if isinstance(moment_or_day, datetime.datetime):
            return int(moment_or_day.timestamp())
        return int(agenda.at(moment_or_day, 0, 0).timestamp())
    vdir = Vdirsyncer(tmp_path, http(feed, 'tasks'))
    vdir.sync()
    assert todoman(vdir) == {title: due(at) for title, at in agenda.expected().items()}
    agenda.change()
    vdir.sync()
    assert todoman(vdir) == {title: due(at) for title, at in agenda.expected().items()}


def test_vdirsyncer_keeps_what_it_had(agenda, feed, tmp_path):
    vdir = Vdirsyncer(tmp_path, http(feed, 'events'))
    vdir.sync()
    before = vdir.files()
    assert len(before) == len(agenda.items)
    with broken(feed):
        failed = start('vdirsyncer', '-c', vdir.config, 'sync', home=vdir.home)
        assert failed.returncode != 0 and '503' in failed.stderr
        assert vdir.files() == before
    vdir.sync()
    assert vdir.files() == before


@pytest.mark.parametrize('zone', ['Europe/Amsterdam', 'America/New_York'])
def test_curl_and_calcurse(agenda, feed, tmp_path, zone):
    address = feed.address('anna')
    status, path = download(feed, address, tmp_path)
    assert status == 200
    assert calcurse(path, zone) == agenda.expected()
    first = path.read_bytes()
    assert download(feed, address, tmp_path)[0] == 304 and path.read_bytes() == first
    agenda.change()
    assert download(feed, address, tmp_path)[0] == 200
    assert calcurse(path, zone) == agenda.expected()
