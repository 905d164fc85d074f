"""A dated record of a run with the machine and the commit, for ``bench`` and ``torture``."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} x {model}, {memory:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


class Record:
    """Lines for the terminal and for the file, the same."""

    def __init__(self, kind: str, share: float) -> None:
        self.began = time.monotonic()
        self.failed: list[str] = []
        self.broken: list[str] = []  # ended by a mistake of the program, not by a limit
        self._lines: list[str] = []
        now = datetime.now(UTC)
        commit = _commit()
        self._path = ROOT / kind / "results" / f"{now:%Y-%m-%d-%H%M}-{commit}.txt"
        self.say(f"{kind} · {now:%Y-%m-%d %H:%M} UTC · commit {commit} · share {share:g}")
        self.say(_machine())

    def say(self, words: str) -> None:
        sys.stdout.write(words + "\n")
        sys.stdout.flush()
        self._lines.append(words)

    def run(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Run one part; its output is kept, its exit status judged."""
        self.say(f"\n== {name}")
        began = time.monotonic()
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                self.say(line.rstrip().rsplit("\r", 1)[-1])
                if line.startswith("Traceback"):
                    self.broken.append(name)
        if child.returncode:
            self.failed.append(name)
        told = "passed" if child.returncode == 0 else f"FAILED ({child.returncode})"
        self.say(f"== {name} {told} in {time.monotonic() - began:.0f} s")

    def close(self) -> int:
        """Write the file; returns the exit status."""
        told = f"failed: {', '.join(self.failed)}" if self.failed else "all passed"
        self.say(f"\n{told} in {time.monotonic() - self.began:.0f} s")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        sys.stdout.write(f"Recorded in {self._path.relative_to(ROOT)}\n")
        return 1 if self.failed else 0
