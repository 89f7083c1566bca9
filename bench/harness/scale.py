"""Scale: one orchestrator on one CPU merges what a thousand workers send, and deals out a million users.

The workers are simulated (bench/simulator): they speak the cluster's contract through vikhry's own classes and a real Redis, and
share the other CPU with it. How late each second was complete is the orchestrator's own account (`lag_ms` of /api/v1/metrics)."""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .paths import BENCH, BIN, jdk, shown
from .process import Tree
from .tool import NotHere

QUICK = [(50, 10, 100, 8)]
HEAP = "-Xmx1g"


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


def one(vikhry, key, seconds, options, results):
    server = redis_server()
    results.add_strangers()
    out, simulator = results.out("scale", *key.values()), compiled(vikhry)
    redis_port, port = free_port(), free_port()
    users = 1_000 * key["workers"]
    with Tree([server, "--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], out / "redis.log", {options.server_cpu}) as redis:
        await_port(redis_port, redis, 10)
        url = f"redis://127.0.0.1:{redis_port}"
        words = [vikhry.launcher, "orchestrator", "start", "--foreground", "--port", port, "--scenario", BENCH / "scenarios" / "Idle.java"]
        env = {"VIKHRY_REDIS_URL": url, "VIKHRY_HOME": str(out / "home"), "VIKHRY_JAVA_OPTS": HEAP}
        with Tree(words, out / "orchestrator.log", {options.client_cpu}, env) as orchestrator:
            await_port(port, orchestrator, 60)
            argv = [jdk() / "bin" / "java", "-Xmx1500m", "-XX:+UseSerialGC", "-cp", f"{simulator}:{libraries(vikhry)}", "io.vikhry.bench.Simulator", url]
            argv += [f"http://127.0.0.1:{port}", f"workers={key['workers']}", f"users={users}", f"series={key['series']}"]
            argv += [f"samples={key['samples']}", f"seconds={seconds}"]
            with Tree(argv, out / "simulator.log", {options.server_cpu}) as load:
                memory, cpu = [], []
                while load.running() and time.monotonic() < load.started + seconds + 240:
                    t, spent = time.monotonic(), orchestrator.cpu_seconds()
                    time.sleep(1)
                    cpu.append((orchestrator.cpu_seconds() - spent) / (time.monotonic() - t))
                    memory.append((orchestrator.rss_bytes(), int(ask(redis_port, "INFO memory").get("used_memory", 0))))
                if load.running():
                    raise RuntimeError(f"it does not end: {load.last_words()}")
                said = {line["what"]: line for line in lines(out / "simulator.log")}
            kept = sum(f.stat().st_size for f in (out / "home").rglob("batches*.log"))
    shutil.rmtree(out / "home", ignore_errors=True)
    if "merged" not in said:
        raise RuntimeError(f"the run did not come to its end: {load.last_words()}")
    merged, assigned = said["merged"], said["assigned"]
    busy = sorted(cpu[len(cpu) // 3 : -len(cpu) // 4 or None])
    rss = [m[0] / 1e6 for m in memory]
    results.add(
        "scale",
        **key,
        seconds=merged["seconds"],
        users=assigned["users"],
        assigned_seconds=round(assigned["seconds"], 2),
        least=assigned["least"],
        most=assigned["most"],
        lag_p50_ms=merged["lag_p50_ms"],
        lag_p99_ms=merged["lag_p99_ms"],
        lag_max_ms=merged["lag_max_ms"],
        cpus=round(busy[len(busy) // 2], 2) if busy else None,
        rss_early_mb=round(rss[len(rss) // 3]) if rss else None,
        rss_late_mb=round(rss[-3 if len(rss) > 3 else -1]) if rss else None,
        rss_max_mb=round(max(rss)) if rss else None,
        redis_mb=round(max(m[1] for m in memory) / 1e6) if memory else None,
        kept_mb_per_second=round(kept / 1e6 / max(1, merged["seconds"] + 5), 1),
        spooled=said.get("held", {}).get("spooled_most"),
        tick_kb=round(merged["tick_bytes"] / 1e3),
        sent=merged["sent"],
        reported=merged["reported"],
        completeness=merged["completeness"],
        troubles=merged["troubles"],
        heap=HEAP,
        command=shown(["bench/run", "scale"]),
        tool="vikhry",
    )
    return f"lag {merged['lag_p50_ms']} ms (p99 {merged['lag_p99_ms']}), {assigned['users']:,} users in {assigned['seconds']:.2f} s, {rss[-1]:.0f} MB"


def lines(file):
    for line in file.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


HEAD = ["workers × series", "samples of each", "seconds", "lag p50", "p99", "max", "CPUs", "MB early", "late", "most", "Redis MB", "MB/s kept", "users dealt in", "each has", "sent = reported"]


def rows(results):
    for r in results.read("scale"):
        if "error" not in r:
            yield [
                f"{r['workers']:,} × {r['series']}",
                f"{r['samples']:,}",
                str(r["seconds"]),
                *(f"{r[k]:,} ms" for k in ("lag_p50_ms", "lag_p99_ms", "lag_max_ms")),
                str(r["cpus"]),
                *(f"{r[k]:,}" for k in ("rss_early_mb", "rss_late_mb", "rss_max_mb", "redis_mb")),
                str(r["kept_mb_per_second"]),
                f"{r['users']:,} in {r['assigned_seconds']} s",
                f"{r['least']:,}" if r["least"] == r["most"] else f"{r['least']:,} to {r['most']:,}",
                f"{r['sent']:,}, yes" if r["sent"] == r["reported"] else f"{r['sent']:,}, **no: {r['reported']:,}**",
            ]


def table(results):
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for row in rows(results):
        yield "| " + " | ".join(row) + " |"
