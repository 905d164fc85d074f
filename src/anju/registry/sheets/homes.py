"""A sheet of homes: rows of cells in, rows ready for COPY and problems out. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..rules import natural_key
from .layout import Column, Layout, Problem, columns_of, too_many_rows
from .reading import cell_text, refuse, without

COLUMNS = {
    "community_code": Column(
        _("Community code"), ("小区编码", "小区代码", "community code"),
        _("The code of a community on file within your place."), needed=True, example="YG001",
    ),
    "building": Column(
        _("Building"), ("幢号", "楼幢", "楼号", "幢", "building"),
        _("Number of a building on file."), needed=True, example="3",
    ),
    "stairwell": Column(
        _("Stairwell"), ("单元", "单元号", "stairwell"),
        _("Number of a stairwell on file; empty where the building has none."), example="1",
    ),
    "number": Column(
        _("Door number"), ("房号", "室号", "户号", "number", "door number"),
        _("At most 20 letters and digits."), needed=True, example="501",
    ),
    "kind": Column(
        _("Kind"), ("类型", "用途", "kind"),
        _("Kinds: home, commercial, garage, storage, other. Empty means home."),
        example=_("home"),
    ),
    "floor": Column(
        _("Floor"), ("楼层", "所在层", "floor"), _("Between −9 and 200."), example="5"
    ),
    "registered_area": Column(
        _("Registered area (m²)"), ("登记面积", "registered area"),
        _("m² with at most two decimals, from the property register."), example="89.50", text=False,
    ),
    "surveyed_area": Column(
        _("Surveyed area (m²)"), ("测绘面积", "实测面积", "surveyed area"),
        _("m² with at most two decimals, from the survey."), text=False,
    ),
    "contract_area": Column(
        _("Contract area (m²)"), ("合同面积", "contract area"),
        _("m² with at most two decimals, from the sale contract."), text=False,
    ),
}  # fmt: skip
UNIT_KINDS: dict[str, str] = {
    **dict.fromkeys(("", "住宅", "住房", "户", "home"), "home"),
    **dict.fromkeys(("商业", "商铺", "商业用房", "commercial", "commercial unit"), "commercial"),
    **dict.fromkeys(("车库", "车位", "garage"), "garage"),
    **dict.fromkeys(("储藏室", "storage", "storage room"), "storage"),
    **dict.fromkeys(("其他", "其他单元", "other", "other unit"), "other"),
}

LAYOUT = Layout(
    kind="units",
    title=_("Homes"),
    file_name=_("homes-template"),
    columns=COLUMNS,
    problems={
        "community": _("“%(value)s” is not a community within your place; check its code."),
        "building": _("Building “%(value)s” is not on file in this community; add it first."),
        "stairwell": _("Stairwell “%(value)s” is not on file in this building; add it first."),
        "number": _("“%(value)s” is not a number; use at most 20 letters and digits."),
        "kind": _("“%(value)s” is not a kind of unit; choose from the template."),
        "floor": _("“%(value)s” is not a floor between −9 and 200."),
        "area": _("“%(value)s” is not an area in m² with at most two decimals, up to 1,000,000."),
        "no_area": _("Give at least one area."),
        "twice": _("The same unit stands in row %(value)s; keep one of them."),
    },
    notes=(
        _("Columns with * must be filled in. Leave a cell empty to keep what is on file."),
        _("Buildings and stairwells must be on file. At most 200,000 rows and 30 MB."),
    ),
    most_rows=200_000,
)


@dataclass(slots=True)
class Place:
    """A building that rows may name, with its stairwells by number."""

    id: int
    community_id: int
    area_id: int
    sort_key: str
    stairwells: dict[str, int] = field(default_factory=dict)


# (community code, building number) → place; codes alone are the keys of the outer mapping.
Places = Mapping[str, Mapping[str, Place]]


@dataclass(slots=True)
class Sheet:
    """What was read: rows ready for COPY, and the problems of the others by row number."""

    good: list[tuple[Any, ...]]
    bad: dict[int, list[Problem]]

    @property
    def rows(self) -> int:
        return len(self.good) + len(self.bad)


_NUMBER = re.compile(r"^[0-9A-Za-z\u4e00-\u9fff#-]{1,20}$")
_AREA = re.compile(r"^(\d{1,7})(?:\.(\d{1,2})0*)?$")
_FLOOR = re.compile(r"^[-−]?\d{1,3}$")


def _area(cell: Any) -> int | None:
    """Area in dm²; None when it is not one."""
    if isinstance(cell, float):
        dm2 = round(cell * 100)
        return dm2 if 0 < dm2 <= 100_000_000 and abs(cell * 100 - dm2) < 1e-4 else None
    match = _AREA.match(cell_text(cell).replace(",", ""))
    if not match:
        return None
    whole, part = match.groups()
    dm2 = int(whole) * 100 + (int(part.ljust(2, "0")) if part else 0)
    return dm2 if 0 < dm2 <= 100_000_000 else None


def read_sheet(raw: Iterator[list[Any]], places: Places) -> Sheet:
    """Check every row against itself and the places it names.

    A good row is ``(row, building_id, stairwell_id, community_id, area_id, kind, number, floor,
    registered_dm2, surveyed_dm2, contract_dm2, sort_key)``.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    head = next(raw, None)
    if head is None:
        raise refuse(_("The file is empty."))
    at = columns_of(head, LAYOUT)
    reader = _RowReader(at, places)
    sheet = Sheet([], {})
    for row, cells in enumerate(raw, start=2):
        if not any(cell not in ("", None) for cell in cells):
            continue
        if sheet.rows >= LAYOUT.most_rows:
            raise too_many_rows(LAYOUT)
        good = reader.read(row, cells)
        if good is None:
            sheet.bad[row] = reader.problems
        else:
            sheet.good.append(good)
    return sheet


