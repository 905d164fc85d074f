"""Ownership: recording who owns a unit, and transfers from one day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.transactions import service

from .. import rules
from ..models import ChangeRequest, Company, Ownership, Person, Unit
from ..policies import may
from ..states import CompanyKind, UnitState
from .base import locked, need_second_person, not_after_today, told
from .bindings import bindings_follow_owners

RECORDED = journal.declare("registry.ownership_record", _("Recorded the first owners"))
TRANSFERRED = journal.declare("registry.ownership_transfer", _("Recorded a change of owner"))

CHANGE = perm("registry:owner_change")
REVIEW = perm("registry:change_review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An owner and the share held: a person or a company, numerator of denominator."""

    person: Person | None = None
    company: Company | None = None
    num: int = 1
    den: int = 1


@service
def ownership_record(
    *,
    actor: Actor,
    unit: Unit,
    holders: Sequence[Holder],
    on_day: date,
    source: str,
    at: datetime,
    reason: str = "",
    is_unsold: bool = False,
) -> list[Ownership]:
    """Record the first known owners of a unit that has none on file.

    Raises:
        Conflict: owners are on file; InvalidInput: the shares do not add to one.
    """
    may(actor, CHANGE, unit).require()
    not_after_today(on_day, at)
    unit = locked(unit)
    if unit.ownerships.exists():
        raise Conflict(_("Owners are on file; record a transfer."))
    with told():
        spells = _write(unit, holders, on_day, source, reason, is_unsold)
    _note(actor, RECORDED, unit, [], spells, on_day, reason, at)
    return spells


@service
def ownership_transfer(
    *,
    actor: Actor,
    unit: Unit,
    holders: Sequence[Holder],
    on_day: date,
    source: str,
    reason: str,
    at: datetime,
    is_unsold: bool = False,
    approved: ChangeRequest | None = None,
) -> list[Ownership]:
    """End the spells true on a day and begin those of the new owners.

    Spells that begin on the very day are replaced (a correction; history keeps them). Accounts
    bound as a former owner end with the transfer, and the tenants that owner invited.
    """
    need_second_person(actor, approved, "ownership_transfer")
    may(actor, CHANGE if approved is None else REVIEW, unit).require()
    not_after_today(on_day, at)
    unit = locked(unit)
    if unit.state != UnitState.ACTIVE:
        raise Conflict(_("The unit is not in use any more."))
    spells = list(unit.ownerships.select_for_update())
    if any(spell.period.lower > on_day for spell in spells):
        raise Conflict(_("Later owners are on file; correct those first."))
    before = [spell for spell in spells if on_day in _days(spell)]
    with told():
        for spell in before:
            if spell.period.lower == on_day:
                spell.delete()
            else:
                spell.period = DateRange(spell.period.lower, on_day)
                spell.save(update_fields=["period"])
        after = _write(unit, holders, on_day, source, reason, is_unsold)
    bindings_follow_owners(
        actor=actor, unit=unit, spells=after, reason=str(_("Change of owner")), at=at
    )
    _note(actor, TRANSFERRED, unit, before, after, on_day, reason, at)
    return after


class _days:  # noqa: N801 - reads as a word: ``day in _days(spell)``
    def __init__(self, spell: Ownership) -> None:
        self.period = spell.period

    def __contains__(self, day: date) -> bool:
        upper = self.period.upper
        return self.period.lower <= day and (upper is None or day < upper)


def _write(
    unit: Unit,
    holders: Sequence[Holder],
    on_day: date,
    source: str,
    reason: str,
    is_unsold: bool,
) -> list[Ownership]:
    if not holders:
        raise InvalidInput({"holders": [_("Name at least one owner.")]})
    try:
        whole = rules.shares_are_whole((holder.num, holder.den) for holder in holders)
    except ValueError:
        raise InvalidInput({"holders": [_("A share lies above zero and up to one.")]}) from None
    if not whole:
        raise InvalidInput({"holders": [_("The shares of the owners must add to exactly one.")]})
    if is_unsold and any(
        h.company is None or h.company.kind != CompanyKind.DEVELOPER for h in holders
    ):
        raise InvalidInput({"holders": [_("Unsold stock belongs to a developer.")]})
    spells = [
        Ownership(
            unit=unit,
            person=holder.person,
            company=holder.company,
            share_num=holder.num,
            share_den=holder.den,
            period=DateRange(on_day, None),
            is_unsold=is_unsold,
            source=source,
            reason=reason,
        )
        for holder in holders
    ]
    for spell in spells:
        spell.save()
    return spells


def _note(
    actor: Actor,
    action: str,
    unit: Unit,
    before: Sequence[Ownership],
    after: Sequence[Ownership],
    on_day: date,
    reason: str,
    at: datetime,
) -> None:
    def written(spells: Sequence[Ownership]) -> list[str]:
        return [
            f"{'person' if s.person_id else 'company'}:{s.person_id or s.company_id}"
            f" {s.share_num}/{s.share_den}"
            for s in spells
        ]

    journal.record(
        actor=actor, action=action, at=at, target=unit, reason=reason,
        changes={"owners": [written(before), written(after)], "on_day": [None, str(on_day)]},
    )  # fmt: skip
