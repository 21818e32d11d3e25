"""Mail taken by `postroom import`, measured by CPU time: what else the machine does hardly counts."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))
from postroom import Postroom  # noqa: E402 pylint: disable=wrong-import-position


class Record(Postroom):
    """A database of its own, filled by import."""

    def take(self, maildir, mailbox='support'):
        """CPU seconds of the command and its parsers until all is recorded and searchable."""
        process = subprocess.Popen(
            [self.program, 'import', '--mailbox', mailbox, str(maildir)],
            env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        words = process.stderr.read().decode()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, words
        return usage.ru_utime + usage.ru_stime

    def size_bytes(self):
        return sum(file.stat().st_size for file in self.state.iterdir())
