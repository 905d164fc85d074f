"""Clocks of what is on show. Pure."""

from __future__ import annotations

from datetime import date


def publicity_days_left(*, ends_on: date, today: date) -> int:
    """Calendar days a publicity still runs, its last day included; 0 when it is over."""
    return max(0, (ends_on - today).days + 1)
