"""Reading a sheet of homes from CSV or XLSX: bytes in, checked rows and problems out. No database.

Problems are kept as codes with values, so that each reader gets the sentence in their language.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput, Sentence

from .rules import natural_key

LARGEST_FILE = 30_000_000
LARGEST_UNPACKED = 400_000_000
MOST_ROWS = 200_000

COLUMNS: dict[str, Sentence] = {
    "community_code": _("Community code"),
    "building": _("Building"),
    "stairwell": _("Stairwell"),
    "number": _("Door number"),
    "kind": _("Kind"),
    "floor": _("Floor"),
    "registered_area": _("Registered area (m²)"),
    "surveyed_area": _("Surveyed area (m²)"),
    "contract_area": _("Contract area (m²)"),
}
NEEDED = ("community_code", "building", "number")
# Headings as people write them, in both languages whatever language the reader uses.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "community_code": ("小区编码", "小区代码", "community code"),
    "building": ("幢号", "楼幢", "楼号", "幢", "building"),
    "stairwell": ("单元", "单元号", "stairwell"),
    "number": ("房号", "室号", "户号", "number", "door number"),
    "kind": ("类型", "用途", "kind"),
    "floor": ("楼层", "所在层", "floor"),
    "registered_area": ("登记面积", "registered area"),
    "surveyed_area": ("测绘面积", "实测面积", "surveyed area"),
    "contract_area": ("合同面积", "contract area"),
}
_KINDS: dict[str, str] = {
    **dict.fromkeys(("", "住宅", "住房", "户", "home"), "home"),
    **dict.fromkeys(("商业", "商铺", "商业用房", "commercial", "commercial unit"), "commercial"),
    **dict.fromkeys(("车库", "车位", "garage"), "garage"),
    **dict.fromkeys(("储藏室", "storage", "storage room"), "storage"),
    **dict.fromkeys(("其他", "其他单元", "other", "other unit"), "other"),
}

PROBLEMS: dict[str, Sentence] = {
    "empty": _("Please fill in this field."),
    "community": _("“%(value)s” is not a community within your place; check its code."),
    "building": _("Building “%(value)s” is not on file in this community; add it first."),
    "stairwell": _("Stairwell “%(value)s” is not on file in this building; add it first."),
    "number": _("“%(value)s” is not a number; use at most 20 letters and digits."),
    "kind": _("“%(value)s” is not a kind of unit; choose from the template."),
    "floor": _("“%(value)s” is not a floor between −9 and 200."),
    "area": _("“%(value)s” is not an area in m² with at most two decimals, up to 1,000,000."),
    "no_area": _("Give at least one area."),
    "twice": _("The same unit stands in row %(value)s; keep one of them."),
}

Problem = tuple[str, str, str]  # column, code, value


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


def problem_sentences(number: int, problems: Iterable[Problem]) -> list[str]:
    """Sentences of one bad row, each naming row and column, in the reader's language."""
    return [
        gettext("Row %(row)s, %(column)s: %(problem)s")
        % {
            "row": number,
            "column": COLUMNS.get(column, column),
            "problem": str(PROBLEMS[code]) % {"value": value},
        }
        for column, code, value in problems
    ]


def _refuse(sentence: Sentence) -> InvalidInput:
    return InvalidInput({"file": [sentence]})


