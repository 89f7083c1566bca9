"""Scale: one orchestrator on one CPU merges what a thousand workers send, and deals out a million users.

The workers are simulated (bench/simulator): they speak the cluster's contract through vikhry's own classes and a real Redis, and
share the other CPU with it. Redis goes first there: a thousand machines would not take it from it. How late each second was complete
is the orchestrator's own account (`lag_ms` of /api/v1/metrics).

The first orchestrator only warms the simulator up, for the machines it stands for are warm. What is measured is a fresh one."""

import json
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .paths import BENCH, BIN, jdk, shown
from .process import Tree
from .tool import NotHere, percentile

QUICK = [(50, 10, 100, 35)]
COLD_SECONDS = 10
WARM_FROM = 30


def measure(tools, options, results):
    vikhry = next((t for t in tools if t.name == "vikhry"), None)
    if vikhry is None:
        return
    sizes = QUICK if options.quick else [(options.scale_workers, 50, samples, options.scale_seconds) for samples in options.scale_samples]
    for workers, series, samples, seconds in sizes:
        key = {"workers": workers, "series": series, "samples": samples}
        results.attempt("scale", key, lambda k=key, s=seconds: one(vikhry, k, s, options, results))
    for line in table(results):
        print(line, flush=True)


def libraries(vikhry):
    return vikhry.launcher.parent.parent / "lib" / "*"


def compiled(vikhry):
    out = BIN / "simulator"
    shutil.rmtree(out, ignore_errors=True)
    sources = sorted((BENCH / "simulator").glob("*.java"))
    subprocess.run([jdk() / "bin" / "javac", "-proc:none", "-cp", str(libraries(vikhry)), "-d", out, *sources], check=True)
    return out


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def redis_server():
    unpacked = sorted(Path("~/.cache/vikhry/redis").expanduser().glob("*/redis-server-*"))
    server = shutil.which("redis-server") or shutil.which("valkey-server") or (unpacked[-1] if unpacked else None)
    if not server:
        raise NotHere("there is no redis-server on the PATH, and vikhry has not unpacked its own yet")
    return server


