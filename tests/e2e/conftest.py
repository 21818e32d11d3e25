"""What the end-to-end tests share. POSTROOM_BUILD names the build folder, else build/dev."""
import os
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(__file__))

import certificates  # noqa: E402
import dovecot as dovecot_module  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def build():
    return pathlib.Path(os.environ.get("POSTROOM_BUILD", ROOT / "build" / "dev"))


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return certificates.Authority(str(tmp_path_factory.mktemp("ca")))


@pytest.fixture(scope="session")
def dovecot(authority):
    """One server for all tests; each takes users of its own (dovecot.add_user)."""
    if not dovecot_module.available():
        pytest.skip("dovecot is not installed")
    # not below pytest's own folder, which another run closes to others (0700) when it begins
    with tempfile.TemporaryDirectory(prefix="dovecot") as directory:
        with dovecot_module.Dovecot(directory, authority) as server:
            yield server


@pytest.fixture
def user(dovecot):
    """A user of this test alone."""
    return dovecot.add_user(dovecot.new_name("u"))
