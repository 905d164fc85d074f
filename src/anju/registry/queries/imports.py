"""What became of the rows of an import, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import ImportBatch, ImportRow
from ..sheets import LAYOUTS, problem_sentences
from ..states import RowOutcome


def refused_lines(batch: ImportBatch) -> Iterator[tuple[int, list[str]]]:
    """Row number and sentences of every bad row, in file order and the reader's language."""
    rows = ImportRow.objects.filter(batch=batch, outcome=RowOutcome.REFUSED).order_by("number")
    layout = LAYOUTS[batch.kind]
    for line in rows.iterator(2_000):
        problems = [(column, code, value) for column, code, value in line.problems]
        yield line.number, problem_sentences(layout, line.number, problems)
