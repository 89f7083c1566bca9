"""Writes docs/benchmarks.md from one run. It adds nothing that the run did not measure."""

import math

from . import loops, scale
from .paths import REPOSITORY
from .start import SECURE
from .tables import KEYS, against, bold, flat, grouped, measured, median, ms, spread, table
from .truth import QUANTILES, START_SPREAD

QUIET = 0.3
"""CPUs that others may use before the report warns of it."""


def price(results):
    done = measured(results, "price")
    if not done:
        return ""
    text = f"""## Price

CPU of the client for a million requests, and its ratio to `wrk` in the same rounds. The client has one CPU, the server ({done[0]["target"]})
the other. Medians over all slices; the range is of the ratios by round. "warm-up" is for how long a tool was under load before it was measured: what
compiles is measured when a request has ceased to get cheaper. Where vikhry's share goes, and where each further 5 % lies:
[docs/engine.md](engine.md#where-each-further-5--lies).

"""
    for users in sorted({r["users"] for r in done}):
        these = [r for r in done if r["users"] == users]
        text += f"### {users:,} users\n\n" + costs(these)
        text += "\n" + against({t: median(flat(rows, "ratios")) for (t,), rows in grouped(these, "tool").items()}, "price") + "\n"
    return text


def costs(done):
    """A table of prices, the cheapest first."""
    groups = {t: rows for (t,), rows in grouped(done, "tool").items()}
    reference = done[0]["against"]
    rows = []
    for t in sorted(groups, key=lambda t: median(flat(groups[t], "ratios"))):
        ratios = flat(groups[t], "ratios")
        rows.append(
            [
                bold(t),
                f"{median(ratios):.2f}",
                "–" if t == reference else spread(ratios, lambda v: f"{v:.2f}"),
                f"{median(flat(groups[t], 'cost')):.1f}",
                f"{median(flat(groups[t], 'rate')):,.0f}",
                f"{median(r['busy'] for r in groups[t]):.2f}",
                warm_up(groups[t]),
                str(len(groups[t])),
            ]
        )
    return table(["tool", f"× {reference}", "range", "CPU-s per million", "requests/s", "client CPUs", "warm-up s", "starts"], rows)


def warm_up(rows):
    known = [r["warm_seconds"] for r in rows if "warm_seconds" in r]
    return f"{median(known):.0f}" if known else "–"


PROTOCOL_NAMES = {"h2c": "HTTP/2 without TLS (prior knowledge)", "h1s": "HTTP/1.1 over TLS", "h2s": "HTTP/2 over TLS"}


def protocols(results):
    done = measured(results, "protocols")
    if not done:
        return ""
    text = """## HTTP/2 and TLS

The same measure beside `h2load`, both against nginx (one worker): a connection for each user, one request at a time on it.

"""
    for users in sorted({r["users"] for r in done}):
        for protocol, name in PROTOCOL_NAMES.items():
            these = [r for r in done if r["users"] == users and r["protocol"] == protocol]
            if these:
                text += f"### {name}, {users:,} users\n\n" + costs(these) + "\n"
    return text


def inside(results):
    done = measured(results, "inside")
    if not done:
        return ""
    about = {r["tool"]: r["note"] for r in done if r.get("note")}
    text = """## Inside vikhry: what each choice costs

The price, beside `wrk` as above, of vikhry started otherwise. """
    text += "; ".join(f"{t}: {note}" for t, note in about.items()) + ".\n\n"
    for users in sorted({r["users"] for r in done}):
        usual = [r for r in measured(results, "price") if r["tool"] == "vikhry" and r["users"] == users]
        text += f"### {users:,} users\n\n" + costs([r for r in done if r["users"] == users] + usual) + "\n"
    return text


def allocation(results):
    done = measured(results, "allocation")
    if not done:
        return ""
    rows = [[s, f"{median(r['bytes'] for r in of):,.0f}", spread([r["bytes"] for r in of], lambda v: f"{v:,.0f}"), str(len(of))] for (s,), of in grouped(done, "scenario").items()]
    text = "## Allocation\n\nHeap that vikhry allocates for a request at 100 users, by the collector's log: all of the process, its orchestrator's and reports' part too.\n\n"
    return text + table(["scenario", "bytes a request", "range", "runs"], rows) + "\n"


