"""What an operator may read of an error."""

from __future__ import annotations

import re
import traceback

_LONG_NUMBER = re.compile(r"\d[\d Xx-]{4,}\d[Xx]?")
_MAIL = re.compile(r"[^\s@'\"<>]+@[^\s@'\"<>]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_QUOTED = re.compile(r"'[^']{1,200}'|\"[^\"]{1,200}\"|=\([^)]*\)")

STALLED_AFTER_SECONDS = 30
MAX_STALLED = 3  # a job that took three workers down is not given to a fourth


def scrubbed(text: str) -> str:
    """An error's text without numbers, addresses, quoted values and names of people."""
    for pattern in (_QUOTED, _MAIL, _LONG_NUMBER, _HAN):
        text = pattern.sub("…", text)
    return " ".join(text.split())[:400]


def error_text(error: BaseException) -> str:
    """Kind, scrubbed words and the last place of ours an error came through."""
    places = [
        f"{frame.filename.rpartition('/anju/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "/anju/" in frame.filename
    ]
    where = f" [{places[-1]}]" if places else ""
    return f"{type(error).__name__}: {scrubbed(str(error))}{where}"
