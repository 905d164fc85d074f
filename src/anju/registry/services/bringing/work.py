"""What bringing in a sheet needs, whatever it is a sheet of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models

from anju.core.actors import Actor

from ...models import FieldProvenance, ImportBatch, ImportRow
from ...sheets import Problem
from ...states import RowOutcome

OUTCOMES = (RowOutcome.CREATED, RowOutcome.CHANGED, RowOutcome.UNCHANGED)


class Work:
    """A checked file: what would become of its rows, and how to make it so.

    Attributes:
        rows: how many rows hold anything.
        bad: problems by number of the row.
        outcomes: what becomes of each good row, unless the kind keeps that elsewhere.
        counts: good rows by outcome.
        units: the unit a row is of, where it is of one.
    """

    def __init__(self, *, rows: int, bad: dict[int, list[Problem]]) -> None:
        self.rows, self.bad = rows, bad
        self.outcomes: dict[int, RowOutcome] = {}
        self.units: dict[int, int] = {}
        self.counts: dict[str, int] = dict.fromkeys(map(str, OUTCOMES), 0)

    def note(self, row: int, outcome: RowOutcome) -> None:
        """Say what becomes of a good row."""
        self.outcomes[row] = outcome
        self.counts[outcome] += 1

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Make it so, within the caller's transaction."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what the check holds."""

    def keep_lines(self, batch: ImportBatch) -> None:
        """A line for each row that created or changed something."""
        ImportRow.objects.bulk_create(
            (
                ImportRow(batch=batch, number=row, outcome=outcome, unit_id=self.units.get(row))
                for row, outcome in sorted(self.outcomes.items())
                if outcome != RowOutcome.UNCHANGED
            ),
            batch_size=2_000,
        )


class _Check(Protocol):
    def __call__(self, *, actor: Actor, file_name: str, content: bytes, at: datetime) -> Work: ...


@dataclass(frozen=True, slots=True)
class Bring:
    """A kind of sheet the register takes.

    Attributes:
        permission: who may bring it in.
        second_person: what is changed is written at once, so another person must import it.
        personal: it holds numbers of people; the file is sealed while it waits.
    """

    permission: str
    check: _Check
    second_person: bool = False
    personal: bool = False


def came_from(target: models.Model, values: Mapping[str, Any], batch: ImportBatch) -> None:
    """Note the source of the values a file gave a row; those it left empty are not noted."""
    known = {name: value for name, value in values.items() if value not in (None, "", [])}
    if known:
        FieldProvenance.objects.create(
            target_type=target._meta.label_lower,
            target_id=target.pk,
            source=batch.source,
            values=known,
            as_of=batch.as_of,
            batch=batch,
        )


def copy_rows(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY in text form; values hold no tabs, line ends or backslashes."""
    with cursor.copy(statement) as copy:
        block: list[str] = []
        for row in rows:
            block.append("\t".join(["\\N" if v is None else str(v) for v in row]))
            if len(block) >= 5_000:
                copy.write("\n".join(block) + "\n")
                block = []
        if block:
            copy.write("\n".join(block) + "\n")
