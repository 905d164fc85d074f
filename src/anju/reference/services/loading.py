"""A real city's divisions, areas of responsibility and outlines; safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.transactions import service

from .. import policies
from ..models import Area, AreaName, AreaParent, Division, area_keys
from ..rules import divisions as rules
from ..rules.outlines import read_outline
from ..states import AreaKind, AreaLevel
from .moving import rows_refresh
from .places import boundary_write

LOADED = journal.declare("reference.divisions_load", _("Loaded divisions and areas"))

LINES_TOLD = 20

_AREA_LEVELS = {
    rules.CITY: AreaLevel.CITY,
    rules.COUNTY: AreaLevel.DISTRICT,
    rules.TOWN: AreaLevel.SUBDISTRICT,
    rules.VILLAGE: AreaLevel.COMMITTEE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionRow:
    """A division as a file states it; ``where`` names the file and the line."""

    code: str
    name: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """Where responsibility differs from the state's tree.

    Attributes:
        kinds: code → kind of area, where the name does not tell.
        parents: code → code of the area that answers for it.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LoadCounts:
    """What a load did: level → [found in the files, new, changed]."""

    divisions: dict[int, list[int]] = field(default_factory=dict)
    areas: dict[int, list[int]] = field(default_factory=dict)
    boundaries: int = 0
    repaired: list[str] = field(default_factory=list)
    without_boundary: list[str] = field(default_factory=list)


@service
def divisions_load(
    *,
    actor: Actor,
    rows: Sequence[DivisionRow],
    responsibility: Responsibility,
    outlines: Sequence[Mapping[str, Any]],
    grid: str,
    source: str,
    outline_source: str,
    as_of: date,
    at: datetime,
) -> LoadCounts:
    """Load a city's tree; what is there already and says the same is left alone.

    Raises:
        Refused: the actor may not.
        InvalidInput: a code that is none, a row whose parent is missing, an unreadable outline.
    """
    policies.may_change_places(actor).require()
    counts = LoadCounts()
    ordered = _ordered(rows)
    divisions = _load_divisions(ordered, source=source, as_of=as_of, counts=counts)
    areas = _load_areas(
        ordered, divisions, responsibility, source=source, as_of=as_of, counts=counts
    )
    for feature in outlines:
        code = str(feature.get("properties", {}).get("adcode", ""))
        area = areas.get(code)
        if area is None:
            continue
        try:
            outline = read_outline(feature.get("geometry") or {}, grid=grid)
        except ValueError as error:
            raise InvalidInput(
                {
                    "boundaries": [
                        _("The outline of %(name)s is no polygon. Check it.") % {"name": area.name}
                    ]
                }
            ) from error
        boundary_write(area=area, outline=outline, source=outline_source, as_of=as_of)
        counts.boundaries += 1
        if outline.repairs:
            counts.repaired.append(area.name)
    if outlines:
        counts.without_boundary = [
            area.name
            for code, area in sorted(areas.items())
            if area.level == AreaLevel.DISTRICT and not area.boundaries.exists()
        ]
    journal.record(
        actor=actor,
        action=LOADED,
        at=at,
        reason=source,
        changes={"areas": [None, sum(found for found, _new, _changed in counts.areas.values())]},
    )
    return counts


def _ordered(rows: Sequence[DivisionRow]) -> list[DivisionRow]:
    seen: dict[str, DivisionRow] = {}
    wrong: list[Any] = []
    for number, row in enumerate(rows, start=1):
        code, name = row.code.strip(), clean(row.name)
        where = row.where or _("row %(row)s") % {"row": number}
        try:
            level = rules.level_of(code)
        except ValueError:
            words = _("%(where)s: %(code)s is not the code of a division.")
            wrong.append(words % {"where": where, "code": code or "—"})
            continue
        if level == rules.PROVINCE:
            continue
        if len(code) == 4:
            code += "00"
        if not name:
            words = _("%(where)s: %(code)s has no name. Give one with --responsibility.")
            wrong.append(words % {"where": where, "code": code})
            continue
        before = seen.get(code)
        if before is not None and before.where and row.where and before.name != name:
            words = _("%(where)s: %(code)s is %(name)s at %(before)s. Keep one of them.")
            wrong.append(
                words % {"where": where, "code": code, "name": before.name, "before": before.where}
            )
            continue
        seen[code] = DivisionRow(code=code, name=name, where=row.where)
    missing = [
        _("%(where)s: the division above %(code)s %(name)s is missing.")
        % {"where": row.where or row.code, "code": row.code, "name": row.name}
        for row in seen.values()
        if rules.level_of(row.code) > rules.CITY and rules.parent_code(row.code) not in seen
    ]
    if wrong or missing:
        raise InvalidInput({"file": [*wrong, *missing][:LINES_TOLD]})
    return sorted(seen.values(), key=lambda row: (rules.level_of(row.code), row.code))


