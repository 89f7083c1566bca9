"""What two loops on two CPUs do beside one loop on one.

Without sockets, the engine by itself; two processes with a loop each say what the machine gives to what shares nothing. With
sockets, on a machine whose CPUs the server needs too: with a server on each CPU, so that client and server have twice of
everything; and with one server on one of the two CPUs. `wrk` with one thread and with two stands in the same places."""

import re
import statistics

from .engine import lines, started
from .jmh import classpath
from .price import REFERENCE, Client, side_by_side
from .tables import bold, flat, grouped, measured, median, spread, table
from .target import Fast, OnEach

# What, the program, its words; each line it prints ends in so many a second.
FIGURES = {
    "steps": ("io.vikhry.runtime.vu.StepRate", ["100"]),
    "handoff": ("io.vikhry.runtime.engine.EngineFigures", ["handoff", "100"]),
    "start": ("io.vikhry.runtime.engine.EngineFigures", ["start", "3000000"]),
}
PLACES = ("one loop", "two processes", "two loops")
# As the launcher sets it on two CPUs.
HEAP = ("-Xms96m", "-Xmn48m", "-XX:SurvivorRatio=2", "-XX:TargetSurvivorRatio=90", "-XX:+UseTransparentHugePages", "-XX:+UseCondCardMark")
LAUNCHER = (*HEAP, "-XX:GCCardSizeInBytes=128", "-Djdk.trackAllThreads=false")
# What two loops do without one of the launcher's settings: what that is worth.
WITHOUT = {
    "two loops, cards always marked": "-XX:-UseCondCardMark",
    "two loops, cards of 512 bytes": "-XX:GCCardSizeInBytes=512",
    "two loops, virtual threads in one set": "-Djdk.trackAllThreads=true",
}
USERS = (100, 1000)
EACH, SHARED = "a server on each CPU", "one server"


def measure(tools, options, results):
    path = classpath()
    for repeat in range(options.loops_repeats):
        for figure in FIGURES:
            for place in (*PLACES, *WITHOUT):
                key = {"figure": figure, "place": place, "repeat": repeat}
                results.attempt("loops", key, lambda: alone(path, key, options, results))
    vikhry = next((t for t in tools if t.name == "vikhry"), None)
    if vikhry is None:
        return
    wrk = options.all_tools[REFERENCE]
    for figure in (EACH, SHARED):
        for users in USERS:
            for repeat in range(options.loops_repeats):
                key = {"figure": figure, "users": users, "repeat": repeat}
                results.attempt("loops", key, lambda: beside(vikhry, wrk, key, options, results))


def alone(path, key, options, results):
    program, words = FIGURES[key["figure"]]
    rounds = 2 if options.quick else 6 if key["figure"] != "steps" else 4
    first, second = {options.client_cpu}, {options.server_cpu}
    shapes = {"one loop": [(1, first)], "two processes": [(1, first), (1, second)]}.get(key["place"], [(2, first | second)])
    flags = [*LAUNCHER, *([WITHOUT[key["place"]]] if key["place"] in WITHOUT else [])]
    out = results.out("loops", key["figure"], key["place"], key["repeat"])
    trees = []
    try:
        for number, (loops, cpus) in enumerate(shapes):
            trees.append(started(path, program, [*words, rounds], cpus, loops, out / f"log{number}", flags))
        found = [rate(lines(tree, program)) for tree in trees]
    finally:
        for tree in trees:
            tree.end()
    results.add("loops", **key, per_second=round(sum(found)))
    return f"{sum(found):,.0f} a second"


