"""Where a message goes is personal data: stored encrypted, shown masked, found by keyed hash.

The key lies outside the database, in the folder ``ANJU_SECRETS``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_FIELD = b"notices.outbox"


class KeyMissing(Exception):
    """The key that opens this message is not there."""


@lru_cache(maxsize=4)
def _key(folder: str) -> bytes:
    path = Path(folder) / "messages.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump({"k1": base64.b64encode(os.urandom(32)).decode()}, file)
            file.flush()
            os.fsync(file.fileno())
        # Of two processes that start at once one wins whole.
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return base64.b64decode(json.loads(path.read_text(encoding="ascii"))["k1"])


def _current() -> bytes:
    return _key(os.environ.get("ANJU_SECRETS", str(Path(settings.VAR) / "secrets")))


def seal(text: str) -> bytes:
    """Ciphertext under the message key; the first byte names the key."""
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(_current()).encrypt(nonce, text.encode(), _FIELD)


def unseal(cipher: bytes | memoryview) -> str:
    """The text in clear.

    Raises:
        KeyMissing: another key wrote it, or it was tampered with.
    """
    cipher = bytes(cipher)
    try:
        return AESGCM(_current()).decrypt(cipher[1:13], cipher[13:], _FIELD).decode()
    except InvalidTag as error:
        raise KeyMissing("messages.json") from error


def keyed_hash(text: str) -> str:
    """Hash by which messages to one address are counted without reading them."""
    return hmac.new(_current(), text.strip().lower().encode(), hashlib.sha256).hexdigest()
