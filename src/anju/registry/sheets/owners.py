"""A sheet of owners of homes with their shares: a row an owner of a home. No database.

A problem never repeats a number of a person: the list of problems is read and passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import rules
from ..states import IdKind
from .communities import BUILDING_TAILS
from .homes import COLUMNS as HOME_COLUMNS
from .homes import UNIT_KINDS
from .layout import Column, Layout, Problem, Rows, cells_by_name, day_of
from .reading import without

COMPANY = "company"  # the paper of an owner that is a company: its credit code
HOME = ("community_code", "building", "stairwell", "number", "kind")

LAYOUT = Layout(
    kind="owners",
    title=_("Owners of homes"),
    file_name=_("owners-template"),
    columns={
        **{name: HOME_COLUMNS[name] for name in HOME},
        "name": Column(
            _("Owner"), ("业主", "业主姓名", "产权人", "姓名", "owner", "owner name", "name"),
            _("As on the paper, at most 60 characters; a company's registered name."),
            needed=True, example=_("Wang Xiaoming"),
        ),
        "id_kind": Column(
            _("Kind of paper"), ("证件类型", "证件种类", "kind of paper"),
            _(
                "Resident identity card, passport, Hong Kong or Macao travel permit, Taiwan travel"
                " permit, foreigner's permanent residence card, or credit code. Empty means"
                " resident identity card, or credit code where the number is one."
            ),
        ),
        "id_number": Column(
            _("Identity number"),
            ("证件号码", "证件号", "身份证号", "身份证号码", "identity number"),
            _(
                "By it a person on file is found again. For a company its unified social credit"
                " code. Keep the cells as text."
            ),
            needed=True,
        ),
        "phone": Column(
            _("Phone"), ("电话", "手机", "手机号", "联系电话", "phone"),
            _("Of people who are new; the phone of a person on file is changed on its page."),
        ),
        "share_num": Column(
            _("Share"), ("份额分子", "份额", "share"),
            _("The upper number of the share, 1 of 1/2. Empty means the whole home."),
            example="1",
        ),
        "share_den": Column(
            _("Share of"), ("份额分母", "share of"),
            _("The lower number of the share, 2 of 1/2; at most 10,000."), example="2",
        ),
        "from_day": Column(
            _("Owner from"), ("起始日期", "登记日期", "取得日期", "owner from", "from"),
            _("Year-month-day, the same for all owners of a home."), needed=True,
            example="2018-06-01",
        ),
    },
    problems={
        "community": _("“%(value)s” is not a community within your place; check its code."),
        "building": _("Building “%(value)s” is not on file in this community; add it first."),
        "stairwell": _("Stairwell “%(value)s” is not on file in this building; add it first."),
        "unit": _("“%(value)s” is not on file in this building; import the homes first."),
        "kind": _("“%(value)s” is not a kind of unit; choose from the template."),
        "paper": _("“%(value)s” is not a kind of paper; choose from the template."),
        "identity": _("This is not an identity number: check every digit."),
        "credit_code": _("This is not a unified social credit code: check its 18 characters."),
        "no_company": _("No company with this credit code is on file; import companies first."),
        "other_name": _("This number is on file under another name; check both."),
        "erased": _("This person's file was erased; ask at the counter."),
        "phone": _("This is not a telephone number."),
        "share": _("Write whole numbers, the upper one from 1 up to the lower, at most 10,000."),
        "shares": _(
            "The shares of this home add to %(value)s, not to one; mend them or add who is missing."
        ),
        "day": _("“%(value)s” is not a day; write year-month-day."),
        "future": _("The day must not lie in the future."),
        "days": _("Row %(value)s gives another day for this home; make them agree."),
        "twice": _("This owner of the home stands in row %(value)s; keep one of them."),
        "name_clash": _("Row %(value)s gives this number another name; make them agree."),
        "other_row": _("Row %(value)s is of the same home and cannot be taken; mend it first."),
        "later": _("Owners on file begin on %(value)s; give a day not before it."),
        "waiting": _("Another change of owners of this home waits for review; decide it first."),
    },
    notes=(
        _("Columns with * must be filled in."),
        _(
            "All owners of a home stand in the file, or are on file; their shares add to exactly"
            " one. At most 20,000 rows and 30 MB."
        ),
        _("Where other owners are on file, nothing is overwritten: the change waits for review."),
    ),
    most_rows=20_000,
)  # fmt: skip

_PAPERS: dict[str, str] = {
    **dict.fromkeys(
        ("身份证", "居民身份证", "resident identity card", "identity card"), IdKind.RESIDENT.value
    ),
    **dict.fromkeys(("护照", "passport"), IdKind.PASSPORT.value),
    **dict.fromkeys(
        ("港澳通行证", "港澳居民来往内地通行证", "hong kong or macao travel permit"),
        IdKind.HONG_KONG_MACAO.value,
    ),
    **dict.fromkeys(
        ("台胞证", "台湾居民来往大陆通行证", "taiwan travel permit"), IdKind.TAIWAN.value
    ),
    **dict.fromkeys(
        ("永居证", "外国人永久居留身份证", "foreigner's permanent residence card"),
        IdKind.PERMANENT.value,
    ),
    **dict.fromkeys(
        ("统一社会信用代码", "营业执照", "credit code", "unified social credit code"), COMPANY
    ),
}
_SHARE = re.compile(r"^[1-9]\d{0,4}$")

HomeKey = tuple[str, str, str, str, str]  # code, building, stairwell, number, kind


@dataclass(slots=True)
class OwnerRow:
    """One owner of one home; numbers in clear, never stored so and never written to a log."""

    row: int
    home: HomeKey
    name: str
    id_kind: str
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    num: int
    den: int
    from_day: date


@dataclass(slots=True)
class OwnerRows(Rows[OwnerRow]):
    """Also remembers which homes the bad rows name: their other rows cannot be taken either."""

    spoiled: dict[HomeKey, int] = field(default_factory=dict)


def read_owners(raw: Iterator[list[Any]]) -> OwnerRows:
    """Check every row against itself.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    found = OwnerRows()
    for row, cells in cells_by_name(raw, LAYOUT):
        problems: list[Problem] = []
        home = _home(cells, problems)
        one = _row(row, home, cells, problems)
        if one is None or problems:
            found.bad[row] = problems
            found.spoiled.setdefault(home, row)
        else:
            found.good.append(one)
    return found