class _RowReader:
    """Reads one row after another; remembers units seen and keys computed."""

    def __init__(self, at: dict[str, int], places: Places) -> None:
        self.at = [at.get(name, -1) for name in COLUMNS]
        self.places = places
        self.seen: dict[tuple[int, int, str, str], int] = {}
        self.keys: dict[str, str] = {}
        self.problems: list[Problem] = []

    def read(self, row: int, cells: list[Any]) -> tuple[Any, ...] | None:
        """The row ready for COPY, or None with ``problems`` filled."""
        width = len(cells)
        values = [cells[i] if 0 <= i < width else "" for i in self.at]
        code, building, stairwell, number = (cell_text(value) for value in values[:4])
        self.problems = problems = []
        place = self._place(code, building)
        stairwell_id = self._stairwell(place, stairwell)
        number = without(number, "室")
        if not number:
            problems.append(("number", "empty", ""))
        elif not _NUMBER.match(number):
            problems.append(("number", "number", number[:40]))
        kind = UNIT_KINDS.get(cell_text(values[4]).casefold())
        if kind is None:
            problems.append(("kind", "kind", cell_text(values[4])[:40]))
        floor = self._floor(values[5])
        areas = self._areas(values[6:9])
        if place is None or kind is None or problems:
            return None
        key = (place.id, stairwell_id or 0, number, kind)
        first = self.seen.setdefault(key, row)
        if first != row:
            problems.append(("number", "twice", str(first)))
            return None
        tail = f"|{self._key(without(stairwell, '单元'))}|{self._key(number)}"
        return (
            row, place.id, stairwell_id, place.community_id, place.area_id, kind, number, floor,
            *areas, place.sort_key + tail,
        )  # fmt: skip

    def _key(self, number: str) -> str:
        found = self.keys.get(number)
        if found is None:
            found = self.keys[number] = natural_key(number)
        return found

    def _place(self, code: str, building: str) -> Place | None:
        if not code:
            self.problems.append(("community_code", "empty", ""))
        elif code not in self.places:
            self.problems.append(("community_code", "community", code[:40]))
        if not building:
            self.problems.append(("building", "empty", ""))
        if self.problems:
            return None
        known = self.places[code]
        place = known.get(building) or known.get(without(building, "号楼", "幢", "栋", "号"))
        if place is None:
            self.problems.append(("building", "building", building[:40]))
        return place

    def _stairwell(self, place: Place | None, stairwell: str) -> int | None:
        if not stairwell or place is None:
            return None
        known = place.stairwells
        found = known.get(stairwell) or known.get(without(stairwell, "单元"))
        if found is None:
            self.problems.append(("stairwell", "stairwell", stairwell[:40]))
        return found

    def _floor(self, cell: Any) -> int | None:
        text = without(cell_text(cell), "层", "楼")
        if not text:
            return None
        if _FLOOR.match(text):
            floor = int(text.replace("−", "-"))
            if -9 <= floor <= 200:
                return floor
        self.problems.append(("floor", "floor", text[:40]))
        return None

    def _areas(self, cells: list[Any]) -> list[int | None]:
        found: list[int | None] = []
        names = ("registered_area", "surveyed_area", "contract_area")
        for name, cell in zip(names, cells, strict=True):
            area = None
            if cell not in ("", None) and cell_text(cell):
                area = _area(cell)
                if area is None:
                    self.problems.append((name, "area", cell_text(cell)[:40]))
            found.append(area)
        return found
