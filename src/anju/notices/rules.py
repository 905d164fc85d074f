"""How addresses are masked and when a message is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

MAX_ATTEMPTS = 6
STUCK_AFTER = timedelta(minutes=10)


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
