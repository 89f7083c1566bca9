"""Servers and CPUs of this machine, which need gcc and take their time. python3 -m unittest discover -s bench/test -p '*_it.py'"""

import asyncio
import os
import socket
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.line import nanos  # noqa: E402
from harness.target import Fast, OnEach, Slow  # noqa: E402
from harness.truth import judge, quantiles  # noqa: E402

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


class SlowAndFastTest(unittest.TestCase):
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


class OnEachTest(unittest.TestCase):
    def test_the_kernel_deals_connections_to_a_server_on_each_cpu(self):
        with OnEach(sorted(os.sched_getaffinity(0))[:2]) as servers:
            for _ in range(64):
                with socket.create_connection(("127.0.0.1", servers.port), 5) as s:
                    s.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    s.recv(4096)
            self.assertEqual(servers.requests(), 64)
            self.assertTrue(all(s.requests() for s in servers.servers))


class LineTest(unittest.TestCase):
    def test_a_line_goes_from_one_cpu_to_the_other_in_some_nanoseconds(self):
        self.assertTrue(1 < nanos(sorted(os.sched_getaffinity(0))[:2]) < 100_000)


if __name__ == "__main__":
    unittest.main()
