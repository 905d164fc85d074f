"""Dated changes of the state's divisions, and outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import clean
from anju.core.transactions import service

from .. import policies
from ..models import Area, Boundary, Division, DivisionChange
from ..rules.outlines import Outline, read_outline
from ..states import DivisionChangeKind

OUTLINED = journal.declare("reference.boundary_set", _("Set the boundary of an area"))
CHANGED = journal.declare("reference.division_change", _("Recorded a change of divisions"))


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
