"""Working-day rulers: one tick, one working day; a wider gap is a weekend or a holiday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

MOST_TICKS = 20


@dataclass(frozen=True, slots=True)
class Tick:
    """A rectangle of the ruler; ``kind`` is u(sed), n(ow), r(emaining) or o(ver)."""

    kind: str
    x: str
    y: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as a page shows it: words first, then the ruler, then the dates."""

    words: str
    tone: str
    ticks: tuple[Tick, ...] = ()
    width: int = 0
    note: str = ""


def ticks(days: Sequence[date], due: date, today: date) -> tuple[tuple[Tick, ...], int]:
    """Rectangles for the days, and the drawing's width."""
    drawn: list[Tick] = []
    x = 0.0
    before: date | None = None
    for day in days:
        if before is not None:
            x += 8 + 2.5 * min((day - before).days - 1, 8)
        if day > due:
            drawn.append(Tick("o", f"{x:g}", "0", 5, 14))
        elif day < today:
            drawn.append(Tick("u", f"{x:g}", "2", 5, 10))
        elif day == today:
            drawn.append(Tick("n", f"{x:g}", "0", 5, 14))
        else:
            drawn.append(Tick("r", f"{x + 0.5:g}", "2.5", 4, 9))
        before = day
    return tuple(drawn), int(x + 8)


def weekly(days: Sequence[date], due: date, today: date) -> list[date]:
    """The last counted day of each week; the weeks of today and of the end keep those days."""
    last: dict[tuple[int, int], date] = {}
    for day in days:
        week = day.isocalendar()[:2]
        if last.get(week) not in (due, today) or day == due:
            last[week] = day
    return list(last.values())


def clock(*, days: Sequence[date], due: date, today: date, note: str | Promise = "") -> Clock:
    """The clock of a deadline in working days.

    ``days`` are the counted working days, the first to the later of ``due`` and ``today``.
    """
    over = sum(1 for day in days if due < day <= today)
    left = sum(1 for day in days if today < day <= due)
    if today > due:
        tone = "bad"
        words = ngettext(
            "%(count)d working day over", "%(count)d working days over", max(over, 1)
        ) % {"count": max(over, 1)}
    elif today == due:
        tone, words = "lamp", gettext("Today, 24:00")
    else:
        tone = ""
        words = ngettext("%(count)d working day left", "%(count)d working days left", left) % {
            "count": left
        }
    said = str(note)
    if len(days) > MOST_TICKS:
        days = weekly(days, due, today)
        week = gettext("One tick is a week.")
        said = f"{said} {week}".strip()
    drawn, width = ticks(days, due, today)
    return Clock(words=words, tone=tone, ticks=drawn, width=width, note=said)


def calendar_clock(*, due: date, today: date, note: str | Promise = "") -> Clock:
    """The clock of a deadline in calendar days: words, no ruler."""
    left = (due - today).days
    if left < 0:
        words = ngettext("%(count)d day over", "%(count)d days over", -left) % {"count": -left}
        return Clock(words=words, tone="bad", note=str(note))
    if left == 0:
        return Clock(words=gettext("Today, 24:00"), tone="lamp", note=str(note))
    words = ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}
    return Clock(words=words, tone="", note=str(note))
