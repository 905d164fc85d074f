"""Bringing in rows by the thousand: preview, then import, with every row accounted for."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.text import clean
from anju.core.transactions import service

from .. import vault
from ..models import ImportBatch
from ..policies import may
from ..states import IMPORT_MOVES, ImportState
from .base import locked, required, told
from .bringing import BRINGS, Bring
from .bringing.work import Work, copy_rows

PREVIEWED = journal.declare("registry.import_preview", _("Previewed a file to import"))
APPLIED = journal.declare("registry.import_apply", _("Imported a file"))
DISCARDED = journal.declare("registry.import_discard", _("Discarded a file to import"))


@service
def import_preview(
    *,
    actor: Actor,
    file_name: str,
    content: bytes,
    source: str,
    as_of: date,
    at: datetime,
    kind: str = "units",
) -> ImportBatch:
    """Check a file without changing the register; bad rows are kept with their problems.

    Args:
        kind: what it is a sheet of, a key of ``BRINGS``.

    Raises:
        InvalidInput: the file as a whole cannot be read.
    """
    bring = _bring(kind)
    may(actor, bring.permission).require()
    content = bytes(content)
    work = bring.check(actor=actor, file_name=file_name, content=content, at=at)
    batch = ImportBatch(
        kind=kind,
        file_name=clean(file_name)[:200] or "-",
        sha256=hashlib.sha256(content).hexdigest(),
        content=vault.seal_file(content) if bring.personal else content,
        size=len(content),
        source=required("source", source, longest=120),
        as_of=as_of,
        state=ImportState.PREVIEWED,
        uploaded_by_id=actor.user_id,
        organisation_id=actor.organisation_id,
        previewed_at=at,
    )
    _count(batch, work)
    batch.save()
    _keep_bad(batch, work)
    work.close()
    journal.record(actor=actor, action=PREVIEWED, at=at, target=batch, changes=_counts(batch))
    return batch


@service
def import_apply(*, actor: Actor, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Import the good rows of a previewed file; all of them or, on a conflict, none.

    The file is checked again: what was done meanwhile counts as unchanged. Where the kind writes
    changes at once, another person than the one who brought the file imports it.

    Raises:
        Conflict: it was imported or discarded already, or somebody added the same just now.
        Refused: a second person is needed.
    """
    bring = _bring(batch.kind)
    may(actor, bring.permission, batch).require()
    batch = locked(batch)
    _move(batch, ImportState.APPLIED)
    content = _content(bring, batch)
    work = bring.check(actor=actor, file_name=batch.file_name, content=content, at=at)
    _count(batch, work)
    own = batch.uploaded_by_id is not None and batch.uploaded_by_id == actor.user_id
    if bring.second_person and batch.changed and own and actor.kind is not ActorKind.SYSTEM:
        raise Refused(_("This file changes units on file: a second person must import it."))
    batch.lines.all().delete()
    work.write(actor=actor, batch=batch, at=at)
    with told():
        _keep_bad(batch, work)
    work.close()
    batch.content, batch.applied_at = b"", at
    batch.save()
    journal.record(actor=actor, action=APPLIED, at=at, target=batch, changes=_counts(batch))
    return batch


@service
def import_discard(*, actor: Actor, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Throw away a previewed file."""
    may(actor, _bring(batch.kind).permission, batch).require()
    batch = locked(batch)
    _move(batch, ImportState.DISCARDED)
    batch.content = b""
    batch.save()
    journal.record(actor=actor, action=DISCARDED, at=at, target=batch)
    return batch


def _bring(kind: str) -> Bring:
    if kind not in BRINGS:
        raise InvalidInput({"kind": [_("This kind of sheet is not known.")]})
    return BRINGS[kind]


def _content(bring: Bring, batch: ImportBatch) -> bytes:
    content = bytes(batch.content)
    if not bring.personal:
        return content
    try:
        return vault.open_file(content)
    except vault.KeyMissing as error:
        raise Conflict(
            _("The file cannot be read any more: its key is missing. Bring it in again.")
        ) from error


def _move(batch: ImportBatch, to: str) -> None:
    if to not in IMPORT_MOVES[batch.state]:
        raise Conflict(
            _("This file was dealt with already: %(state)s.") % {"state": batch.get_state_display()}
        )
    batch.state = to


def _count(batch: ImportBatch, work: Work) -> None:
    batch.rows, batch.refused = work.rows, len(work.bad)
    batch.created = work.counts["created"]
    batch.changed = work.counts["changed"]
    batch.unchanged = work.counts["unchanged"]


def _keep_bad(batch: ImportBatch, work: Work) -> None:
    rows = (
        (batch.pk, number, "refused", json.dumps(problems).replace("\\", "\\\\"))
        for number, problems in sorted(work.bad.items())
    )
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            "COPY registry_importrow (batch_id, number, outcome, problems) FROM STDIN",
            rows,
        )


def _counts(batch: ImportBatch) -> dict[str, Any]:
    names = ("rows", "created", "changed", "unchanged", "refused")
    return {name: getattr(batch, name) for name in names}
