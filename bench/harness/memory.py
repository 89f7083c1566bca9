"""Memory: resident bytes of all the tool's processes while its users are connected and each asks once in 10 s."""

import statistics
import time

from .paths import shown
from .process import Tree
from .target import Fast
from .tool import Load

RAMP = 10
SETTLE = 4


def measure(tools, options, results):
    for users in options.memory_users:
        for tool in tools:
            for repeat in range(options.memory_repeats if tool.name == "vikhry" else options.memory_peer_repeats):
                key = {"tool": tool.name, "users": users, "repeat": repeat}
                results.attempt("memory", key, lambda: one(tool, key, options, results))


def one(tool, key, options, results):
    users = key["users"]
    out = results.out("memory", tool.name, users, key["repeat"])
    if tool.command(Load("idle", users, 1, "http://127.0.0.1:1/", out)) is None:
        return None
    results.add_strangers()
    with Fast({options.server_cpu}) as server:
        command = tool.command(Load("idle", users, RAMP + SETTLE + options.memory_seconds + 20, server.url, out))
        with Tree(command.argv, out / "log", {options.client_cpu}, command.env) as tree:
            limit = time.monotonic() + 60
            while not server.requests() and tree.running() and time.monotonic() < limit:
                time.sleep(0.05)
            end = time.monotonic() + RAMP + SETTLE
            peak = 0
            while time.monotonic() < end and tree.running():
                peak = max(peak, tree.rss_bytes())
                time.sleep(0.25)
            n0, t0, samples = server.requests(), time.monotonic(), []
            while time.monotonic() < t0 + options.memory_seconds and tree.running():
                samples.append((tree.rss_bytes(), max(tree.rss_bytes([pid]) for pid in tree.pids())))
                time.sleep(0.25)
            seconds = time.monotonic() - t0
            rate, connected = (server.requests() - n0) / seconds, server.open_connections()
            if not tree.running() or not samples:
                raise RuntimeError(f"it ended too early: {tree.last_words()}")
            processes = len(tree.pids()) - 1  # reap is ours
    rss, largest = (statistics.median(s[i] for s in samples) / 1e6 for i in (0, 1))
    peak = max([peak / 1e6, *(s[0] / 1e6 for s in samples)])
    results.add(
        "memory",
        **key,
        rss_mb=round(rss, 1),
        largest_mb=round(largest, 1),
        peak_mb=round(peak, 1),
        rate=round(rate, 1),
        connected=connected,
        processes=processes,
        command=shown(command.argv, command.env),
        note=command.note,
    )
    return f"{rss:.0f} MB, {connected} connected, {rate:.1f} of {users / 10:.0f} requests/s"
