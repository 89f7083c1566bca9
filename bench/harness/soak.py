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
        code = subprocess.run(argv, cwd=REPOSITORY, stdout=out, stderr=subprocess.STDOUT).returncode
    figures = re.search(r"^soak: .*$", log.read_text(errors="replace"), re.M)
    if code or not figures:
        raise SystemExit(f"bench/run: the soak failed: see {log}")
    results.add("soak", line=figures[0])
    print(figures[0], flush=True)
