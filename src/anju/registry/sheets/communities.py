"""A sheet of communities with their buildings and stairwells: a row a building. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..states import CommunityKind
from .layout import Column, Layout, Problem, Rows, cells_by_name, yes_or_no
from .reading import without

BUILDING_TAILS = ("号楼", "幢", "栋", "号")

LAYOUT = Layout(
    kind="communities",
    title=_("Communities and buildings"),
    file_name=_("communities-template"),
    columns={
        "code": Column(
            _("Community code"), ("小区编码", "小区代码", "community code"),
            _("Letters, digits and hyphens, at most 32; by it the community is found again."),
            needed=True, example="YG001",
        ),
        "name": Column(
            _("Community name"), ("小区名称", "小区", "community name", "community"),
            _("At most 80 characters. A community on file is renamed on its page, not here."),
            needed=True, example=_("Sunshine Garden"),
        ),
        "place": Column(
            _("Place"), ("所在地", "地区", "区域", "社区", "place"),
            _("Code of the area of responsibility, or its full name from the district down."),
            needed=True, example=_("Yunshan District, Heping Sub-district, Heping Community"),
        ),
        "address": Column(
            _("Address"), ("地址", "address"), _("At most 200 characters."),
            example=_("8 Heping Road"),
        ),
        "kind": Column(
            _("Kind"), ("类型", "小区类型", "kind"),
            _(
                "Commercial housing, old community, sold public housing, affordable housing,"
                " relocation housing, scattered blocks or other; needed for a new community."
            ),
            example=_("Commercial housing"),
        ),
        "built_year": Column(
            _("Built in"), ("建成年份", "建成年", "built in", "built year"),
            _("A year from 1900 to 2100."), example="2008",
        ),
        "building": Column(
            _("Building"), ("幢号", "楼幢", "楼号", "幢", "building"),
            _("One building a row; empty where only the community is meant."), example="3",
        ),
        "stairwells": Column(
            _("Stairwells"), ("单元", "单元号", "stairwells"),
            _("Numbers parted by commas. Those not on file are added; none is taken away."),
            example="1, 2, 3",
        ),
        "floors": Column(
            _("Floors"), ("层数", "总层数", "floors"), _("From 1 to 200."), example="18"
        ),
        "lift": Column(
            _("Lift"), ("电梯", "有无电梯", "lift"), _("Yes or no."), example=_("yes")
        ),
    },
    problems={
        "code": _("“%(value)s” is not a code; use letters, digits and hyphens, at most 32."),
        "taken": _("The code “%(value)s” belongs to a community outside your place."),
        "closed": _("The community is closed; have it reopened first."),
        "named": _("It is on file as “%(value)s”; propose the new name on its page."),
        "place": _("“%(value)s” is not a place on file; give its code or its full name."),
        "places": _("Several places are called “%(value)s”; give its code."),
        "outside": _("“%(value)s” lies outside the place of your post."),
        "moved": _("It is on file in %(value)s; move it on its page."),
        "kind": _("“%(value)s” is not a kind of community; choose from the template."),
        "year": _("“%(value)s” is not a year from 1900 to 2100."),
        "floors": _("“%(value)s” is not a number of floors from 1 to 200."),
        "yes_no": _("“%(value)s” says neither yes nor no."),
        "number": _("“%(value)s” is not a number; use at most 20 letters and digits."),
        "no_building": _("Say which building this belongs to."),
        "building_outside": _("Building “%(value)s” lies outside the place of your post."),
        "twice": _("The same building stands in row %(value)s; keep one of them."),
        "clash": _("Row %(value)s says otherwise of this community; make them agree."),
    },
    notes=(
        _("Columns with * must be filled in. Leave a cell empty to keep what is on file."),
        _("One row a building; repeat the community in each. At most 5,000 rows and 30 MB."),
    ),
    most_rows=5_000,
)  # fmt: skip

_KINDS: dict[str, str] = {
    **{kind.value: kind.value for kind in CommunityKind},
    **dict.fromkeys(("商品房", "commercial housing"), "commercial"),
    **dict.fromkeys(("老旧", "old community"), "old"),
    **dict.fromkeys(("房改房", "sold public housing"), "reform"),
    **dict.fromkeys(("保障房", "保障性住房", "经济适用房", "affordable housing"), "affordable"),
    **dict.fromkeys(("安置房", "拆迁安置房", "relocation housing"), "relocation"),
    **dict.fromkeys(("零散楼幢", "零散楼栋", "零散楼", "散楼", "scattered blocks"), "scattered"),
    **dict.fromkeys(("其他",), "other"),
}
_CODE = re.compile(r"^[0-9A-Za-z-]{1,32}$")
_NUMBER = re.compile(r"^[0-9A-Za-z\u4e00-\u9fff#-]{1,20}$")
_YEAR = re.compile(r"^(?:19\d\d|20\d\d|2100)年?$")
_FLOORS = re.compile(r"^[1-9]\d{0,2}层?$")


@dataclass(slots=True)
class CommunityRow:
    """One row; None and empty text mean: keep what is on file."""

    row: int
    code: str
    name: str
    place: str
    address: str
    kind: str | None
    built_year: int | None
    building: str
    stairwells: tuple[str, ...]
    floors: int | None
    lift: bool | None


def read_communities(raw: Iterator[list[Any]]) -> Rows[CommunityRow]:
    """Check every row against itself.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    found: Rows[CommunityRow] = Rows()
    for row, cells in cells_by_name(raw, LAYOUT):
        problems: list[Problem] = []
        one = _row(row, cells, problems)
        if problems:
            found.bad[row] = problems
        else:
            found.good.append(one)
    return found


