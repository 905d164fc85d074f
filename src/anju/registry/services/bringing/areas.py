"""A sheet of management areas with their buildings, compared and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.text import fold
from anju.core.time import legal_day
from anju.reference.models import Area

from ...models import AreaBuilding, Building, ImportBatch, ManagementArea
from ...sheets import Problem, raw_rows
from ...sheets.areas import AreaRow, read_areas
from ...sheets.layout import Rows
from ...states import IMPORT_RIGHTS, AreaState, ImportKind, RowOutcome
from ..projects import area_delimit, building_assign
from .homes import places_of
from .places import PlaceWords
from .work import Bring, Work, came_from

CHANGE = perm("registry:area_change")


@dataclass(slots=True)
class _Group:
    """What the file says of one management area, and what the register holds."""

    on_file: ManagementArea | None
    first: AreaRow | None = None
    area: Area | None = None
    to_add: list[int] = field(default_factory=list)  # ids of buildings


class AreasWork(Work):
    """Management areas by code; each row names buildings of one community."""

    def __init__(self, actor: Actor, found: Rows[AreaRow], at: datetime) -> None:
        super().__init__(rows=len(found.good) + len(found.bad), bad=found.bad)
        self.today = legal_day(at)
        self.words = PlaceWords(actor, CHANGE, at)
        self.places = places_of(actor)
        codes = {row.code for row in found.good}
        on_file = {a.code: a for a in ManagementArea.objects.filter(code__in=codes)}
        visible = ManagementArea.objects.visible_to(actor)
        self.mine = set(visible.filter(code__in=codes).values_list("pk", flat=True))
        self.groups = {code: _Group(on_file.get(code)) for code in codes}
        # A building is in one area at a time, now and on the days to come.
        open_ = AreaBuilding.objects.filter(period__overlap=DateRange(self.today, None))
        self.member_of = dict(open_.values_list("building_id", "management_area_id"))
        self.named_in: dict[int, int] = {}
        for row in found.good:
            problems: list[Problem] = []
            outcome = self._compare(row, problems)
            if problems:
                self.bad[row.row] = problems
            else:
                self.note(row.row, outcome)

    def _compare(self, row: AreaRow, problems: list[Problem]) -> RowOutcome:
        group = self.groups[row.code]
        area = self.words.find("place", row.place, problems)
        if row.from_day > self.today:
            problems.append(("from_day", "future", ""))
        if group.on_file is not None:
            self._like_on_file(row, group.on_file, area, problems)
        first = group.first
        if first is not None:
            if fold(first.name) != fold(row.name):
                problems.append(("name", "clash", str(first.row)))
            if area is not None and group.area is not None and area.pk != group.area.pk:
                problems.append(("place", "clash", str(first.row)))
            if row.from_day != first.from_day:
                problems.append(("from_day", "clash", str(first.row)))
        fresh = self._fresh_buildings(row, group, problems)
        if problems:
            return RowOutcome.REFUSED
        if first is None:
            group.first, group.area = row, area
        group.to_add += fresh
        if group.on_file is None:
            return RowOutcome.CREATED
        return RowOutcome.CHANGED if fresh else RowOutcome.UNCHANGED

    def _like_on_file(
        self, row: AreaRow, known: ManagementArea, area: Area | None, problems: list[Problem]
    ) -> None:
        if known.pk not in self.mine:
            problems.append(("code", "taken", row.code))
        elif known.state != AreaState.ACTIVE:
            problems.append(("code", "closed", ""))
        else:
            if fold(known.name) != fold(row.name):
                problems.append(("name", "named", known.name))
            if area is not None and area.pk != known.area_id:
                problems.append(("place", "moved", self.words.full(known.area_id)))

    def _fresh_buildings(self, row: AreaRow, group: _Group, problems: list[Problem]) -> list[int]:
        """Ids of the buildings the area does not have yet."""
        known = self.places.get(row.community_code)
        if known is None:
            problems.append(("community_code", "community", row.community_code[:40]))
            return []
        fresh = []
        for number in row.buildings:
            place = known.get(number) or known.get(f"{number}幢") or known.get(f"{number}号楼")
            if place is None:
                problems.append(("buildings", "building", number[:40]))
                continue
            owner = self.member_of.get(place.id)
            mine = group.on_file is not None and owner == group.on_file.pk
            named = self.named_in.setdefault(place.id, row.row)
            if owner is not None and not mine:
                problems.append(("buildings", "elsewhere", number[:40]))
            elif named != row.row:
                problems.append(("buildings", "twice", str(named)))
            elif not mine:
                fresh.append(place.id)
        return fresh

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Delimit areas and add buildings, each by its own service, with the source."""
        for group in self.groups.values():
            if group.first is None or not group.to_add:
                continue
            buildings = list(Building.objects.filter(pk__in=group.to_add).order_by("pk"))
            day: date = group.first.from_day
            row = group.on_file
            if row is None:
                row = area_delimit(
                    actor=actor,
                    area=group.area,  # type: ignore[arg-type]
                    code=group.first.code,
                    name=group.first.name,
                    buildings=buildings,
                    on_day=day,
                    at=at,
                )
                values = {"name": row.name, "area": row.area_id}
            else:
                building_assign(
                    actor=actor, management_area=row, buildings=buildings, on_day=day, at=at
                )
                values = {}
            came_from(row, {**values, "buildings": group.to_add}, batch)
        self.keep_lines(batch)


def check(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> AreasWork:
    """Read the sheet and compare it with the register."""
    return AreasWork(actor, read_areas(raw_rows(file_name, content)), at)


BRING = Bring(IMPORT_RIGHTS[ImportKind.AREAS], check)
