"""Reads of days: the working calendar, a year's page, provisional deadlines."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from anju.core.actors import Actor

from ..deadlines import SOURCES, DeadlineSource, ProvisionalDeadline
from ..models import CalendarDay, CalendarYear
from ..rules.working_days import WorkingCalendar

_known: tuple[tuple[Any, ...], WorkingCalendar] | None = None


def working_calendar() -> WorkingCalendar:
    """The calendar as it stands now; kept in memory until a row of it changes."""
    global _known
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), max(d.id), count(*), max(d.xmin::text::bigint),"
            " (SELECT max(y.xmin::text::bigint) FROM reference_calendaryear y)"
            " FROM reference_calendarday d WHERE d.superseded_at IS NULL"
        )
        mark = cursor.fetchone()
    if _known is None or _known[0] != mark:
        days = CalendarDay.objects.filter(superseded_at=None).values_list("day", "working")
        years = CalendarYear.objects.values_list("year", flat=True)
        _known = (mark, WorkingCalendar(days=dict(days), published=frozenset(years)))
    return _known[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One square of a calendar page."""

    day: date
    working: bool
    by_week: bool  # what the weekday alone would say
    statement: CalendarDay | None

    @property
    def kind(self) -> str:
        """``rest``, ``holiday``, ``makeup`` or ``work``."""
        if self.working:
            return "work" if self.by_week else "makeup"
        return "holiday" if self.by_week or self.statement else "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    """A year as twelve months of weeks; squares outside the month are None."""

    year: int
    months: list[tuple[date, list[list[DayCell | None]]]]
    published: CalendarYear | None
    working_days: int
    corrections: int


def calendar_year(year: int) -> YearPage:
    """Every day of a year with what is said about it."""
    said = {row.day: row for row in CalendarDay.objects.filter(day__year=year, superseded_at=None)}

    def cell(day: date) -> DayCell:
        by_week = day.weekday() < 5
        statement = said.get(day)
        working = statement.working if statement else by_week
        return DayCell(day=day, working=working, by_week=by_week, statement=statement)

    weeks = Calendar(firstweekday=0)
    months = [
        (
            date(year, month, 1),
            [
                [cell(day) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]
    cells = [one for _, month in months for week in month for one in week if one]
    return YearPage(
        year=year,
        months=months,
        published=CalendarYear.objects.filter(year=year).first(),
        working_days=sum(one.working for one in cells),
        corrections=sum(1 for row in said.values() if row.source == "corrected"),
    )


def day_statements(day: date) -> QuerySet[CalendarDay]:
    """Everything ever said about a day, the newest first."""
    return CalendarDay.objects.filter(day=day).order_by("-recorded_at", "-id")


def provisional_deadlines(actor: Actor) -> Iterator[tuple[DeadlineSource, ProvisionalDeadline]]:
    """Open deadlines that reach beyond the published years, of every registered source."""
    for source in SOURCES.values():
        for deadline in source.provisional(actor):
            yield source, deadline
