"""Arithmetic of webhooks and of repeated calls: tries, addresses, keys. No Django, no clock."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

KEPT_CALLS = timedelta(days=7)
KEPT_EVENTS = timedelta(days=30)
TRIED_FOR = timedelta(days=3)
LONGEST_PAUSE = timedelta(days=1)
OLD_SECRET_GOOD = timedelta(days=1)
SECONDS_ALLOWED = 10.0
ANSWER_READ = 2_000  # bytes of an answer that are read; the rest is left on the line

_VISIBLE = re.compile(r"^[\x21-\x7e]{1,200}$")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_idempotency_key(text: str) -> bool:
    """Whether it is 1 to 200 visible ASCII characters."""
    return bool(_VISIBLE.match(text))


def body_hash(body: bytes) -> str:
    """SHA-256 of a request's body as it came."""
    return hashlib.sha256(body).hexdigest()


def next_try(attempts: int, *, first: datetime, at: datetime) -> datetime | None:
    """When a delivery is tried again, or None once three days are over.

    The pause after the n-th try is 3ⁿ⁻¹ minutes and at most a day; the last try is made exactly
    three days after the first one.

    Args:
        attempts: tries made so far, at least 1.
        first: when the first try was made.
        at: when the last try was made.
    """
    end = first + TRIED_FOR
    if at >= end:
        return None
    pause = min(timedelta(minutes=3 ** min(attempts - 1, 10)), LONGEST_PAUSE)
    return min(at + pause, end)


def address_refused(address: str, *, loopback: bool) -> bool:
    """Whether nothing may be sent to an IP address: it is not one of the public internet.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, Teredo) counts as itself.

    Args:
        loopback: this machine is allowed (demo and tests).
    """
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return address_refused(str(inner), loopback=loopback)
    if ip.is_loopback:
        return not loopback
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def is_own_machine(host: str) -> bool:
    """Whether a host name or address means this machine."""
    host = host.strip("[]").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def endpoint_fault(address: str, *, loopback: bool) -> str:
    """What is wrong with the address of an endpoint, or nothing.

    Returns one of ``form``, ``https``, ``user``, ``private``, or an empty string.
    """
    if not address.isascii() or any(c.isspace() or ord(c) < 33 for c in address):
        return "form"
    try:
        parts: SplitResult = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "form"
    if not host or parts.fragment or parts.scheme not in ("http", "https"):
        return "form"
    if parts.username is not None or parts.password is not None:
        return "user"
    own = is_own_machine(host)
    if own and not loopback:
        return "private"
    if parts.scheme != "https" and not own:
        return "https"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ""
    return "private" if address_refused(host, loopback=loopback) else ""
