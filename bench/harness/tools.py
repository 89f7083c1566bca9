"""The tools: for each the command line of every kind of load, the version, and what it reported of the latencies."""

import csv
import json
import os
import re
import subprocess

from .paths import BENCH, NODE, PEERS, REPOSITORY, jdk
from .tool import Command, NotHere, Tool, debian_version, millis, output, percentile


class Native(Tool):
    """A program on the PATH."""

    package = ""

    def version(self):
        if not any(os.access(f"{d}/{self.name}", os.X_OK) for d in os.environ["PATH"].split(":") if "shims" not in d):
            raise NotHere(f"{self.name} is not installed: bench/run install")
        return debian_version(self.package) or "?"


class Wrk(Native):
    name = package = "wrk"

    def command(self, load):
        if load.kind == "loop":
            return Command(["wrk", "-t1", f"-c{load.users}", f"-d{load.seconds}", "--latency", "--timeout", "60", load.url])

    def loops(self, count):
        return Threads(count)

    def reported(self, load, log):
        r = {f"p{q}": millis(v) for q, v in re.findall(r"^\s+(\d+)%\s+(\S+)$", log, re.M)}
        if m := re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", log):
            r["max"] = millis(m[1])
        return r


class H2load(Native):
    name = "h2load"
    package = "nghttp2-client"

    def command(self, load):
        words = ["h2load", *([] if load.protocol.startswith("h2") else ["--h1"]), "-t1", f"-c{load.users}", f"-D{load.seconds}"]
        if load.kind == "loop":
            return Command([*words, load.url])
        if load.kind == "paced":
            return Command([*words, f"--rps={load.rate / load.users:g}", load.url])
        if load.kind == "idle":
            return Command([*words, "--rps=0.1", load.url])

    def reported(self, load, log):
        m = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)", log)
        return {"max": millis(m[2]), "mean": millis(m[3])} if m else {}


class Ab(Native):
    name = "ab"
    package = "apache2-utils"

    def command(self, load):
        if load.kind == "loop":
            return Command(["ab", "-k", "-q", f"-c{load.users}", f"-t{load.seconds}", "-n100000000", load.url], note="HTTP/1.0 with keep-alive: a shorter request")

    def reported(self, load, log):
        return {"max" if q == "100" else f"p{q}": float(v) for q, v in re.findall(r"^\s+(50|90|95|99|100)%\s+(\d+)", log, re.M)}


class Hey(Native):
    name = package = "hey"

    def command(self, load):
        words = ["hey", "-cpus", "1", "-z", f"{load.seconds}s", "-c", load.users, "-t", "60"]
        if load.kind == "loop":
            return Command([*words, load.url])
        if load.kind == "paced":
            return Command([*words, "-q", f"{load.rate / load.users:g}", load.url])

    def reported(self, load, log):
        r = {f"p{q}": float(v) * 1000 for q, v in re.findall(r"^\s+(50|90|95|99)%+ in ([\d.]+) secs", log, re.M)}
        if m := re.search(r"Slowest:\s+([\d.]+)", log):
            r["max"] = float(m[1]) * 1000
        return r


class Threads(Wrk):
    """wrk with so many threads."""

    def __init__(self, threads):
        self.threads = threads

    def command(self, load):
        command = super().command(load)
        if command:
            command.argv[1] = f"-t{self.threads}"
        return command


class Node(Tool):
    """A program of npm."""

    compiles = True

    def version(self):
        package = PEERS / "node" / "node_modules" / self.name / "package.json"
        if not package.exists():
            raise NotHere(f"{self.name} is not installed: bench/run install")
        return f"{json.loads(package.read_text())['version']} (Node {output('node', '--version').strip().lstrip('v')})"


class Autocannon(Node):
    name = "autocannon"
    warm = 4.0

    def command(self, load):
        words = ["node", NODE / "autocannon", "-c", load.users, "-d", load.seconds, "-t", "60", "--json"]
        if load.kind == "loop":
            return Command([*words, load.url])
        if load.kind == "paced":
            return Command([*words, "-R", f"{load.rate:g}", load.url], note="with -R it corrects its latencies for what was asked too late")

    def reported(self, load, log):
        t = json.loads(log[log.index("{") :])["latency"]
        return {"p50": t["p50"], "p90": t["p90"], "p99": t["p99"], "p99.9": t["p99_9"], "max": t["max"]}


