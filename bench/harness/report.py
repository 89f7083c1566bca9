"""Writes docs/benchmarks.md from one run. It adds nothing that the run did not measure."""

import math
import statistics

from .paths import REPOSITORY
from .truth import QUANTILES

median = statistics.median
QUIET = 0.3
"""CPUs that others may use before the report warns of it."""


def table(head, rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"  # noqa: E731
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) + "\n"


def ms(value):
    return "–" if value is None else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def spread(values, shape):
    return f"{shape(min(values))} to {shape(max(values))}"


def grouped(rows, *keys):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[k] for k in keys), []).append(row)
    return groups


def flat(rows, key):
    return [x for r in rows for x in r[key]]


def bold(tool):
    return f"**{tool}**" if tool == "vikhry" else tool


def against(values, unit):
    """One sentence on where vikhry stands among {tool: value}, less being better."""
    if "vikhry" not in values:
        return "vikhry was not measured in this run.\n"
    own = values.pop("vikhry")
    better = sorted((t for t in values if values[t] < own), key=values.get)
    worse = sorted((t for t in values if values[t] >= own), key=values.get)
    say = lambda tools: ", ".join(f"{t} ({own / values[t]:.2f})" for t in tools) or "none"  # noqa: E731
    return f"vikhry's {unit} divided by theirs: less than vikhry: {say(better)}; more: {say(worse)}.\n"


def price(results):
    done = [r for r in results.read("price") if "error" not in r]
    if not done:
        return ""
    text = f"""## Price

CPU of the client for a million requests, and its ratio to `wrk` in the same rounds. The client has one CPU, the server ({done[0]["target"]})
the other. Medians over all slices; the range is of the ratios by round.

"""
    for users in sorted({r["users"] for r in done}):
        groups = {t: rows for (t,), rows in grouped((r for r in done if r["users"] == users), "tool").items()}
        order = sorted(groups, key=lambda t: median(flat(groups[t], "ratios")))
        rows = []
        for t in order:
            ratios = flat(groups[t], "ratios")
            rows.append(
                [
                    bold(t),
                    f"{median(ratios):.2f}",
                    "–" if t == "wrk" else spread(ratios, lambda v: f"{v:.2f}"),
                    f"{median(flat(groups[t], 'cost')):.1f}",
                    f"{median(flat(groups[t], 'rate')):,.0f}",
                    f"{median(r['busy'] for r in groups[t]):.2f}",
                    str(len(groups[t])),
                ]
            )
        text += f"### {users:,} users\n\n" + table(["tool", "× wrk", "range", "CPU-s per million", "requests/s", "client CPUs", "starts"], rows)
        text += "\n" + against({t: median(flat(groups[t], "ratios")) for t in order}, "price") + "\n"
    return text


def memory(results):
    done = [r for r in results.read("memory") if "error" not in r]
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
    all_of = results.read("truth")
    done = [r for r in all_of if "error" not in r]
    if not done:
        return ""
    f, r = done[0]["freeze"], done[0]
    text = f"""## Truth under a freeze

The server freezes for {f["for"]} s in every {f["every"]} s, the first time after {f["first"]} s; {r["rate"]:,.0f} requests/s are asked for, {r["seconds"]} s long. The first row is what users who
never stop asking would have seen, by arithmetic and the server's log; the others are what the tools reported (ms, medians of their runs). "asked while frozen" is the
share of the requests due in the freezes that were sent in them: a tool that stops asking there cannot know what it missed.

"""
    head = ["tool", "load", "users", *(q for q, _ in QUANTILES), "p99 ÷ truth", "asked while frozen", "sent ÷ due", "runs"]
    ideal = {q: median(x["truth"][q] for x in done) for q, _ in QUANTILES}
    rows = [["**the truth**", "–", "–", *(ms(ideal[q]) for q, _ in QUANTILES), "1.00", "100 %", "1.00", "–"]]
    for (tool, kind), runs in grouped(done, "tool", "kind").items():
        reported = {q: [x["reported"][q] for x in runs if x["reported"].get(q) is not None] for q, _ in QUANTILES}
        p = {q: median(v) if v else None for q, v in reported.items()}
        rows.append(
            [bold(tool), kind, str(runs[0]["users"]), *(ms(p[q]) for q, _ in QUANTILES)]
            + ["–" if p["p99"] is None else f"{p['p99'] / ideal['p99']:.2f}"]
            + [f"{100 * median(x['sent_frozen'] / x['due_frozen'] for x in runs):.0f} %"]
            + [f"{median(x['sent'] / x['due'] for x in runs):.2f}", str(len(runs))]
        )
    text += table(head, rows) + "\n"
    for (tool, kind), runs in grouped((x for x in all_of if "error" in x), "tool", "kind").items():
        text += f"- {tool}, {kind}: {runs[0]['error']}\n"
    return text + "\n"


def start(results):
    done = [r for r in results.read("start") if "error" not in r]
    if not done:
        return ""
    groups = {t: rows for (t,), rows in grouped(done, "tool").items()}
    widths = sorted({r["cpus"] for r in done})
    of = lambda t, c: [r["seconds"] for r in groups[t] if r["cpus"] == c]  # noqa: E731
    order = sorted(groups, key=lambda t: median(of(t, widths[-1]) or [1e9]))
    rows = [[bold(t), *(f"{median(of(t, c)):.2f}" if of(t, c) else "–" for c in widths), str(len(of(t, widths[-1])))] for t in order]
    text = "## Start-up\n\nSeconds from the command to the first request at the server, with one user.\n\n"
    text += table(["tool", *(f"{c} CPU" if c == 1 else f"{c} CPUs" for c in widths), "runs each"], rows)
    return text + "\n" + against({t: median(of(t, widths[-1])) for t in order if of(t, widths[-1])}, "start-up") + "\n"


def jmh(results):
    done = results.read("jmh")
    if not done:
        return ""
    rows = [[r["name"], f"{r['score']:,.1f}", "–" if math.isnan(float(r["error"])) else f"± {r['error']:,.1f}", r["unit"]] for r in done]
    return f"## Inside (JMH `{done[0]['asked']}`)\n\n" + table(["benchmark", "mean", "99.9 % error", "unit"], rows) + "\n"


def commands(results):
    text = "## Commands\n\n"
    for what in ("price", "memory", "truth", "start"):
        seen = {}
        for r in results.read(what):
            if "command" in r:
                seen.setdefault((r["tool"], r.get("kind")), r)
        if seen:
            text += f"{what}:\n```\n" + "\n".join(f"{r['tool']}: {r['command']}" + (f"   # {r['note']}" if r.get("note") else "") for r in seen.values()) + "\n```\n"
    return text


def write(results, output):
    machines = results.read("machine")
    if not machines:
        raise SystemExit(f"bench/run: there is no run {results.run}")
    versions = {r["tool"]: r for r in results.read("version")}
    m = machines[0]
    absent = {r["tool"]: r["reason"] for r in results.read("absent") if r["tool"] not in versions}
    failed = [r for w in ("price", "memory", "start") for r in results.read(w) if "error" in r]
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
    text += table(["tool", "version"], [[bold(t), v["version"]] for t, v in versions.items()] + [[bold(t), why] for t, why in absent.items()]) + "\n"
    text += price(results) + memory(results) + truth(results) + start(results) + jmh(results)
    if failed:
        text += "## Not measured\n\n" + "".join(f"- {r['what']}, {r['tool']}: {r['error']}\n" for r in failed) + "\n"
    text += commands(results)
    output = output or REPOSITORY / "docs" / "benchmarks.md"
    output.write_text(text.rstrip() + "\n")
    print(f"wrote {output}")
