"""Two pairs of eyes: a change is proposed by one person and made by another's approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, NotFound
from anju.core.transactions import service
from anju.files.services import files_freeze, files_store
from anju.reference.models import Area

from ..models import (
    ChangeRequest,
    Community,
    Company,
    FieldProvenance,
    ImportBatch,
    ManagementArea,
    Person,
    Project,
    Stairwell,
    Unit,
)
from ..policies import may, may_review_change, may_withdraw_change
from ..purposes import EVIDENCE
from ..states import CHANGE_MOVES, ChangeState
from ..words import field_words, value_words
from .base import locked, required, told
from .communities import community_recode, community_rename
from .companies import company_recode, company_rename
from .corrections import area_recode, project_recode, project_redate
from .owners import Holder, ownership_transfer
from .people import identity_proposed, person_erase, person_identity_change
from .projects import area_rename, fee_day_check, project_fee_change
from .standing import overtaken, standing
from .units import Part, unit_measure, unit_merge, unit_split

PROPOSED = journal.declare("registry.change_propose", _("Proposed a change"))
APPROVED = journal.declare("registry.change_approve", _("Approved a change"))
REFUSED = journal.declare("registry.change_refuse", _("Refused a change"))
WITHDRAWN = journal.declare("registry.change_withdraw", _("Withdrew a proposed change"))

PROPOSE = perm("registry:change_propose")

_Apply = Callable[..., Any]


def _day(after: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(after["on_day"]))
    except (KeyError, ValueError):
        raise InvalidInput({"on_day": [_("Give the day as year-month-day.")]}) from None


def _text(after: Mapping[str, Any], field: str) -> str:
    return required(field, str(after.get(field) or ""))


def _rename(call: _Apply, keyword: str) -> _Apply:
    def apply(target: models.Model, after: Mapping[str, Any], **common: Any) -> None:
        call(**{keyword: target}, name=_text(after, "name"), on_day=_day(after), **common)

    return apply


def _recode(call: _Apply, keyword: str) -> _Apply:
    def apply(target: models.Model, after: Mapping[str, Any], **common: Any) -> None:
        call(**{keyword: target}, code=_text(after, "code"), **common)

    return apply


def _measure(target: Unit, after: Mapping[str, Any], **common: Any) -> None:
    areas = {name: after[name] for name in after if name.endswith("_dm2")}
    unit_measure(unit=target, areas=areas, **common)


def _transfer(target: Unit, after: Mapping[str, Any], **common: Any) -> None:
    rows = after.get("holders") or []
    people = Person.objects.in_bulk([row["person"] for row in rows if row.get("person")])
    companies = Company.objects.in_bulk([row["company"] for row in rows if row.get("company")])
    holders = [
        Holder(
            person=people.get(row.get("person")),
            company=companies.get(row.get("company")),
            num=int(row.get("num", 1)),
            den=int(row.get("den", 1)),
        )
        for row in rows
    ]
    if any((h.person is None) == (h.company is None) for h in holders):
        raise InvalidInput({"holders": [_("An owner is either a person or a company.")]})
    ownership_transfer(
        unit=target, holders=holders, on_day=_day(after),
        source=str(after.get("source", "register")), is_unsold=bool(after.get("is_unsold")),
        **common,
    )  # fmt: skip


def _split(target: Unit, after: Mapping[str, Any], **common: Any) -> None:
    parts = [
        Part(number=str(p["number"]), area_dm2=int(p["area_dm2"])) for p in after.get("parts", [])
    ]
    unit_split(unit=target, parts=parts, on_day=_day(after), **common)


def _merge(target: Unit, after: Mapping[str, Any], **common: Any) -> None:
    units = list(Unit.objects.filter(pk__in=[target.pk, *after.get("units", [])]))
    stairwell = Stairwell.objects.filter(pk=after.get("stairwell") or 0).first()
    unit_merge(
        units=units, number=_text(after, "number"), on_day=_day(after), stairwell=stairwell,
        floor=after.get("floor"), **common,
    )  # fmt: skip


def _fee(target: Project, after: Mapping[str, Any], **common: Any) -> None:
    project_fee_change(
        project=target, fee_fen=int(after.get("fee_fen") or 0), from_day=_day(after),
        unit_kind=str(after.get("unit_kind", "home")), **common,
    )  # fmt: skip


def _identity(target: Person, after: Mapping[str, Any], **common: Any) -> None:
    number = identity_proposed(target, str(after.get("id_sealed", "")))
    person_identity_change(person=target, id_number=number, **common)


def _erase(target: Person, after: Mapping[str, Any], **common: Any) -> None:
    person_erase(person=target, **common)


def _redate(target: Project, after: Mapping[str, Any], **common: Any) -> None:
    project_redate(project=target, from_day=_day(after), **common)


# What needs two pairs of eyes: names, codes, owners, areas, fees, and what is sealed of people.
GUARDED: dict[str, tuple[type[models.Model], _Apply]] = {
    "community_rename": (Community, _rename(community_rename, "community")),
    "community_recode": (Community, _recode(community_recode, "community")),
    "area_rename": (ManagementArea, _rename(area_rename, "management_area")),
    "company_rename": (Company, _rename(company_rename, "company")),
    "company_recode": (Company, _recode(company_recode, "company")),
    "unit_measure": (Unit, _measure),
    "unit_split": (Unit, _split),
    "unit_merge": (Unit, _merge),
    "ownership_transfer": (Unit, _transfer),
    "area_recode": (ManagementArea, _recode(area_recode, "management_area")),
    "project_recode": (Project, _recode(project_recode, "project")),
    "project_redate": (Project, _redate),
    "project_fee_change": (Project, _fee),
    "person_identity_change": (Person, _identity),
    "person_erase": (Person, _erase),
}
# Who may change people may propose what concerns their numbers, and nobody else.
_ALSO_NEEDED = dict.fromkeys(
    ("person_identity_change", "person_erase"), perm("registry:person_change")
)


@service
def change_propose(
    *,
    actor: Actor,
    action: str,
    target: models.Model,
    after: Mapping[str, Any],
    reason: str,
    at: datetime,
    evidence: Sequence[UploadedFile] = (),
) -> ChangeRequest:
    """Propose a change; it is made when another person approves it.

    Args:
        action: a key of ``GUARDED``.
        evidence: files the reviewer reads; when one is not taken, nothing is proposed.
        after: the proposed values by field, plain JSON (days as year-month-day).

    Raises:
        InvalidInput: the action is unknown; Conflict: one like it waits already.
    """
    if action not in GUARDED or not isinstance(target, GUARDED[action][0]):
        raise InvalidInput({"action": [_("This change is not known.")]})
    may(actor, PROPOSE, target).require()
    if action in _ALSO_NEEDED:
        may(actor, _ALSO_NEEDED[action], target).require()
    if action == "project_fee_change":
        fee_day_check(_day(after), at)
    if actor.user_id is None:
        raise InvalidInput({"action": [_("Only a person may propose a change.")]})
    # Read anew: what is compared at the approval is what the register holds, not the caller.
    target = GUARDED[action][0]._default_manager.get(pk=target.pk)
    change = ChangeRequest(
        area_id=_place(target, actor),
        action=action,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        target_label=str(getattr(target, "journal_label", target))[:200],
        before=standing(action, target, after),
        after=dict(after),
        reason=required("reason", reason),
        proposed_by_id=actor.user_id,
        organisation_id=actor.organisation_id,
        proposed_at=at,
    )
    with told():
        change.save()
        change.refresh_from_db()
    journal.record(actor=actor, action=PROPOSED, at=at, target=change, reason=change.reason)
    files_store(
        actor=actor, uploads=evidence, purpose=EVIDENCE, owner=change, at=at, field="evidence"
    )
    return change


@service
def change_approve(
    *, actor: Actor, change: ChangeRequest, at: datetime, note: str = ""
) -> ChangeRequest:
    """Approve a change and make it, in one transaction.

    Raises:
        Refused: the proposer themselves; Conflict: it was decided, what it was to change has
            changed since, or it cannot be made any more.
    """
    may_review_change(actor, change).require()
    change = locked(change)
    _move(change, ChangeState.APPROVED)
    change.reviewed_by_id, change.reviewed_at, change.review_note = actor.user_id, at, note[:200]
    with told():
        change.save()
        model, apply = GUARDED[change.action]
        target = model._default_manager.filter(pk=change.target_id).first()
        if target is None:
            raise NotFound(_("What was to be changed does not exist any more."))
        _still_stands(change, target)
        apply(target, change.after, actor=actor, at=at, reason=change.reason, approved=change)
    files_freeze(actor=actor, owner=change, at=at)
    journal.record(actor=actor, action=APPROVED, at=at, target=change, reason=note)
    return change


@service
def change_refuse(*, actor: Actor, change: ChangeRequest, note: str, at: datetime) -> ChangeRequest:
    """Refuse a change with a note to its proposer."""
    may_review_change(actor, change).require()
    change = locked(change)
    _move(change, ChangeState.REFUSED)
    change.reviewed_by_id, change.reviewed_at = actor.user_id, at
    change.review_note = required("note", note)
    with told():
        change.save()
    files_freeze(actor=actor, owner=change, at=at)
    journal.record(actor=actor, action=REFUSED, at=at, target=change, reason=change.review_note)
    return change


@service
def change_withdraw(*, actor: Actor, change: ChangeRequest, at: datetime) -> ChangeRequest:
    """Withdraw one's own proposal."""
    may_withdraw_change(actor, change).require()
    change = locked(change)
    _move(change, ChangeState.WITHDRAWN)
    with told():
        change.save()
    files_freeze(actor=actor, owner=change, at=at)
    journal.record(actor=actor, action=WITHDRAWN, at=at, target=change)
    return change


