"""A sheet of companies by unified social credit code: a row a company. No database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import rules
from ..states import CompanyKind
from .layout import Column, Layout, Problem, Rows, cells_by_name, yes_or_no

LAYOUT = Layout(
    kind="companies",
    title=_("Companies"),
    file_name=_("companies-template"),
    columns={
        "code": Column(
            _("Unified social credit code"),
            ("统一社会信用代码", "信用代码", "unified social credit code", "credit code"),
            _("18 characters, checked; by it the company is found again."), needed=True,
        ),
        "name": Column(
            _("Company"), ("企业名称", "公司名称", "公司", "企业", "company", "company name"),
            _("At most 120 characters. A company on file is renamed on its page, not here."),
            needed=True, example=_("Yuncheng Sample Property Service Ltd"),
        ),
        "kind": Column(
            _("Kind"), ("类型", "企业类型", "kind"),
            _("Property company, developer or other company. Empty means property company."),
            example=_("Property company"),
        ),
        "place": Column(
            _("Registered place"), ("注册地", "注册区县", "所在地", "registered place", "place"),
            _("Code of the area of responsibility, or its full name from the district down."),
        ),
        "out_of_town": Column(
            _("Registered out of town"), ("外地企业", "外埠企业", "registered out of town"),
            _("Yes or no."), example=_("no"),
        ),
        "address": Column(
            _("Registered address"), ("注册地址", "地址", "registered address", "address"),
            _("At most 200 characters."), example=_("8 Heping Road"),
        ),
        "representative": Column(
            _("Legal representative"), ("法定代表人", "法人", "legal representative"),
            _("At most 60 characters."), example=_("Wang Xiaoming"),
        ),
        "phone": Column(
            _("Published telephone"),
            ("公布电话", "公开电话", "电话", "联系电话", "published telephone", "phone"),
            _("Everybody sees it on the portal."),
        ),
    },
    problems={
        "credit_code": _("This is not a unified social credit code: check its 18 characters."),
        "closed": _("The company is closed; have it reopened first."),
        "named": _("It is on file as “%(value)s”; propose the new name on its page."),
        "kind": _("“%(value)s” is not a kind of company; choose from the template."),
        "other_kind": _("It is on file as another kind of company; correct the row."),
        "place": _("“%(value)s” is not a place on file; give its code or its full name."),
        "places": _("Several places are called “%(value)s”; give its code."),
        "outside": _("“%(value)s” lies outside the place of your post."),
        "yes_no": _("“%(value)s” says neither yes nor no."),
        "phone": _("This is not a telephone number."),
        "twice": _("The same company stands in row %(value)s; keep one of them."),
    },
    notes=(
        _("Columns with * must be filled in. Leave a cell empty to keep what is on file."),
        _("One row a company. At most 5,000 rows and 30 MB."),
    ),
    most_rows=5_000,
)  # fmt: skip

_KINDS: dict[str, str] = {
    "": "",
    **{kind.value: kind.value for kind in CompanyKind},
    **dict.fromkeys(
        ("物业", "物业企业", "物业公司", "物业服务企业", "property company"), "property"
    ),
    **dict.fromkeys(("开发商", "开发企业", "房地产开发企业", "建设单位"), "developer"),
    **dict.fromkeys(("其他", "其他企业", "其他公司", "other company"), "other"),
}  # fmt: skip


@dataclass(slots=True)
class CompanyRow:
    """One row; None and empty text mean: keep what is on file."""

    row: int
    code: str
    name: str
    kind: str
    place: str
    out_of_town: bool | None
    address: str
    representative: str
    phone: str


def read_companies(raw: Iterator[list[Any]]) -> Rows[CompanyRow]:
    """Check every row against itself and the rows before it.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    found: Rows[CompanyRow] = Rows()
    seen: dict[str, int] = {}
    for row, cells in cells_by_name(raw, LAYOUT):
        problems: list[Problem] = []
        one = _row(row, cells, problems)
        first = seen.setdefault(one.code, row) if one.code else row
        if first != row:
            problems.append(("code", "twice", str(first)))
        if problems:
            found.bad[row] = problems
        else:
            found.good.append(one)
    return found


def _row(row: int, cells: dict[str, str], problems: list[Problem]) -> CompanyRow:
    for name in ("code", "name"):
        if not cells[name]:
            problems.append((name, "empty", ""))
    code = "".join(cells["code"].split()).upper()
    if code and not rules.uscc_is_valid(code):
        problems.append(("code", "credit_code", ""))
    for name, longest in (("name", 120), ("address", 200), ("representative", 60)):
        if len(cells[name]) > longest:
            problems.append((name, "too_long", str(longest)))
    kind = _KINDS.get(cells["kind"].casefold())
    if kind is None:
        problems.append(("kind", "kind", cells["kind"][:40]))
    phone = cells["phone"]
    if phone and (len(phone) > 20 or not rules.phone_is_valid(phone)):
        problems.append(("phone", "phone", ""))
    return CompanyRow(
        row=row,
        code=code,
        name=cells["name"],
        kind=kind or "",
        place=cells["place"],
        out_of_town=yes_or_no("out_of_town", cells["out_of_town"], problems),
        address=cells["address"],
        representative=cells["representative"],
        phone=phone,
    )