def _home(cells: dict[str, str], problems: list[Problem]) -> HomeKey:
    for name in ("community_code", "building", "number"):
        if not cells[name]:
            problems.append((name, "empty", ""))
    kind = UNIT_KINDS.get(cells["kind"].casefold())
    if kind is None:
        problems.append(("kind", "kind", cells["kind"][:40]))
    return (
        cells["community_code"],
        without(cells["building"], *BUILDING_TAILS),
        without(cells["stairwell"], "单元"),
        without(cells["number"], "室"),
        kind or "",
    )


def _row(
    row: int, home: HomeKey, cells: dict[str, str], problems: list[Problem]
) -> OwnerRow | None:
    if not cells["name"]:
        problems.append(("name", "empty", ""))
    elif len(cells["name"]) > 120:
        problems.append(("name", "too_long", "120"))
    id_kind, number = _paper(cells, problems)
    if id_kind != COMPANY and len(cells["name"]) > 60:
        problems.append(("name", "too_long", "60"))
    if cells["phone"] and not rules.phone_is_valid(cells["phone"]):
        problems.append(("phone", "phone", ""))
    share = _share(cells, problems)
    day = day_of("from_day", cells["from_day"], problems)
    if day is None or share is None:
        return None
    phone = rules.phone_normal(cells["phone"])
    return OwnerRow(row, home, cells["name"], id_kind, number, phone, *share, day)


def _paper(cells: dict[str, str], problems: list[Problem]) -> tuple[str, str]:
    number = rules.identity_normal(cells["id_number"])
    words = cells["id_kind"].casefold()
    id_kind = _PAPERS.get(words)
    if not words:
        plain = rules.identity_is_valid(number)
        id_kind = COMPANY if not plain and rules.uscc_is_valid(number) else IdKind.RESIDENT.value
    if id_kind is None:
        problems.append(("id_kind", "paper", cells["id_kind"][:40]))
    elif not number:
        problems.append(("id_number", "empty", ""))
    elif id_kind == COMPANY and not rules.uscc_is_valid(number):
        problems.append(("id_number", "credit_code", ""))
    elif id_kind == IdKind.RESIDENT and not rules.identity_is_valid(number):
        problems.append(("id_number", "identity", ""))
    elif len(number) > 40:
        problems.append(("id_number", "too_long", "40"))
    return id_kind or "", number


def _share(cells: dict[str, str], problems: list[Problem]) -> tuple[int, int] | None:
    num, den = cells["share_num"], cells["share_den"]
    if not num and not den:
        return 1, 1
    if _SHARE.match(num) and _SHARE.match(den) and int(num) <= int(den) <= 10_000:
        return int(num), int(den)
    problems.append(("share_num", "share", ""))
    return None
