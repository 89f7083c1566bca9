"""Price: CPU seconds of the client for a million requests, as a ratio to another tool's.

A pair (wrk and a tool, as a rule) is measured at a time, each with a server of its own: both are started and warmed, then only
one runs at a time, the other being stopped with all its processes, in slices of half a second, in alternating order. Both so see
the same machine, and a ratio is taken within each round; a slice during which somebody else used the CPU spoils that round and no
more. Requests are counted at the server.

Where there is a compiler, rounds that do not count come first, until a request costs no less than before: to be stopped and to go on
is new to a program too, and what a JVM then throws away it compiles again.

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
WINDOW = 3
"""Rounds that are compared with as many before them."""
SETTLED = 0.97
"""Settled is what costs at least so much of what it did the rounds before."""


class Client:
    """A tool under load, with a server of its own, on CPUs of its own."""

    def __init__(self, tool, users, protocol, server, cpus, out):
        self.tool = tool
        self.server = server
        try:
            self.command = tool.command(Load("loop", users, LONG, server.url, out, protocol=protocol))
            self.tree = Tree(self.command.argv, out / "log", cpus, self.command.env)
        except Exception:
            server.__exit__()
            raise
        self.warmed = 0
        self.forget()

    def forget(self):
        """What was measured so far does not count."""
        self.cost, self.rate, self.busy, self.server_busy, self.whole = [], [], [], [], []

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
        self.warmed += time.monotonic() - began

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
        self.whole.append((c1 - c0 + s1 - s0) / (n1 - n0) * 1e6)
        self.rate.append((n1 - n0) / (t1 - t0))
        self.busy.append((c1 - c0) / (t1 - t0))
        self.server_busy.append((s1 - s0) / (t1 - t0))

    def figures(self):
        """What a row of the results says of it."""
        return {
            "cost": [round(x, 3) for x in self.cost],
            "whole": [round(x, 3) for x in self.whole],
            "rate": [round(x) for x in self.rate],
            "busy": round(statistics.median(self.busy), 3),
            "server_busy": round(statistics.median(self.server_busy), 3),
            "warm_seconds": round(self.warmed, 1),
            "command": shown(self.command.argv, self.command.env),
            "note": self.command.note,
        }

    def end(self):
        try:
            self.tree.end()
        finally:
            self.server.__exit__()


def settled(cost):
    """Whether a request costs about what it did a few slices ago, or more: what still compiles gets cheaper."""
    if len(cost) < 2 * WINDOW:
        return False
    return sum(cost[-WINDOW:]) >= SETTLED * sum(cost[-2 * WINDOW : -WINDOW])


def play(clients, rounds, options):
    """Rounds of slices, one client after another, each second round the other way round."""
    for r in range(rounds):
        for client in clients if r % 2 == 0 else clients[::-1]:
            client.slice(options.slice)


def rehearse(clients, options):
    """Rounds that do not count: for what compiles, until it has settled."""
    compiling = [c for c in clients if c.tool.compiles]
    # Each is to be stopped meanwhile: two that compile have each other for that.
    playing = compiling if len(compiling) > 1 else clients
    limit = time.monotonic() + options.settle
    while compiling and time.monotonic() < limit and not all(settled(c.cost) for c in compiling):
        play(playing, 2, options)
    for client in compiling:
        client.warmed += len(client.cost) * options.slice
    for client in clients:
        client.forget()


def side_by_side(begin, rounds, options):
    """Clients side by side, ended when they are measured. Each of `begin` starts one."""
    clients = []
    try:
        for start in begin:
            client = start()
            clients.append(client)
            client.warm(min(options.warm or client.tool.warm, client.tool.warm))
        rehearse(clients, options)
        play(clients, rounds, options)
    finally:
        for client in clients:
            client.end()
    return clients


def pair(what, tools, users, protocol, options, results, repeat, rounds):
    """Measures two tools side by side and adds what was found, the second's cost divided by the first's among it."""
    results.add_strangers()

    def starting(tool):
        target = TARGETS[options.target] if protocol == "h1" else PROTOCOLS[protocol]
        out = results.out(what, tools[1].name, protocol, users, repeat, tool.name)
        return lambda: Client(tool, users, protocol, target({options.server_cpu}), {options.client_cpu}, out)

    base, other = side_by_side([starting(t) for t in tools], rounds, options)
    ratios = [c / b for c, b in zip(other.cost, base.cost)]
    # The one measured comes last: what is in the results counts as done, with its reference.
    for each, values in ((base, [1.0]), (other, ratios)):
        key = {"tool": each.tool.name, "users": users, "repeat": repeat, "protocol": protocol}
        target = options.target if protocol == "h1" else "nginx"
        results.add(what, **key, target=target, against=base.tool.name, ratios=[round(x, 4) for x in values], **each.figures())
    return (
        f"{statistics.median(ratios):.3f} x {base.tool.name},"
        f" {statistics.median(other.cost):.2f} CPU-s per million, {statistics.median(other.rate):,.0f}/s, warm after {other.warmed:.0f} s"
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
        for users in options.price_users if variant.every_size else options.inside_users:
            for repeat in range(options.repeats):
                key = {"tool": variant.name, "users": users, "repeat": repeat, "protocol": "h1"}
                both = options.all_tools[REFERENCE], variant
                results.attempt("inside", key, lambda: pair("inside", both, users, "h1", options, results, repeat, options.rounds))
