"""Communities, buildings, stairwells: registering, renaming, moving, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import clean, sort_key
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.reference.models import Area

from .. import rules
from ..models import (
    Building,
    ChangeRequest,
    Community,
    CommunityAlias,
    CommunityName,
    Company,
    Stairwell,
    Unit,
)
from ..policies import may, may_place
from ..states import BuildingState, CommunityState, UnitState
from .base import checked, locked, need_second_person, not_after_today, required, succeed, told
from .search import community_index

REGISTERED = journal.declare("registry.community_register", _("Registered the community"))
RENAMED = journal.declare("registry.community_rename", _("Renamed the community"))
RECODED = journal.declare("registry.community_recode", _("Changed the code of the community"))
CHANGED = journal.declare("registry.community_change", _("Changed the community"))
MOVED = journal.declare("registry.community_move", _("Moved the community to another place"))
CLOSED = journal.declare("registry.community_close", _("Closed the community"))
REOPENED = journal.declare("registry.community_reopen", _("Reopened the community"))
BUILDING_ADDED = journal.declare("registry.building_add", _("Added a building"))
BUILDING_CHANGED = journal.declare("registry.building_change", _("Changed a building"))
BUILDING_MOVED = journal.declare("registry.building_move", _("Moved a building to another place"))
STAIRWELL_ADDED = journal.declare("registry.stairwell_add", _("Added a stairwell"))

CHANGE = perm("registry:community_change")
REOPEN = perm("registry:file_reopen")

# Fields changed without a second person; names, codes and places have services of their own.
COMMUNITY_FIELDS = frozenset(
    {
        "kind", "is_old", "address", "built_year", "longitude", "latitude", "outline",
        "developer",
    }
)  # fmt: skip
BUILDING_FIELDS = frozenset(
    {"floors", "floors_below", "has_lift", "structure", "use", "built_year"}
)


@service
def community_register(
    *,
    actor: Actor,
    area: Area,
    code: str,
    name: str,
    kind: str,
    at: datetime,
    named_from: date | None = None,
    aliases: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None,
) -> Community:
    """Register a community at a place.

    Raises:
        InvalidInput: naming the fields; Conflict: the code is taken.
    """
    may_place(actor, CHANGE, area).require()
    community = Community(
        area=area,
        code=required("code", code, longest=32),
        name=required("name", name, longest=80),
        kind=kind,
        **_known(fields, COMMUNITY_FIELDS),
    )
    community.sort_key = sort_key(community.name)
    checked(community)
    first_day = named_from or legal_day(at)
    not_after_today(first_day, at, field="named_from")
    with told():
        community.save()
        CommunityName.objects.create(
            community=community, name=community.name, period=DateRange(first_day, None)
        )
        _set_aliases(community, aliases)
        community.refresh_from_db()
        community_index(community)
    journal.record(actor=actor, action=REGISTERED, at=at, target=community)
    return community


@service
def community_rename(
    *,
    actor: Actor,
    community: Community,
    name: str,
    on_day: date,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Community:
    """Give the community another name from a day on; homes sort under the new name."""
    need_second_person(actor, approved, "community_rename")
    may(actor, CHANGE if approved is None else perm("registry:change_review"), community).require()
    not_after_today(on_day, at)
    name = required("name", name, longest=80)
    community = locked(community)
    before = community.name
    with told():
        succeed(CommunityName, {"community": community}, {"name": name}, on_day)
        today = CommunityName.objects.on(legal_day(at)).get(community=community)
        community.name = today.name
        community.sort_key = sort_key(community.name)
        community.save(update_fields=["name", "sort_key"])
        if community.name != before:
            _resort(community)
        community_index(community)
    journal.record(
        actor=actor, action=RENAMED, at=at, target=community, reason=reason,
        changes={"name": [before, name], "on_day": [None, str(on_day)]},
    )  # fmt: skip
    return community


@service
def community_recode(
    *,
    actor: Actor,
    community: Community,
    code: str,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Community:
    """Give the community another code."""
    need_second_person(actor, approved, "community_recode")
    may(actor, CHANGE if approved is None else perm("registry:change_review"), community).require()
    community = locked(community)
    before, community.code = community.code, required("code", code, longest=32)
    with told():
        community.save(update_fields=["code"])
        community_index(community)
    journal.record(
        actor=actor, action=RECODED, at=at, target=community, reason=reason,
        changes={"code": [before, community.code]},
    )  # fmt: skip
    return community


@service
def community_change(
    *,
    actor: Actor,
    community: Community,
    at: datetime,
    aliases: Sequence[str] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Community:
    """Change what needs no second person (see ``COMMUNITY_FIELDS``) and the aliases."""
    may(actor, CHANGE, community).require()
    community = locked(community)
    changes = _apply(community, _known(fields, COMMUNITY_FIELDS))
    checked(community)
    with told():
        community.save()
        if aliases is not None:
            _set_aliases(community, aliases)
        community_index(community)
    journal.record(actor=actor, action=CHANGED, at=at, target=community, changes=changes)
    return community


@service
def community_move(*, actor: Actor, community: Community, area: Area, at: datetime) -> Community:
    """Put the community in another place; its buildings, units and bindings follow by trigger.

    Raises:
        Refused: the community or its new place lies outside the actor's reach.
    """
    may(actor, CHANGE, community).require()
    may_place(actor, CHANGE, area).require()
    community = locked(community)
    before, community.area = community.area_id, area
    with told():
        community.save(update_fields=["area"])
        community.refresh_from_db()
        community_index(community)
    journal.record(
        actor=actor, action=MOVED, at=at, target=community, changes={"area": [before, area.pk]}
    )
    return community


@service
def community_close(
    *, actor: Actor, community: Community, on_day: date, reason: str, at: datetime
) -> Community:
    """Close a community in which no unit is in use any more."""
    may(actor, CHANGE, community).require()
    not_after_today(on_day, at)
    community = locked(community)
    if community.state == CommunityState.CLOSED:
        raise Conflict(_("The community is closed already."))
    if Unit.objects.filter(community=community, state=UnitState.ACTIVE).exists():
        raise Conflict(_("Units of this community are still in use; end them first."))
    community.state, community.closed_on = CommunityState.CLOSED, on_day
    with told():
        community.save(update_fields=["state", "closed_on"])
        community_index(community)
    journal.record(
        actor=actor, action=CLOSED, at=at, target=community, reason=required("reason", reason)
    )
    return community


@service
def community_reopen(*, actor: Actor, community: Community, reason: str, at: datetime) -> Community:
    """Put a community back in use that was closed by mistake.

    Raises:
        Conflict: it is not closed.
    """
    may(actor, REOPEN, community).require()
    community = locked(community)
    if community.state != CommunityState.CLOSED:
        raise Conflict(_("The community is not closed."))
    reason = required("reason", reason)
    before = str(community.closed_on)
    community.state, community.closed_on = CommunityState.ACTIVE, None
    with told():
        community.save(update_fields=["state", "closed_on"])
        community_index(community)
    journal.record(
        actor=actor, action=REOPENED, at=at, target=community, reason=reason,
        changes={"closed_on": [before, None]},
    )  # fmt: skip
    return community


@service
def building_add(
    *,
    actor: Actor,
    community: Community,
    number: str,
    at: datetime,
    area: Area | None = None,
    stairwells: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None,
) -> Building:
    """Add a building to a community, at the community's place unless another is given.

    Raises:
        Refused: the community or the other place lies outside the actor's reach.
    """
    may(actor, CHANGE, community).require()
    if area is not None:
        may_place(actor, CHANGE, area).require()
    if community.state == CommunityState.CLOSED:
        raise Conflict(_("The community is closed."))
    building = Building(
        community=community,
        area_id=area.pk if area else community.area_id,
        number=required("number", number, longest=20),
        **_known(fields, BUILDING_FIELDS),
    )
    building.sort_key = rules.building_key(community.name, community.pk, building.number)
    checked(building)
    with told():
        building.save()
        Stairwell.objects.bulk_create(
            Stairwell(building=building, number=required("stairwells", text, longest=20))
            for text in stairwells
        )
        building.refresh_from_db()
    journal.record(actor=actor, action=BUILDING_ADDED, at=at, target=building)
    return building


@service
def building_change(
    *, actor: Actor, building: Building, at: datetime, fields: Mapping[str, Any] | None = None
) -> Building:
    """Change floors, lift, structure, use or the year of a building."""
    may(actor, CHANGE, building).require()
    building = locked(building)
    changes = _apply(building, _known(fields, BUILDING_FIELDS))
    checked(building)
    with told():
        building.save()
    journal.record(actor=actor, action=BUILDING_CHANGED, at=at, target=building, changes=changes)
    return building


@service
def building_move(*, actor: Actor, building: Building, area: Area, at: datetime) -> Building:
    """Put one building in another place; its units follow by trigger.

    Raises:
        Refused: the building or its new place lies outside the actor's reach.
    """
    may(actor, CHANGE, building).require()
    may_place(actor, CHANGE, area).require()
    building = locked(building)
    if building.state != BuildingState.ACTIVE:
        raise Conflict(_("The building is not in use any more."))
    before, building.area = building.area_id, area
    with told():
        building.save(update_fields=["area"])
        building.refresh_from_db()
    journal.record(
        actor=actor, action=BUILDING_MOVED, at=at, target=building,
        changes={"area": [before, area.pk]},
    )  # fmt: skip
    return building


@service
def stairwell_add(
    *, actor: Actor, building: Building, number: str, at: datetime, has_lift: bool = False
) -> Stairwell:
    """Add a stairwell to a building."""
    may(actor, CHANGE, building).require()
    with told():
        stairwell = Stairwell.objects.create(
            building=building, number=required("number", number, longest=20), has_lift=has_lift
        )
    journal.record(
        actor=actor, action=STAIRWELL_ADDED, at=at, target=building,
        changes={"stairwell": [None, stairwell.number]},
    )  # fmt: skip
    return stairwell


def _resort(community: Community) -> None:
    """Sort keys of the buildings and units of a renamed community, one statement each."""
    buildings = list(community.buildings.all())
    for building in buildings:
        building.sort_key = rules.building_key(community.name, community.pk, building.number)
    Building.objects.bulk_update(buildings, ["sort_key"], batch_size=500)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_unit u SET sort_key = b.sort_key || substr(u.sort_key,"
            " length(u.sort_key) - length(split_part(u.sort_key, '|', 3))"
            " - length(split_part(u.sort_key, '|', 4)) - 1)"
            " FROM registry_building b WHERE b.id = u.building_id AND u.community_id = %s",
            [community.pk],
        )


def _set_aliases(community: Community, aliases: Sequence[str]) -> None:
    wanted = {clean(text)[:80] for text in aliases} - {""}
    kept = community.aliases.filter(name__in=wanted)
    known = set(kept.values_list("name", flat=True))
    community.aliases.exclude(name__in=wanted).delete()
    CommunityAlias.objects.bulk_create(
        CommunityAlias(community=community, name=name) for name in sorted(wanted - known)
    )


def _known(fields: Mapping[str, Any] | None, allowed: frozenset[str]) -> dict[str, Any]:
    fields = dict(fields or {})
    strange = sorted(set(fields) - allowed)
    if strange:
        raise InvalidInput({name: [_("This field cannot be changed here.")] for name in strange})
    return fields


def _apply(instance: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Set the fields; returns what changed as field → [before, after]."""
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        before = getattr(instance, name)
        if before != value:
            setattr(instance, name, value)
            changes[name] = [_plain(before), _plain(value)]
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, Company):
        return value.pk
    return value if isinstance(value, (str, int, float, bool, dict, type(None))) else str(value)
