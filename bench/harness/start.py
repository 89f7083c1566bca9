"""Start-up: seconds from the command to the first request at the server, with one CPU and with all."""

import os
import time

from .paths import shown
from .process import Tree
from .target import Fast
from .tool import Load


def measure(tools, options, results):
    everything = set(range(os.cpu_count()))
    for tool in tools:
        for cpus in ({options.client_cpu}, everything):
            for repeat in range(options.start_repeats):
                one(tool, cpus, options, results, repeat)


def one(tool, cpus, options, results, repeat):
    results.add_strangers()
    out = results.out("start", tool.name, len(cpus), repeat)
    with Fast({options.server_cpu}) as server:
        command = tool.command(Load("loop", 1, 30, server.url, out))
        if command is None:
            return
        with Tree(command.argv, out / "log", cpus, command.env) as tree:
            limit = time.monotonic() + 60
            while not (first := server.first_request()) and tree.running() and time.monotonic() < limit:
                time.sleep(0.02)
            key = {"tool": tool.name, "cpus": len(cpus), "repeat": repeat, "command": shown(command.argv)}
            if not first:
                results.add("start", **key, error=f"no request came: {tree.last_words()}")
                print(f"start {tool.name}: no request came: {tree.last_words()}", flush=True)
                return
            seconds = first - tree.started
    results.add("start", **key, seconds=round(seconds, 3))
    print(f"start {tool.name}, {len(cpus)} CPU: {seconds:.3f} s", flush=True)
