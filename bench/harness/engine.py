"""The engine by itself: arrivals, wake-ups and parked users on one loop, who is late at half load, and what a blocking call costs."""

import re
import subprocess

from .jmh import classpath
from .paths import jdk
from .process import Tree

FIGURES = (
    ("EngineFigures", "start", 1_000_000),
    ("EngineFigures", "arrivals", 100_000),
    ("EngineFigures", "arrivals", 500_000),
    ("EngineFigures", "timers", 100_000),
    ("EngineFigures", "memory", 100_000),
    ("Punctuality", "every", 10_000),
    ("Punctuality", "pause", 10_000),
    ("Punctuality", "arrivals", 10_000),
)
CLASSES = {"EngineFigures": "io.vikhry.runtime.engine.EngineFigures", "Punctuality": "io.vikhry.runtime.vu.Punctuality"}
BLOCKING = "io.vikhry.runtime.engine.BlockingPrice"
OPEN = ("--add-opens=java.base/java.lang=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED")
FLAGS = ("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders")


def measure(tools, options, results):
    path = classpath()
    for program, what, number in FIGURES:
        key = {"program": program, "figure": what, "number": number}
        results.attempt("engine", key, lambda: figure(path, key, options, results))
    results.attempt("blocking", {}, lambda: blocking(path, options, results))


def figure(path, key, options, results):
    # A stall or two make the p99 of a round of four seconds: five rounds count, even in a short run.
    timed = key["program"] == "Punctuality"
    rounds = 1 if options.quick else 6 if timed else 2 if options.short else 4
    # What counts by the core has one; what is timed has another for the JVM's compilers.
    alone = key["program"] == "EngineFigures" and key["figure"] != "timers"
    cpus = {options.client_cpu} if alone else {options.client_cpu, options.server_cpu}
    said = run(path, CLASSES[key["program"]], [key["figure"], key["number"], rounds], cpus, results)
    all_rounds = [line for line in said if line.startswith(key["figure"])]
    # The rounds before warmed it up: of the others the median, by p99 where there is one.
    rounds = all_rounds[1:] or all_rounds
    late = [micros(line, "p99") for line in rounds]
    line = sorted(zip(late, rounds))[len(rounds) // 2][1] if None not in late else rounds[-1]
    results.add("engine", **key, line=line.split(";")[0], p99_us=late)
    return line


def blocking(path, options, results):
    # The database and the pool that offload uses have a CPU of their own, as they would have elsewhere.
    seconds = 1 if options.quick else 3
    said = run(path, BLOCKING, [seconds], {options.client_cpu, options.server_cpu}, results)
    for call, each, rest in (m.groups() for line in said if (m := re.match(r"blocking: (.*): \d+ calls, ([\d.]+) ms each, (.*)", line))):
        results.add("blocking", call=call, each_ms=float(each), p50_us=micros(rest, "p50"), p99_us=micros(rest, "p99"), max_us=micros(rest, "max"))
    return f"{len(said)} lines"


def micros(line, name):
    m = re.search(rf"\b{re.escape(name)} (\d+) us", line)
    return int(m[1]) if m else None


def run(path, program, words, cpus, results):
    log = results.out("engine", program.rsplit(".", 1)[-1], *words) / "log"
    with started(path, program, words, cpus, 1, log) as tree:
        return lines(tree, program)


def started(path, program, words, cpus, loops, log, flags=FLAGS):
    return Tree([jdk() / "bin" / "java", f"-Dvikhry.loops={loops}", *OPEN, *flags, "-cp", path, program, *words], log, cpus)


def lines(tree, program):
    """What a program printed, when it has ended."""
    try:
        code = tree.root.wait(120)
    except subprocess.TimeoutExpired:
        code = -1
    if code:
        raise RuntimeError(f"{program} failed: {tree.last_words()}")
    return tree.log.read_text().splitlines()
