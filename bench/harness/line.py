"""A line of the CPUs' cache that two of them write to in turn: how far apart the host has put the CPUs of a virtual machine at that time."""

import subprocess
from types import SimpleNamespace

from . import process

NEAR = 100
"""ns: a line comes from a CPU nearby in 20 to 65, from one far away in 180 to 210."""


def nanos(cpus):
    """What a line takes from one of these two CPUs to the other, in ns."""
    program = process.build("line", "-lpthread")
    return float(subprocess.run([str(w) for w in (program, *sorted(cpus))], check=True, capture_output=True, text=True, timeout=60).stdout)


def where(asked):
    """How far apart two CPUs were, by what a line took at each time that they were asked."""
    near = [ns < NEAR for ns in asked]
    return "" if not asked else "near" if all(near) else "moved" if any(near) else "far"


class Line:
    """Asked in each round that clients are measured in, as if it were one of them."""

    tool = SimpleNamespace(compiles=False, warm=0)

    def __init__(self, cpus):
        self.cpus, self.ns = cpus, []

    def warm(self, seconds):
        """There is nothing to warm."""

    def forget(self):
        self.ns = []

    def slice(self, seconds):
        self.ns.append(nanos(self.cpus))

    def end(self):
        """It ended with each slice."""
