"""Gets the tools by the usual clients of Debian, npm and Maven, and builds what is ours. What cannot be had is left out, with a word."""

import os
import shutil
import subprocess

from . import target
from .paths import BENCH, DIR, PEERS, REPOSITORY

DEBIAN = ("wrk", "nghttp2-client", "apache2-utils", "hey", "nginx-light", "openssl", "gcc", "libc6-dev", "python3-locust")
JAVA = ("gatling", "jmeter", "hyperfoil")


def say(text):
    print(f"bench/run install: {text}", flush=True)


def run(*argv, cwd=None, env=None):
    return subprocess.run([str(a) for a in argv], cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL).returncode == 0


def debian():
    missing = [p for p in DEBIAN if not run("sh", "-c", f"dpkg-query -W -f '${{Status}}' {p} 2>/dev/null | grep -q 'ok installed'")]
    if not missing:
        return
    if not shutil.which("apt-get"):
        say(f"this is no Debian: install {', '.join(missing)} yourself")
        return
    run("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "update")
    for package in missing:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        if not run("apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", package, env=quiet):
            say(f"{package} cannot be had: its tool is left out")


def java():
    for name in JAVA:
        folder = PEERS / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(BENCH / "peers" / name, folder)
        goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"]
        if not run("mvn", "-B", "-ntp", "-q", *goals, cwd=folder):
            shutil.rmtree(folder / "target", ignore_errors=True)
            say(f"{name} cannot be had: it is left out")


def node():
    folder = PEERS / "node"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BENCH / "peers" / "node" / "package.json", folder)
    # Their install scripts fetch browsers, which nobody needs here.
    if not run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=folder):
        say("npm's packages cannot be had: artillery and autocannon are left out")


def vikhry():
    if not run(REPOSITORY / "vikhry", "--version"):
        say("vikhry does not build: it is left out")


def install():
    DIR.mkdir(parents=True, exist_ok=True)
    for step in (debian, java, node, vikhry, target.build):
        say(step.__name__)
        step()
