"""Truth: what a tool reports of a server that freezes, beside what users who never stop asking would have seen.

The yardstick knows nothing of the tools: requests come at a constant rate, or one that rises at first; one that comes while the server is frozen is answered
at the end of the freeze, behind those that came before it; any other at once."""

import math
import time

from .paths import shown
from .process import Tree
from .target import Slow
from .tool import Load, percentile

CASES = (
    # tool, kind of load, users (or connections) for each 1,000 requests/s
    ("vikhry", "open", 100),
    ("vikhry", "paced", 100),
    ("wrk", "loop", 50),
    ("h2load", "paced", 50),
    ("hey", "paced", 50),
    ("autocannon", "paced", 50),
    ("hyperfoil", "open", 1500),
    ("gatling", "open", 100),
    ("gatling", "paced", 100),
    ("jmeter", "open", 100),
    ("jmeter", "paced", 100),
    ("artillery", "open", 100),
    ("locust", "paced", 100),
)
# Seconds over which a tool lets its users begin, so that they do not all ask in the same instant: the load rises meanwhile.
START_SPREAD = {("vikhry", "paced"): 1}
QUANTILES = (("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9), ("max", 100))


def quantiles(nanos):
    ordered = sorted(nanos)
    return {k: round(percentile(ordered, q) / 1e6, 3) for k, q in QUANTILES} if ordered else {}


def frozen_until(t, freeze):
    """The end of the frozen time in which t lies, or t; ns since the first request."""
    first, every, length = (int(freeze[k] * 1e9) for k in ("first", "every", "for"))
    since = t - first
    return t - since % every + length if since >= 0 and since % every < length else t


def due_times(rate, seconds, spread=0):
    """When requests are due, ns since the first: at a constant rate, that is reached evenly over the first `spread` seconds."""
    rising = rate * spread / 2
    for i in range(round(rate * seconds - rising)):
        yield int(1e9 * (math.sqrt(2 * i * spread / rate) if i < rising else spread / 2 + i / rate))


def ideal(rate, seconds, freeze, service, spread=0):
    """Latencies in ns of requests at their due times, served one by one in `service` ns each."""
    latencies, free = [], 0
    for due in due_times(rate, seconds, spread):
        free = max(frozen_until(due, freeze), free) + service
        latencies.append(free - due)
    return latencies


def judge(log, rate, seconds, freeze, spread=0):
    """What the server's log says of a run."""
    if not log:
        return {}
    start = log[0][0]
    served = sorted(answered - arrived for arrived, answered in log if answered)
    service = percentile(served, 5) or 0
    due = list(due_times(rate, seconds, spread))
    return {
        "truth": quantiles(ideal(rate, seconds, freeze, service, spread)),
        "answered": quantiles(served),
        "sent": len(log),
        "due": len(due),
        "sent_frozen": sum(frozen_until(a - start, freeze) != a - start for a, _ in log),
        "due_frozen": sum(frozen_until(t, freeze) != t for t in due),
    }


def measure(tools, options, results):
    wanted = {t.name: t for t in tools}
    setting = {"rate": options.rate, "seconds": options.truth_seconds, "freeze": options.freeze}
    for name, kind, per_thousand in CASES:
        if name in wanted:
            users = max(1, round(per_thousand * options.rate / 1000))
            for repeat in range(options.truth_repeats):
                key = {"tool": name, "kind": kind, "users": users, "repeat": repeat, **setting}
                results.attempt("truth", key, lambda: one(wanted[name], key, options, results))


def one(tool, key, options, results):
    results.add_strangers()
    out = results.out("truth", tool.name, key["kind"], key["repeat"])
    with Slow({options.server_cpu}, options.freeze) as server:
        load = Load(key["kind"], key["users"], options.truth_seconds, server.url, out, options.rate)
        command = tool.command(load)
        if command is None:
            raise RuntimeError("it has no such kind of load yet")
        with Tree(command.argv, out / "log", {options.client_cpu}, command.env) as tree:
            limit = time.monotonic() + options.truth_seconds + 60
            while tree.running() and time.monotonic() < limit:
                time.sleep(0.1)
            ended = not tree.running()
            if not ended:
                tree.end(patience=5)
        spread = START_SPREAD.get((tool.name, key["kind"]), 0)
        judged = judge(server.log(), options.rate, options.truth_seconds, options.freeze, spread)
    try:
        reported = tool.reported(load, (out / "log").read_text(errors="replace"))
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise RuntimeError(f"its report cannot be read: {e!r}: {tree.last_words()}") from e
    if not judged or not reported:
        raise RuntimeError(f"no result: {tree.last_words()}")
    results.add("truth", **key, reported=reported, ended=ended, **judged, command=shown(command.argv, command.env), note=command.note)
    return f"reported {reported}, true {judged['truth']}"
