"""Reads a published year from CSV or a workbook: day, work or rest, name."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from anju.core.errors import InvalidInput
from anju.core.text import clean, fold

from ..states import Holiday
from .days import DayStatement

BYTES_AT_MOST = 1_000_000
ROWS_AT_MOST = 366
_HEADS = {
    "day": {"day", "date", "日期", "日"},
    "working": {"working", "kind", "班休", "上班", "是否上班", "类型"},
    "name": {"name", "名称", "节日", "假日"},
}
_WORK = {"work", "working", "1", "true", "yes", "是", "班", "上班", "工作日", "调休上班"}
_REST = {"rest", "holiday", "0", "false", "no", "否", "休", "休息", "放假", "休息日", "节假日"}
_NAMES = {
    "元旦": "new_year",
    "春节": "spring",
    "清明节": "qingming",
    "清明": "qingming",
    "劳动节": "labour",
    "端午节": "dragon_boat",
    "端午": "dragon_boat",
    "中秋节": "mid_autumn",
    "中秋": "mid_autumn",
    "国庆节": "national",
    "国庆": "national",
}


def read_year(data: bytes) -> list[DayStatement]:
    """Statements of a file; its first row names the columns.

    Raises:
        InvalidInput: names every row that cannot be read and what to write instead.
    """
    if len(data) > BYTES_AT_MOST:
        raise InvalidInput({"file": [_("The file is larger than 1 MB. Keep one row a day.")]})
    rows = _workbook_rows(data) if data[:2] == b"PK" else _csv_rows(data)
    heads = _columns(next(rows, []))
    found: list[DayStatement] = []
    wrong: list[Any] = []
    for number, row in enumerate(rows, start=2):
        cells = {name: row[at] if at < len(row) else "" for name, at in heads.items()}
        if not any(clean(str(cell)) for cell in cells.values()):
            continue
        if len(found) >= ROWS_AT_MOST:
            wrong.append(_("The file has more rows than a year has days."))
            break
        day, working = _day(cells["day"]), _working(cells["working"])
        if day is None:
            wrong.append(_("Row %(row)s: write the day as YYYY-MM-DD.") % {"row": number})
        elif working is None:
            wrong.append(_("Row %(row)s: write 班 or 休 (work or rest).") % {"row": number})
        else:
            name = clean(str(cells.get("name", "")))[:60]
            found.append(DayStatement(day=day, working=working, name=_known_name(name)))
    if wrong:
        raise InvalidInput({"file": wrong[:20]})
    return found


def _columns(head: list[Any]) -> dict[str, int]:
    words = [fold(str(cell)) for cell in head]
    found = {
        name: next((at for at, word in enumerate(words) if word in known), -1)
        for name, known in _HEADS.items()
    }
    if found["day"] < 0 or found["working"] < 0:
        raise InvalidInput({"file": [_("Name the columns in row 1: 日期, 班休, 名称.")]})
    return {name: at for name, at in found.items() if at >= 0}


def _workbook_rows(data: bytes) -> Iterator[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise InvalidInput({"file": [_("The workbook cannot be opened. Save it anew.")]}) from error
    yield from rows


def _csv_rows(data: bytes) -> Iterator[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InvalidInput({"file": [_("The file is neither CSV nor an Excel workbook.")]})
    if "\x00" in text:
        raise InvalidInput({"file": [_("The file is neither CSV nor an Excel workbook.")]})
    try:
        yield from csv.reader(StringIO(text, newline=""))
    except csv.Error as error:
        raise InvalidInput(
            {"file": [_("The file is neither CSV nor an Excel workbook.")]}
        ) from error


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = fold(str(cell)).replace("/", "-").replace(".", "-")
    text = text.replace("年", "-").replace("月", "-").rstrip("日")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def _working(cell: Any) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = fold(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))
    return True if text in _WORK else False if text in _REST else None


def _known_name(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    by_label = {str(one.label): str(one.value) for one in Holiday}
    return by_label.get(name, name)
