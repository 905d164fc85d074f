"""Lists as files: XLSX and CSV, row by row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from anju.core.time import SHANGHAI

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_000_000  # Excel takes 1,048,576 a sheet
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value: Any) -> str | int | float | date | None:
    """A cell's value without lazy text, zones or types a file does not know."""
    if value is None or isinstance(value, bool):
        return None if value is None else int(value)
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI) if timezone.is_aware(value) else value
        return f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, int | float | date):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def csv_rows(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with the mark that spreadsheets need, CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def piece() -> bytes:
        data = buffer.getvalue().encode("utf-8")
        buffer.seek(0)
        buffer.truncate()
        return data

    yield "\ufeff".encode()
    writer.writerow(heads)
    for number, row in enumerate(rows, 1):
        cells = (plain(value) for value in row)
        writer.writerow([harmless(c) if isinstance(c, str) else c for c in cells])
        if number % 500 == 0:
            yield piece()
    yield piece()


def csv_response(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A CSV file that is sent while it is read."""
    return StreamingHttpResponse(
        csv_rows(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, f"{name}.csv") or ""},
    )


def xlsx_write(
    target: Any,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str,
    folder: str | None = None,
) -> None:
    """Write an XLSX file in constant memory; text is never a formula or a link.

    More rows than a sheet takes go on to further sheets, each with the heads.

    Args:
        target: a file open for writing, or its path.
        heads: the first line of each sheet.
        rows: cells row by row; read once.
        sheet: name of the first sheet.
        folder: where the parts lie while it is written; the system's own when None.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "tmpdir": folder,
        },
    )
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    title = "".join(c for c in sheet if c not in "[]:*?/\\'")[:25] or "1"
    page = None
    at = SHEET_ROWS + 1
    pages = 0
    for row in rows:
        if at > SHEET_ROWS or page is None:
            pages += 1
            page = _sheet(book, title if pages == 1 else f"{title} {pages}", heads, bold)
            at = 1
        for column, value in enumerate(row):
            _write(page, at, column, plain(value), day)
        at += 1
    if page is None:
        _sheet(book, title, heads, bold)
    book.close()


def csv_write(target: Any, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file into a file open for writing."""
    for piece in csv_rows(heads, rows):
        target.write(piece)


def _sheet(book: Any, title: str, heads: Sequence[str], bold: Any) -> Any:
    page = book.add_worksheet(title)
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(heads) - 1, 0), 16)
    for column, head in enumerate(heads):
        page.write_string(0, column, head, bold)
    return page


def _write(page: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        page.write_string(row, column, value[:32_767])
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
    else:
        page.write_number(row, column, value)


def xlsx_response(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str
) -> FileResponse:
    """An XLSX file, streamed from disk."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    xlsx_write(target, heads, rows, sheet=sheet)
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=XLSX,
    )


FORMATS: dict[str, Callable[..., HttpResponseBase]] = {
    "xlsx": xlsx_response,
    "csv": lambda name, heads, rows, *, sheet: csv_response(name, heads, rows),
}
