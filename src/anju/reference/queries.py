"""Reads of places and days."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from anju.core.actors import Actor

from .deadlines import SOURCES, DeadlineSource, ProvisionalDeadline
from .models import Area, Boundary, CalendarDay, CalendarYear
from .rules.working_days import WorkingCalendar
from .states import AreaLevel

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


def area_counts(actor: Actor, area: Area, *, day: date) -> dict[int, int]:
    """How many areas of each level lie in an area on a day."""
    rows = Area.objects.visible_to(actor).within(area).valid_on(day).exclude(pk=area.pk)
    found = rows.filter(level__gt=area.level).values_list("level").annotate(Count("pk"))
    return dict(found.order_by("level"))


def area_path(area: Area) -> list[Area]:
    """The areas above an area, the city first."""
    path: list[Area] = []
    above = area.parent
    while above is not None:
        path.insert(0, above)
        above = above.parent
    return path


def children_with_counts(actor: Actor, area: Area | None, *, day: date) -> QuerySet[Area]:
    """Areas right below one (or the roots), with how many lie below each."""
    rows = Area.objects.visible_to(actor).valid_on(day).filter(parent=area)
    return rows.annotate(below=Count("children")).order_by("level", "code")


def boundary_of(area: Area, *, day: date) -> Boundary | None:
    """The outline of an area on a day: its own, else that of its division."""
    own = area.boundaries.filter(valid__contains=day).first()
    if own is None and area.division_id:
        return Boundary.objects.filter(division_id=area.division_id, valid__contains=day).first()
    return own


def boundaries(*, day: date, level: int = AreaLevel.DISTRICT) -> dict[str, Any]:
    """GeoJSON of the thinned outlines of one level, for drawing maps."""
    rows = Boundary.objects.filter(
        valid__contains=day, area__level=level, area__valid_from__lte=day
    ).exclude(area__valid_to__lte=day)
    found = rows.select_related("area").order_by("area__code")
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": row.area.pk,
                "code": row.area.code,
                "name": row.area.name,
                "kind": row.area.kind,
                "source": row.source,
                "as_of": row.as_of.isoformat(),
                "box": [row.west, row.south, row.east, row.north],
            },
            "geometry": row.simple_shape,
        }
        for row in found
        if row.area is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def too_small_to_label(drawn: dict[str, Any]) -> list[str]:
    """Names of outlines narrower than an eighth of the whole: their labels would overlap."""
    boxes = {one["properties"]["name"]: one["properties"]["box"] for one in drawn["features"]}
    if not boxes:
        return []
    whole = max(box[2] for box in boxes.values()) - min(box[0] for box in boxes.values())
    return [name for name, (west, _s, east, _n) in boxes.items() if east - west < whole / 8]


def areas_without_boundary(*, day: date, level: int = AreaLevel.DISTRICT) -> list[str]:
    """Names of areas of a level that no map can draw."""
    rows = Area.objects.valid_on(day).filter(level=level)
    drawn = Boundary.objects.filter(valid__contains=day, area__isnull=False).values("area_id")
    return list(rows.exclude(pk__in=drawn).order_by("code").values_list("name", flat=True))
