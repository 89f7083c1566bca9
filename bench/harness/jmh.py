"""The micro-benchmarks of bench/jmh: codec, recorder, loop."""

import functools
import json
import subprocess

from .paths import BENCH, jdk

FULL = ("-f", 3, "-wi", 5, "-w", "1s", "-i", 5, "-r", "1s")
SHORT = ("-f", 1, "-wi", 3, "-w", "1s", "-i", 3, "-r", "1s")
QUICK = ("-f", 1, "-wi", 1, "-w", "200ms", "-i", 2, "-r", "200ms")


def measure(tools, options, results):
    results.attempt("jmh", {}, lambda: everything(options, results))


@functools.cache
def classpath():
    """Builds bench/jmh and what it measures."""
    quiet = ["-Dmaven.test.skip", "-Djacoco.skip", "-Dspotless.check.skip"]
    if subprocess.run(["mvn", "-B", "-ntp", "-q", "-f", BENCH / "pom.xml", "package", "-pl", "jmh", "-am", *quiet]).returncode:
        raise RuntimeError("the micro-benchmarks do not build")
    target = BENCH / "jmh" / "target"
    return f"{target / 'classes'}:{(target / 'classpath.txt').read_text().strip()}"


def everything(options, results):
    path = classpath()
    out = results.out("jmh")
    asked = list(map(str, QUICK if options.quick else SHORT if options.short else FULL))
    argv = [jdk() / "bin" / "java", "-cp", path, "org.openjdk.jmh.Main", *asked, "-foe", "true", "-rf", "json", "-rff", out / "jmh.json"]
    with open(out / "log", "wb") as log:
        if subprocess.run([str(a) for a in argv], stdout=log, stderr=subprocess.STDOUT).returncode:
            raise RuntimeError(f"the micro-benchmarks failed: see {out / 'log'}")
    for r in json.loads((out / "jmh.json").read_text()):
        score = r["primaryMetric"]
        name = ".".join(r["benchmark"].split(".")[-2:])
        results.add("jmh", name=name, score=score["score"], plus_minus=float(score["scoreError"]), unit=score["scoreUnit"], asked=" ".join(asked))
        results.say(f"jmh {name}: {score['score']:.1f} {score['scoreUnit']}")
