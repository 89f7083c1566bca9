"""What the report's sections are made of: rows of the results, and tables of them."""

import statistics

median = statistics.median


def table(head, rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"  # noqa: E731
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) + "\n"


def ms(value):
    return "–" if value is None else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def spread(values, shape):
    return f"{shape(min(values))} to {shape(max(values))}"


KEYS = ("tool", "users", "repeat", "protocol", "scenario", "kind", "seconds", "cpus", "program", "figure", "number", "place", "call", "name")


def measured(results, what):
    """All that was measured of it. Of what was measured again the later; a reference is in each of its pairs."""
    latest = {}
    for i, row in enumerate(results.read(what)):
        if "error" not in row:
            reference = "against" in row and row["against"] == row["tool"]
            latest[i if reference else tuple(row.get(k) for k in KEYS)] = row
    return list(latest.values())


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
