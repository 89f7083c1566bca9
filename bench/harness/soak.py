"""Ten minutes of users that come and go, broken connections and errors: what the process holds before and after."""

import re
import subprocess

from .paths import REPOSITORY


def measure(tools, options, results):
    seconds = 20 if options.quick else options.soak_seconds
    argv = ["mvn", "-B", "-ntp", "-pl", "vikhry-runtime", "-am", "test", "-Dtest=SoakTest", "-Dsurefire.failIfNoSpecifiedTests=false"]
    argv += ["-Djacoco.skip", "-Dspotless.check.skip", f"-Dvikhry.soak.seconds={seconds}"]
    log = results.out("soak") / "log"
    with open(log, "wb") as out:
        code = subprocess.run(argv, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT).returncode
    line, grown = verdict(log.read_text(errors="replace"))
    if not line:
        raise SystemExit(f"bench/run: the soak did not get to its end: see {log}")
    results.add("soak", line=line, grown=grown or code != 0)
    print(line, flush=True)
    if grown or code:
        raise SystemExit(f"bench/run: the soak failed: see {log}")


def verdict(log):
    """The line in which the test says what it found, without its mark, and whether anything grew."""
    m = re.search(r"^soak: ((nothing|.*?) grew.*)$", log, re.M)
    return (m[1], m[2] != "nothing") if m else ("", True)
