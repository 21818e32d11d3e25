"""The daemon and the build of the tests with calendar clients."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/e2e'))
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import authority, build  # noqa: E402,F401 # pylint: disable=C0413
from agenda import Agenda  # noqa: E402 # pylint: disable=C0413
from feedserver import Feed  # noqa: E402 # pylint: disable=C0413

collect_ignore = [] if os.environ.get('POSTROOM_LONG') else ['test_thunderbird.py']


@pytest.fixture
def feed(build, tmp_path):  # noqa: F811 # pylint: disable=redefined-outer-name
    made = Feed(build, tmp_path / 'postroom', users=[
        {'name': 'anna', 'addresses': ['anna@example.org']},
        {'name': 'ben', 'addresses': ['ben@example.org'], 'zone': 'America/New_York'}])
    with made.daemon as daemon:
        daemon.wait_event('serving')
        yield made


@pytest.fixture
def agenda(feed):  # pylint: disable=redefined-outer-name
    return Agenda(feed)
