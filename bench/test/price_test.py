"""When a tool is warm, and what two loops are said to do. python3 -m unittest discover -s bench/test -p '*_test.py'"""

import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.line import where  # noqa: E402
from harness.loops import EACH, SHARED, changed, gains, rate  # noqa: E402
from harness.price import play, rehearse, settled  # noqa: E402
from harness.tool import Load  # noqa: E402
from harness.tools import Wrk  # noqa: E402


class Script:
    """A client whose slices cost what it was told, one after another."""

    def __init__(self, compiles, costs, log):
        self.tool = SimpleNamespace(compiles=compiles)
        self.left, self.log, self.warmed = list(costs), log, 0
        self.forget()

    def slice(self, seconds):
        self.log.append(self)
        self.cost.append(self.left.pop(0) if len(self.left) > 1 else self.left[0])

    def forget(self):
        self.cost = []


OPTIONS = SimpleNamespace(settle=60, slice=0.5)


class PriceTest(unittest.TestCase):
    def test_what_gets_cheaper_has_not_settled(self):
        self.assertFalse(settled([1, 1, 1, 1, 1]))
        self.assertFalse(settled([20, 18, 16, 14, 13, 12]))
        self.assertTrue(settled([9, 20, 14, 11, 11, 10.9, 11, 10.9, 10.8]))

    def test_one_slice_that_was_dear_by_chance_ends_no_warm_up_that_is_not_over(self):
        self.assertFalse(settled([10, 10, 30, 10, 10, 10]))

    def test_slices_before_a_request_has_ceased_to_get_cheaper_do_not_count(self):
        log = []
        wrk, jvm = Script(False, [8], log), Script(True, [40, 30, 25, 20, 15, 12, 10], log)
        rehearse([wrk, jvm], OPTIONS)
        self.assertEqual((wrk.cost, jvm.cost), ([], []))
        self.assertGreaterEqual(jvm.warmed, 5)
        play([wrk, jvm], 3, OPTIONS)
        self.assertEqual(jvm.cost, [10, 10, 10])

    def test_what_does_not_compile_needs_no_rehearsal(self):
        log = []
        rehearse([Script(False, [8, 7, 6, 5], log), Script(False, [8], log)], OPTIONS)
        self.assertEqual(log, [])

    def test_each_second_round_goes_the_other_way_round(self):
        log = []
        a, b = Script(False, [1], log), Script(False, [1], log)
        play([a, b], 3, OPTIONS)
        self.assertEqual(log, [a, b, b, a, a, b])


class ToolTest(unittest.TestCase):
    def test_tools_are_asked_for_whole_seconds(self):
        load = Load("idle", 10, 38.0, "http://127.0.0.1:8000/", Path("/tmp"))
        self.assertEqual(str(load.seconds), "38")
        self.assertIn("-D38", Wrk().command(Load("loop", 10, 37.5, "http://127.0.0.1:8000/", Path("/tmp"))).argv[3].upper())


class LoopsTest(unittest.TestCase):
    def test_two_do_by_their_rates_and_where_they_share_the_server_by_their_cost(self):
        of = lambda loops, rates, cost: {"tool": "wrk", "loops": loops, "rate": rates, "cost": cost}  # noqa: E731
        clients = [of(1, [100, 100], [10, 10]), of(2, [150, 200], [10, 20])]
        self.assertEqual(gains(clients, "wrk", EACH), [1.5, 2])
        self.assertEqual(gains(clients, "wrk", SHARED), [2, 1])

    def test_a_rate_is_the_median_of_the_later_rounds(self):
        self.assertEqual(rate([f"start: 1 ns CPU each, {n} a second" for n in (1, 2, 30, 20, 40)] + ["health"]), 30)
        with self.assertRaises(RuntimeError):
            rate(["nothing"])

    def test_a_jvm_is_never_given_two_collectors(self):
        usual = ["-Xmn48m", "-XX:+UseParallelGC", "-XX:+UseCondCardMark"]
        self.assertEqual(changed(usual, ["-XX:+UseSerialGC"]), ["-Xmn48m", "-XX:+UseCondCardMark", "-XX:+UseSerialGC"])
        self.assertEqual(changed(usual, ["-XX:-UseCondCardMark"]), [*usual, "-XX:-UseCondCardMark"])

    def test_cpus_are_near_or_far_by_all_that_was_asked_and_else_have_moved(self):
        self.assertEqual([where(ns) for ns in ([30, 60], [185, 190], [30, 190], [])], ["near", "far", "moved", ""])

    def test_two_that_compile_rehearse_without_those_that_do_not(self):
        log = []
        one, two, wrk = Script(True, [40, 30, 20, 10, 10, 10], log), Script(True, [10], log), Script(False, [8], log)
        rehearse([wrk, one, two], OPTIONS)
        self.assertNotIn(wrk, log)
        self.assertEqual(one.cost, [])


if __name__ == "__main__":
    unittest.main()