def ask(port, command):
    """One inline command to Redis; the figures of its answer by name."""
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.sendall(command.encode() + b"\r\n")
        file = s.makefile("rb")
        head = file.readline()
        text = file.read(int(head[1:])).decode() if head[:1] == b"$" else head.decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def await_port(port, tree, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and tree.running():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers: {tree.last_words()}")


def orchestrator(vikhry, url, port, out, name, options):
    words = [vikhry.launcher, "orchestrator", "start", "--foreground", "--port", port, "--scenario", BENCH / "scenarios" / "Idle.java"]
    java = f"-Xmx{options.scale_heap} -Xlog:gc:file={out / f'gc-{name}.log'}"
    env = {"VIKHRY_REDIS_URL": url, "VIKHRY_HOME": str(out / f"home-{name}"), "VIKHRY_JAVA_OPTS": java}
    tree = Tree(words, out / f"orchestrator-{name}.log", {options.client_cpu}, env)
    await_port(port, tree, 60)
    return tree


def one(vikhry, key, seconds, options, results):
    server = redis_server()
    results.add_strangers()
    out, simulator = results.out("scale", *key.values()), compiled(vikhry)
    redis_port, first_port, port = free_port(), free_port(), free_port()
    users = 1_000 * key["workers"]
    # A start knows then how batches are merged; it is done once, wherever vikhry is installed.
    subprocess.run([vikhry.launcher, "prepare"], check=True, capture_output=True, timeout=120)
    with Tree([server, "--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], out / "redis.log", {options.server_cpu}) as redis:
        await_port(redis_port, redis, 10)
        url = f"redis://127.0.0.1:{redis_port}"
        argv = ["nice", "-n", "10", jdk() / "bin" / "java", "-Xmx1500m", "-XX:+UseSerialGC", "-cp", f"{simulator}:{libraries(vikhry)}"]
        argv += ["io.vikhry.bench.Simulator", url, f"http://127.0.0.1:{first_port}", f"http://127.0.0.1:{port}"]
        argv += [f"workers={key['workers']}", f"users={users}", f"series={key['series']}", f"samples={key['samples']}", f"seconds={seconds}"]
        with orchestrator(vikhry, url, first_port, out, "first", options) as first, Tree(argv, out / "simulator.log", {options.server_cpu}) as load:
            await_line(load, "rehearsed", 120)
            first.end(patience=10)
            with orchestrator(vikhry, url, port, out, "measured", options) as measured:
                seen = watched(measured, load, redis_port, seconds + 180)
        said = {line["what"]: line for line in lines(out / "simulator.log")}
        kept = sum(f.stat().st_size for f in (out / "home-measured").rglob("batches*.log"))
    for home in out.glob("home-*"):
        shutil.rmtree(home, ignore_errors=True)
    if "troubles" not in said:
        raise RuntimeError(f"the runs did not come to their end: {load.last_words()}")
    cold, warm = said["cold"], said["warm"]
    settled = sorted(cold["lags"][WARM_FROM:] + warm["lags"])
    results.add(
        "scale",
        **key,
        seconds=seconds,
        users=cold["users"],
        assigned_cold=round(cold["assigned_seconds"], 2),
        assigned_warm=round(warm["assigned_seconds"], 2),
        least=cold["least"],
        most=cold["most"],
        lag_cold_ms=max(cold["lags"][:COLD_SECONDS], default=None),
        lag_p50_ms=percentile(settled, 50),
        lag_p99_ms=percentile(settled, 99),
        lag_max_ms=max(settled, default=None),
        **seen,
        kept_mb_per_second=round(kept / 1e6 / max(1, len(cold["lags"]) + len(warm["lags"])), 1),
        spooled=max(cold["spooled_most"], warm["spooled_most"]),
        tick_kb=round(cold["tick_bytes"] / 1e3),
        sent=cold["sent"] + warm["sent"],
        reported=cold["reported"] + warm["reported"],
        completeness=min(cold["completeness"], warm["completeness"]),
        troubles=said["troubles"]["count"],
        heap=options.scale_heap,
        live_mb=live(out / "gc-measured.log"),
        command=shown(["bench/run", "scale"]),
        tool="vikhry",
    )
    return (
        f"lag {percentile(settled, 50)} ms (p99 {percentile(settled, 99)}), cold {max(cold['lags'][:COLD_SECONDS], default=None)} ms, "
        f"{cold['users']:,} users in {cold['assigned_seconds']:.2f} s cold and {warm['assigned_seconds']:.2f} s warm, {seen['rss_late_mb']} MB"
    )


def watched(measured, load, redis_port, seconds):
    """What orchestrator and Redis take, looked at each second until the simulator ends."""
    memory, cpu, held = [], [], []
    while load.running() and time.monotonic() < measured.started + seconds:
        t, spent = time.monotonic(), measured.cpu_seconds()
        time.sleep(1)
        cpu.append((measured.cpu_seconds() - spent) / (time.monotonic() - t))
        memory.append(measured.rss_bytes() / 1e6)
        held.append(int(ask(redis_port, "INFO memory").get("used_memory", 0)) / 1e6)
    if load.running():
        raise RuntimeError(f"it does not end: {load.last_words()}")
    third = len(memory) // 3
    busy = sorted(cpu[third : -len(cpu) // 4 or None])
    return {
        "cpus": round(busy[len(busy) // 2], 2) if busy else None,
        "rss_early_mb": round(max(memory[:third], default=0)),
        "rss_late_mb": round(max(memory[third:], default=0)),
        "redis_early_mb": round(max(held[:third], default=0)),
        "redis_late_mb": round(max(held[third:], default=0)),
    }


def live(log):
    """What full collections have left, in MB, in their order: what the heap truly holds."""
    return [int(m) for m in re.findall(r"Pause Full.* \d+M->(\d+)M", log.read_text())] if log.exists() else []


def await_line(tree, what, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and tree.running():
        if any(line["what"] == what for line in lines(tree.log)):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing is {what}: {tree.last_words()}")


def lines(file):
    for line in file.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def grid(results):
    """Head and rows of one table: a column for each size, a row for each figure."""
    done = [r for r in results.read("scale") if "error" not in r]
    figures = {
        "lag once warm, p50": lambda r: millis(r["lag_p50_ms"]),
        "p99": lambda r: millis(r["lag_p99_ms"]),
        "max": lambda r: millis(r["lag_max_ms"]),
        "max of a cold orchestrator's first 10 s": lambda r: millis(r["lag_cold_ms"]),
        "users dealt out, start to last worker, cold": lambda r: f"{r['users']:,} in {r['assigned_cold']} s",
        "warm": lambda r: f"{r['assigned_warm']} s",
        "each worker has": lambda r: f"{r['least']:,}" if r["least"] == r["most"] else f"{r['least']:,} to {r['most']:,}",
        "requests sent = reported": lambda r: f"{r['sent']:,}, yes" if r["sent"] == r["reported"] else f"{r['sent']:,}, **no: {r['reported']:,}**",
        "batches a worker had to keep, at most": lambda r: str(r["spooled"]),
        "CPUs of one": lambda r: str(r["cpus"]),
        "heap it may take": lambda r: r["heap"],
        "live after full collections, first and last": lambda r: f"{r['live_mb'][0]} and {r['live_mb'][-1]} MB" if r.get("live_mb") else "– (there was none)",
        "resident, first third of the time": lambda r: f"{r['rss_early_mb']:,} MB",
        "after that": lambda r: f"{r['rss_late_mb']:,} MB",
        "Redis' memory, first third": lambda r: f"{r['redis_early_mb']:,} MB",
        "after it": lambda r: f"{r['redis_late_mb']:,} MB",
        "kept on disk": lambda r: f"{r['kept_mb_per_second']} MB/s",
        "seconds": lambda r: str(r["seconds"]),
    }
    head = [""] + [f"{r['workers']:,} × {r['series']}, {r['samples']:,} samples of each" for r in done]
    return head, [[name, *(figure(r) for r in done)] for name, figure in figures.items()] if done else []


def millis(value):
    return "–" if value is None else f"{value:,} ms"


def table(results):
    head, rows = grid(results)
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
