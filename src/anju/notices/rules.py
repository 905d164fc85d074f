"""Masks, quiet hours, when a message is tried again, and what a gateway's word means."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from anju.core.time import SHANGHAI

MAX_ATTEMPTS = 6
STUCK_AFTER = timedelta(minutes=10)
RECEIPT_LATE_AFTER = timedelta(hours=2)
QUIET_FROM, QUIET_TO = 22, 7  # hours in Shanghai; only codes go out then
MAX_RESENDS = 2
RESEND_AFTER = timedelta(minutes=10)
# Words of the carriers (CMPP and SMPP "stat") after which another try makes sense: the phone was
# off, or the carrier does not know. UNDELIV, REJECTD and DELETED are final.
PASSING_CODES = frozenset({"EXPIRED", "UNKNOWN"})
SIGNED_WITHIN = timedelta(minutes=5)


def masked(channel: str, to: str) -> str:
    """The address as people other than its owner may see it."""
    if channel == "mail":
        name, _, host = to.partition("@")
        return f"{name[:1]}***@{host}"[:80] if host else "***"
    if channel == "sms":
        return f"{to[:3]}****{to[-4:]}" if len(to) >= 8 else "****"
    return to[:80]


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When a message that failed so often is tried again: after 10 s, 30 s, 90 s, … or never."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return at + timedelta(seconds=10 * 3 ** (attempts - 1))


def is_quiet(at: datetime) -> bool:
    """Whether a text message that is no code would wake somebody."""
    hour = at.astimezone(SHANGHAI).hour
    return hour >= QUIET_FROM or hour < QUIET_TO


def wakes_at(at: datetime) -> datetime:
    """The instant itself, or the end of the quiet hours it lies in."""
    local = at.astimezone(SHANGHAI)
    if not is_quiet(at):
        return at
    day = local + timedelta(days=1 if local.hour >= QUIET_FROM else 0)
    return day.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)


def may_resend(*, code: str, resends: int, urgent: bool) -> bool:
    """Whether a message that did not arrive goes once more: a code would be stale by then."""
    return not urgent and code.upper() in PASSING_CODES and resends < MAX_RESENDS


def signature_of(*, secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over time stamp, a dot and the body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signature_fits(*, secret: str, stamp: str, body: bytes, signature: str, now: datetime) -> bool:
    """Whether a call was signed with the secret within five minutes."""
    if len(secret) < 16 or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(now.timestamp() - int(stamp)) > SIGNED_WITHIN.total_seconds():
        return False
    made = signature_of(secret=secret, stamp=stamp, body=body)
    return hmac.compare_digest(made.encode(), signature.strip().lower().encode())
