"""Keys of personal data: kept outside the database, in the folder ``ANJU_SECRETS``.

Each person has a data key of its own (AES-256-GCM), wrapped by a key from the key ring; the
pepper of the search hashes lies beside it. Deleting a person's wrapped key makes the person's
numbers unreadable for ever.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"


class KeyMissing(Exception):
    """The key that opens this value is not in the key ring, or was destroyed."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A person's data key in clear, and as it is stored."""

    raw: bytes
    key_id: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class _Ring:
    current: str
    keys: dict[str, bytes]
    pepper: bytes


def _folder() -> Path:
    default = Path(settings.VAR) / "secrets"
    return Path(os.environ.get("ANJU_SECRETS", str(default)))


def _ring() -> _Ring:
    return _read_ring(str(_folder()))


@lru_cache(maxsize=4)
def _read_ring(folder: str) -> _Ring:
    path = Path(folder) / "personal-data.json"
    if not path.exists():
        _make_ring(path)
    data = json.loads(path.read_text(encoding="ascii"))
    keys = {name: base64.b64decode(value) for name, value in data["keys"].items()}
    return _Ring(data["current"], keys, base64.b64decode(data["pepper"]))


def _make_ring(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = {
        "current": "k1",
        "keys": {"k1": base64.b64encode(os.urandom(32)).decode()},
        "pepper": base64.b64encode(os.urandom(32)).decode(),
    }
    # Written aside and linked into place: of two processes that start at once one wins whole.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(fresh, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def make_data_key() -> DataKey:
    """A fresh data key, wrapped by the current key of the ring."""
    ring = _ring()
    raw = os.urandom(32)
    nonce = os.urandom(12)
    wrapped = nonce + AESGCM(ring.keys[ring.current]).encrypt(nonce, raw, b"data-key")
    return DataKey(raw, ring.current, wrapped)


def open_data_key(key_id: str, wrapped: bytes) -> bytes:
    """The data key in clear.

    Raises:
        KeyMissing: the ring lacks the key, or the value was tampered with.
    """
    ring = _ring()
    if key_id not in ring.keys:
        raise KeyMissing(key_id)
    try:
        return AESGCM(ring.keys[key_id]).decrypt(
            bytes(wrapped[:12]), bytes(wrapped[12:]), b"data-key"
        )
    except InvalidTag as error:
        raise KeyMissing(key_id) from error


def seal(key: bytes, field: str, text: str) -> bytes:
    """Ciphertext of a value under a person's data key, tied to its field."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text.encode(), field.encode())


def unseal(key: bytes, field: str, cipher: bytes) -> str:
    """The value in clear.

    Raises:
        KeyMissing: another key, another field, or tampered with.
    """
    cipher = bytes(cipher)
    if cipher[:1] != _VERSION:
        raise KeyMissing("version")
    try:
        return AESGCM(key).decrypt(cipher[1:13], cipher[13:], field.encode()).decode()
    except InvalidTag as error:
        raise KeyMissing(field) from error


def search_hash(field: str, normal: str) -> bytes:
    """Keyed hash by which a number is found without being stored in clear."""
    return hmac.new(_ring().pepper, f"{field}:{normal}".encode(), hashlib.sha256).digest()


def seal_file(content: bytes) -> bytes:
    """A whole file under a key of its own; the wrapped key lies before it."""
    key, nonce = make_data_key(), os.urandom(12)
    head = f"{key.key_id}:{base64.b64encode(key.wrapped).decode()}".encode("ascii")
    body = AESGCM(key.raw).encrypt(nonce, content, b"file")
    return len(head).to_bytes(2, "big") + head + nonce + body


def open_file(sealed: bytes) -> bytes:
    """The file in clear.

    Raises:
        KeyMissing: the ring lacks the key, or the file was tampered with.
    """
    start = 2 + int.from_bytes(sealed[:2], "big")
    key_id, _colon, wrapped = sealed[2:start].decode("ascii").partition(":")
    raw = open_data_key(key_id, base64.b64decode(wrapped))
    try:
        return AESGCM(raw).decrypt(sealed[start : start + 12], sealed[start + 12 :], b"file")
    except InvalidTag as error:
        raise KeyMissing(key_id) from error
