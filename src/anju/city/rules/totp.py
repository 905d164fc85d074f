"""Second factors of the demo, computed as an authenticator does (RFC 6238). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP = 30  # seconds a code is good for


def code_at(secret: str, seconds: int) -> str:
    """The six digits of a base32 secret at a Unix time.

    Raises:
        ValueError: the secret is not base32.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", seconds // STEP), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def seconds_left(seconds: int) -> int:
    """Seconds until the next code."""
    return STEP - seconds % STEP
