"""Homes and other units: adding, changing, splitting, merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import SYSTEM, Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.transactions import service

from .. import rules
from ..models import (
    Building,
    ChangeRequest,
    HomeBinding,
    Ownership,
    Stairwell,
    Unit,
    UnitSuccession,
)
from ..policies import may
from ..states import AreaSource, SuccessionKind, UnitState
from .base import checked, need_second_person, not_after_today, required, told
from .bindings import bindings_end

ADDED = journal.declare("registry.unit_add", _("Added a unit"))
CHANGED = journal.declare("registry.unit_change", _("Changed a unit"))
MEASURED = journal.declare("registry.unit_measure", _("Changed the area of a unit"))
SPLIT = journal.declare("registry.unit_split", _("Split a unit"))
MERGED = journal.declare("registry.unit_merge", _("Merged units"))
DEMOLISHED = journal.declare("registry.unit_demolish", _("Struck off a demolished unit"))

CHANGE = perm("registry:unit_change")
REVIEW = perm("registry:change_review")
AREA_FIELDS = ("registered_dm2", "surveyed_dm2", "contract_dm2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a unit that is split: its number and its area (dm²)."""

    number: str
    area_dm2: int


@service
def unit_add(
    *,
    actor: Actor,
    building: Building,
    number: str,
    at: datetime,
    stairwell: Stairwell | None = None,
    kind: str = "home",
    floor: int | None = None,
    registered_dm2: int | None = None,
    surveyed_dm2: int | None = None,
    contract_dm2: int | None = None,
) -> Unit:
    """Add a unit to a building; areas in dm² by their source."""
    may(actor, CHANGE, building).require()
    unit = _new_unit(building, stairwell, required("number", number, longest=20), kind, floor)
    unit.registered_dm2, unit.surveyed_dm2 = registered_dm2, surveyed_dm2
    unit.contract_dm2 = contract_dm2
    checked(unit, exclude=("area_dm2", "area_source"))
    with told():
        unit.save()
        unit.refresh_from_db()
    journal.record(actor=actor, action=ADDED, at=at, target=unit)
    return unit


@service
def unit_change(*, actor: Actor, unit: Unit, at: datetime, fields: Mapping[str, Any]) -> Unit:
    """Change number, floor, kind or stairwell of a unit; areas have ``unit_measure``."""
    may(actor, CHANGE, unit).require()
    strange = sorted(set(fields) - {"number", "floor", "kind", "stairwell"})
    if strange:
        raise InvalidInput({name: [_("This field cannot be changed here.")] for name in strange})
    unit = _locked(unit)
    _must_stand(unit)
    changes = {}
    for name, value in fields.items():
        before = getattr(unit, name)
        if before != value:
            setattr(unit, name, value)
            changes[name] = [str(before), str(value)]
    unit.number = required("number", unit.number, longest=20)
    _check_stairwell(unit.building, unit.stairwell)
    unit.sort_key = _key(unit)
    checked(unit, exclude=("area_dm2", "area_source"))
    with told():
        unit.save()
        unit.refresh_from_db()
    journal.record(actor=actor, action=CHANGED, at=at, target=unit, changes=changes)
    return unit


@service
def unit_measure(
    *,
    actor: Actor,
    unit: Unit,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
    areas: Mapping[str, int | None],
) -> Unit:
    """Change registered, surveyed or contract area (dm²) of a unit."""
    need_second_person(actor, approved, "unit_measure")
    may(actor, CHANGE if approved is None else REVIEW, unit).require()
    strange = sorted(set(areas) - set(AREA_FIELDS))
    if strange:
        raise InvalidInput({name: [_("This field cannot be changed here.")] for name in strange})
    unit = _locked(unit)
    _must_stand(unit)
    changes = {}
    for name, value in areas.items():
        if getattr(unit, name) != value:
            changes[name] = [getattr(unit, name), value]
            setattr(unit, name, value)
    with told():
        unit.save()
        unit.refresh_from_db()
    journal.record(actor=actor, action=MEASURED, at=at, target=unit, reason=reason, changes=changes)
    return unit


