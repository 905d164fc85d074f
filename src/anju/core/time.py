"""Legal time. A legal day is a day of Asia/Shanghai, whatever the server's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def legal_day(at: datetime) -> date:
    """The legal day of an instant.

    Raises:
        ValueError: the instant carries no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The first instant of a legal day."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def day_end(day: date) -> datetime:
    """The instant a legal day ends (24:00), Civil Code article 203."""
    return day_start(day + timedelta(days=1))