def provenance_set(
    *,
    target: models.Model,
    source: str,
    values: Mapping[str, Any],
    as_of: date,
    batch: ImportBatch | None = None,
) -> FieldProvenance:
    """Note where values of a row came from; called by services within their transaction."""
    return FieldProvenance.objects.create(
        target_type=target._meta.label_lower,
        target_id=target.pk,
        source=required("source", source, longest=120),
        values=dict(values),
        as_of=as_of,
        batch=batch,
    )


def _move(change: ChangeRequest, to: str) -> None:
    if to not in CHANGE_MOVES[change.state]:
        raise Conflict(
            _("This change was decided already: %(state)s.") % {"state": change.get_state_display()}
        )
    change.state = to


def _still_stands(change: ChangeRequest, target: models.Model) -> None:
    """Nobody approves what they have not seen: the register must hold what the proposal found.

    Raises:
        Conflict: naming what changed since.
    """
    now = standing(change.action, target, change.after)
    changed = overtaken(change.before, now)
    if not changed:
        return
    said = [
        str(field_words(name))
        if isinstance(now[name], list)
        else _("%(field)s (%(before)s, now %(now)s)")
        % {
            "field": field_words(name),
            "before": value_words(name, change.before[name]),
            "now": value_words(name, now[name]),
        }
        for name in changed
    ]
    raise Conflict(
        _(
            "Since this was proposed, other values were recorded: %(fields)s."
            " Refuse it and have it proposed anew."
        )
        % {"fields": str(_(", ")).join(str(one) for one in said)}
    )


def _place(target: models.Model, actor: Actor) -> int:
    """The place whose officials review.

    The target's own; a company's is its registered place; otherwise the post's of who proposes.
    """
    for field in ("area_id", "registered_area_id"):
        found = getattr(target, field, None)
        if found is not None:
            return int(found)
    if actor.area_id is not None:
        return actor.area_id
    root = Area.objects.filter(parent=None).order_by("pk").first()
    if root is None:
        raise Conflict(_("No place is on file yet."))
    return root.pk