def _load_divisions(
    rows: Sequence[DivisionRow], *, source: str, as_of: date, counts: LoadCounts
) -> dict[str, Division]:
    codes = [row.code for row in rows]
    known = {
        row.code: row for row in Division.objects.filter(code__in=codes, valid__upper_inf=True)
    }
    for level in range(rules.CITY, rules.VILLAGE + 1):
        fresh = []
        tally = counts.divisions.setdefault(level, [0, 0, 0])
        for row in rows:
            if rules.level_of(row.code) != level:
                continue
            tally[0] += 1
            parent = known.get(rules.parent_code(row.code))
            found = known.get(row.code)
            if found is not None and found.name == row.name:
                continue
            if found is not None and found.valid.lower < as_of:
                # Another name of a later day: the earlier division ends then.
                found.valid = (found.valid.lower, as_of)
                found.save(update_fields=["valid"])
                tally[2] += 1
            elif found is not None:
                found.name = row.name
                found.save()
                tally[2] += 1
                continue
            else:
                tally[1] += 1
            sort_key, search_key = area_keys(row.name)
            fresh.append(
                Division(
                    code=row.code,
                    level=level,
                    name=row.name,
                    sort_key=sort_key,
                    search_key=search_key,
                    parent=parent,
                    valid=(as_of, None),
                    source=source,
                )
            )
        for made in Division.objects.bulk_create(fresh, batch_size=1000):
            known[made.code] = made
    return known


def _load_areas(
    rows: Sequence[DivisionRow],
    divisions: Mapping[str, Division],
    responsibility: Responsibility,
    *,
    source: str,
    as_of: date,
    counts: LoadCounts,
) -> dict[str, Area]:
    known = {area.code: area for area in Area.objects.filter(code__in=[row.code for row in rows])}
    for level in _AREA_LEVELS:
        fresh = []
        tally = counts.areas.setdefault(level, [0, 0, 0])
        for row in rows:
            if rules.level_of(row.code) != level:
                continue
            tally[0] += 1
            parent = _responsible(row, known, responsibility)
            found = known.get(row.code)
            if found is not None:
                tally[2] += _follow(found, row, parent, divisions[row.code], source, as_of)
                continue
            sort_key, search_key = area_keys(row.name)
            fresh.append(
                Area(
                    code=row.code,
                    kind=_kind(row, responsibility),
                    level=_AREA_LEVELS[level],
                    name=row.name,
                    sort_key=sort_key,
                    search_key=search_key,
                    parent=parent,
                    division=divisions[row.code],
                    valid_from=as_of,
                )
            )
        made = Area.objects.bulk_create(fresh, batch_size=1000)
        tally[1] += len(made)
        AreaName.objects.bulk_create(
            AreaName(area=area, name=area.name, period=(as_of, None), source=source)
            for area in made
        )
        AreaParent.objects.bulk_create(
            AreaParent(area=area, parent=area.parent, period=(as_of, None), source=source)
            for area in made
            if area.parent
        )
        known.update({area.code: area for area in made})
    return known


def _follow(
    area: Area, row: DivisionRow, parent: Area | None, division: Division, source: str, as_of: date
) -> bool:
    """Bring an area in step with the files; returns whether anything changed."""
    changed = False
    if area.name != row.name:
        _end_spell(area.names.filter(period__upper_inf=True), as_of)
        AreaName.objects.create(area=area, name=row.name, period=(as_of, None), source=source)
        area.name, changed = row.name, True
    if area.division_id != division.pk:
        area.division, changed = division, True
    moved = parent is not None and area.parent_id != parent.pk
    if moved and parent is not None:
        _end_spell(area.parents.filter(period__upper_inf=True), as_of)
        AreaParent.objects.create(area=area, parent=parent, period=(as_of, None), source=source)
        area.parent, changed = parent, True
    if changed:
        area.save()
    if moved:
        rows_refresh(Area.objects.within(area).values_list("pk", flat=True))
    return changed


def _end_spell(rows: Any, as_of: date) -> None:
    """End the open spell the day before; one that began no earlier is replaced."""
    for row in rows:
        if row.period.lower is None or row.period.lower < as_of:
            row.period = (row.period.lower, as_of)
            row.save(update_fields=["period"])
        else:
            row.delete()


def _responsible(
    row: DivisionRow, known: Mapping[str, Area], responsibility: Responsibility
) -> Area | None:
    code = responsibility.parents.get(row.code)
    if code is None:
        return known.get(rules.parent_code(row.code))
    if code not in known:
        raise InvalidInput(
            {
                "responsibility": [
                    _("%(code)s is to lie in %(parent)s, which the files do not hold.")
                    % {"code": row.code, "parent": code}
                ]
            }
        )
    return known[code]


def _kind(row: DivisionRow, responsibility: Responsibility) -> str:
    if (kind := responsibility.kinds.get(row.code)) is not None:
        if kind not in AreaKind.values:
            raise InvalidInput(
                {
                    "responsibility": [
                        _("%(code)s: %(kind)s is no kind of area.")
                        % {"code": row.code, "kind": kind}
                    ]
                }
            )
        return kind
    match rules.level_of(row.code):
        case rules.CITY:
            return AreaKind.CITY
        case rules.COUNTY:
            return rules.county_kind(row.code, row.name)
        case rules.TOWN:
            return rules.town_kind(row.name)
    return rules.village_kind(row.name)
