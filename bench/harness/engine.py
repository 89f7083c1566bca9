"""The engine by itself, on one CPU and one loop: arrivals, wake-ups and parked users, as EngineFigures prints them."""

import subprocess

from .jmh import classpath
from .paths import jdk
from .process import Tree

FIGURES = (("start", 1_000_000), ("arrivals", 100_000), ("arrivals", 250_000), ("arrivals", 500_000), ("timers", 100_000), ("memory", 100_000))
FLAGS = ("--add-opens=java.base/java.lang=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders")


def measure(tools, options, results):
    path = classpath()
    for what, number in FIGURES:
        log = results.out("engine", what, number) / "log"
        argv = [jdk() / "bin" / "java", *FLAGS, "-Dvikhry.loops=1", "-cp", path, "io.vikhry.runtime.engine.EngineFigures", what, number]
        with Tree(argv, log, {options.client_cpu}) as tree:
            try:
                code = tree.root.wait(120)
            except subprocess.TimeoutExpired:
                code = -1
            if code:
                raise SystemExit(f"bench/run: {what} {number} failed: {tree.last_words()}")
        lines = [line for line in log.read_text().splitlines() if line.startswith(what)]
        # The rounds before the last one warmed it up.
        results.add("engine", what=what, number=number, line=lines[-1])
        print(f"engine {lines[-1]}", flush=True)
