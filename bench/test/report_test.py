"""What the report takes of a run. python3 -m unittest discover -s bench/test -p '*_test.py'"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import loops, report, soak  # noqa: E402
from harness.tables import measured  # noqa: E402


class Rows:
    """A run of these rows."""

    def __init__(self, *rows):
        self.rows = rows

    def read(self, what):
        return [r for r in self.rows if r["what"] == what]


def priced(tool, cost, **other):
    return {"what": "price", "tool": tool, "users": 100, "repeat": 0, "protocol": "h1", "against": "wrk", "cost": cost, **other}


def truth(tool, kind, p95, seconds=20, first=5):
    q = dict.fromkeys(("p50", "p90", "p95", "p99", "p99.9", "max"), p95)
    counts = {"sent": 10, "due": 10, "sent_frozen": 1, "due_frozen": 1}
    setting = {"rate": 1000, "seconds": seconds, "freeze": {"first": first, "every": 10, "for": 1}}
    return {"what": "truth", "tool": tool, "kind": kind, "users": 100, "repeat": 0, "truth": q, "reported": q, **counts, **setting}


class ReportTest(unittest.TestCase):
    def test_of_what_was_measured_again_the_later_counts(self):
        rows = Rows(priced("gatling", [3]), priced("gatling", [2]), priced("gatling", [9], error="it broke"), priced("hey", [5]))
        self.assertEqual([r["cost"] for r in measured(rows, "price")], [[2], [5]])

    def test_the_reference_counts_once_for_each_pair(self):
        rows = Rows(priced("wrk", [1]), priced("hey", [5]), priced("wrk", [2]), priced("ab", [1]))
        self.assertEqual([r["cost"] for r in measured(rows, "price") if r["tool"] == "wrk"], [[1], [2]])

    def test_runs_of_unlike_length_stand_in_tables_of_their_own_each_with_its_own_words(self):
        text = report.truth(Rows(truth("wrk", "loop", 503), truth("vikhry", "paced", 507), truth("hey", "paced", 554, 9, 4)))
        self.assertEqual(text.count("| **the truth** |"), 2)
        self.assertIn("the first time after 5 s; 1,000 requests/s are asked for, 20 s long", text)
        self.assertIn("the first time after 4 s; 1,000 requests/s are asked for, 9 s long", text)
        self.assertIn("the true p95 of their runs is 507 ms", text)

    def test_a_tool_that_failed_and_then_did_not_has_not_failed(self):
        broken = {"what": "truth", "tool": "hey", "kind": "paced", "error": "it broke"}
        self.assertNotIn("it broke", report.truth(Rows(broken, truth("hey", "paced", 500))))
        self.assertIn("- hey, paced: it broke", report.truth(Rows(broken, truth("wrk", "loop", 500))))

    def test_the_soak_says_what_grew(self):
        fine = "x\nsoak: nothing grew in 600 s of 200 rounds and 746036 requests: heap 19.8 -> 19.6 MB\n"
        self.assertEqual(soak.verdict(fine), ("nothing grew in 600 s of 200 rounds and 746036 requests: heap 19.8 -> 19.6 MB", False))
        self.assertTrue(soak.verdict("soak: heap, files grew in 20 s: …")[1])
        self.assertEqual(soak.verdict("it broke"), ("", True))
        self.assertIn("**nothing grew**", report.soaked(Rows({"what": "soak", "line": "old"}, {"what": "soak", "line": "nothing grew"})))

    def test_two_loops_are_set_beside_one_and_beside_two_processes(self):
        of = lambda place, n, repeat=0: {"what": "loops", "figure": "steps", "place": place, "repeat": repeat, "per_second": n}  # noqa: E731
        first = [of("one loop", 100), of("two processes", 190), of("two loops", 180)]
        self.assertIn("| 100 | 190 | 180 | 1.90 | **1.80** | 1.80 to 1.80 | 1 |", loops.section(Rows(*first)))
        second = [of("one loop", 200, 1), of("two processes", 400, 1), of("two loops", 380, 1)]
        self.assertIn("| 1.95 | **1.85** | 1.80 to 1.90 | 2 |", loops.section(Rows(*first, *second)))

    def test_what_a_setting_is_worth_to_two_loops_stands_in_a_table_of_its_own(self):
        of = lambda place, n: {"what": "loops", "figure": "start", "place": place, "repeat": 0, "per_second": n}  # noqa: E731
        text = loops.section(Rows(of("one loop", 100), of("two loops", 190), of("two loops, virtual threads in one set", 120)))
        self.assertIn("a new virtual thread | – | – | 1.20 |", text)


if __name__ == "__main__":
    unittest.main()
