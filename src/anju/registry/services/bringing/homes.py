"""A sheet of homes: staged, compared and written set-wise, so that 200,000 rows take seconds."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from anju.core.actors import Actor

from ...models import Building, Community, ImportBatch, Stairwell
from ...sheets import raw_rows
from ...sheets.homes import Place, Places, Sheet, read_sheet
from ...states import IMPORT_RIGHTS, BuildingState, CommunityState, ImportKind
from ..base import told
from .work import Bring, Work, copy_rows

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


class HomesWork(Work):
    """Rows in a temporary table; it goes with the end of the work."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(rows=sheet.rows, bad=sheet.bad)
        _stage(sheet)
        with connection.cursor() as cursor:
            cursor.execute("SELECT outcome, count(*) FROM registry_resolved GROUP BY outcome")
            self.counts.update(dict(cursor.fetchall()))

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Insert and update units, and note lines and provenance."""
        with told(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registry_resolved SET unit_id ="
                " nextval(pg_get_serial_sequence('registry_unit', 'id')) WHERE outcome = 'created'"
            )
            cursor.execute(_INSERT)
            if self.counts["changed"]:
                cursor.execute(_UPDATE)
            cursor.execute(_LINES, [batch.pk])
            cursor.execute(_PROVENANCE, [batch.source, batch.as_of, batch.pk])

    def close(self) -> None:
        """Drop the temporary tables."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE registry_resolved, registry_stage")


def check(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> HomesWork:
    """Read the sheet and compare it with the register."""
    return HomesWork(read(actor, file_name, content))


def read(actor: Actor, file_name: str, content: bytes) -> Sheet:
    """Rows ready for COPY, and the problems of the others."""
    return read_sheet(raw_rows(file_name, content), places_of(actor))


def places_of(actor: Actor) -> Places:
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


def _stage(sheet: Sheet) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy_rows(cursor, "COPY registry_stage FROM STDIN", sheet.good)
        cursor.execute("ANALYZE registry_stage")
        cursor.execute(_RESOLVE)


BRING = Bring(IMPORT_RIGHTS[ImportKind.UNITS], check, second_person=True)