class Artillery(Node):
    name = "artillery"
    warm = 6.0

    def command(self, load):
        if load.kind not in ("loop", "idle", "open"):
            return None
        words = ["node", NODE / "artillery", "run", "--output", load.out / "artillery.json", BENCH / "peers" / "artillery" / f"{load.kind}.yml"]
        return Command(
            words,
            {
                "TARGET": load.url.rstrip("/"),
                "USERS": str(load.users),
                "RATE": f"{load.rate:g}",
                "SECONDS_LONG": str(load.seconds),
                "ARTILLERY_DISABLE_TELEMETRY": "true",
            },
        )

    def reported(self, load, log):
        t = json.loads((load.out / "artillery.json").read_text())["aggregate"]["summaries"]["http.response_time"]
        return {"p50": t["p50"], "p90": t["p90"], "p95": t["p95"], "p99": t["p99"], "p99.9": t["p999"], "max": t["max"]}


class Locust(Tool):
    name = "locust"
    warm = 4.0

    def version(self):
        version = debian_version("python3-locust")
        if not version:
            raise NotHere("not available: this machine's package sources have no Locust")
        return f"{version} (Debian's; newer ones come by pip)"

    def command(self, load):
        if load.kind not in ("loop", "idle", "paced"):
            return None
        ramp = max(1, load.users // 10) if load.kind == "idle" else load.users
        words = ["/usr/bin/locust", "-f", BENCH / "peers" / "locust" / "locustfile.py", load.kind.capitalize(), "--headless", "-u", load.users, "-r", ramp]
        words += ["-t", f"{load.seconds}s", "--only-summary", "--csv", load.out / "locust", "-H", load.url.rstrip("/")]
        return Command(words, {"RATE": f"{load.rate:g}", "USERS": str(load.users)}, "FastHttpUser")

    def reported(self, load, log):
        with open(load.out / "locust_stats.csv") as f:
            for row in csv.DictReader(f):
                if row["Name"] == "Aggregated":
                    r = {f"p{q}": float(row[f"{q}%"]) for q in ("50", "90", "95", "99", "99.9")}
                    return {**r, "max": float(row["Max Response Time"])}
        return {}


class JavaPeer(Tool):
    """A library of Maven Central with a program of ours around it, in peers/."""

    compiles = True
    warm = 9.0
    flags = ()
    title = ""

    @property
    def folder(self):
        return PEERS / self.name

    def version(self):
        if not (self.folder / "classpath.txt").exists() or not (self.folder / "target" / "classes").exists():
            raise NotHere(f"{self.name} is not installed: bench/run install")
        return re.search(r"<peer.version>(.*?)<", (self.folder / "pom.xml").read_text())[1]

    def java(self, load, main, properties=(), arguments=(), flags=()):
        path = f"{self.folder / 'target' / 'classes'}:{(self.folder / 'classpath.txt').read_text().strip()}"
        asked = [f"-Dmode={load.kind}", f"-Dusers={load.users}", f"-Dseconds={load.seconds}", f"-Drate={load.rate:g}", f"-Durl={load.url}", f"-Dport={load.port}"]
        return Command([jdk() / "bin" / "java", *self.flags, *flags, *asked, *properties, "-cp", path, main, *arguments])


class Gatling(JavaPeer):
    name = "gatling"
    # As its Maven plugin starts it.
    flags = (
        "-Xmx1G",
        "-XX:MaxInlineLevel=20",
        "-XX:MaxTrivialSize=12",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
    )

    def command(self, load):
        timed = load.kind in ("open", "paced")
        percentiles = [f"-Dgatling.charting.indicators.percentile{i}={q}" for i, q in enumerate(("50", "95", "99", "99.9"), 1)]
        return self.java(load, "io.gatling.app.Gatling", percentiles, ["-s", "bench.Load", "-rf", load.out / "gatling", *([] if timed else ["-nr"])])

    def reported(self, load, log):
        r = {}
        for what, value in re.findall(r"> (.*?)\s+\|\s+([\d,]+) \|", log.split("Global Information")[-1]):
            if m := re.match(r"response time ([\d.]+)th percentile", what):
                r[f"p{m[1]}"] = float(value.replace(",", ""))
            elif what.startswith("max response"):
                r["max"] = float(value.replace(",", ""))
        return r


class JMeter(JavaPeer):
    name = "jmeter"

    def version(self):
        dsl = super().version()
        engine = re.search(r"ApacheJMeter_core-([\d.]+)\.jar", (self.folder / "classpath.txt").read_text())
        return f"{engine[1] if engine else '?'} (by jmeter-java-dsl {dsl})"

    def command(self, load):
        properties = []
        if load.kind in ("open", "paced"):
            properties += [f"-Djtl={load.out / 'jtl'}", f"-Dplan={BENCH / 'peers' / 'jmeter' / 'open.jmx'}"]
        return self.java(load, "bench.Load", properties, flags=["-Xss256k"] if load.users > 5000 else [])

    def reported(self, load, log):
        files = sorted((load.out / "jtl").glob("*.jtl"), key=os.path.getmtime)
        if not files:
            return {}
        with open(files[-1]) as f:
            times = sorted(int(row["elapsed"]) for row in csv.DictReader(f))
        return {k: percentile(times, q) for k, q in (("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9), ("max", 100))}


class Hyperfoil(JavaPeer):
    name = "hyperfoil"

    def command(self, load):
        return None if load.kind == "paced" else self.java(load, "bench.Load")

    def reported(self, load, log):
        m = re.search(r"LATENCY (.*)", log)
        return {k: float(v) for k, v in (pair.split("=") for pair in m[1].split())} if m else {}


class Vikhry(Tool):
    name = "vikhry"
    compiles = True
    warm = 9.0
    scenarios = {"loop": "Loop", "open": "Loop", "idle": "Idle", "paced": "Paced"}
    scenario = ""
    """Instead of the one of the kind of load."""
    java_options = ""
    about = ""
    _help = None

    def variants(self):
        """vikhry as it runs where this or that is not to be had, or asked for otherwise."""
        return [
            Variant("NIO", "-Dvikhry.transport=nio", "Java's own sockets, as where there is no epoll"),
            Variant("io_uring", "-Dvikhry.transport=io_uring"),
            Variant("fallback scheduler", "-Dvikhry.scheduler=fallback", "users on the JDK's own scheduler", every_size=True),
            Variant("body discarded", scenario="Discard"),
        ]

    def loops(self, count):
        """vikhry on so many loops, whatever CPUs it has."""
        return Variant("vikhry", f"-Dvikhry.loops={count}")

    @property
    def launcher(self):
        """The distribution's own: the one in the repository's root would look for changed sources first."""
        built = sorted(REPOSITORY.glob("vikhry-cli/target/vikhry-*/vikhry-*/bin/vikhry"))
        if not built:
            raise NotHere("vikhry is not built: bench/run install")
        return built[-1]

    def load_options(self, cpus):
        """The JVM's options for a process that generates load, as the launcher chooses them on these CPUs; no start cache, which fits one class path."""
        environment = {**os.environ, "VIKHRY_JAVA_OPTS": "-XshowSettings:properties -version"}
        asked = subprocess.run(
            [self.launcher, "run"], capture_output=True, text=True, timeout=60, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cpus)
        )
        # The JVM prints its properties in order, indented; each of these options has a line.
        told = re.search(r"^    vikhry\.load\.jvm = (.*?)\n(?:    |\n)", asked.stderr, re.M | re.S)
        if not told:
            raise RuntimeError(f"the launcher does not tell its options: {asked.stderr[-300:]}")
        return [o for o in told[1].split("\n") if not re.search(r"AOT|:aot|:cds|ArchiveRelocation|UnlockDiagnostic", o)]

    def version(self):
        changed = subprocess.run(["git", "-C", REPOSITORY, "status", "--porcelain", "vikhry-*", "pom.xml"], capture_output=True, text=True).stdout
        commit = subprocess.run(["git", "-C", REPOSITORY, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        return f"{output(self.launcher, '--version').split(',')[0].split()[-1]} ({commit}{', changed' if changed else ''})"

    def options(self):
        if self._help is None:
            self._help = output(self.launcher, "run", "--help")
        return self._help

    def command(self, load):
        protocol = load.protocol != "h1"
        scenario = self.scenario or ("Protocols" if protocol else self.scenarios[load.kind])
        words = [self.launcher, "run", "--scenario", BENCH / "scenarios" / f"{scenario}.java"]
        if protocol:
            words += ["--param", f"http2={'true' if load.protocol.startswith('h2') else 'false'}"]
        if load.kind == "open":
            if "--rate" not in self.options():
                return None
            words += ["--rate", f"{load.rate:g}"]
        else:
            words += ["--users", load.users]
        if load.kind == "idle" and "--ramp" in self.options():
            words += ["--ramp", "10s"]
        words += ["--duration", f"{load.seconds}s", "--param", f"baseUrl={load.url.rstrip('/')}", "--report-json", load.out / "vikhry.json"]
        return Command(words, {"VIKHRY_JAVA_OPTS": self.java_options} if self.java_options else {}, self.about)

    def reported(self, load, log):
        t = json.loads((load.out / "vikhry.json").read_text())["response_time_ms"]
        return {k: t[v] for k, v in (("p50", "p50"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99"), ("p99.9", "p999"), ("max", "max"))}


class Variant(Vikhry):
    def __init__(self, name, java_options="", about="", scenario="", every_size=False):
        self.name, self.java_options, self.about, self.scenario, self.every_size = name, java_options, about, scenario, every_size


TOOLS = {t.name: t for t in (Vikhry(), Wrk(), H2load(), Ab(), Hey(), Hyperfoil(), Gatling(), JMeter(), Autocannon(), Artillery(), Locust())}
