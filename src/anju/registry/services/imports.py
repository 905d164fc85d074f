"""Bringing in homes by the thousand: preview, then import, with every row accounted for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, Refused
from anju.core.text import clean
from anju.core.transactions import service

from ..models import Building, Community, ImportBatch, Stairwell
from ..policies import may
from ..sheets import Place, Places, Sheet, raw_rows, read_sheet
from ..states import IMPORT_MOVES, BuildingState, CommunityState, ImportState
from .base import locked, required, told

PREVIEWED = journal.declare("registry.import_preview", _("Previewed a file of homes"))
APPLIED = journal.declare("registry.import_apply", _("Imported a file of homes"))
DISCARDED = journal.declare("registry.import_discard", _("Discarded a file of homes"))

IMPORT = perm("registry:unit_import")

_STAGE = """
CREATE TEMP TABLE registry_stage (
    number int, building_id bigint, stairwell_id bigint, community_id bigint, area_id bigint,
    kind text, unit_number text, floor smallint, registered_dm2 int, surveyed_dm2 int,
    contract_dm2 int, sort_key text COLLATE "C"
) ON COMMIT DROP
"""
# An empty cell keeps what is on file. New units get their id here, so that lines and
# provenance can name them.
_RESOLVE = """
CREATE TEMP TABLE registry_resolved ON COMMIT DROP AS
SELECT s.*, CASE WHEN u.id IS NULL THEN 'created'
        WHEN (coalesce(s.floor, u.floor), coalesce(s.registered_dm2, u.registered_dm2),
              coalesce(s.surveyed_dm2, u.surveyed_dm2), coalesce(s.contract_dm2, u.contract_dm2))
             IS DISTINCT FROM (u.floor, u.registered_dm2, u.surveyed_dm2, u.contract_dm2)
        THEN 'changed' ELSE 'unchanged' END AS outcome,
    u.id AS unit_id
FROM registry_stage s LEFT JOIN registry_unit u
    ON u.building_id = s.building_id AND coalesce(u.stairwell_id, 0) = coalesce(s.stairwell_id, 0)
    AND u.number = s.unit_number AND u.kind = s.kind AND u.state = 'active'
"""
_INSERT = """
INSERT INTO registry_unit (id, area_id, community_id, building_id, stairwell_id, kind, number,
    floor, registered_dm2, surveyed_dm2, contract_dm2, state, sort_key, created_at)
SELECT unit_id, area_id, community_id, building_id, stairwell_id, kind, unit_number, floor,
    registered_dm2, surveyed_dm2, contract_dm2, 'active', sort_key, now()
FROM registry_resolved WHERE outcome = 'created' ORDER BY number
"""
_UPDATE = """
UPDATE registry_unit u SET floor = coalesce(r.floor, u.floor),
    registered_dm2 = coalesce(r.registered_dm2, u.registered_dm2),
    surveyed_dm2 = coalesce(r.surveyed_dm2, u.surveyed_dm2),
    contract_dm2 = coalesce(r.contract_dm2, u.contract_dm2)
FROM registry_resolved r WHERE r.outcome = 'changed' AND u.id = r.unit_id
"""
_LINES = """
INSERT INTO registry_importrow (batch_id, number, outcome, problems, unit_id)
SELECT %s, number, outcome, '[]', unit_id FROM registry_resolved WHERE outcome <> 'unchanged'
"""
_PROVENANCE = """
INSERT INTO registry_fieldprovenance (target_type, target_id, source, values, as_of, batch_id,
    created_at)
SELECT 'registry.unit', unit_id, %s, jsonb_strip_nulls(jsonb_build_object('floor', floor,
    'registered_dm2', registered_dm2, 'surveyed_dm2', surveyed_dm2,
    'contract_dm2', contract_dm2)), %s, %s, now()
