"""Renamed and moved areas, dated changes of divisions, outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import clean
from anju.core.transactions import service

from .. import policies
from ..models import (
    Area,
    AreaName,
    AreaParent,
    Boundary,
    Division,
    DivisionChange,
    PlacedModel,
)
from ..rules.outlines import Outline, read_outline
from ..states import DivisionChangeKind

RENAMED = journal.declare("reference.area_rename", _("Renamed an area"))
MOVED = journal.declare("reference.area_move", _("Moved an area"))
OUTLINED = journal.declare("reference.boundary_set", _("Set the boundary of an area"))
CHANGED = journal.declare("reference.division_change", _("Recorded a change of divisions"))


@service
def area_rename(
    *, actor: Actor, area: Area, name: str, on: date, source: str, at: datetime
) -> Area:
    """Give an area another name from a day on; the earlier name is kept with its days.

    Raises:
        Refused: the actor may not.
        InvalidInput: no name, the same name, no source, or a day before its present name began.
    """
    policies.may_change_places(actor).require()
    name, source = clean(name), clean(source)
    if not name:
        raise InvalidInput({"name": [_("Write the new name.")]})
    if not source:
        raise InvalidInput({"source": [_("Name the document the change rests on.")]})
    area = Area.objects.select_for_update().get(pk=area.pk)
    if name == area.name:
        raise InvalidInput({"name": [_("The area carries this name already.")]})
    before = _close(area.names.all(), on, area=area, name=area.name)
    AreaName.objects.create(area=area, name=name, period=(on, None), source=source)
    area.name = name
    area.save(update_fields=["name"])
    journal.record(
        actor=actor,
        action=RENAMED,
        at=at,
        target=area,
        reason=source,
        changes={"name": [before, name]},
    )
    return area


@service
def area_move(
    *, actor: Actor, area: Area, parent: Area, on: date, source: str, at: datetime
) -> Area:
    """Put an area into another one; every row placed in it follows, its history stays.

    Raises:
        Refused: the actor may not.
        InvalidInput: no source, the same parent, a parent of no higher level, or a day too early.
    """
    policies.may_change_places(actor).require()
    source = clean(source)
    if not source:
        raise InvalidInput({"source": [_("Name the document the change rests on.")]})
    area = Area.objects.select_for_update().get(pk=area.pk)
    if parent.level >= area.level:
        raise InvalidInput(
            {"parent": [_("An area lies in one of a higher level. Choose another.")]}
        )
    if area.parent is None or area.parent_id == parent.pk:
        raise InvalidInput({"parent": [_("The area lies there already. Choose another.")]})
    before = area.parent
    _close(area.parents.all(), on, area=area, parent=before)
    AreaParent.objects.create(area=area, parent=parent, period=(on, None), source=source)
    inside = list(Area.objects.within(area).values_list("pk", flat=True))
    area.parent = parent
    area.save(update_fields=["parent"])
    area.refresh_from_db()
    _refresh_places(inside)
    journal.record(
        actor=actor,
        action=MOVED,
        at=at,
        target=area,
        reason=source,
        changes={"parent": [before.code, parent.code]},
    )
    return area


@service
def boundary_set(
    *,
    actor: Actor,
    area: Area,
    geometry: Mapping[str, Any],
    grid: str,
    source: str,
    as_of: date,
    at: datetime,
) -> Boundary:
    """Set the outline of an area from ``as_of`` on; repairs are recorded.

    Raises:
        Refused: the actor may not.
        InvalidInput: the outline cannot be read, or is older than the one that stands.
    """
    policies.may_change_places(actor).require()
    try:
        outline = read_outline(geometry, grid=grid)
    except ValueError as error:
        raise InvalidInput(
            {"shape": [_("The outline of %(name)s is no polygon. Check it.") % {"name": area.name}]}
        ) from error
    row = boundary_write(area=area, outline=outline, source=source, as_of=as_of)
    journal.record(actor=actor, action=OUTLINED, at=at, target=area, reason=source)
    return row


@service
def division_change_record(
    *,
    actor: Actor,
    kind: DivisionChangeKind,
    effective_on: date,
    before: Sequence[Division],
    after: Sequence[Division],
    note: str,
    source: str,
    at: datetime,
) -> DivisionChange:
    """Write a dated change of divisions into our table.

    Raises:
        Refused: the actor may not.
        InvalidInput: no words, or no source.
        Conflict: the change is recorded already.
    """
    policies.may_change_places(actor).require()
    note, source = clean(note), clean(source)
    if not note:
        raise InvalidInput({"note": [_("Write what changed.")]})
    if not source:
        raise InvalidInput({"source": [_("Name the document the change rests on.")]})
    try:
        with transaction.atomic():
            change = DivisionChange.objects.create(
                kind=kind, effective_on=effective_on, note=note, source=source
            )
    except IntegrityError as error:
        raise Conflict(_("This change is recorded already.")) from error
    change.before.set(before)
    change.after.set(after)
    journal.record(actor=actor, action=CHANGED, at=at, target=change, reason=source)
    return change


def boundary_write(*, area: Area, outline: Outline, source: str, as_of: date) -> Boundary:
    """Write an outline; the one that stands ends the day before.

    Raises:
        InvalidInput: an outline of a later day stands.
    """
    west, south, east, north = outline.box
    values = {
        "shape": outline.shape,
        "simple_shape": outline.simple,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "source": source,
        "repairs": outline.repairs,
    }
    standing = area.boundaries.select_for_update().filter(valid__upper_inf=True).first()
    if standing is not None:
        if standing.as_of == as_of:
            for field, value in values.items():
                setattr(standing, field, value)
            standing.save()
            return standing
        if standing.valid.lower >= as_of:
            raise InvalidInput({"as_of": [_("A newer boundary stands. Give a later day.")]})
        standing.valid = (standing.valid.lower, as_of)
        standing.save(update_fields=["valid"])
    return Boundary.objects.create(area=area, as_of=as_of, valid=(as_of, None), **values)


def _close(rows: Any, on: date, *, area: Area, **value: Any) -> Any:
    """End the open spell the day before ``on``; write it first where none was written."""
    open_row = rows.filter(period__upper_inf=True).select_for_update().first()
    begin = open_row.period.lower if open_row else area.valid_from
    if on <= begin:
        earliest = begin + timedelta(days=1)
        raise InvalidInput(
            {"on": [_("Give a day from %(day)s on: what stands began then.") % {"day": earliest}]}
        )
    if open_row is None:
        rows.model.objects.create(area=area, period=(begin, on), **value)
    else:
        open_row.period = (begin, on)
        open_row.save(update_fields=["period"])
    return next(iter(value.values()))


def _refresh_places(area_ids: Sequence[int]) -> None:
    """Let the trigger of every placed table read the path of these areas again."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, PlacedModel) and not model._meta.proxy:
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(
                    f"UPDATE {table} SET area_id = area_id WHERE area_id = ANY(%s)",  # noqa: S608
                    [list(area_ids)],
                )
