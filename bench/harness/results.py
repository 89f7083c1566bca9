"""What was measured, one folder a run: `results.jsonl`, one line a measurement, and what the tools printed."""

import json
import os
import platform
import subprocess
import time

from .paths import REPOSITORY, RUNS
from .process import strangers

BEGUN = time.monotonic()


class Results:
    def __init__(self, run=None):
        self.run = run or time.strftime("%Y%m%d-%H%M%S")
        self.folder = RUNS / self.run
        self.file = self.folder / "results.jsonl"
        (self.folder / "out").mkdir(parents=True, exist_ok=True)
        self.until = None
        """On the clock of time.monotonic: when no further measurement is begun; None for no end."""
        self.again = False
        """Whether to measure what this run has already."""

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

    def say(self, text):
        minutes, seconds = divmod(round(time.monotonic() - BEGUN), 60)
        print(f"{minutes:3d}:{seconds:02d} {text}", flush=True)

    def has(self, what, key):
        """Whether that was measured in this run already."""
        return any("error" not in r and all(r.get(k) == v for k, v in key.items()) for r in self.read(what))

    def attempt(self, what, key, work):
        """Measures unless it was done before or the time is up. A tool that fails is a row of the report, not the end of the run."""
        name = f"{what} {' '.join(str(v) for v in key.values())}"
        if self.has(what, key) and not self.again:
            return
        if self.until is not None and time.monotonic() > self.until:
            self.add("skipped", of=what, **key)
            self.say(f"{name}: left out, the time is up")
            return
        try:
            said = work()
            if said:
                self.say(f"{name}: {said}")
        except Exception as e:  # whatever it was, the other tools' figures are not lost for it
            self.add(what, **key, error=str(e) or repr(e))
            self.say(f"{name}: not measured: {e!r}")

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
