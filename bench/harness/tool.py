"""What the harness asks of a tool.

Kinds of load: `loop` (users without a pause), `idle` (each asks once in 10 s), `paced` (users who together make a rate),
`open` (a rate, whatever the answers do). A tool that has no such kind gives no command."""

import math
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

UNITS = {"us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass
class Load:
    """What is asked of a tool."""

    kind: str
    users: int
    seconds: int
    url: str
    out: Path
    rate: float = 100
    protocol: str = "h1"
    """`h1`; `h2c`: HTTP/2 by prior knowledge; `h1s`: TLS; `h2s`: HTTP/2 over TLS."""

    def __post_init__(self):
        # Most of them take whole seconds only.
        self.seconds = math.ceil(self.seconds)

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].strip("/"))


@dataclass
class Command:
    argv: list
    env: dict = field(default_factory=dict)
    note: str = ""
    """What a reader must know about the setting."""


class NotHere(Exception):
    """Why a tool cannot be run here, in one line."""


def millis(text):
    m = re.fullmatch(r"([\d.]+)(us|µs|ms|s|m)", text.strip())
    return float(m[1]) * UNITS[m[2]] if m else None


def output(*argv):
    p = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=60)
    return p.stdout + p.stderr


def debian_version(package):
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True).stdout


def percentile(ordered, q):
    """Nearest rank, of values in ascending order."""
    return ordered[max(0, -(-len(ordered) * q // 100).__int__() - 1)] if ordered else None


class Tool:
    name = ""
    compiles = False
    """Whether it compiles while it runs, so that its price settles only with time."""
    warm = 2.0
    """Seconds of load before its price is looked at."""

    def version(self):
        """Of what would run; raises NotHere."""
        raise NotImplementedError

    def command(self, load):
        """Or None, where the tool has no such kind of load."""
        raise NotImplementedError

    def reported(self, load, log):
        """The latencies in ms by p50, p90, p95, p99, p99.9, max: those that the tool gives."""
        return {}
