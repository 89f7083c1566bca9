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


def alone(place, per_second, repeat=0, **other):
    return {"what": "loops", "figure": "steps", "place": place, "repeat": repeat, "per_second": per_second, **other}


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

    def test_of_rounds_at_half_load_the_median_p99_stands_beside_each(self):
        row = {"what": "engine", "program": "Punctuality", "figure": "pause", "number": 10000, "line": "pause: 10000/s begun", "p99_us": [910, 120, 2010, 90, 720]}
        self.assertIn("| 10000/s begun | 720 | 910, 120, 2,010, 90, 720 |", report.engine(Rows(row)))

    def test_a_start_over_tls_stands_beside_the_others_and_is_compared_with_none(self):
        of = lambda tool, seconds: {"what": "start", "tool": tool, "cpus": 2, "repeat": 0, "seconds": seconds}  # noqa: E731
        text = report.start(Rows(of("vikhry", 1.4), of("vikhry, https", 1.8), of("hey", 0.1)))
        self.assertIn("| vikhry, https | 1.80 | 1 |", text)
        self.assertIn("less than vikhry: hey (14.00); more: none.", text)

    def test_two_loops_are_set_beside_one_and_beside_two_processes(self):
        first = [alone("one loop", 100), alone("two processes", 190), alone("two loops", 180)]
        self.assertIn("| – | – | 100 | 190 | 180 | 1.90 | **1.80** | 1.80 to 1.80 | 1 |", loops.section(Rows(*first)))
        second = [alone("one loop", 200, 1), alone("two processes", 400, 1), alone("two loops", 380, 1)]
        self.assertIn("| 1.95 | **1.85** | 1.80 to 1.90 | 2 |", loops.section(Rows(*first, *second)))

    def test_what_two_loops_do_stands_apart_by_where_the_cpus_were(self):
        far, near = [[alone(place, n, repeat, line_ns=ns) for place, n in (("one loop", 100), ("two loops", two))] for repeat, two, ns in ((0, 120, [190, 182]), (1, 190, [31, 40]))]
        text = loops.section(Rows(*far, *near, alone("one loop", 100, 2), alone("two loops", 150, 2, line_ns=[40, 190])))
        self.assertIn("| near | 31 to 40 | 100 | – | 190 | – | **1.90** |", text)
        self.assertIn("| moved | 40 to 190 | 100 | – | 150 | – | **1.50** |", text)
        self.assertIn("| far | 182 to 190 | 100 | – | 120 | – | **1.20** |", text)

    def test_rounds_with_sockets_stand_apart_by_where_the_cpus_were(self):
        of = lambda tool, n, rates: {"tool": tool, "loops": n, "rate": rates, "cost": [7, 7, 7], "whole": [9, 9, 9]}  # noqa: E731
        clients = [of(tool, n, rates) for tool in ("wrk", "vikhry") for n, rates in ((1, [100, 100, 100]), (2, [190, 192, 140]))]
        text = loops.section(Rows({"what": "loops", "figure": loops.EACH, "users": 100, "repeat": 0, "line_ns": [30, 35, 185], "clients": clients}))
        self.assertIn("| **vikhry** | 100 | near | 30 to 35 | 100 | 191 |", text)
        self.assertIn("| 1.91 | 1.90 to 1.92 | 2 | 1 |", text)
        self.assertIn("| **vikhry** | 100 | far | 185 to 185 | 100 | 140 |", text)

    def test_what_other_options_are_worth_to_two_loops_stands_in_a_table_of_its_own(self):
        place = "two loops, virtual threads in one set"
        text = loops.section(Rows(alone("one loop", 100), alone("two loops", 190, line_ns=[30, 30]), alone(place, 120, line_ns=[30, 30]), alone(place, 95, 1, line_ns=[190, 190]), alone("one loop", 100, 1)))
        self.assertIn("its socket | 1.90 near | 1.20 near, 0.95 far |", text)


if __name__ == "__main__":
    unittest.main()
