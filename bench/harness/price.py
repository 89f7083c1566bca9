"""Price: CPU seconds of the client for a million requests, as a ratio to another tool's.

A pair (wrk and a tool, as a rule) is measured at a time, each with a server of its own: both are started and warmed, then only
one runs at a time, the other being stopped with all its processes, in slices of half a second, in alternating order. Both so see
the same machine, and a ratio is taken within each round; a slice during which somebody else used the CPU spoils that round and no
more. Requests are counted at the server.

`price` sets the tools beside wrk, `protocols` vikhry beside h2load over TLS and HTTP/2, `inside` the ways in which vikhry itself
can run beside wrk."""

import statistics
import time

from .paths import shown
from .process import Tree
from .target import PROTOCOLS, TARGETS
from .tool import Load

REFERENCE = "wrk"
LONG = 3600
"""Seconds asked of a tool that is ended when its slices are over."""


class Client:
    def __init__(self, tool, users, protocol, options, out):
        self.tool = tool
        target = TARGETS[options.target] if protocol == "h1" else PROTOCOLS[protocol]
        self.server = target({options.server_cpu})
        try:
            self.command = tool.command(Load("loop", users, LONG, self.server.url, out, protocol=protocol))
            cpus = {options.client_cpu, options.server_cpu} if tool.wide else {options.client_cpu}
            self.tree = Tree(self.command.argv, out / "log", cpus, self.command.env)
        except Exception:
            self.server.tree.end()
            raise
        self.cost, self.rate, self.busy, self.server_busy = [], [], [], []

    def warm(self, seconds, patience=60):
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


def pair(what, tools, users, protocol, options, results, repeat, rounds):
    """Measures two tools side by side and adds what was found, the second's cost divided by the first's among it."""
    results.add_strangers()
    clients = []
    try:
        for tool in tools:
            client = Client(tool, users, protocol, options, results.out(what, tools[1].name, protocol, users, repeat, tool.name))
            clients.append(client)
            client.warm(min(options.warm or tool.warm, tool.warm))
        for r in range(rounds):
            for client in clients if r % 2 == 0 else clients[::-1]:
                client.slice(options.slice)
    finally:
        for client in clients:
            client.end()
    base, other = clients
    ratios = [c / b for c, b in zip(other.cost, base.cost)]
    # The one measured comes last: what is in the results counts as done, with its reference.
    for each, values in ((base, [1.0]), (other, ratios)):
        results.add(
            what,
            tool=each.tool.name,
            users=users,
            repeat=repeat,
            protocol=protocol,
            target=options.target if protocol == "h1" else "nginx",
            against=base.tool.name,
            ratios=[round(x, 4) for x in values],
            cost=[round(x, 3) for x in each.cost],
            rate=[round(x) for x in each.rate],
            busy=round(statistics.median(each.busy), 3),
            server_busy=round(statistics.median(each.server_busy), 3),
            command=shown(each.command.argv, each.command.env),
            note=each.command.note,
        )
    return (
        f"{statistics.median(ratios):.3f} x {base.tool.name},"
        f" {statistics.median(other.cost):.2f} CPU-s per million, {statistics.median(other.rate):,.0f}/s"
    )


def measure(tools, options, results):
    reference = options.all_tools[REFERENCE]
    for users in options.price_users:
        for tool in tools:
            own = tool.name == "vikhry"
            if tool.name == REFERENCE or (not own and users not in options.peer_users):
                continue  # the reference is in each pair
            if tool.command(Load("loop", users, LONG, "http://127.0.0.1:1/", results.folder)) is None:
                continue
            for repeat in range(options.repeats if own else options.peer_repeats):
                key = {"tool": tool.name, "users": users, "repeat": repeat, "protocol": "h1"}
                rounds = options.rounds if own or options.peer_repeats > 1 else options.rounds + 2
                results.attempt("price", key, lambda: pair("price", (reference, tool), users, "h1", options, results, repeat, rounds))


def protocols(tools, options, results):
    wanted = {t.name: t for t in tools}
    if "vikhry" not in wanted or "h2load" not in wanted:
        results.say("protocols: vikhry and h2load are needed")
        return
    for users in options.protocol_users:
        for protocol in PROTOCOLS:
            for repeat in range(options.repeats):
                key = {"tool": "vikhry", "users": users, "repeat": repeat, "protocol": protocol}
                both = wanted["h2load"], wanted["vikhry"]
                results.attempt("protocols", key, lambda: pair("protocols", both, users, protocol, options, results, repeat, options.rounds))


def inside(tools, options, results):
    vikhry = next((t for t in tools if t.name == "vikhry"), None)
    if vikhry is None:
        return
    for variant in vikhry.variants():
        for repeat in range(options.repeats):
            key = {"tool": variant.name, "users": 100, "repeat": repeat, "protocol": "h1"}
            both = options.all_tools[REFERENCE], variant
            results.attempt("inside", key, lambda: pair("inside", both, 100, "h1", options, results, repeat, options.rounds))