def raw_rows(file_name: str, content: bytes) -> Iterator[list[Any]]:
    """Rows of cells of a CSV or XLSX file, heading first.

    Raises:
        InvalidInput: too large, not a table, or in an unknown encoding.
    """
    if len(content) > LARGEST_FILE:
        raise _refuse(_("The file is larger than 30 MB; split it."))
    if not content.strip():
        raise _refuse(_("The file is empty."))
    if content[:4] == b"PK\x03\x04":
        return _xlsx_rows(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or file_name.lower().endswith(".xls"):
        raise _refuse(_("This is an old Excel file; save it as .xlsx or .csv."))
    return _csv_rows(content)


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise _refuse(_("The file unpacks to more than it should; save it again."))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return iter(book.get_sheet_by_index(0).to_python(skip_empty_area=False))
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise _refuse(_("The file cannot be read as an Excel table; save it again.")) from error


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise _refuse(_("This is not a table; use the template as .xlsx or .csv."))
    for encoding in (
        ("utf-16",)
        if content[:2] in (b"\xff\xfe", b"\xfe\xff")
        else (
            "utf-8-sig",
            "gb18030",
        )
    ):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refuse(_("The characters of the file cannot be read; save it as UTF-8."))
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    return _csv_checked(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _csv_checked(reader: Any) -> Iterator[list[Any]]:
    try:
        yield from reader
    except csv.Error as error:
        raise _refuse(
            _("Line %(line)s of the file cannot be read; check its quotation marks.")
            % {"line": reader.line_num}
        ) from error


def _heading(cell: Any) -> str:
    text = unicodedata.normalize("NFKC", str(cell)).casefold().strip()
    text = re.sub(r"[（(]\s*(m²|m2|㎡|平方米)\s*[)）]", "", text).strip().rstrip("*").strip()
    for name, words in _HEADINGS.items():
        if text in words:
            return name
    return ""


def _columns(head: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(head):
        name = _heading(cell)
        if name:
            found.setdefault(name, index)
    missing = [str(COLUMNS[name]) for name in NEEDED if name not in found]
    if missing:
        raise _refuse(
            _("The first row lacks these columns: %(columns)s. Use the template.")
            % {"columns": ", ".join(missing)}
        )
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return cell.strip()
        cell = unicodedata.normalize("NFKC", cell)
        return "".join(c for c in cell if c.isprintable()).strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


_NUMBER = re.compile(r"^[0-9A-Za-z\u4e00-\u9fff#-]{1,20}$")
_AREA = re.compile(r"^(\d{1,7})(?:\.(\d{1,2})0*)?$")
_FLOOR = re.compile(r"^[-−]?\d{1,3}$")


def _area(cell: Any) -> int | None:
    """Area in dm²; None when it is not one."""
    if isinstance(cell, float):
        dm2 = round(cell * 100)
        return dm2 if 0 < dm2 <= 100_000_000 and abs(cell * 100 - dm2) < 1e-4 else None
    match = _AREA.match(_text(cell).replace(",", ""))
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
        raise _refuse(_("The file is empty."))
    at = _columns(head)
    reader = _RowReader(at, places)
    sheet = Sheet([], {})
    for row, cells in enumerate(raw, start=2):
        if not any(cell not in ("", None) for cell in cells):
            continue
        if sheet.rows >= MOST_ROWS:
            raise _refuse(_("The file has more than 200,000 rows; split it."))
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
        code, building, stairwell, number = (_text(value) for value in values[:4])
        self.problems = problems = []
        place = self._place(code, building)
        stairwell_id = self._stairwell(place, stairwell)
        number = _without(number, "室")
        if not number:
            problems.append(("number", "empty", ""))
        elif not _NUMBER.match(number):
            problems.append(("number", "number", number[:40]))
        kind = _KINDS.get(_text(values[4]).casefold())
        if kind is None:
            problems.append(("kind", "kind", _text(values[4])[:40]))
        floor = self._floor(values[5])
        areas = self._areas(values[6:9])
        if place is None or kind is None or problems:
            return None
        key = (place.id, stairwell_id or 0, number, kind)
        first = self.seen.setdefault(key, row)
        if first != row:
            problems.append(("number", "twice", str(first)))
            return None
        tail = f"|{self._key(_without(stairwell, '单元'))}|{self._key(number)}"
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
        place = known.get(building) or known.get(_without(building, "号楼", "幢", "栋", "号"))
        if place is None:
            self.problems.append(("building", "building", building[:40]))
        return place

    def _stairwell(self, place: Place | None, stairwell: str) -> int | None:
        if not stairwell or place is None:
            return None
        known = place.stairwells
        found = known.get(stairwell) or known.get(_without(stairwell, "单元"))
        if found is None:
            self.problems.append(("stairwell", "stairwell", stairwell[:40]))
        return found

    def _floor(self, cell: Any) -> int | None:
        text = _without(_text(cell), "层", "楼")
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
            if cell not in ("", None) and _text(cell):
                area = _area(cell)
                if area is None:
                    self.problems.append((name, "area", _text(cell)[:40]))
            found.append(area)
        return found


def _without(text: str, *tails: str) -> str:
    for tail in tails:
        if text.endswith(tail) and len(text) > len(tail):
            return text[: -len(tail)].strip()
    return text


def template_xlsx() -> bytes:
    """An empty sheet to fill in, in the reader's language, with one invented example row."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(gettext("Homes"))
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    for index, (name, label) in enumerate(COLUMNS.items()):
        mark = " *" if name in NEEDED else ""
        sheet.write(0, index, f"{label}{mark}", bold)
        sheet.set_column(index, index, 18, text if index < 5 else None)
    sheet.freeze_panes(1, 0)
    notes = book.add_worksheet(gettext("Notes"))
    lines = (
        _("Columns with * must be filled in. Leave a cell empty to keep what is on file."),
        _("Kinds: home, commercial, garage, storage, other. Empty means home."),
        _("Areas are in m² with at most two decimals."),
        _("Buildings and stairwells must be on file. At most 200,000 rows and 30 MB."),
    )
    for index, line in enumerate(lines):
        notes.write(index, 0, str(line))
    book.close()
    return buffer.getvalue()