def parked(results):
    done = measured(results, "parked")
    if not done:
        return ""
    of = lambda k: median(r[k] for r in done)  # noqa: E731
    row = [f"{done[0]['users']:,}", f"{of('process_mb'):,.0f}", f"{of('rss_mb'):,.0f}", f"{of('begun_seconds'):.2f}", f"{of('whole_seconds'):.1f}", str(len(done))]
    text = "## Users in think time\n\nvikhry's users who think for an hour, each on a virtual thread of its own; no connections. The whole run is measured, orchestrator and page included.\n\n"
    return text + table(["users", "MB, process", "MB, with Redis", "s from first to last", "s from the command", "runs"], [row]) + "\n"


def memory(results):
    done = measured(results, "memory")
    if not done:
        return ""
    text = """## Memory

Resident memory of all the tool's processes, vikhry's Redis and orchestrator among them, while each user asks once in 10 s. Each tool with the
settings it comes with. "connected" is counted at the server: a tool that closes its connections between requests carries less.

"""
    for users in sorted({r["users"] for r in done}):
        groups = {t: rows for (t,), rows in grouped((r for r in done if r["users"] == users), "tool").items()}
        of = lambda t, k: median(r[k] for r in groups[t])  # noqa: E731
        order = sorted(groups, key=lambda t: of(t, "rss_mb"))
        rows = [
            [bold(t), f"{of(t, 'rss_mb'):,.0f}", spread([r["rss_mb"] for r in groups[t]], lambda v: f"{v:,.0f}"), f"{of(t, 'connected'):,.0f}"]
            + [f"{of(t, 'rate'):,.1f}", f"{of(t, 'processes'):.0f}", str(len(groups[t]))]
            for t in order
        ]
        text += f"### {users:,} users\n\n" + table(["tool", "MB", "range", "connected", f"requests/s (due {users / 10:,.0f})", "processes", "runs"], rows)
        text += "\n" + against({t: of(t, "rss_mb") for t in order}, "memory") + "\n"
    return text


def truth(results):
    done = measured(results, "truth")
    if not done:
        return ""
    text = "## Truth under a freeze\n\n"
    settings = {}
    for r in done:
        settings.setdefault((r["rate"], r["seconds"], *r["freeze"].values()), []).append(r)
    for these in settings.values():
        text += frozen(these)
    told = {(r["tool"], r["kind"]) for r in done}
    for (tool, kind), runs in grouped((x for x in results.read("truth") if "error" in x), "tool", "kind").items():
        if (tool, kind) not in told:
            text += f"- {tool}, {kind}: {runs[0]['error']}\n"
    return text + "\n"


def frozen(done):
    """The table of runs with the same freezes."""
    f, r = done[0]["freeze"], done[0]
    ideal = {q: median(x["truth"][q] for x in done) for q, _ in QUANTILES}
    later = [x["truth"]["p95"] for x in done if (x["tool"], x["kind"]) in START_SPREAD]
    text = f"""The server freezes for {f["for"]} s in every {f["every"]} s, the first time after {f["first"]} s; {r["rate"]:,.0f} requests/s are asked for, {r["seconds"]} s long. The first row is what users who
never stop asking would have seen, by arithmetic and the server's log; the others are what the tools reported (ms, medians of their runs). "asked while frozen" is the
share of the requests due in the freezes that were sent in them: a tool that stops asking there cannot know what it missed. "÷ truth" is by the truth of
that tool's own runs"""
    if later:
        text += f"""; vikhry's paced users begin over the first second, so that less is asked for outside the freezes: the true p95 of their runs is {median(later):,.0f} ms"""
    text += ".\n\n"
    head = ["tool", "load", "users", *(q for q, _ in QUANTILES), "p95 ÷ truth", "p99 ÷ truth", "asked while frozen", "sent ÷ due", "runs"]
    rows = [["**the truth**", "–", "–", *(ms(ideal[q]) for q, _ in QUANTILES), "1.00", "1.00", "100 %", "1.00", "–"]]
    order = sorted(grouped(done, "tool", "kind").items(), key=lambda g: (g[0][0] != "vikhry", g[0][0] != "wrk"))
    for (tool, kind), runs in order:
        reported = {q: [x["reported"][q] for x in runs if x["reported"].get(q) is not None] for q, _ in QUANTILES}
        p = {q: median(v) if v else None for q, v in reported.items()}
        rows.append(
            [bold(tool), kind, str(runs[0]["users"]), *(ms(p[q]) for q, _ in QUANTILES)]
            + ["–" if p[q] is None else f"{p[q] / median(x['truth'][q] for x in runs):.2f}" for q in ("p95", "p99")]
            + [f"{100 * median(x['sent_frozen'] / x['due_frozen'] for x in runs):.0f} %"]
            + [f"{median(x['sent'] / x['due'] for x in runs):.2f}", str(len(runs))]
        )
    return text + table(head, rows) + "\n"


