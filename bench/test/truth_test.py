"""The yardstick. python3 -m unittest discover -s bench/test -p '*_test.py'"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.tool import percentile  # noqa: E402
from harness.truth import due_times, frozen_until, ideal, quantiles  # noqa: E402

FREEZE = {"first": 1, "every": 2, "for": 0.5}
S = 1_000_000_000


class TruthTest(unittest.TestCase):
    def test_percentile_is_nearest_rank(self):
        self.assertEqual([percentile(list(range(1, 101)), q) for q in (1, 50, 99, 99.9, 100)], [1, 50, 99, 100, 100])
        self.assertEqual(percentile([7], 50), 7)

    def test_frozen_times_repeat(self):
        for t, until in ((0, 0), (0.99, 0.99), (1, 1.5), (1.49, 1.5), (1.5, 1.5), (3.2, 3.5)):
            self.assertEqual(frozen_until(int(t * S), FREEZE), int(until * S), t)

    def test_a_request_due_in_a_freeze_waits_for_its_end(self):
        q = quantiles(ideal(100, 4, FREEZE, 0))
        self.assertEqual(q["max"], 500)
        self.assertEqual(q["p50"], 0)

    def test_those_who_waited_leave_one_by_one(self):
        self.assertEqual(ideal(4, 1.5, {"first": 1, "every": 9, "for": 0.5}, S // 100)[4:], [S // 2 + S // 100, S // 4 + 2 * S // 100])

    def test_a_load_that_rises_at_first_lacks_half_of_that_time(self):
        due = list(due_times(1000, 3, 2))
        self.assertEqual(len(due), 2000)
        self.assertEqual([sum(t < s * S for t in due) for s in (1, 2, 3)], [250, 1000, 2000])


if __name__ == "__main__":
    unittest.main()