@service
def unit_split(
    *,
    actor: Actor,
    unit: Unit,
    parts: Sequence[Part],
    on_day: date,
    reason: str,
    at: datetime,
    approved: ChangeRequest | None = None,
) -> list[Unit]:
    """Split a unit; the parts' areas add to the whole and its owners own each part.

    Raises:
        InvalidInput: the areas do not add exactly; Conflict: numbers taken, later owners on file.
    """
    need_second_person(actor, approved, "unit_split")
    may(actor, CHANGE if approved is None else REVIEW, unit).require()
    not_after_today(on_day, at)
    unit = _locked(unit)
    _must_stand(unit)
    if not rules.split_is_exact(unit.area_dm2, [part.area_dm2 for part in parts]):
        raise InvalidInput(
            {"parts": [_("The areas of two or more parts must add to the whole area exactly.")]}
        )
    made: list[Unit] = []
    with told():
        unit.state = UnitState.SPLIT
        unit.save(update_fields=["state"])
        for part in parts:
            number = required("parts", part.number, longest=20)
            new = _new_unit(unit.building, unit.stairwell, number, unit.kind, unit.floor)
            setattr(new, _area_field(unit.area_source), part.area_dm2)
            new.save()
            new.refresh_from_db()
            made.append(new)
        _carry_over([unit], made, on_day, reason, SuccessionKind.SPLIT, at)
    journal.record(
        actor=actor, action=SPLIT, at=at, target=unit, reason=required("reason", reason),
        changes={"units": [unit.number, [new.number for new in made]]},
    )  # fmt: skip
    return made


@service
def unit_merge(
    *,
    actor: Actor,
    units: Sequence[Unit],
    number: str,
    on_day: date,
    reason: str,
    at: datetime,
    stairwell: Stairwell | None = None,
    floor: int | None = None,
    approved: ChangeRequest | None = None,
) -> Unit:
    """Merge units of one building and kind with the same owners and shares into one.

    Args:
        stairwell: of the merged unit; asked for when the units lie in several.
        floor: of the merged unit; asked for when the units lie on several.

    Raises:
        InvalidInput: not mergeable, or stairwell or floor must be said; Conflict: owners differ.
    """
    need_second_person(actor, approved, "unit_merge")
    for unit in units:
        may(actor, CHANGE if approved is None else REVIEW, unit).require()
    not_after_today(on_day, at)
    units = [_locked(unit) for unit in sorted(units, key=lambda u: u.pk)]
    for unit in units:
        _must_stand(unit)
    if len({unit.pk for unit in units}) < 2:
        raise InvalidInput({"units": [_("Choose two or more units.")]})
    if len({(unit.building_id, unit.kind) for unit in units}) > 1:
        raise InvalidInput({"units": [_("Units to merge are of one building and one kind.")]})
    if min(unit.area_dm2 for unit in units) <= 0:
        raise InvalidInput({"units": [_("The area of every unit must be known first.")]})
    if stairwell is None and len({unit.stairwell_id for unit in units}) > 1:
        raise InvalidInput({"stairwell": [_("The units lie in several stairwells; choose one.")]})
    if floor is None and len({unit.floor for unit in units}) > 1:
        raise InvalidInput({"floor": [_("The units lie on several floors; give one.")]})
    if not rules.owners_agree([_owners_on(unit, on_day) for unit in units]):
        raise Conflict(_("The units have different owners or shares; record the transfer first."))
    first = units[0]
    new = _new_unit(
        first.building, stairwell or first.stairwell, required("number", number, longest=20),
        first.kind, first.floor if floor is None else floor,
    )  # fmt: skip
    order = [AreaSource.NONE, AreaSource.CONTRACT, AreaSource.SURVEYED, AreaSource.REGISTERED]
    weakest = min((unit.area_source for unit in units), key=order.index)
    setattr(new, _area_field(weakest), rules.merged_area([unit.area_dm2 for unit in units]))
    with told():
        for unit in units:
            unit.state = UnitState.MERGED
            unit.save(update_fields=["state"])
        new.save()
        new.refresh_from_db()
        _carry_over(units, [new], on_day, reason, SuccessionKind.MERGE, at)
    journal.record(
        actor=actor, action=MERGED, at=at, target=new, reason=required("reason", reason),
        changes={"units": [[unit.number for unit in units], new.number]},
    )  # fmt: skip
    return new


@service
def unit_demolish(*, actor: Actor, unit: Unit, on_day: date, reason: str, at: datetime) -> Unit:
    """Strike off a unit that no longer stands; its ownership ends that day."""
    may(actor, CHANGE, unit).require()
    not_after_today(on_day, at)
    unit = _locked(unit)
    _must_stand(unit)
    unit.state = UnitState.DEMOLISHED
    with told():
        unit.save(update_fields=["state"])
        _end_ownership(unit, on_day)
        _end_bindings(unit, reason, at)
    journal.record(
        actor=actor, action=DEMOLISHED, at=at, target=unit, reason=required("reason", reason)
    )
    return unit


