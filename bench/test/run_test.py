"""What the command takes for granted. python3 -m unittest discover -s bench/test -p '*_test.py'"""

import sys
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

sys.dont_write_bytecode = True
RUN = Path(__file__).resolve().parent.parent / "run"


def command():
    loader = SourceFileLoader("run", str(RUN))
    module = module_from_spec(spec_from_loader("run", loader))
    loader.exec_module(module)
    return module


class ArgumentsTest(unittest.TestCase):
    def test_a_short_run_has_each_peer_once_at_two_sizes_and_only_all_of_it_ends_in_an_hour(self):
        a = command().arguments(["price", "--short"])
        self.assertEqual((a.peer_users, a.peer_repeats, a.repeats, a.within), ([100, 1000], 1, 3, None))
        self.assertEqual(command().arguments(["all", "--short"]).within, 60)
        self.assertIsNone(command().arguments(["all"]).within)

    def test_what_is_given_by_name_counts_more_than_short_and_quick(self):
        a = command().arguments(["price", "--short", "--peer-users", "1000", "--repeats", "1"])
        self.assertEqual((a.peer_users, a.repeats, a.rounds), ([1000], 1, 4))
        self.assertEqual(command().arguments(["all", "--short", "--within", "5"]).within, 5)
        self.assertEqual(command().arguments(["price", "--quick", "--peer-users", "70"]).peer_users, [70])

    def test_the_jdks_scheduler_can_be_priced_alone(self):
        a = command().arguments(["inside", "--inside-users", "", "--price-users", "10"])
        self.assertEqual((a.inside_users, a.price_users), ([], [10]))

    def test_the_usual_run_has_each_peer_three_times(self):
        a = command().arguments(["price"])
        self.assertEqual((a.peer_users, a.peer_repeats, a.freeze["every"]), ([10, 100, 1000], 3, 10))


if __name__ == "__main__":
    unittest.main()
