"""Kill parts of the demo with SIGKILL: all of it ends, and the next start is clean.

Usage: python -m torture.demo_kills [share]. Each round starts the demo in a folder of its own,
kills one part, and looks at every process that mentions the folder's database or port.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from anju.config.postgres import Server

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "torture" / "demo"
READY_SECONDS = 300
GONE_SECONDS = 60
# Full size: each victim three times; at a tenth once.
ROUNDS = 3


class Demo:
    """One run of the demo."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.log = VAR.with_suffix(".log")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "ANJU_VAR": str(VAR),
            "PORT": self.port,
            # Every process of this run carries the mark in its environment.
            "ANJU_TORTURE": self.port,
        }
        environment.pop("DATABASE_URL", None)
        environment.pop("ANJU_SECRETS", None)
        # As the Makefile does, without installing anything.
        rule = VAR.with_suffix(".mk")
        rule.write_text(f"demo:\n\t@'{sys.executable}' -m anju.config.cli demo\n")
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                ["make", "-f", str(rule), "demo"],
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.began = time.monotonic()

    def wait(self) -> float:
        """Seconds until it was ready."""
        while time.monotonic() - self.began < READY_SECONDS:
            if self.process.poll() is not None:
                tail = self.log.read_text(errors="replace")[-1500:]
                raise SystemExit(f"the demo ended while starting:\n{tail}")
            try:
                address = f"http://127.0.0.1:{self.port}/healthz"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - self.began
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise SystemExit("the demo was not ready in time")

    def processes(self) -> dict[int, str]:
        """Living processes of this run with their command, found by the mark they carry."""
        mark = f"ANJU_TORTURE={self.port}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                        continue
                    found[int(entry.name)] = (
                        (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    )
            except OSError:
                continue
        return found

    def find(self, word: str) -> int:
        """The oldest process whose command holds the word."""
        return min(pid for pid, command in self.processes().items() if word in command)

    def wait_gone(self) -> float:
        """Seconds until nothing of this run is left."""
        began = time.monotonic()
        while time.monotonic() - began < GONE_SECONDS:
            self.process.poll()
            if not self.processes():
                return time.monotonic() - began
            time.sleep(0.2)
        left = "\n".join(f"{pid} {command[:120]}" for pid, command in self.processes().items())
        raise SystemExit(f"still running after {GONE_SECONDS} s:\n{left}")


def count_rows() -> int:
    """Homes in the database of the demo."""
    with psycopg.connect(Server(VAR).url("anju_read")) as session:
        row = session.execute("SELECT count(*) FROM registry_unit").fetchone()
    assert row is not None
    return int(row[0])


def strike(demo: Demo, word: str) -> None:
    os.kill(demo.find(word), signal.SIGKILL)


VICTIMS: dict[str, Callable[[Demo], None]] = {
    "database": lambda demo: strike(demo, "bin/postgres -D"),
    "web": lambda demo: strike(demo, "granian"),
    "worker": lambda demo: strike(demo, "django work"),
    "the demo itself": lambda demo: strike(demo, "anju.config.cli demo"),
    "make": lambda demo: demo.process.kill(),
    # A terminal sends it to everything in the foreground.
    "nobody; Ctrl-C": lambda demo: os.killpg(demo.process.pid, signal.SIGINT),
}


def round_run(name: str, kill: Callable[[Demo], None], rows: int) -> None:
    demo = Demo()
    try:
        ready = demo.wait()
        if count_rows() != rows:
            raise SystemExit(f"{count_rows()} homes, {rows} before: data were lost")
        kill(demo)
        gone = demo.wait_gone()
    finally:
        for pid in demo.processes():
            os.kill(pid, signal.SIGKILL)
    status = demo.process.wait()
    # make ends as its part did: by the signal, or with 2 where the demo told a failure.
    expected = {"nobody; Ctrl-C": -signal.SIGINT, "make": -signal.SIGKILL}.get(name, 2)
    if status != expected:
        raise SystemExit(f"{name}: exit status {status} instead of {expected}")
    sys.stdout.write(
        f"{name:<18} ready in {ready:5.1f} s, all gone in {gone:4.1f} s, status {status}\n"
    )
    sys.stdout.flush()


def main() -> int:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    shutil.rmtree(VAR, ignore_errors=True)
    shutil.rmtree(Server(VAR).home, ignore_errors=True)
    first = Demo()
    sys.stdout.write(f"{'first start':<18} ready in {first.wait():5.1f} s\n")
    rows = count_rows()
    first.process.send_signal(signal.SIGTERM)
    first.wait_gone()
    for _ in range(max(1, round(ROUNDS * share))):
        for name, kill in VICTIMS.items():
            round_run(name, kill, rows)
    # After the last kill it starts once more, with everything in it.
    round_run("nobody; Ctrl-C", VICTIMS["nobody; Ctrl-C"], rows)
    home = Server(VAR).home
    shutil.rmtree(VAR, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
