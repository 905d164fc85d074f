"""Exact counts of units from the tallies: a short sum instead of a scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from anju.core.actors import Actor, Reach

from ..models import AreaBuilding, Community, ManagementArea, Unit, UnitTally
from ..states import UnitKind, UnitState


@dataclass(frozen=True, slots=True)
class Total:
    """Units and their area in dm²."""

    units: int
    area_dm2: int


def _total(rows: Any) -> Total:
    sums = rows.aggregate(units=Sum("units"), area=Sum("area_dm2"))
    return Total(sums["units"] or 0, sums["area"] or 0)


def community_total(
    community: Community, kind: str = UnitKind.HOME, state: str = UnitState.ACTIVE
) -> Total:
    """Units of a kind in a community (its household count for homes)."""
    return _total(UnitTally.objects.filter(community_id=community.pk, kind=kind, state=state))


def management_area_total(
    management_area: ManagementArea, day: date, kind: str | None = None
) -> Total:
    """Units in use of an area as of the buildings it has on a day."""
    members = AreaBuilding.objects.on(day).filter(management_area=management_area)
    rows = UnitTally.objects.filter(
        building_id__in=members.values("building_id"), state=UnitState.ACTIVE
    )
    return _total(rows.filter(kind=kind) if kind else rows)


# Filters of a list of units that the tallies can count.
COUNTABLE = frozenset(
    {"kind", "state", "district_id", "subdistrict_id", "committee_id", "community_id"}
) | {"building_id"}


def unit_count(actor: Actor, **equal: Any) -> int:
    """Exact number of units visible to the actor that equal the given columns.

    Counts from the tallies when place and filters allow it, else from the rows themselves.

    Args:
        equal: column → value among ``COUNTABLE``; others fall back to counting rows.
    """
    equal = {name: value for name, value in equal.items() if value not in (None, "")}
    placed = actor.elevation is None and actor.reach in (
        Reach.CITY,
        Reach.DISTRICT,
        Reach.SUBDISTRICT,
        Reach.COMMITTEE,
    )
    if not placed or not set(equal) <= COUNTABLE:
        return Unit.objects.visible_to(actor).filter(**equal).count()
    # Not ``_total``: adding up areas as well takes three times as long.
    rows = UnitTally.objects.visible_to(actor).filter(Q(**equal))
    return int(rows.aggregate(units=Sum("units"))["units"] or 0)
