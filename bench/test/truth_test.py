"""The yardstick against a client that really never stops asking. python3 -m unittest discover -s bench/test -p '*_test.py'"""

import asyncio
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.target import Fast, Slow  # noqa: E402
from harness.tool import percentile  # noqa: E402
from harness.truth import due_times, frozen_until, ideal, judge, quantiles  # noqa: E402

FREEZE = {"first": 1, "every": 2, "for": 0.5}
S = 1_000_000_000


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def never_stop(port, rate, seconds):
    """Latencies in ns from the moment each request was due."""
    start = time.monotonic_ns() + S // 10

    async def one(due):
        await asyncio.sleep((due - time.monotonic_ns()) / 1e9)
        await ask(port)
        return time.monotonic_ns() - due

    return await asyncio.gather(*(one(start + int(i * 1e9 / rate)) for i in range(int(rate * seconds))))


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

    def test_a_client_that_never_stops_asking_sees_it(self):
        with Slow(None, FREEZE) as server:
            seen = quantiles(asyncio.run(never_stop(server.port, 100, 4)))
            judged = judge(server.log(), 100, 4, FREEZE)
        self.assertEqual((judged["sent"], judged["due"]), (400, 400))
        for q in ("p50", "p90", "p95", "p99", "max"):
            self.assertAlmostEqual(seen[q], judged["truth"][q], delta=60, msg=q)

    def test_the_fast_server_counts_requests_cut_anywhere(self):
        async def cut(port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            for i in range(1, len(request)):
                for part in (request[:i], request[i:]):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.002)
                await reader.readexactly(length)
            writer.close()
            return len(request) - 1

        with Fast(None) as server:
            asyncio.run(ask(server.port))
            length = len(self.answer(server.port))
            sent = asyncio.run(cut(server.port))
            self.assertEqual(server.requests(), sent + 2)

    def answer(self, port):
        async def read():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(99)
            writer.close()
            return head + body

        return asyncio.run(read())


if __name__ == "__main__":
    unittest.main()