def start(results):
    done = measured(results, "start")
    if not done:
        return ""
    groups = {t: rows for (t,), rows in grouped(done, "tool").items()}
    widths = sorted({r["cpus"] for r in done})
    of = lambda t, c: [r["seconds"] for r in groups[t] if r["cpus"] == c]  # noqa: E731
    order = sorted(groups, key=lambda t: median(of(t, widths[-1]) or [1e9]))
    rows = [[bold(t), *(f"{median(of(t, c)):.2f}" if of(t, c) else "–" for c in widths), str(len(of(t, widths[-1])))] for t in order]
    text = "## Start-up\n\nSeconds from the command to the first request at the server, with one user."
    text += f" {SECURE}: at nginx, over TLS, a certificate that is not checked.\n\n" if SECURE in groups else "\n\n"
    text += table(["tool", *(f"{c} CPU" if c == 1 else f"{c} CPUs" for c in widths), "runs each"], rows)
    return text + "\n" + against({t: median(of(t, widths[-1])) for t in order if of(t, widths[-1]) and t != SECURE}, "start-up") + "\n"


FIGURES = {
    ("EngineFigures", "start"): "{} users begun one after the other, each a new virtual thread",
    ("EngineFigures", "arrivals"): "{} arrivals a second, each a new virtual thread",
    ("EngineFigures", "timers"): "{} wake-ups a second, of users who sleep for 100 ms again and again",
    ("EngineFigures", "memory"): "{} parked users",
    ("Punctuality", "every"): "steps of `every`, {} a second, which keep the loop half busy",
    ("Punctuality", "pause"): "the same after a `pause`",
    ("Punctuality", "arrivals"): "the same as {} arrivals a second of a rate",
}


def engine(results):
    done = measured(results, "engine")
    if not done:
        return ""
    text = """## The engine by itself

One loop, without a network: starts and arrivals on one CPU, the others on two, for the JVM's compilers. "late" is how much later than intended a user
began or went on. The first round of each warms it up; of the others the one of the median p99 is shown, and the p99 of each.

"""
    rows = []
    for r in done:
        late = [p for p in r["p99_us"] if p is not None]
        shown = [f"{median(late):,.0f}", ", ".join(f"{p:,}" for p in late)] if late else ["–", "–"]
        rows.append([FIGURES[r["program"], r["figure"]].format(f"{r['number']:,}"), r["line"].split(": ", 1)[1], *shown])
    return text + table(["what", "figures", "median p99, us", "p99 of each round, us"], rows) + "\n"


def blocking(results):
    done = measured(results, "blocking")
    if not done:
        return ""
    text = """## What blocking costs

One loop, on which one user wakes every millisecond while another makes a call, pauses 5 ms, and calls again; the first row is what that alone does.

"""
    rows = [[r["call"], f"{r['each_ms']:.1f}", *(f"{r[k] / 1000:.2f}" for k in ("p50_us", "p99_us", "max_us"))] for r in done]
    return text + table(["call", "ms a call", "the other user late: p50 ms", "p99 ms", "max ms"], rows) + "\n"


def soaked(results):
    done = results.read("soak")
    if not done:
        return ""
    return f"## Soak\n\nUsers that come and go, broken connections and errors, in one process (`bench/run soak`): **{done[-1]['line']}**.\n\n"


