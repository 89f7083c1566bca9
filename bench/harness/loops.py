"""What two loops on two CPUs do beside one loop on one.

Without sockets, the engine by itself; two processes with a loop each say what the machine gives to what shares nothing. With
sockets, on a machine whose CPUs the server needs too: with a server on each CPU, so that client and server have twice of
everything; and with one server on one of the two CPUs. `wrk` with one thread and with two stands in the same places.

How far apart the host has put the CPUs decides what two loops can do, and changes within minutes: it is asked before and after
each measurement without sockets, and in each round with them."""

import re
import statistics

from .engine import lines, started
from .jmh import classpath
from .line import NEAR, Line, nanos, where
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
# Two loops with these options in place of the launcher's: what those are worth.
OTHERWISE = {
    "two loops, serial collector, small cards": ("-XX:+UseSerialGC", "-XX:GCCardSizeInBytes=128"),
    "two loops, parallel collector": ("-XX:+UseParallelGC",),
    "two loops, cards always marked": ("-XX:-UseCondCardMark",),
    "two loops, virtual threads in one set": ("-Djdk.trackAllThreads=true",),
}
EACH, SHARED = "a server on each CPU", "one server"


def measure(tools, options, results):
    vikhry, wrk = next((t for t in tools if t.name == "vikhry"), None), options.all_tools[REFERENCE]
    if vikhry is None:
        results.say("loops: vikhry is needed, whose launcher chooses the JVM's options")
        return
    path = classpath()

    def sockets(figure, repeat):
        for users in options.loops_users:
            key = {"figure": figure, "users": users, "repeat": repeat}
            results.attempt("loops", key, lambda: beside(vikhry, wrk, key, options, results))

    # Should the time be up, there is something of each.
    for repeat in range(max(options.loops_repeats, options.loops_starts)):
        for figure in FIGURES if repeat < options.loops_repeats else ():
            for place in places(vikhry, repeat, options):
                key = {"figure": figure, "place": place, "repeat": repeat}
                results.attempt("loops", key, lambda: alone(path, vikhry, key, options, results))
        if repeat < options.loops_starts:
            sockets(EACH, repeat)
    for repeat in range(0 if options.short else options.loops_starts):
        sockets(SHARED, repeat)


def places(vikhry, repeat, options):
    """What is measured in this repeat; in a short run the other options once."""
    if repeat and options.short:
        return PLACES
    usual = vikhry.load_options({options.client_cpu, options.server_cpu})
    return (*PLACES, *(place for place, instead in OTHERWISE.items() if not set(instead) <= set(usual)))


def changed(usual, instead):
    """Options with some instead of the usual ones: the JVM takes the later of two, but refuses two collectors."""
    collector = re.compile(r"-XX:\+Use\w+GC").fullmatch
    kept = [o for o in usual if not collector(o)] if any(map(collector, instead)) else usual
    return [*kept, *instead]


def alone(path, vikhry, key, options, results):
    program, words = FIGURES[key["figure"]]
    steps = key["figure"] == "steps"
    rounds = 2 if options.quick or options.short and steps else 4 if options.short or steps else 6
    first, second = {options.client_cpu}, {options.server_cpu}
    shapes = {"one loop": [(1, first)], "two processes": [(1, first), (1, second)]}.get(key["place"], [(2, first | second)])
    flags = [changed(vikhry.load_options(cpus), OTHERWISE.get(key["place"], ())) for _, cpus in shapes]
    out = results.out("loops", key["figure"], key["place"], key["repeat"])
    trees, before = [], nanos(first | second)
    try:
        for number, (loops, cpus) in enumerate(shapes):
            trees.append(started(path, program, [*words, rounds], cpus, loops, out / f"log{number}", flags[number]))
        found = [rate(lines(tree, program)) for tree in trees]
    finally:
        for tree in trees:
            tree.end()
    asked = [before, nanos(first | second)]
    results.add("loops", **key, per_second=round(sum(found)), line_ns=asked)
    return f"{sum(found):,.0f} a second, a line in {spread(asked, '{:.0f}'.format)} ns"


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

    shapes = [(wrk, 1), (wrk, 2), (vikhry, 2), (vikhry, 1)]
    begin = [starting(tool, loops) for tool, loops in shapes]
    # The line is asked for between the two that use both CPUs.
    played = side_by_side([*begin[:2], lambda: Line(both), *begin[2:]], options.rounds, options)
    clients, line = [*played[:2], *played[3:]], played[2]
    found = [{"tool": tool.name, "loops": loops, **client.figures()} for (tool, loops), client in zip(shapes, clients)]
    results.add("loops", **key, line_ns=line.ns, clients=found)
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
    text = f"""## Two loops on two CPUs

What the host of a virtual machine decides, and changes within minutes, is how far apart the two CPUs are. A line of cache that both write to in turn tells:
"near" where it took less than {NEAR} ns from one to the other each time it was asked for, "far" where more, "moved" where it took both.

"""
    return text + without_sockets(done) + with_sockets(done)