def _locked(unit: Unit) -> Unit:
    return (
        Unit.objects.select_for_update(of=("self",))
        .select_related("building__community", "stairwell")
        .get(pk=unit.pk)
    )


def _must_stand(unit: Unit) -> None:
    if unit.state != UnitState.ACTIVE:
        raise Conflict(
            _("Unit %(number)s is not in use any more: %(state)s.")
            % {"number": unit.number, "state": unit.get_state_display()}
        )


def _check_stairwell(building: Building, stairwell: Stairwell | None) -> None:
    if stairwell is not None and stairwell.building_id != building.pk:
        raise InvalidInput({"stairwell": [_("The stairwell is of another building.")]})


def _key(unit: Unit) -> str:
    stairwell = unit.stairwell.number if unit.stairwell else ""
    return rules.unit_key(unit.building.sort_key, stairwell, unit.number)


def _new_unit(
    building: Building, stairwell: Stairwell | None, number: str, kind: str, floor: int | None
) -> Unit:
    _check_stairwell(building, stairwell)
    unit = Unit(
        area_id=building.area_id,
        community_id=building.community_id,
        building=building,
        stairwell=stairwell,
        number=number,
        kind=kind,
        floor=floor,
    )
    unit.sort_key = _key(unit)
    return unit


def _area_field(source: str) -> str:
    return {"surveyed": "surveyed_dm2", "contract": "contract_dm2"}.get(source, "registered_dm2")


def _owners_on(unit: Unit, day: date) -> frozenset[tuple[str, int, int, int, date | None]]:
    found = set()
    for row in Ownership.objects.on(day).filter(unit=unit):
        num, den = rules.shares_sum([(row.share_num, row.share_den)])
        kind, key = ("person", row.person_id) if row.person_id else ("company", row.company_id)
        found.add((kind, key or 0, num, den, row.period.upper))
    return frozenset(found)


def _end_ownership(unit: Unit, on_day: date) -> list[tuple[Ownership, date | None]]:
    """End the spells true on a day; returns each with the end it had (None: open)."""
    if Ownership.objects.filter(unit=unit, period__startswith__gte=on_day).exists():
        raise Conflict(_("Owners from that day or later are on file; choose a later day."))
    spells = []
    for spell in Ownership.objects.on(on_day).filter(unit=unit):
        spells.append((spell, spell.period.upper))
        spell.period = DateRange(spell.period.lower, on_day)
        spell.save(update_fields=["period"])
    return spells


def _end_bindings(unit: Unit, reason: str, at: datetime) -> list[HomeBinding]:
    bindings = list(HomeBinding.objects.active().filter(unit=unit).order_by("rests_on", "pk"))
    bindings_end(
        actor=SYSTEM, bindings=HomeBinding.objects.filter(unit=unit),
        reason=required("reason", reason), at=at,
    )  # fmt: skip
    return bindings


def _carry_over(
    old: Sequence[Unit], new: Sequence[Unit], on_day: date, reason: str, kind: str, at: datetime
) -> None:
    """Owners and bound accounts of the old units become those of the new ones."""
    spells: list[tuple[Ownership, date | None]] = []
    bindings: dict[tuple[int, int], HomeBinding] = {}
    for unit in old:
        spells = _end_ownership(unit, on_day)
        for binding in _end_bindings(unit, reason, at):
            bindings[binding.user_id, binding.person_id] = binding
        UnitSuccession.objects.bulk_create(
            UnitSuccession(
                predecessor=unit, successor=successor, kind=kind, on_day=on_day, reason=reason
            )
            for successor in new
        )
    for unit in new:
        for spell, end in spells:
            spell.pk, spell._state.adding = None, True
            spell.unit, spell.period = unit, DateRange(on_day, end)
            spell.save()
        made: dict[int, HomeBinding] = {}
        for binding in sorted(bindings.values(), key=lambda one: one.rests_on_id or 0):
            made[binding.pk] = HomeBinding.objects.create(
                area_id=unit.area_id, user_id=binding.user_id, unit=unit,
                person_id=binding.person_id, kind=binding.kind, method=binding.method,
                witness_id=binding.witness_id, witness_post_id=binding.witness_post_id,
                papers=binding.papers, last_day=binding.last_day, reason=reason, bound_at=at,
                rests_on=made.get(binding.rests_on_id or 0, binding.rests_on),
                phone_hash=binding.phone_hash,
            )  # fmt: skip
