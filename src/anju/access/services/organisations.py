"""Organisations."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.transactions import service
from anju.reference.models import Area

from .. import policies
from ..models import Organisation
from ..states import OrganisationKind
from .refusals import refused_by_database

CREATED = journal.declare("access.organisation_create", _("Entered the organisation"))
CHANGED = journal.declare("access.organisation_change", _("Changed the organisation"))
LEVELS = {
    OrganisationKind.DISTRICT: 1,
    OrganisationKind.ZONE: 1,
    OrganisationKind.SUBDISTRICT: 2,
    OrganisationKind.COMMITTEE: 3,
}


def _checked(kind: str, name: str, area: Area | None, parent: Organisation | None) -> str:
    name = clean(name)
    if not name or len(name) > 120:
        raise InvalidInput({"name": [_("Give the organisation a name of at most 120 characters.")]})
    level = LEVELS.get(OrganisationKind(kind))
    if level is not None and (area is None or area.level != level):
        raise InvalidInput({"area": [_("Choose the place this office answers for, of its level.")]})
    if parent is not None and parent.kind != kind:
        raise InvalidInput({"parent": [_("A branch is of the same kind as what it belongs to.")]})
    return name


@service
def organisation_create(
    *,
    actor: Actor,
    kind: str,
    name: str,
    area: Area | None,
    parent: Organisation | None,
    at: datetime,
) -> Organisation:
    """Enter an organisation.

    Raises:
        InvalidInput: no name, or a place of the wrong level.
        Conflict: it is listed already.
    """
    policies.may_change_organisation(actor).require()
    organisation = Organisation(
        kind=kind, name=_checked(kind, name, area, parent), area=area, parent=parent
    )
    with refused_by_database():
        organisation.save()
    journal.record(actor=actor, action=CREATED, at=at, target=organisation)
    return organisation


@service
def organisation_change(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    area: Area | None,
    parent: Organisation | None,
    closed_on: date | None,
    at: datetime,
) -> Organisation:
    """Change an organisation's name, place, parent or last day; its kind stays.

    Raises:
        InvalidInput: no name, a place of the wrong level, or a circle of branches.
        Conflict: another one is listed so.
    """
    policies.may_change_organisation(actor).require()
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    name = _checked(organisation.kind, name, area, parent)
    above = parent
    while above is not None:
        if above.pk == organisation.pk:
            raise InvalidInput({"parent": [_("An organisation cannot belong to its own branch.")]})
        above = above.parent
    before = {
        "name": organisation.name,
        "area": organisation.area_id,
        "parent": organisation.parent_id,
        "closed_on": str(organisation.closed_on or ""),
    }
    organisation.name, organisation.area, organisation.parent = name, area, parent
    organisation.closed_on = closed_on
    with refused_by_database():
        organisation.save()
    after = {
        "name": name,
        "area": organisation.area_id,
        "parent": organisation.parent_id,
        "closed_on": str(closed_on or ""),
    }
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    journal.record(actor=actor, action=CHANGED, at=at, target=organisation, changes=changes)
    return organisation
