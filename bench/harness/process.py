"""A command that is measured: it and all its descendants, also those that leave its process group or outlive their parent."""

import ctypes
import os
import resource
import signal
import subprocess
import time
import uuid

from .paths import BENCH, BIN

MARK = "VIKHRY_BENCH_MARK"
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def build(name, *libraries):
    """Our program of targets/, compiled where it has changed."""
    source, binary = BENCH / "targets" / f"{name}.c", BIN / name
    sources = [source, BENCH / "targets" / "counter.h"]
    if not binary.exists() or binary.stat().st_mtime < max(s.stat().st_mtime for s in sources):
        BIN.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-O2", "-Wall", "-o", binary, source, *libraries], check=True)
    return binary


class Tree:
    """Everything that one command started."""

    def __init__(self, argv, log, cpus=None, env=None):
        self.mark = uuid.uuid4().hex
        self.log = log
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

        def before_exec():
            # Should the harness be killed, no load goes on.
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            if cpus:
                os.sched_setaffinity(0, cpus)

        environment = {**os.environ, **(env or {}), MARK: self.mark}
        with open(log, "wb") as out:
            self.started = time.monotonic()
            self.root = subprocess.Popen(
                [str(a) for a in (build("reap"), *argv)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
                preexec_fn=before_exec,
            )

    def pids(self):
        """By the mark, the session or a parent: some programs (nginx, Redis) write their title over their environment."""
        wanted = f"{MARK}={self.mark}".encode()
        found, parents = set(), {}
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    state, parent, _, session = f.read().rsplit(")", 1)[1].split()[:4]
                if state == "Z":
                    continue
                parents[pid] = int(parent)
                if int(session) == self.root.pid:
                    found.add(pid)
                    continue
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if wanted in f.read():
                        found.add(pid)
            except OSError:
                pass
        more = True
        while more:
            more = {pid for pid, parent in parents.items() if parent in found and pid not in found}
            found |= more
        return sorted(found)

    def running(self):
        return self.root.poll() is None

    def cpu_seconds(self, pids=None):
        """The scheduler's own account, to the ns, of each thread that lives."""
        total = 0
        for pid in pids or self.pids():
            try:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{thread}/schedstat") as f:
                        total += int(f.read().split()[0])
            except (OSError, ValueError):
                pass
        return total / 1e9

    def rss_bytes(self, pids=None):
        """Summed over the processes: pages they share count in each."""
        pages = 0
        for pid in pids or self.pids():
            if pid == self.root.pid:
                continue  # reap, which is ours
            try:
                with open(f"/proc/{pid}/statm") as f:
                    pages += int(f.read().split()[1])
            except (OSError, IndexError):
                pass
        return pages * resource.getpagesize()

    def signal(self, which):
        for pid in self.pids():
            try:
                os.kill(pid, which)
            except OSError:
                pass

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def end(self, patience=0.0):
        """Asks politely if there is patience (seconds), then ends all that is left."""
        self.go_on()
        if patience and self.running():
            self.signal(signal.SIGTERM)
            limit = time.monotonic() + patience
            while time.monotonic() < limit and self.pids():
                time.sleep(0.05)
                self.root.poll()
        for _ in range(50):
            self.signal(signal.SIGKILL)
            self.root.poll()
            if not self.pids():
                return
            time.sleep(0.1)
        raise RuntimeError(f"processes {self.pids()} do not end")

    def last_words(self, lines=6):
        with open(self.log, errors="replace") as f:
            return " | ".join(line.strip() for line in f.readlines()[-lines:] if line.strip())[-600:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def strangers(seconds=0.5):
    """CPUs that others use, asked while nothing of ours runs."""

    def busy():
        with open("/proc/stat") as f:
            t = list(map(int, f.readline().split()[1:]))
        return (t[0] + t[1] + t[2] + t[5] + t[6]) / os.sysconf("SC_CLK_TCK")

    before, began = busy(), time.monotonic()
    time.sleep(seconds)
    return (busy() - before) / (time.monotonic() - began)