def _row(row: int, cells: dict[str, str], problems: list[Problem]) -> CommunityRow:
    for name in ("code", "name", "place"):
        if not cells[name]:
            problems.append((name, "empty", ""))
    if cells["code"] and not _CODE.match(cells["code"]):
        problems.append(("code", "code", cells["code"][:40]))
    for name, longest in (("name", 80), ("address", 200)):
        if len(cells[name]) > longest:
            problems.append((name, "too_long", str(longest)))
    kind = _KINDS.get(cells["kind"].casefold().removesuffix("小区"))
    if cells["kind"] and kind is None:
        problems.append(("kind", "kind", cells["kind"][:40]))
    building = without(cells["building"], *BUILDING_TAILS)
    if building and not _NUMBER.match(building):
        problems.append(("building", "number", building[:40]))
    stairwells = stairwell_numbers(cells["stairwells"])
    problems += [("stairwells", "number", s[:40]) for s in stairwells if not _NUMBER.match(s)]
    if not building and (stairwells or cells["floors"] or cells["lift"]):
        problems.append(("building", "no_building", ""))
    return CommunityRow(
        row=row,
        code=cells["code"],
        name=cells["name"],
        place=cells["place"],
        address=cells["address"],
        kind=kind,
        built_year=_number("built_year", "year", _YEAR, cells, problems),
        building=building,
        stairwells=stairwells,
        floors=_number("floors", "floors", _FLOORS, cells, problems, most=200),
        lift=yes_or_no("lift", cells["lift"], problems),
    )


def stairwell_numbers(text: str) -> tuple[str, ...]:
    """Numbers parted by commas, without repeats: ``1单元、2单元`` is ``("1", "2")``."""
    parts = re.split(r"[,，、;；\s]+", text)
    return tuple(dict.fromkeys(without(part, "单元") for part in parts if part))


def _number(
    name: str,
    code: str,
    pattern: re.Pattern[str],
    cells: dict[str, str],
    problems: list[Problem],
    most: int = 9999,
) -> int | None:
    text = cells[name]
    if not text:
        return None
    if pattern.match(text) and text.rstrip("年层").isascii():
        number = int(text.rstrip("年层"))
        if number <= most:
            return number
    problems.append((name, code, text[:40]))
    return None
