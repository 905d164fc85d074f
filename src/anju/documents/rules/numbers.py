"""Numbers, verification codes and hashes of papers."""

from __future__ import annotations

import hashlib

# Crockford's letters: none is taken for a figure.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def paper_number(pattern: str, *, mark: str, year: int, sequence: int) -> str:
    """The number as it is written, e.g. ``房物证〔2026〕10号``."""
    return pattern.format(mark=mark, year=year, sequence=sequence)


def code_of(random_bytes: bytes) -> str:
    """Verification code of 80 random bits.

    Raises:
        ValueError: not ten bytes.
    """
    if len(random_bytes) != 10:
        raise ValueError("a verification code is made of ten bytes")
    number = int.from_bytes(random_bytes, "big")
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in range(CODE_LENGTH))[::-1]


def code_read(text: str) -> str:
    """A code as a person typed it, in its one spelling; empty when it is none."""
    code = text.upper().translate(_READ_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def in_fours(text: str) -> str:
    """Text in groups of four, for reading aloud."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def digest(data: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
