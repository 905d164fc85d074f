"""Reading a table from CSV or XLSX: bytes in, rows of cells out."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput, Sentence

LARGEST_FILE = 30_000_000
LARGEST_UNPACKED = 400_000_000


def refuse(sentence: Sentence) -> InvalidInput:
    """The refusal of a whole file."""
    return InvalidInput({"file": [sentence]})


def raw_rows(file_name: str, content: bytes) -> Iterator[list[Any]]:
    """Rows of cells of a CSV or XLSX file, heading first.

    Raises:
        InvalidInput: too large, not a table, or in an unknown encoding.
    """
    if len(content) > LARGEST_FILE:
        raise refuse(_("The file is larger than 30 MB; split it."))
    if not content.strip():
        raise refuse(_("The file is empty."))
    if content[:4] == b"PK\x03\x04":
        return _xlsx_rows(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or file_name.lower().endswith(".xls"):
        raise refuse(_("This is an old Excel file; save it as .xlsx or .csv."))
    return _csv_rows(content)


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise refuse(_("The file unpacks to more than it should; save it again."))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return iter(book.get_sheet_by_index(0).to_python(skip_empty_area=False))
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise refuse(_("The file cannot be read as an Excel table; save it again.")) from error


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse(_("This is not a table; use the template as .xlsx or .csv."))
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
        raise refuse(_("The characters of the file cannot be read; save it as UTF-8."))
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    return _csv_checked(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _csv_checked(reader: Any) -> Iterator[list[Any]]:
    try:
        yield from reader
    except csv.Error as error:
        raise refuse(
            _("Line %(line)s of the file cannot be read; check its quotation marks.")
            % {"line": reader.line_num}
        ) from error


def cell_text(cell: Any) -> str:
    """A cell as text: folded to half width, without signs that cannot be printed."""
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return cell.strip()
        cell = unicodedata.normalize("NFKC", cell)
        return "".join(c for c in cell if c.isprintable()).strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def without(text: str, *tails: str) -> str:
    """The text without the first of these tails it ends with: ``3幢`` is ``3``."""
    for tail in tails:
        if text.endswith(tail) and len(text) > len(tail):
            return text[: -len(tail)].strip()
    return text
