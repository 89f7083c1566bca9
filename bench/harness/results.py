"""What was measured, one folder a run: `results.jsonl`, one line a measurement, and what the tools printed."""

import json
import os
import platform
import subprocess
import time

from .paths import REPOSITORY, RUNS
from .process import strangers


class Results:
    def __init__(self, run=None):
        self.run = run or time.strftime("%Y%m%d-%H%M%S")
        self.folder = RUNS / self.run
        self.file = self.folder / "results.jsonl"
        (self.folder / "out").mkdir(parents=True, exist_ok=True)

    @staticmethod
    def latest():
        runs = sorted(p.name for p in RUNS.glob("*") if (p / "results.jsonl").exists())
        if not runs:
            raise SystemExit("nothing was measured yet: bench/run all")
        return Results(runs[-1])

    def out(self, *names):
        """A folder of its own for one measurement."""
        folder = self.folder / "out" / "-".join(map(str, names))
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def add_strangers(self):
        """Before a measurement: how busy others keep the machine."""
        self.add("strangers", cpus=round(strangers(), 3))

    def add(self, what, **values):
        with open(self.file, "a") as f:
            f.write(json.dumps({"what": what, **values}) + "\n")

    def read(self, what):
        if not self.file.exists():
            return []
        with open(self.file) as f:
            return [r for r in map(json.loads, f) if r["what"] == what]

    def add_machine(self):
        with open("/proc/cpuinfo") as f:
            model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
        with open("/proc/meminfo") as f:
            memory = int(f.readline().split()[1]) / 1024 / 1024
        commit = subprocess.run(["git", "-C", REPOSITORY, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        self.add("machine", model=model, cores=os.cpu_count(), memory_gib=round(memory), kernel=platform.release(), date=time.strftime("%Y-%m-%d"), commit=commit)
