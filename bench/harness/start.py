"""Start-up: seconds from the command to the first request at the server, with one CPU and with all; vikhry's over TLS too."""

import os
import time

from .paths import shown
from .process import Tree
from .target import PROTOCOLS, Fast
from .tool import Load

SECURE = "vikhry, https"


def measure(tools, options, results):
    widths = {"one": {options.client_cpu}, "all": set(range(os.cpu_count()))}
    for tool in tools:
        for cpus in [w for name, w in widths.items() if options.start_cpus in (name, "both")]:
            for repeat in range(options.start_repeats):
                key = {"tool": tool.name, "cpus": len(cpus), "repeat": repeat}
                results.attempt("start", key, lambda: one(tool, key, "h1", cpus, options, results))
                if tool.name == "vikhry":
                    secure = {**key, "tool": SECURE}
                    results.attempt("start", secure, lambda: one(tool, secure, "h1s", cpus, options, results))


def one(tool, key, protocol, cpus, options, results):
    results.add_strangers()
    out = results.out("start", *key.values())
    with PROTOCOLS.get(protocol, Fast)({options.server_cpu}) as server:
        command = tool.command(Load("loop", 1, 30, server.url, out, protocol=protocol))
        if command is None:
            return None
        with Tree(command.argv, out / "log", cpus, command.env) as tree:
            limit = time.monotonic() + 60
            while not (first := server.first_request()) and tree.running() and time.monotonic() < limit:
                time.sleep(0.02)
            if not first:
                raise RuntimeError(f"no request came: {tree.last_words()}")
            seconds = first - tree.started
    results.add("start", **key, seconds=round(seconds, 3), command=shown(command.argv, command.env))
    return f"{seconds:.3f} s with {len(cpus)} CPU"
