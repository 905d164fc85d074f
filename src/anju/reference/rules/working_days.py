"""Working days and the ends of periods (Civil Code articles 201 to 203).

A period in days leaves out the day it starts from; when its last day is a day of rest, the next
working day is the last one; the day ends at 24:00. What reaches beyond the published years is
counted by weekday and marked provisional.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from anju.core.time import day_end

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Days that differ from the week (or are named), and the years that are published."""

    days: Mapping[date, bool] = field(default_factory=dict)  # day → working
    published: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether people work on the day; by weekday when nothing is said about it."""
        return self.days.get(day, day.weekday() < 5)

    def is_provisional(self, day: date) -> bool:
        """Whether the year of the day is not published yet."""
        return day.year not in self.published

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day, else the next one."""
        while not self.is_working(day):
            day += ONE_DAY
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day of a period."""

    day: date
    provisional: bool

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day (article 203)."""
        return day_end(self.day)


def add_working_days(start: date, n: int, calendar: WorkingCalendar) -> Deadline:
    """The ``n``-th working day after ``start``; ``start`` itself does not count (article 201).

    Raises:
        ValueError: ``n`` is less than one.
    """
    _at_least_one(n)
    day = start
    while n:
        day += ONE_DAY
        n -= calendar.is_working(day)
    return _deadline(start, day, calendar)


def add_days(start: date, n: int, calendar: WorkingCalendar) -> Deadline:
    """The end of ``n`` calendar days after ``start``, moved off days of rest (article 203).

    Raises:
        ValueError: ``n`` is less than one.
    """
    _at_least_one(n)
    return _deadline(start, calendar.next_working(start + timedelta(days=n)), calendar)


def add_months(start: date, n: int, calendar: WorkingCalendar) -> Deadline:
    """The same day of the ``n``-th month, or that month's last day (article 202), moved off rest.

    Raises:
        ValueError: ``n`` is less than one.
    """
    _at_least_one(n)
    years, month = divmod(start.month - 1 + n, 12)
    year, month = start.year + years, month + 1
    day = date(year, month, min(start.day, monthrange(year, month)[1]))
    return _deadline(start, calendar.next_working(day), calendar)


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """Working days after ``start`` up to and with ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working(day) for day in days_after(start, end))


def days_after(start: date, end: date) -> Iterator[date]:
    """Days after ``start`` up to and with ``end``."""
    day = start
    while day < end:
        day += ONE_DAY
        yield day


def _deadline(start: date, day: date, calendar: WorkingCalendar) -> Deadline:
    years = range(start.year, day.year + 1)
    return Deadline(day=day, provisional=any(year not in calendar.published for year in years))


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError("a period has at least one day or month")
