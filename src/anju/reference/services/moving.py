"""What an area's change does to the rows placed in it: their district, sub-district, committee.

An area's own path is right at once. The rows' columns follow: small tables in the same
transaction, large ones in the background, in batches that may stop and start again anywhere.
Until then the areas concerned are ``unsettled``, and scope asks the rows' areas instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.transactions import service

from .. import policies
from ..models import Area, AreaChange, PlacedModel, PlacedQuerySet
from ..states import AreaChangeState

MOVED = journal.declare("reference.rows_move", _("Moved the rows of an area"))
ROWS_AT_ONCE = 4_000  # rows of a table that move in the transaction of the change itself
# Statement triggers compare old and new rows; a short statement keeps that cheap in every plan.
BATCH = 1_000
COLUMNS = ("district_id", "subdistrict_id", "committee_id")
_DIFFERS = (
    "(t.district_id, t.subdistrict_id, t.committee_id)"
    " IS DISTINCT FROM (a.district_id, a.subdistrict_id, a.committee_id)"
)
_SETS = ", ".join(f"{column} = a.{column}" for column in COLUMNS)

Path = tuple[int | None, int | None, int | None]


def placed_models() -> list[type[Model]]:
    """Every table whose rows carry an area and its path."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy
        and (
            issubclass(model, PlacedModel)
            or isinstance(model._default_manager.all(), PlacedQuerySet)
        )
    ]


def paths() -> dict[int, Path]:
    """Area → its district, sub-district and committee."""
    return {pk: (d, s, c) for pk, d, s, c in Area.objects.values_list("pk", *COLUMNS)}


def rows_follow(change: AreaChange, before: dict[int, Path]) -> None:
    """Let rows follow the areas whose path differs from ``before``; what is large waits.

    Sets ``inside``, ``touched``, the counts and the state of the change, unsaved.
    """
    after = paths()
    moved = {pk for pk in after if before.get(pk, after[pk]) != after[pk]}
    change.inside = sorted(moved)
    change.touched = sorted(
        {
            one
            for pk in moved
            for old, new in zip(before[pk], after[pk], strict=True)
            if old != new
            for one in (old, new)
            if one is not None
        }
    )
    change.rows_total = change.rows_moved = 0
    waiting = False
    for model in placed_models() if moved else ():
        count = _lagging(model, change.inside)
        change.rows_total += count
        # Tallies and the like are read by their columns alone: they move with the change itself.
        if count <= ROWS_AT_ONCE or not issubclass(model, PlacedModel):
            change.rows_moved += _all(model, change.inside) if count else 0
        else:
            waiting = True
    change.state = AreaChangeState.MOVING if waiting else AreaChangeState.IN_FORCE
    if waiting:
        Area.objects.filter(pk__in=change.touched).update(unsettled=True)


@service
def rows_move(
    *,
    actor: Actor,
    change_id: int,
    at: datetime,
    limit: int = BATCH,
    after: dict[str, int] | None = None,
) -> int:
    """Move one batch of rows of a change; returns how many moved, 0 when all have.

    Safe to repeat and to run twice at a time: a row that is in its place is not touched.

    Args:
        after: table → last row looked at in this run; kept up to date so that no row is read twice.

    Raises:
        Refused: the actor may not.
    """
    policies.may_change_places(actor).require()
    change = AreaChange.objects.select_for_update().get(pk=change_id)
    if change.state != AreaChangeState.MOVING:
        return 0
    seen = {} if after is None else after
    for model in placed_models():
        moved, last = _batch(
            model, change.inside, limit=limit, after=seen.get(model._meta.label, 0)
        )
        seen[model._meta.label] = last
        if moved:
            change.rows_moved += moved
            change.save(update_fields=["rows_moved"])
            return moved
    # What a transaction that began before the change wrote since then.
    for model in placed_models():
        change.rows_moved += _all(model, change.inside)
    change.state = AreaChangeState.IN_FORCE
    change.rows_total = change.rows_moved
    change.save(update_fields=["state", "rows_total", "rows_moved"])
    _settle()
    journal.record(
        actor=actor, action=MOVED, at=at, target=change, changes={"rows": [None, change.rows_moved]}
    )
    return 0


def _settle() -> None:
    """Only areas of changes that still move rows stay unsettled."""
    running = AreaChange.objects.filter(state=AreaChangeState.MOVING)
    still = {pk for touched in running.values_list("touched", flat=True) for pk in touched}
    Area.objects.filter(unsettled=True).exclude(pk__in=still).update(unsettled=False)


def _lagging(model: type[Model], inside: Iterable[int]) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} t JOIN reference_area a ON a.id = t.area_id"  # noqa: S608
            f" WHERE t.area_id = ANY(%s) AND {_DIFFERS}",
            [list(inside)],
        )
        return int(cursor.fetchone()[0])


def _all(model: type[Model], inside: Iterable[int]) -> int:
    """Move every row, in short statements."""
    whole = last = 0
    while True:
        moved, last = _batch(model, inside, limit=BATCH, after=last)
        whole += moved
        if moved < BATCH:
            return whole


def _batch(
    model: type[Model], inside: Iterable[int], *, limit: int, after: int = 0
) -> tuple[int, int]:
    """Move up to ``limit`` rows in the order of their keys; (moved, last key)."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH chosen AS (SELECT t.id FROM {table} t"  # noqa: S608
            " JOIN reference_area a ON a.id = t.area_id"
            f" WHERE t.id > %s AND t.area_id = ANY(%s) AND {_DIFFERS}"
            " ORDER BY t.id LIMIT %s FOR NO KEY UPDATE OF t),"
            f" done AS (UPDATE {table} t SET {_SETS} FROM chosen, reference_area a"
            " WHERE t.id = chosen.id AND a.id = t.area_id RETURNING t.id)"
            " SELECT count(*), max(id) FROM done",
            [after, list(inside), limit],
        )
        moved, last = cursor.fetchone()
    return int(moved), int(last) if moved else after


def rows_refresh(area_ids: Iterable[int]) -> int:
    """Bring every row of these areas in step with their paths now; returns how many."""
    inside = list(area_ids)
    return sum(_all(model, inside) for model in placed_models())


def rows_within(roots: Iterable[Area]) -> dict[str, int]:
    """How many rows lie in areas: ``app.model`` → count, of every table with a place."""
    areas = list(roots)
    if not areas:
        return {}
    levels: dict[int, list[int]] = {}
    for area in areas:
        levels.setdefault(area.level, []).append(area.pk)
    inside = {pk for area in areas for pk in Area.objects.within(area).values_list("pk", flat=True)}
    found: dict[str, int] = {}
    for model in apps.get_models():
        if model._meta.app_label == "reference" or not _has_area(model):
            continue
        rows: Any = model._base_manager.all()
        if issubclass(model, PlacedModel):
            count = sum(
                rows.filter(**({COLUMNS[level - 1] + "__in": keys} if level else {})).count()
                for level, keys in levels.items()
            )
        else:
            count = rows.filter(area_id__in=inside).count()
        if count:
            found[model._meta.label_lower] = count
    return found


def _has_area(model: type[Model]) -> bool:
    return any(field.name == "area" and field.related_model is Area for field in model._meta.fields)
