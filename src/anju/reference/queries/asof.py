"""The tree of areas on any day: who existed, under which name and code, in which area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from ..models import Area, AreaChange, AreaSuccession
from ..states import DivisionChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaOn:
    """An area as it was on a day."""

    id: int
    code: str
    name: str
    kind: str
    level: int
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """All areas of a day by id."""

    day: date
    areas: dict[int, AreaOn]

    def children(self, parent_id: int | None) -> list[AreaOn]:
        """Areas right below one (or the roots), by level and code."""
        found = [one for one in self.areas.values() if one.parent_id == parent_id]
        return sorted(found, key=lambda one: (one.level, one.code))

    def path(self, area_id: int) -> list[AreaOn]:
        """The area with those above it, the city first; empty when it did not exist."""
        path: list[AreaOn] = []
        one = self.areas.get(area_id)
        while one is not None:
            path.insert(0, one)
            one = self.areas.get(one.parent_id) if one.parent_id else None
        return path

    def below(self, area_id: int) -> Iterator[AreaOn]:
        """Everything below an area."""
        for child in self.children(area_id):
            yield child
            yield from self.below(child.id)


_ROWS = """
SELECT a.id, coalesce(c.code, a.code), coalesce(n.name, a.name), a.kind, a.level,
    CASE WHEN p.id IS NULL THEN a.parent_id ELSE p.parent_id END
FROM reference_area a
LEFT JOIN reference_areacode c ON c.area_id = a.id AND c.period @> %(day)s::date
LEFT JOIN reference_areaname n ON n.area_id = a.id AND n.period @> %(day)s::date
LEFT JOIN reference_areaparent p ON p.area_id = a.id AND p.period @> %(day)s::date
WHERE a.valid_from <= %(day)s::date AND (a.valid_to IS NULL OR a.valid_to > %(day)s::date)
    AND NOT EXISTS (SELECT FROM reference_areagap g
        WHERE g.area_id = a.id AND g.period @> %(day)s::date)
"""


def _rows(where: str, **values: Any) -> list[AreaOn]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS + where, values)
        return [
            AreaOn(id=pk, code=code, name=name, kind=kind, level=level, parent_id=parent)
            for pk, code, name, kind, level, parent in cursor.fetchall()
        ]


def tree_on(day: date) -> Tree:
    """Every area that existed on a day, as it was then. A day to come reads as planned so far."""
    return Tree(day, {one.id: one for one in _rows("", day=day)})


def area_on(code: str, day: date) -> AreaOn | None:
    """The area that bore a code on a day."""
    found = _rows(" AND coalesce(c.code, a.code) = %(code)s", day=day, code=code)
    return found[0] if found else None


def place_on(area_id: int, day: date) -> list[AreaOn]:
    """An area with those it lay in on a day, the city first; empty when it did not exist."""
    path: list[AreaOn] = []
    next_id: int | None = area_id
    while next_id is not None:
        found = _rows(" AND a.id = %(pk)s", day=day, pk=next_id)
        if not found:
            break
        path.insert(0, found[0])
        next_id = found[0].parent_id
    return path


def successors_of(area: Area, day: date) -> list[Area]:
    """The areas that answer on a day for what was an area once: itself, if nothing changed.

    Follows mergers and splits up to the day; a merger that was taken back by then counts for
    nothing.
    """
    made = AreaSuccession.objects.filter(
        change__in=AreaChange.objects.in_force(), change__effective_on__lte=day
    )
    undone = AreaChange.objects.in_force().filter(
        kind=DivisionChangeKind.RESTORED, effective_on__lte=day, undoes__isnull=False
    )
    restored = [key for pair in undone.values_list("pk", "undoes_id") for key in pair]
    steps = made.exclude(change_id__in=restored).order_by("change__effective_on", "change_id")
    keys = {area.pk}
    for before, after, ends in steps.values_list("before_id", "after_id", "ends"):
        if before in keys:
            keys.add(after)
            if ends:
                keys.discard(before)
    return list(Area.objects.filter(pk__in=keys).order_by("level", "code"))


def changes_of(area: Area) -> Any:
    """Changes that concern an area, the newest first."""
    return AreaChange.objects.filter(
        Q(area=area) | Q(successions__before=area) | Q(successions__after=area)
    ).distinct()
