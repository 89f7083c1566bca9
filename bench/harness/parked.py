"""Parked users: how soon very many users have begun to think, and what memory they take while they do."""

import re
import statistics
import time

from .paths import BENCH, shown
from .process import Tree


def measure(tools, options, results):
    vikhry = next((t for t in tools if t.name == "vikhry"), None)
    if vikhry is None:
        return
    for repeat in range(options.repeats):
        key = {"tool": "vikhry", "users": options.parked_users, "repeat": repeat}
        results.attempt("parked", key, lambda: one(vikhry, key, options, results))


def one(vikhry, key, options, results):
    results.add_strangers()
    users, out = key["users"], results.out("parked", key["users"], key["repeat"])
    words = [vikhry.launcher, "run", "--scenario", BENCH / "scenarios" / "Parked.java", "--users", users, "--duration", "120s"]
    words += ["--param", f"all={users}"]
    with Tree(words, out / "log", {options.client_cpu, options.server_cpu}) as tree:
        limit = time.monotonic() + 90
        while not (m := re.search(r"parked: \d+ users, ([\d.]+) s", (out / "log").read_text(errors="replace"))):
            if not tree.running() or time.monotonic() > limit:
                raise RuntimeError(f"the users did not all begin: {tree.last_words()}")
            time.sleep(0.05)
        whole = time.monotonic() - tree.started
        samples = []
        for _ in range(12):
            time.sleep(0.25)
            samples.append((tree.rss_bytes(), max(tree.rss_bytes([pid]) for pid in tree.pids())))
    rss, process = (statistics.median(s[i] for s in samples) / 1e6 for i in (0, 1))
    results.add(
        "parked", **key, rss_mb=round(rss, 1), process_mb=round(process, 1), begun_seconds=float(m[1]), whole_seconds=round(whole, 2), command=shown(words)
    )
    return f"{process:.0f} MB in the process, {rss:.0f} MB with Redis, all begun after {m[1]} s, {whole:.1f} s after the command"
