"""Where things are: the sources here, all that is built or written outside the repository."""

import os
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
DIR = Path(os.environ.get("VIKHRY_BENCH_DIR", "~/.cache/vikhry-bench")).expanduser()
BIN = DIR / "bin"
PEERS = DIR / "peers"
NODE = PEERS / "node" / "node_modules" / ".bin"
RUNS = DIR / "runs"


def jdk():
    """Home of the JDK that vikhry and the Java peers run on."""
    return Path(subprocess.run([REPOSITORY / "build" / "find-jdk"], check=True, capture_output=True, text=True).stdout.strip())


def shown(words, env=None):
    """A command as a reader can repeat it: no paths of this machine, no class path of a hundred jars."""
    out, after = [], None
    settings = [f"{name}={value}" for name, value in (env or {}).items()]
    for word in settings + list(map(str, words)):
        if after in ("-cp", "-classpath"):
            word = "…"
        elif word.endswith("/bin/java"):
            word = "java"
        for path, name in ((DIR, "$VIKHRY_BENCH_DIR"), (REPOSITORY, ".")):
            word = word.replace(str(path), name)
        after = word
        out.append(f"'{word}'" if " " in word else word)
    return " ".join(out)
