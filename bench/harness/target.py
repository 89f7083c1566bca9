"""The servers under load, each on 127.0.0.1 and pinned. What they counted is read from outside: nothing that a tool says is believed."""

import array
import mmap
import os
import socket
import struct
import subprocess
import time

from . import process
from .paths import BENCH, BIN, DIR
from .process import Tree

HEADER = 4096


def build():
    process.build("fast")
    process.build("slow", "-lm")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, tree, seconds=5):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            if not tree.running():
                break
            time.sleep(0.02)
    raise RuntimeError(f"the target does not listen: {tree.last_words()}")


class Target:
    """A server of its own for one measurement."""

    def __init__(self, cpus, port=None, number=0):
        build()
        self.shared = port is not None
        self.port = port or free_port()
        self.folder = DIR / "targets" / (f"{self.port}-{number}" if self.shared else str(self.port))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tree = Tree(self.command(), self.folder / "log", cpus)
        try:
            wait_for_port(self.port, self.tree)
        except Exception:
            self.tree.end()
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def cpu_seconds(self):
        return self.tree.cpu_seconds()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tree.end(patience=2)


class Fast(Target):
    """fast.c; its counter is a mapped file."""

    def command(self):
        self.file = self.folder / "counter"
        return [BIN / "fast", self.port, self.file, *(["share"] if self.shared else [])]

    def head(self):
        with open(self.file, "rb") as f, mmap.mmap(f.fileno(), HEADER, prot=mmap.PROT_READ) as m:
            return struct.unpack("QQQqQ", m[:40])

    def requests(self):
        return self.head()[0]

    def accepted(self):
        """Of a server that shares its port it may be asked before there is a counter."""
        return self.head()[1] if self.file.exists() and self.file.stat().st_size else 0

    def open_connections(self):
        return self.head()[2]

    def first_request(self):
        """Seconds on the clock of time.monotonic, or None."""
        ns = self.head()[3]
        return ns / 1e9 if ns else None


class OnEach:
    """A fast server on each CPU, all on one port: what CPUs a client has, as much of the server it has beside it."""

    def __init__(self, cpus):
        self.port = free_port()
        self.servers = []
        try:
            for number, cpu in enumerate(sorted(cpus)):
                self.servers.append(Fast({cpu}, self.port, number))
            limit = time.monotonic() + 5
            # A client that came before all of them listen would have its connections with the first alone.
            while not all(s.accepted() > 1 for s in self.servers):
                if time.monotonic() > limit:
                    raise RuntimeError("the kernel does not deal connections to all servers of a port")
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
        except Exception:
            self.__exit__()
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def requests(self):
        return sum(s.requests() for s in self.servers)

    def cpu_seconds(self):
        return sum(s.cpu_seconds() for s in self.servers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in self.servers:
            s.__exit__()


class Slow(Fast):
    """slow.c, which keeps a record of each request."""

    def __init__(self, cpus, freeze=None):
        self.freeze = freeze
        super().__init__(cpus)

    def command(self):
        super().command()
        words = [BIN / "slow", "--port", self.port, "--file", self.file]
        if self.freeze:
            for name, value in self.freeze.items():
                words += [f"--freeze-{name}", value]
        return words

    def log(self):
        """(arrived ns, answered ns or 0) of each request, in the order of arrival."""
        logged = self.head()[4]
        values = array.array("q")
        with open(self.file, "rb") as f:
            f.seek(HEADER)
            values.frombytes(f.read(logged * 24))
        return list(zip(values[0::3], values[1::3]))

    def __exit__(self, *_):
        super().__exit__()
        os.remove(self.file)


class Nginx(Target):
    """nginx with a fixed answer; it counts by its status page."""

    listen = ""
    scheme = "http"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    def command(self):
        self.counter = free_port()
        self.asked = 0
        (self.folder / "tmp").mkdir(exist_ok=True)
        text = (BENCH / "targets" / "nginx.conf").read_text()
        certificate = ""
        if self.scheme == "https":
            certificate = "ssl_certificate {0}/cert.pem; ssl_certificate_key {0}/key.pem;".format(key_pair())
        parts = {"DIR": self.folder, "PORT": self.port, "COUNT": self.counter, "LISTEN": self.listen, "TLS": certificate}
        for name, value in parts.items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / "nginx.conf").write_text(text)
        return ["nginx", "-c", self.folder / "nginx.conf"]

    def requests(self):
        with socket.create_connection(("127.0.0.1", self.counter), 5) as s:
            s.sendall(b"GET /count HTTP/1.0\r\n\r\n")
            answer = b""
            while more := s.recv(65536):
                answer += more
        self.asked += 1
        return int(answer.split(b"\r\n\r\n", 1)[1].split()[9]) - self.asked

    def first_request(self):
        """When one was seen first, in seconds on the clock of time.monotonic, or None: as exact as it is asked often."""
        return time.monotonic() if self.requests() else None


class NginxH2c(Nginx):
    listen = "http2"


class NginxTls(Nginx):
    listen = "ssl"
    scheme = "https"


class NginxH2s(Nginx):
    listen = "ssl http2"
    scheme = "https"


def key_pair():
    """The folder of a certificate for 127.0.0.1 and its key, made once."""
    folder = DIR / "tls"
    if not (folder / "cert.pem").exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
        words += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
        subprocess.run(words, check=True, capture_output=True)
    return folder


TARGETS = {"fast": Fast, "nginx": Nginx}
PROTOCOLS = {"h2c": NginxH2c, "h1s": NginxTls, "h2s": NginxH2s}
