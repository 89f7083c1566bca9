"""Price: CPU seconds of the client for a million requests, as a ratio to wrk.

A pair (wrk, tool) is measured at a time, each with a fast server of its own: both are started and warmed, then only one runs at
a time, the other being stopped with all its processes, in slices of half a second, in alternating order. Both so see the same
machine, and a ratio is taken within each round; a slice during which somebody else used the CPU spoils that round and no more.
Requests are counted at the server."""

import statistics
import time

from .paths import shown
from .process import Tree
from .target import TARGETS
from .tool import Load

REFERENCE = "wrk"
LONG = 3600
"""Seconds asked of a tool that is ended when its slices are over."""


class Client:
    def __init__(self, tool, users, options, results, repeat):
        self.server = TARGETS[options.target]({options.server_cpu})
        try:
            out = results.out("price", tool.name, users, repeat)
            self.command = tool.command(Load("loop", users, LONG, self.server.url, out))
            self.tree = Tree(self.command.argv, out / "log", {options.client_cpu}, self.command.env)
        except Exception:
            self.server.tree.end()
            raise
        self.cost, self.rate, self.busy, self.server_busy = [], [], [], []

    def warm(self, seconds, patience=40):
        limit = time.monotonic() + patience
        while not self.server.requests():
            if not self.tree.running() or time.monotonic() > limit:
                raise RuntimeError(f"no request came: {self.tree.last_words()}")
            time.sleep(0.05)
        # Compilers work for their CPU, not for the clock: on a busy machine warming up takes longer.
        began, before = time.monotonic(), self.tree.cpu_seconds()
        while (spent := time.monotonic() - began) < seconds or (spent < 4 * seconds and self.tree.cpu_seconds() - before < 0.7 * seconds):
            time.sleep(0.2)
        self.tree.freeze()

    def slice(self, seconds, settle=0.15):
        self.tree.go_on()
        time.sleep(settle)
        pids = self.tree.pids()
        c0, s0, n0, t0 = self.tree.cpu_seconds(pids), self.server.cpu_seconds(), self.server.requests(), time.monotonic()
        time.sleep(seconds)
        c1, s1, n1, t1 = self.tree.cpu_seconds(pids), self.server.cpu_seconds(), self.server.requests(), time.monotonic()
        self.tree.freeze()
        if n1 == n0:
            raise RuntimeError(f"it makes no progress: {self.tree.last_words()}")
        self.cost.append((c1 - c0) / (n1 - n0) * 1e6)
        self.rate.append((n1 - n0) / (t1 - t0))
        self.busy.append((c1 - c0) / (t1 - t0))
        self.server_busy.append((s1 - s0) / (t1 - t0))

    def end(self):
        try:
            self.tree.end()
        finally:
            self.server.__exit__()


def pair(reference, tool, users, options, results, repeat):
    results.add_strangers()
    clients = []
    try:
        for each in (reference, tool):
            client = Client(each, users, options, results, repeat)
            clients.append(client)
            client.warm(min(options.warm or each.warm, each.warm))
        for r in range(options.rounds):
            for client in clients if r % 2 == 0 else clients[::-1]:
                client.slice(options.slice)
    finally:
        for client in clients:
            client.end()
    return clients


def measure(tools, options, results):
    for users in options.price_users:
        for tool in tools:
            for repeat in range(options.repeats):
                key = {"tool": tool.name, "users": users, "repeat": repeat, "target": options.target}
                probe = tool.command(Load("loop", users, LONG, "http://127.0.0.1:1/", results.folder))
                if probe is None:
                    break
                if tool.name == REFERENCE:
                    break  # it is in each pair
                try:
                    base, client = pair(options.reference, tool, users, options, results, repeat)
                except RuntimeError as e:
                    results.add("price", **key, error=str(e))
                    print(f"price {tool.name} {users}: {e}", flush=True)
                    continue
                ratios = [c / b for c, b in zip(client.cost, base.cost)]
                for each, values in ((base, [1.0]), (client, ratios)):
                    results.add(
                        "price",
                        **{**key, "tool": REFERENCE if each is base else tool.name},
                        ratios=[round(x, 4) for x in values],
                        cost=[round(x, 3) for x in each.cost],
                        rate=[round(x) for x in each.rate],
                        busy=round(statistics.median(each.busy), 3),
                        server_busy=round(statistics.median(each.server_busy), 3),
                        command=shown(each.command.argv),
                        note=each.command.note,
                    )
                print(
                    f"price {tool.name} {users} users: {statistics.median(ratios):.3f} x {REFERENCE},"
                    f" {statistics.median(client.cost):.2f} CPU-s per million, {statistics.median(client.rate):,.0f}/s",
                    flush=True,
                )
