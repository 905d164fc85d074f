"""A sheet of management areas: a row an area and a community of it. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from .communities import BUILDING_TAILS
from .homes import COLUMNS as HOME_COLUMNS
from .layout import Column, Layout, Problem, Rows, cells_by_name, day_of
from .reading import without

LAYOUT = Layout(
    kind="areas",
    title=_("Management areas"),
    file_name=_("areas-template"),
    columns={
        "code": Column(
            _("Area code"), ("管理区域编码", "区域编码", "area code", "code"),
            _("At most 32 characters; by it the management area is found again."),
            needed=True, example="WQ001",
        ),
        "name": Column(
            _("Name"), ("管理区域名称", "区域名称", "名称", "name"),
            _("At most 80 characters. An area on file is renamed on its page, not here."),
            needed=True, example=_("Sunshine Garden"),
        ),
        "place": Column(
            _("Place"), ("所在地", "社区", "place"),
            _("Code of the area of responsibility, or its full name from the district down."),
            needed=True, example=_("Yunshan District, Heping Sub-district, Heping Community"),
        ),
        "community_code": HOME_COLUMNS["community_code"],
        "buildings": Column(
            _("Buildings"), ("幢号", "楼幢", "buildings"),
            _("Numbers parted by commas, of buildings on file. None is taken out of an area."),
            needed=True, example="1, 2, 3",
        ),
        "from_day": Column(
            _("Belongs from"), ("划定日期", "起始日期", "belongs from", "delimited on"),
            _("Year-month-day, the same in all rows of an area."), needed=True,
            example="2018-06-01",
        ),
    },
    problems={
        "named": _("It is on file as “%(value)s”; propose the new name on its page."),
        "taken": _("The code “%(value)s” belongs to a management area outside your place."),
        "closed": _("The management area is closed; have it reopened first."),
        "moved": _("It is on file in %(value)s; correct the row."),
        "place": _("“%(value)s” is not a place on file; give its code or its full name."),
        "places": _("Several places are called “%(value)s”; give its code."),
        "outside": _("“%(value)s” lies outside the place of your post."),
        "community": _("“%(value)s” is not a community within your place; check its code."),
        "building": _("Building “%(value)s” is not on file in this community; add it first."),
        "elsewhere": _("Building “%(value)s” is in another management area; take it out there."),
        "day": _("“%(value)s” is not a day; write year-month-day."),
        "future": _("The day must not lie in the future."),
        "clash": _("Row %(value)s says otherwise of this management area; make them agree."),
        "twice": _("A building of this row stands in row %(value)s too; keep one of them."),
    },
    notes=(
        _("Columns with * must be filled in."),
        _("An area in several communities has a row for each. At most 5,000 rows and 30 MB."),
    ),
    most_rows=5_000,
)  # fmt: skip


@dataclass(slots=True)
class AreaRow:
    """One row: buildings of one community that belong to a management area."""

    row: int
    code: str
    name: str
    place: str
    community_code: str
    buildings: tuple[str, ...]
    from_day: date


def read_areas(raw: Iterator[list[Any]]) -> Rows[AreaRow]:
    """Check every row against itself.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    found: Rows[AreaRow] = Rows()
    for row, cells in cells_by_name(raw, LAYOUT):
        problems: list[Problem] = []
        for name in ("code", "name", "place", "community_code", "buildings"):
            if not cells[name]:
                problems.append((name, "empty", ""))
        for name, longest in (("code", 32), ("name", 80)):
            if len(cells[name]) > longest:
                problems.append((name, "too_long", str(longest)))
        day = day_of("from_day", cells["from_day"], problems)
        if day is None or problems:
            found.bad[row] = problems
            continue
        parts = re.split(r"[,，、;；\s]+", cells["buildings"])
        numbers = tuple(dict.fromkeys(without(part, *BUILDING_TAILS) for part in parts if part))
        found.good.append(
            AreaRow(
                row, cells["code"], cells["name"], cells["place"], cells["community_code"],
                numbers, day,
            )
        )  # fmt: skip
    return found
