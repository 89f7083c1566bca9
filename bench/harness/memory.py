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
            for repeat in range(options.memory_repeats):
                one(tool, users, options, results, repeat)


def one(tool, users, options, results, repeat):
    results.add_strangers()
    out = results.out("memory", tool.name, users, repeat)
    with Fast({options.server_cpu}) as server:
        load = Load("idle", users, RAMP + SETTLE + options.memory_seconds + 20, server.url, out)
        command = tool.command(load)
        if command is None:
            return
        key = {"tool": tool.name, "users": users, "repeat": repeat, "command": shown(command.argv), "note": command.note}
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
                samples.append(tree.rss_bytes())
                time.sleep(0.25)
            seconds = time.monotonic() - t0
            rate, connected = (server.requests() - n0) / seconds, server.open_connections()
            if not tree.running() or not samples:
                results.add("memory", **key, error=f"it ended too early: {tree.last_words()}")
                print(f"memory {tool.name} {users}: ended too early: {tree.last_words()}", flush=True)
                return
            processes = len(tree.pids())
    rss, peak = statistics.median(samples) / 1e6, max([peak, *samples]) / 1e6
    results.add("memory", **key, rss_mb=round(rss, 1), peak_mb=round(peak, 1), rate=round(rate, 1), connected=connected, processes=processes)
    print(f"memory {tool.name} {users} users: {rss:.0f} MB, {connected} connected, {rate:.1f} of {users / 10:.0f} requests/s", flush=True)
