"""python3 -m unittest discover -s bench/test -p '*_it.py'"""

import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.process import Tree  # noqa: E402


def alive(pid):
    """A process that has ended but is not yet fetched by its parent has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


class TreeTest(unittest.TestCase):
    def test_a_daemon_with_a_session_and_an_environment_of_its_own_is_counted_and_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = Tree(["sh", "-c", "(env -i setsid sleep 61 &) ; sleep 60"], f"{folder}/log")
            with tree:
                limit = time.monotonic() + 5
                while len(tree.pids()) < 4 and time.monotonic() < limit:
                    time.sleep(0.05)
                pids = tree.pids()
                names = {Path(f"/proc/{p}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip() for p in pids}
                self.assertIn("sleep 61", names)
            self.assertEqual([p for p in pids if alive(p)], [])


if __name__ == "__main__":
    unittest.main()
