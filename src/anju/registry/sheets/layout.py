"""What a kind of sheet looks like: its columns, their headings, its problems in words, a template.

Problems are kept as codes with values, so that each reader gets the sentence in their language.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput, Sentence

from .reading import cell_text, refuse

Problem = tuple[str, str, str]  # column, code, value
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``headings`` are as people write them, whatever language the reader uses."""

    label: Sentence
    headings: tuple[str, ...]
    note: Sentence
    needed: bool = False
    example: Sentence = ""
    text: bool = True  # cells of the template keep leading zeros and long numbers


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet."""

    kind: str
    title: Sentence
    file_name: Sentence
    columns: Mapping[str, Column]
    problems: Mapping[str, Sentence]
    notes: tuple[Sentence, ...]
    most_rows: int

    @property
    def needed(self) -> list[str]:
        """Columns that must be in the file."""
        return [name for name, column in self.columns.items() if column.needed]


@dataclass(slots=True)
class Rows(Generic[R]):
    """What was read: the good rows, and the problems of the others by row number."""

    good: list[R] = field(default_factory=list)
    bad: dict[int, list[Problem]] = field(default_factory=dict)


_COMMON: dict[str, Sentence] = {
    "empty": _("Please fill in this field."),
    "too_long": _("The text is too long; write at most %(value)s characters."),
}


def problem_sentences(layout: Layout, number: int, problems: Iterable[Problem]) -> list[str]:
    """Sentences of one bad row, each naming row and column, in the reader's language."""
    words = {**_COMMON, **layout.problems}
    return [
        gettext("Row %(row)s, %(column)s: %(problem)s")
        % {
            "row": number,
            "column": layout.columns[column].label if column in layout.columns else column,
            "problem": str(words[code]) % {"value": value},
        }
        for column, code, value in problems
    ]


def _heading(cell: Any, layout: Layout) -> str:
    text = unicodedata.normalize("NFKC", str(cell)).casefold().strip()
    text = re.sub(r"[（(]\s*(m²|m2|㎡|平方米)\s*[)）]", "", text).strip().rstrip("*").strip()
    for name, column in layout.columns.items():
        if text in column.headings:
            return name
    return ""


def columns_of(head: list[Any], layout: Layout) -> dict[str, int]:
    """Where each column stands.

    Raises:
        InvalidInput: a column that is needed is not there.
    """
    found: dict[str, int] = {}
    for index, cell in enumerate(head):
        name = _heading(cell, layout)
        if name:
            found.setdefault(name, index)
    missing = [str(layout.columns[name].label) for name in layout.needed if name not in found]
    if missing:
        raise refuse(
            _("The first row lacks these columns: %(columns)s. Use the template.")
            % {"columns": ", ".join(missing)}
        )
    return found


def too_many_rows(layout: Layout) -> InvalidInput:
    """The refusal of a file longer than the kind allows."""
    return refuse(
        _("The file has more than %(most)s rows; split it.") % {"most": f"{layout.most_rows:,}"}
    )


def cells_by_name(raw: Iterator[list[Any]], layout: Layout) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells as text of each row that holds anything.

    Raises:
        InvalidInput: the heading lacks a column, or there are too many rows.
    """
    head = next(raw, None)
    if head is None:
        raise refuse(_("The file is empty."))
    at = columns_of(head, layout)
    count = 0
    for row, cells in enumerate(raw, start=2):
        if not any(cell not in ("", None) for cell in cells):
            continue
        count += 1
        if count > layout.most_rows:
            raise too_many_rows(layout)
        width = len(cells)
        yield (
            row,
            {
                name: cell_text(cells[at[name]]) if at.get(name, width) < width else ""
                for name in layout.columns
            },
        )


_YES = {"是", "有", "yes", "y", "true", "1"}
_NO = {"否", "无", "没有", "no", "n", "false", "0"}
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$|^(\d{4})(\d\d)(\d\d)$")


def yes_or_no(column: str, text: str, problems: list[Problem]) -> bool | None:
    """What a cell says; None of an empty one, or with a problem noted."""
    folded = text.casefold()
    if not text or folded in _YES | _NO:
        return folded in _YES if text else None
    problems.append((column, "yes_no", text[:40]))
    return None


def day_of(column: str, text: str, problems: list[Problem]) -> date | None:
    """The day a cell names, or None with a problem noted."""
    match = _DAY.match(text)
    if match:
        try:
            year, month, day = (int(part) for part in match.groups() if part)
            if year >= 1900:
                return date(year, month, day)
        except ValueError:
            pass
    problems.append((column, "day", text[:40]) if text else (column, "empty", ""))
    return None


def template_xlsx(layout: Layout) -> bytes:
    """An empty sheet to fill in, and one that explains its columns, in the reader's language."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(str(layout.title))
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
    text = book.add_format({"num_format": "@"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for index, column in enumerate(layout.columns.values()):
        sheet.write(0, index, f"{column.label}{' *' if column.needed else ''}", bold)
        sheet.set_column(index, index, 18, text if column.text else None)
    sheet.freeze_panes(1, 0)
    notes = book.add_worksheet(gettext("Notes"))
    for index, line in enumerate(layout.notes):
        notes.write_string(index, 0, str(line))
    first = len(layout.notes) + 1
    heads = (_("Column"), _("Needed"), _("What belongs in it"), _("Example"))
    for index, words in enumerate(heads):
        notes.write_string(first, index, str(words), bold)
    for row, column in enumerate(layout.columns.values(), start=first + 1):
        notes.write_string(row, 0, str(column.label), wrapped)
        notes.write_string(row, 1, gettext("yes") if column.needed else "", wrapped)
        notes.write_string(row, 2, str(column.note), wrapped)
        notes.write_string(row, 3, str(column.example), wrapped)
    notes.set_column(0, 1, 18)
    notes.set_column(2, 2, 70)
    notes.set_column(3, 3, 28)
    book.close()
    return buffer.getvalue()
