"""A sheet of communities with their buildings and stairwells, compared and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.text import fold
from anju.core.time import legal_day
from anju.reference.models import Area

from ...models import Building, Community, ImportBatch, Stairwell
from ...sheets import Problem, raw_rows
from ...sheets.communities import CommunityRow, read_communities
from ...sheets.layout import Rows
from ...states import IMPORT_RIGHTS, BuildingState, CommunityState, ImportKind, RowOutcome
from ..communities import (
    building_add,
    building_change,
    community_change,
    community_register,
    stairwell_add,
)
from .places import PlaceWords
from .work import Bring, Work, came_from

CHANGE = perm("registry:community_change")
FACTS = ("address", "kind", "built_year")


@dataclass(slots=True)
class _House:
    """What a row says of one building."""

    row: CommunityRow
    on_file: Building | None
    changes: dict[str, Any]
    stairwells: list[str]  # not on file yet


@dataclass(slots=True)
class _Group:
    """What the file says of one community, and what the register holds."""

    on_file: Community | None
    first: CommunityRow | None = None
    area: Area | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    said_in: dict[str, int] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    houses: dict[str, _House] = field(default_factory=dict)


class CommunitiesWork(Work):
    """Communities by code; each row is one building of one."""

    def __init__(self, actor: Actor, found: Rows[CommunityRow], at: datetime) -> None:
        super().__init__(rows=len(found.good) + len(found.bad), bad=found.bad)
        self.words = PlaceWords(actor, CHANGE, at)
        codes = {row.code for row in found.good}
        on_file = {c.code: c for c in Community.objects.filter(code__in=codes)}
        visible = Community.objects.visible_to(actor)
        self.mine = set(visible.filter(code__in=codes).values_list("pk", flat=True))
        self.groups: dict[str, _Group] = {code: _Group(on_file.get(code)) for code in codes}
        self._load_buildings(actor, [c.pk for c in on_file.values()])
        for row in found.good:
            problems: list[Problem] = []
            outcome = self._compare(row, problems)
            if problems:
                self.bad[row.row] = problems
            else:
                self.note(row.row, outcome)

    def _load_buildings(self, actor: Actor, communities: list[int]) -> None:
        rows = Building.objects.filter(community__in=communities, state=BuildingState.ACTIVE)
        self.buildings = {(b.community_id, b.number): b for b in rows}
        keys = [b.pk for b in self.buildings.values()]
        self.my_buildings = set(
            Building.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True)
        )
        self.stairwells: dict[int, set[str]] = {key: set() for key in keys}
        pairs = Stairwell.objects.filter(building__in=keys).values_list("building_id", "number")
        for key, number in pairs:
            self.stairwells[key].add(number)

    def _compare(self, row: CommunityRow, problems: list[Problem]) -> RowOutcome:
        group = self.groups[row.code]
        area = self.words.find("place", row.place, problems)
        if group.on_file is not None:
            self._like_on_file(row, group.on_file, area, problems)
        self._like_other_rows(row, group, area, problems)
        house = self._house(row, group, problems)
        if problems:
            return RowOutcome.REFUSED
        outcome = RowOutcome.UNCHANGED
        if group.first is None:
            group.first, group.area = row, area
            if group.on_file is None:
                outcome = RowOutcome.CREATED
        for name in FACTS:
            value = getattr(row, name)
            if not value or name in group.facts:
                continue
            group.facts[name], group.said_in[name] = value, row.row
            if group.on_file is not None and getattr(group.on_file, name) != value:
                group.changes[name] = value
                outcome = RowOutcome.CHANGED
        if house is not None:
            group.houses[row.building] = house
            if house.on_file is None:
                outcome = RowOutcome.CREATED
            elif (house.changes or house.stairwells) and outcome == RowOutcome.UNCHANGED:
                outcome = RowOutcome.CHANGED
        return outcome

    def _like_on_file(
        self, row: CommunityRow, community: Community, area: Area | None, problems: list[Problem]
    ) -> None:
        if community.pk not in self.mine:
            problems.append(("code", "taken", row.code))
        elif community.state != CommunityState.ACTIVE:
            problems.append(("code", "closed", ""))
        else:
            if fold(community.name) != fold(row.name):
                problems.append(("name", "named", community.name))
            if area is not None and area.pk != community.area_id:
                problems.append(("place", "moved", self.words.full(community.area_id)))

    def _like_other_rows(
        self, row: CommunityRow, group: _Group, area: Area | None, problems: list[Problem]
    ) -> None:
        first = group.first
        if first is None:
            if group.on_file is None and not row.kind:
                problems.append(("kind", "empty", ""))
            return
        if fold(first.name) != fold(row.name):
            problems.append(("name", "clash", str(first.row)))
        if area is not None and group.area is not None and area.pk != group.area.pk:
            problems.append(("place", "clash", str(first.row)))
        for name in FACTS:
            value = getattr(row, name)
            if value and name in group.facts and group.facts[name] != value:
                problems.append((name, "clash", str(group.said_in[name])))

    def _house(self, row: CommunityRow, group: _Group, problems: list[Problem]) -> _House | None:
        if not row.building:
            return None
        if row.building in group.houses:
            problems.append(("building", "twice", str(group.houses[row.building].row.row)))
            return None
        building = None
        if group.on_file is not None:
            for number in (row.building, f"{row.building}幢", f"{row.building}号楼"):
                building = building or self.buildings.get((group.on_file.pk, number))
        if building is None:
            return _House(row, None, _building_facts(row), list(row.stairwells))
        if building.pk not in self.my_buildings:
            problems.append(("building", "building_outside", row.building))
            return None
        known = self.stairwells[building.pk]
        return _House(
            row,
            building,
            {k: v for k, v in _building_facts(row).items() if getattr(building, k) != v},
            [s for s in row.stairwells if s not in known and f"{s}单元" not in known],
        )

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Register and change, each by its own service, with the source of each value."""
        for group in self.groups.values():
            if group.first is None:
                continue
            community = self._community(group, actor=actor, batch=batch, at=at)
            for number, house in group.houses.items():
                _write_house(community, number, house, actor=actor, batch=batch, at=at)
        self.keep_lines(batch)

    def _community(
        self, group: _Group, *, actor: Actor, batch: ImportBatch, at: datetime
    ) -> Community:
        community, first = group.on_file, group.first
        if community is not None:
            if group.changes:
                community_change(actor=actor, community=community, fields=group.changes, at=at)
                came_from(community, group.facts, batch)
            return community
        facts = dict(group.facts)
        community = community_register(
            actor=actor,
            area=group.area,  # type: ignore[arg-type]
            code=first.code,  # type: ignore[union-attr]
            name=first.name,  # type: ignore[union-attr]
            kind=facts.pop("kind"),
            named_from=min(batch.as_of, legal_day(at)),
            fields=facts,
            at=at,
        )
        values = {"name": community.name, "area": community.area_id, **group.facts}
        came_from(community, values, batch)
        return community


def _building_facts(row: CommunityRow) -> dict[str, Any]:
    facts = {"floors": row.floors, "has_lift": row.lift}
    return {name: value for name, value in facts.items() if value is not None}


def _write_house(
    community: Community,
    number: str,
    house: _House,
    *,
    actor: Actor,
    batch: ImportBatch,
    at: datetime,
) -> None:
    building = house.on_file
    if building is None:
        building = building_add(
            actor=actor, community=community, number=number, stairwells=house.stairwells,
            fields=house.changes, at=at,
        )  # fmt: skip
    elif not house.changes and not house.stairwells:
        return
    else:
        if house.changes:
            building_change(actor=actor, building=building, fields=house.changes, at=at)
        for stairwell in house.stairwells:
            stairwell_add(actor=actor, building=building, number=stairwell, at=at)
    came_from(building, _building_facts(house.row), batch)


def check(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> CommunitiesWork:
    """Read the sheet and compare it with the register."""
    return CommunitiesWork(actor, read_communities(raw_rows(file_name, content)), at)


BRING = Bring(IMPORT_RIGHTS[ImportKind.COMMUNITIES], check)
