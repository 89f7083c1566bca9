"""Allocation: bytes of heap that vikhry allocates for a request, by the collector's own log between two collections."""

import re
import time

from .paths import shown
from .process import Tree
from .target import Fast
from .tool import Load

USERS = 100
WARM = 8


def measure(tools, options, results):
    vikhry = next((t for t in tools if t.name == "vikhry"), None)
    if vikhry is None:
        return
    for what, tool in (("body kept", vikhry), ("body discarded", next(v for v in vikhry.variants() if v.scenario == "Discard"))):
        for repeat in range(options.repeats):
            key = {"tool": "vikhry", "scenario": what, "repeat": repeat}
            results.attempt("allocation", key, lambda: one(tool, key, options, results))


def young(log):
    """(ms since 1970, KiB before, KiB after) of each collection of the young generation."""
    line = re.compile(r"^\[(\d+)ms\].*DefNew: (\d+)K\(\d+K\)->(\d+)K", re.M)
    return [tuple(map(int, m)) for m in line.findall(log)]


def per_request(collections, counts):
    """Bytes a request between the first and the last collection in the time of `counts`, which are (ms, requests so far)."""
    within = [c for c in collections if counts[0][0] <= c[0] <= counts[-1][0]]
    if len(within) < 3:
        raise RuntimeError(f"only {len(within)} collections: too few to tell")
    allocated = sum(now[1] - before[2] for before, now in zip(within, within[1:])) * 1024

    def requests(at):
        for (t0, n0), (t1, n1) in zip(counts, counts[1:]):
            if t0 <= at <= t1:
                return n0 + (n1 - n0) * (at - t0) / max(1, t1 - t0)
        raise RuntimeError("the requests were not counted at that time")

    return allocated / (requests(within[-1][0]) - requests(within[0][0]))


def one(tool, key, options, results):
    results.add_strangers()
    out = results.out("allocation", key["scenario"].replace(" ", "-"), key["repeat"])
    with Fast({options.server_cpu}) as server:
        command = tool.command(Load("loop", USERS, 3600, server.url, out))
        log = out / "gc.log"
        flags = f"-XX:+UseSerialGC -Xmn8m -Xlog:gc+heap=info:file={log}:tm"
        environment = {**command.env, "VIKHRY_JAVA_OPTS": f"{command.env.get('VIKHRY_JAVA_OPTS', '')} {flags}".strip()}
        with Tree(command.argv, out / "log", {options.client_cpu}, environment) as tree:
            limit = time.monotonic() + 60
            while not server.requests():
                if not tree.running() or time.monotonic() > limit:
                    raise RuntimeError(f"no request came: {tree.last_words()}")
                time.sleep(0.05)
            time.sleep(min(options.warm or WARM, WARM))
            counts, end = [], time.monotonic() + options.allocation_seconds
            while time.monotonic() < end and tree.running():
                counts.append((time.time_ns() // 1_000_000, server.requests()))
                time.sleep(0.02)
        found = per_request(young(log.read_text()), counts)
    results.add("allocation", **key, bytes=round(found, 1), command=shown(command.argv, environment))
    return f"{found:.0f} B a request"