def rate(said):
    """The median of the later half of the rounds, when all is compiled."""
    rounds = [float(m[1]) for line in said if (m := re.search(r"([\d.]+) a second$", line))]
    if not rounds:
        raise RuntimeError("it printed no rate")
    return statistics.median(rounds[len(rounds) // 2 :])


def beside(vikhry, wrk, key, options, results):
    """vikhry and wrk with one loop and with two, all four slice by slice beside one another."""
    results.add_strangers()
    both = {options.client_cpu, options.server_cpu}

    def starting(tool, loops):
        each = key["figure"] == EACH
        cpus = {options.client_cpu} if each and loops == 1 else both
        out = results.out("loops", key["figure"].replace(" ", "-"), key["users"], key["repeat"], tool.name, loops)
        return lambda: Client(tool.loops(loops), key["users"], "h1", OnEach(cpus) if each else Fast({options.server_cpu}), cpus, out)

    shapes = [(tool, loops) for tool in (wrk, vikhry) for loops in (1, 2)]
    clients = side_by_side([starting(tool, loops) for tool, loops in shapes], options.rounds, options)
    found = [{"tool": tool.name, "loops": loops, **client.figures()} for (tool, loops), client in zip(shapes, clients)]
    results.add("loops", **key, clients=found)
    return ", ".join(f"two {tool} {statistics.median(gains(found, tool, key['figure'])):.2f} x one" for tool in (wrk.name, vikhry.name))


def gains(clients, tool, figure):
    """How much two do of what one does, in each round: by their rates; where they share the server, by what a request costs."""
    one, two = (next(c for c in clients if c["tool"] == tool and c["loops"] == n) for n in (1, 2))
    if figure == EACH:
        return [b / a for a, b in zip(one["rate"], two["rate"])]
    return [2 * a / b for a, b in zip(one["cost"], two["cost"])]


WORDS = {
    "steps": "steps of 100 users a loop: all of a request but its socket",
    "handoff": "wake-ups of 100 users a loop: a user waits, its loop wakes it",
    "start": "users begun, each a new virtual thread",
}


def section(results):
    """The report's section."""
    done = measured(results, "loops")
    if not done:
        return ""
    text = "## Two loops on two CPUs\n\n"
    rows, without = [], []
    for figure, words in WORDS.items():
        of = {p: {r["repeat"]: r["per_second"] for r in done if r["figure"] == figure and r.get("place") == p} for p in (*PLACES, *WITHOUT)}
        one, apart, two = (of[place] for place in PLACES)
        beside_one = lambda place: [of[place][r] / one[r] for r in of[place] if r in one]  # noqa: E731
        if ratios := beside_one(PLACES[2]):
            shape = [f"{median(v.values()):,.0f}" if v else "–" for v in (one, apart, two)]
            ceiling = beside_one(PLACES[1])
            rows.append([words, *shape, f"{median(ceiling):.2f}" if ceiling else "–", f"**{median(ratios):.2f}**", spread(ratios, lambda v: f"{v:.2f}"), str(len(ratios))])
        if any(of[place] for place in WITHOUT):
            without.append([words, *(f"{median(beside_one(place)):.2f}" if beside_one(place) else "–" for place in WITHOUT)])
    if rows:
        text += """Without sockets, a second. Two processes with a loop each, a CPU for each, share nothing: what they do beside one is what the machine gives at that time.

"""
        head = ["what", "one loop, one CPU", "two processes", "two loops, two CPUs", "two processes ÷ one", "two loops ÷ one", "range", "runs each"]
        text += table(head, rows) + "\n"
    if without:
        text += "Two loops ÷ one without one of the launcher's settings, which says what that is worth: `" + "`, `".join(WITHOUT.values()) + "`.\n\n"
        text += table(["what", *WITHOUT], without) + "\n"
    for figure, head, about in (
        (EACH, "× one", "With sockets, and as much of the server: one CPU with a server and a client of one loop or thread on it, then two CPUs, a server on each and the client on both."),
        (SHARED, "2 ÷ cost", "With one server on one of the two CPUs, and the client on both: what a request costs the client tells how much the three crowd one another."),
    ):
        groups = grouped([r for r in done if r["figure"] == figure], "users")
        rows = []
        for (users,), runs in sorted(groups.items()):
            for tool in ("wrk", "vikhry"):
                of = lambda n, k: median(flat([c for r in runs for c in r["clients"] if (c["tool"], c["loops"]) == (tool, n)], k))  # noqa: E731
                ratios = [g for r in runs for g in gains(r["clients"], tool, figure)]
                shape = [f"{of(n, k):,.{digits}f}" for k, digits in (("rate", 0), ("cost", 1), ("whole", 1)) for n in (1, 2)]
                rows.append([bold(tool), f"{users:,}", *shape, f"{median(ratios):.2f}", spread(ratios, lambda v: f"{v:.2f}"), str(len(runs))])
        if rows:
            columns = [f"{k}, {n}" for k in ("requests/s", "client's CPU-s per million", "with the server's") for n in ("one", "two")]
            text += about + "\n\n" + table(["client", "users", *columns, head, "range", "starts"], rows) + "\n"
    return text
