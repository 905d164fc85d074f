"""Word lists of ``words.txt`` by section."""

from __future__ import annotations

from importlib import resources


def _read() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    text = resources.files(__package__).joinpath("words.txt").read_text(encoding="utf-8")
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            out[section] = []
        elif line and not line.startswith("#"):
            out[section].extend(line.split())
    return out


WORDS = _read()