FROM registry_resolved WHERE outcome <> 'unchanged'
"""


@service
def import_preview(
    *, actor: Actor, file_name: str, content: bytes, source: str, as_of: date, at: datetime
) -> ImportBatch:
    """Check a file of homes without changing any; bad rows are kept with their problems.

    Raises:
        InvalidInput: the file as a whole cannot be read.
    """
    may(actor, IMPORT).require()
    content = bytes(content)
    sheet = _read(actor, file_name, content)
    batch = ImportBatch.objects.create(
        file_name=clean(file_name)[:200] or "-",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        size=len(content),
        source=required("source", source, longest=120),
        as_of=as_of,
        state=ImportState.PREVIEWED,
        uploaded_by_id=actor.user_id,
        organisation_id=actor.organisation_id,
        previewed_at=at,
    )
    _stage(sheet)
    _count(batch, sheet)
    _keep_bad(batch, sheet)
    _drop_stage()
    batch.save()
    journal.record(actor=actor, action=PREVIEWED, at=at, target=batch, changes=_counts(batch))
    return batch


@service
def import_apply(*, actor: Actor, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Import the good rows of a previewed file; all of them or, on a conflict, none.

    The file is checked again: what was done meanwhile counts as unchanged. A file that changes
    units on file is imported by another person than the one who brought it.

    Raises:
        Conflict: it was imported or discarded already, or somebody added the same unit just now.
        Refused: a second person is needed.
    """
    may(actor, IMPORT, batch).require()
    batch = locked(batch)
    _move(batch, ImportState.APPLIED)
    sheet = _read(actor, batch.file_name, bytes(batch.content))
    _stage(sheet)
    _count(batch, sheet)
    own = batch.uploaded_by_id is not None and batch.uploaded_by_id == actor.user_id
    if batch.changed and own and actor.kind is not ActorKind.SYSTEM:
        raise Refused(_("This file changes units on file: a second person must import it."))
    batch.lines.all().delete()
    with told(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_resolved SET unit_id ="
            " nextval(pg_get_serial_sequence('registry_unit', 'id')) WHERE outcome = 'created'"
        )
        cursor.execute(_INSERT)
        if batch.changed:
            cursor.execute(_UPDATE)
        cursor.execute(_LINES, [batch.pk])
        cursor.execute(_PROVENANCE, [batch.source, batch.as_of, batch.pk])
        _keep_bad(batch, sheet)
    _drop_stage()
    batch.content, batch.applied_at = b"", at
    batch.save()
    journal.record(actor=actor, action=APPLIED, at=at, target=batch, changes=_counts(batch))
    return batch


@service
def import_discard(*, actor: Actor, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Throw away a previewed file."""
    may(actor, IMPORT, batch).require()
    batch = locked(batch)
    _move(batch, ImportState.DISCARDED)
    batch.content = b""
    batch.save()
    journal.record(actor=actor, action=DISCARDED, at=at, target=batch)
    return batch


def _move(batch: ImportBatch, to: str) -> None:
    if to not in IMPORT_MOVES[batch.state]:
        raise Conflict(
            _("This file was dealt with already: %(state)s.") % {"state": batch.get_state_display()}
        )
    batch.state = to


def _read(actor: Actor, file_name: str, content: bytes) -> Sheet:
    return read_sheet(raw_rows(file_name, content), _places(actor))


def _places(actor: Actor) -> Places:
    """Buildings and stairwells that the actor may name, by community code."""
    communities = dict(
        Community.objects.visible_to(actor)
        .filter(state=CommunityState.ACTIVE)
        .values_list("pk", "code")
    )
    found: dict[str, dict[str, Place]] = {code: {} for code in communities.values()}
    by_id: dict[int, Place] = {}
    buildings = Building.objects.visible_to(actor).filter(state=BuildingState.ACTIVE)
    for pk, community_id, number, area_id, key in buildings.values_list(
        "pk", "community_id", "number", "area_id", "sort_key"
    ):
        code = communities.get(community_id)
        if code is not None:
            by_id[pk] = found[code][number] = Place(
                pk, community_id, area_id, key.replace("\\", "\\\\")
            )
    for pk, building_id, number in Stairwell.objects.values_list("pk", "building_id", "number"):
        if building_id in by_id:
            by_id[building_id].stairwells[number] = pk
    return found


def _copy(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
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


def _stage(sheet: Sheet) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        _copy(cursor, "COPY registry_stage FROM STDIN", sheet.good)
        cursor.execute("ANALYZE registry_stage")
        cursor.execute(_RESOLVE)


def _drop_stage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE registry_resolved, registry_stage")


def _count(batch: ImportBatch, sheet: Sheet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, count(*) FROM registry_resolved GROUP BY outcome")
        counts = dict(cursor.fetchall())
    batch.rows, batch.refused = sheet.rows, len(sheet.bad)
    batch.created = counts.get("created", 0)
    batch.changed = counts.get("changed", 0)
    batch.unchanged = counts.get("unchanged", 0)


def _keep_bad(batch: ImportBatch, sheet: Sheet) -> None:
    rows = (
        (batch.pk, number, "refused", json.dumps(problems).replace("\\", "\\\\"))
        for number, problems in sorted(sheet.bad.items())
    )
    with connection.cursor() as cursor:
        _copy(
            cursor,
            "COPY registry_importrow (batch_id, number, outcome, problems) FROM STDIN",
            rows,
        )


def _counts(batch: ImportBatch) -> dict[str, Any]:
    names = ("rows", "created", "changed", "unchanged", "refused")
    return {name: getattr(batch, name) for name in names}