def jmh(results):
    done = measured(results, "jmh")
    if not done:
        return ""
    rows = [[r["name"], f"{r['score']:,.1f}", "–" if math.isnan(r["plus_minus"]) else f"± {r['plus_minus']:,.1f}", r["unit"]] for r in done]
    return f"## JMH (`{done[0]['asked']}`)\n\n" + table(["benchmark", "mean", "99.9 % error", "unit"], rows) + "\n"


def scaled(results):
    head, rows = scale.grid(results)
    if not rows:
        return ""
    text = "## Scale\n\nOne orchestrator on one CPU; the workers, simulated, and Redis on the other. What bounds it: [scaling.md](scaling.md).\n\n"
    return text + table(head, rows) + "\n"


def commands(results):
    text = "## Commands\n\n"
    for what in WHATS:
        seen = {}
        for r in results.read(what):
            for c in r.get("clients", [r]):
                if "command" in c:
                    seen.setdefault((c["tool"], c.get("kind"), c.get("protocol"), c.get("scenario"), c.get("loops"), r.get("figure")), c)
        if seen:
            text += f"{what}:\n```\n" + "\n".join(f"{r['tool']}: {r['command']}" + (f"   # {r['note']}" if r.get("note") else "") for r in seen.values()) + "\n```\n"
    return text


WHATS = ("price", "protocols", "inside", "allocation", "parked", "memory", "truth", "start", "engine", "blocking", "loops", "jmh")


def named(row):
    """What was to be measured, in words."""
    unit = {"users": " users", "cpus": " CPUs", "seconds": " s"}
    return ", ".join(f"{row[k]}{unit.get(k, '')}" for k in KEYS if k in row and k != "repeat" and row[k] != "h1") or "all"


def write(results, output):
    machines = results.read("machine")
    if not machines:
        raise SystemExit(f"bench/run: there is no run {results.run}")
    versions = {r["tool"]: r for r in results.read("version")}
    m = machines[-1]
    absent = {r["tool"]: r["reason"] for r in results.read("absent") if r["tool"] not in versions}
    failed = [r for w in WHATS if w != "truth" for r in results.read(w) if "error" in r and not results.has(w, {k: r[k] for k in KEYS if k in r})]
    skipped = [r for r in results.read("skipped") if not results.has(r["of"], {k: r[k] for k in KEYS if k in r})]
    text = f"""# Benchmarks

Written by `bench/run report` from one run ({results.run}) on one machine: {m["model"]}, {m["cores"]} CPUs, {m["memory_gib"]} GiB, Linux {m["kernel"]}, {m["date"]}, at commit {m["commit"]}. How it is
measured and what it does not say: [bench/README.md](../bench/README.md). Loopback traffic on a small machine: read the ratios, not the absolute figures.

"""
    if any(v["quick"] for v in versions.values()):
        text += "> A quick run, to see that everything works: **the figures mean nothing.**\n\n"
    noise = [r["cpus"] for r in results.read("strangers")]
    if noise and median(noise) > QUIET:
        text += f"""> The machine was not quiet: others used {median(noise):.1f} CPUs (median, up to {max(noise):.1f}) when a measurement began. Prices are ratios taken side by side and hold within
> their ranges; start-up times and the tools' percentiles are worse than on a quiet machine, each by as much as chance would have it.

"""
    text += table(["tool", "version"], [[bold(t), versions[t]["version"]] for t in sorted(versions, key=lambda t: t != "vikhry")] + [[bold(t), why] for t, why in absent.items()]) + "\n"
    text += price(results) + protocols(results) + inside(results) + allocation(results) + parked(results)
    text += memory(results) + truth(results) + start(results)
    text += engine(results) + blocking(results) + loops.section(results) + soaked(results) + scaled(results) + jmh(results)
    lines = [f"- {r['what']}, {named(r)}: {r['error']}" for r in failed] + [f"- {r['of']}, {named(r)}: the time was up" for r in skipped]
    if lines:
        text += "## Not measured\n\n" + "\n".join(dict.fromkeys(lines)) + "\n\n"
    text += commands(results)
    output = output or REPOSITORY / "docs" / "benchmarks.md"
    output.write_text(text.rstrip() + "\n")
    print(f"wrote {output}")
