"""The server and the build of the fault tests: POSTROOM_BUILD, else build/dev. Not one with
sanitizers: they fail under strace."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/e2e'))
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import authority, build, dovecot  # noqa: E402,F401 # pylint: disable=C0413