def ratio(values):
    return spread(values, "{:.2f}".format)


def apart(runs):
    """Runs by how far apart the CPUs were, those of which it is known first: near, moved, far."""
    groups = {}
    for run in runs:
        groups.setdefault(where(run.get("line_ns", [])), []).append(run)
    return [(place, groups[place]) for place in ("near", "moved", "far", "") if place in groups]


def line(runs):
    """Two cells: how far apart the CPUs were, and what a line took."""
    asked = flat([r for r in runs if "line_ns" in r], "line_ns")
    return [where(asked) or "–", spread(asked, "{:.0f}".format) if asked else "–"]


def without_sockets(done):
    rows, otherwise = [], []
    tried = {place: " ".join(instead) for place, instead in OTHERWISE.items() if any(r.get("place") == place for r in done)}
    for figure, words in WORDS.items():
        of = {p: {r["repeat"]: r for r in done if r["figure"] == figure and r.get("place") == p} for p in (*PLACES, *OTHERWISE)}
        one, two_processes, _ = (of[place] for place in PLACES)

        def gained(runs, one=one):
            return [r["per_second"] / one[r["repeat"]]["per_second"] for r in runs if r["repeat"] in one]

        def told(place):
            shown = [(near, gained(runs)) for near, runs in apart(of[place].values())]
            return ", ".join(f"{median(g):.2f} {near}".strip() for near, g in shown if g) or "–"

        for _, runs in apart(r for r in of["two loops"].values() if r["repeat"] in one):
            repeats = [r["repeat"] for r in runs]
            beside_them = [[p[n] for n in repeats if n in p] for p in (one, two_processes)]
            shape = [f"{median(r['per_second'] for r in rs):,.0f}" if rs else "–" for rs in (*beside_them, runs)]
            ceiling, found = gained(beside_them[1]), gained(runs)
            rows.append([words, *line(runs), *shape, f"{median(ceiling):.2f}" if ceiling else "–", f"**{median(found):.2f}**", ratio(found), str(len(runs))])
        if any(of[place] for place in tried):
            otherwise.append([words, told("two loops"), *(told(place) for place in tried)])
    text = ""
    if rows:
        text += """Without sockets, a second; the JVM's options are those that the launcher takes on as many CPUs. Two processes with a loop each, a CPU for each,
share nothing: what they do beside one is what the machine gives at that time.

"""
        head = ["what", "CPUs", "ns a line", "one loop, one CPU", "two processes", "two loops, two CPUs", "two processes ÷ one", "two loops ÷ one", "range", "runs each"]
        text += table(head, rows) + "\n"
    if otherwise:
        text += "Two loops ÷ one with other options in place of the launcher's, which says what those are worth: `" + "`, `".join(tried.values()) + "`.\n\n"
        text += table(["what", "as launched", *(place.removeprefix("two loops, ") for place in tried)], otherwise) + "\n"
    return text


def by_round(runs):
    """Each round of these runs: of each client by (tool, loops) what it did, and what a line took."""
    for run in runs:
        rounds = len(run["clients"][0]["rate"])
        for i in range(rounds):
            clients = [{**c, **{k: [c[k][i]] for k in ("rate", "cost", "whole")}} for c in run["clients"]]
            asked = {"line_ns": [run["line_ns"][i]]} if "line_ns" in run else {}
            yield {"clients": clients, "run": (run["users"], run["repeat"]), **asked}


def with_sockets(done):
    text = ""
    for figure, head, about in (
        (EACH, "× one", "With sockets, and as much of the server: one CPU with a server and a client of one loop or thread on it, then two CPUs, a server on each and the client on both."),
        (SHARED, "2 ÷ cost", "With one server on one of the two CPUs, and the client on both: what a request costs the client tells how much the three crowd one another."),
    ):
        rows = []
        for (users,), runs in sorted(grouped([r for r in done if r["figure"] == figure], "users").items()):
            for _, rounds in apart(by_round(runs)):
                for tool in ("wrk", "vikhry"):
                    of = lambda n, k: median(flat([c for r in rounds for c in r["clients"] if (c["tool"], c["loops"]) == (tool, n)], k))  # noqa: E731
                    ratios = [g for r in rounds for g in gains(r["clients"], tool, figure)]
                    shape = [f"{of(n, k):,.{digits}f}" for k, digits in (("rate", 0), ("cost", 1), ("whole", 1)) for n in (1, 2)]
                    starts = len({r["run"] for r in rounds})
                    rows.append([bold(tool), f"{users:,}", *line(rounds), *shape, f"{median(ratios):.2f}", ratio(ratios), str(len(rounds)), str(starts)])
        if rows:
            columns = [f"{k}, {n}" for k in ("requests/s", "client's CPU-s per million", "with the server's") for n in ("one", "two")]
            text += about + "\n\n" + table(["client", "users", "CPUs", "ns a line", *columns, head, "range", "rounds", "starts"], rows) + "\n"
    return text
