"""Text as people type it: clean-up, pinyin sort keys and search grams."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad"}


def clean(text: str) -> str:
    """One line of text: NFC, no control or invisible characters, single blanks, trimmed."""
    text = unicodedata.normalize("NFC", text)
    kept = [
        " " if unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp") else c
        for c in text
        if c not in _INVISIBLE
        and unicodedata.category(c) not in ("Cs", "Co", "Cn")
        and not ("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069")
    ]
    return " ".join("".join(kept).split())


def fold(text: str) -> str:
    """Text for comparing: NFKC, case-folded, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=65536)
def pinyin(text: str) -> str:
    """Full pinyin without tones, blanks or marks, e.g. ``安居`` → ``anju``."""
    return "".join(c for c in "".join(lazy_pinyin(fold(text))) if c.isalnum())


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """First letters of the pinyin, e.g. ``安居`` → ``aj``."""
    letters = lazy_pinyin(fold(text), style=Style.FIRST_LETTER)
    return "".join(c for c in "".join(letters) if c.isalnum())


def sort_key(text: str) -> str:
    """Key that sorts Chinese by pinyin under the C collation: pinyin syllables, then the text."""
    return " ".join(lazy_pinyin(fold(text)))[:200] + " | " + text[:100]
