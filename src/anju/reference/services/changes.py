"""Dated changes of areas: proposed, confirmed by another person, made on their day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import AnjuError, Conflict, InvalidInput, Refused
from anju.core.text import clean
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import policies
from ..models import Area, AreaChange, AreaSuccession
from ..states import AreaChangeState, DivisionChangeKind
from . import steps
from .moving import paths, placed_models, rows_follow, rows_within

Kind = DivisionChangeKind
PROPOSED = journal.declare("reference.change_propose", _("Proposed a change of an area"))
CONFIRMED = journal.declare("reference.change_confirm", _("Confirmed a change of an area"))
REFUSED = journal.declare("reference.change_refuse", _("Refused a change of an area"))
WITHDRAWN = journal.declare("reference.change_withdraw", _("Withdrew a change of an area"))
MADE = journal.declare("reference.change_make", _("Made a change of an area"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change before it is on file. ``plan`` is described at :class:`AreaChange`."""

    kind: str
    area: Area
    plan: dict[str, Any]
    effective_on: date
    document: str
    source: str
    undoes: AreaChange | None = None

    def change(self, *, actor: Actor, at: datetime) -> AreaChange:
        """The row, unsaved."""
        return AreaChange(
            kind=self.kind,
            area=self.area,
            plan=self.plan,
            effective_on=self.effective_on,
            document=clean(self.document),
            source=clean(self.source),
            undoes=self.undoes,
            proposed_by=actor.user_id,
            proposed_name=actor.name or actor.label,
            proposed_at=at,
        )


@dataclass(slots=True, kw_only=True)
class Effect:
    """What a change would do: rows concerned by table, areas whose place changes."""

    rows: dict[str, int] = field(default_factory=dict)
    areas: int = 0


def change_preview(*, actor: Actor, draft: Draft, at: datetime) -> Effect:
    """Make the change, look at what it does, and take it back.

    Raises:
        Refused: the actor may not propose.
        InvalidInput: the change cannot be made as it is written.
    """
    policies.may_propose_change(actor).require()
    change = draft.change(actor=actor, at=at)
    _check_words(change)
    with transaction.atomic():
        rows = rows_within(_roots(change))
        _save(change)
        before = paths()
        _make(change)
        after = paths()
        effect = Effect(
            rows=rows, areas=sum(before.get(pk, after[pk]) != after[pk] for pk in after)
        )
        transaction.set_rollback(True)
    draft.area.refresh_from_db()
    return effect


@service
def change_propose(*, actor: Actor, draft: Draft, at: datetime) -> AreaChange:
    """Put a change on file for another person to confirm.

    Raises:
        Refused: the actor may not.
        InvalidInput: the change cannot be made as it is written.
        Conflict: one of this kind waits for the area already, or it is taken back already.
    """
    policies.may_propose_change(actor).require()
    effect = change_preview(actor=actor, draft=draft, at=at)
    change = draft.change(actor=actor, at=at)
    change.affected = effect.rows
    _save(change)
    journal.record(
        actor=actor,
        action=PROPOSED,
        at=at,
        target=change,
        reason=change.document,
        changes={"plan": [None, change.plan], "effective_on": [None, str(change.effective_on)]},
    )
    return change


@service
def change_confirm(*, actor: Actor, change: AreaChange, at: datetime, note: str = "") -> AreaChange:
    """Confirm a change as a second person; one whose day has come is made at once.

    Raises:
        Refused: the actor may not, proposed it, or it waits no longer.
        InvalidInput: it cannot be made any more as it is written.
    """
    change = _locked(change)
    policies.may_decide_change(actor, change).require()
    _decide(change, AreaChangeState.CONFIRMED, actor, note, at)
    journal.record(actor=actor, action=CONFIRMED, at=at, target=change, reason=change.note)
    if change.effective_on <= legal_day(at):
        _make_now(change, actor=actor, at=at)
    return change


@service
def change_refuse(*, actor: Actor, change: AreaChange, note: str, at: datetime) -> AreaChange:
    """Refuse a change as a second person, with a reason.

    Raises:
        Refused: the actor may not, proposed it, or it waits no longer.
        InvalidInput: no reason.
    """
    change = _locked(change)
    policies.may_decide_change(actor, change).require()
    if not clean(note):
        raise InvalidInput({"note": [_("Write why the change is refused.")]})
    _decide(change, AreaChangeState.REFUSED, actor, note, at)
    journal.record(actor=actor, action=REFUSED, at=at, target=change, reason=change.note)
    return change


@service
def change_withdraw(*, actor: Actor, change: AreaChange, at: datetime) -> AreaChange:
    """Take a proposal back before it is made.

    Raises:
        Refused: somebody else proposed it, or it is made already.
    """
    change = _locked(change)
    policies.may_withdraw_change(actor, change).require()
    change.state = AreaChangeState.WITHDRAWN
    change.save(update_fields=["state"])
    journal.record(actor=actor, action=WITHDRAWN, at=at, target=change)
    return change


@service
def changes_due_make(*, actor: Actor, at: datetime) -> int:
    """Make every confirmed change whose day has come, the earliest first; returns how many.

    One that cannot be made any more is refused with the reason.

    Raises:
        Refused: the actor may not.
    """
    policies.may_change_places(actor).require()
    due = AreaChange.objects.select_for_update(skip_locked=True).filter(
        state=AreaChangeState.CONFIRMED, effective_on__lte=legal_day(at)
    )
    made = 0
    for change in due.order_by("effective_on", "pk"):
        try:
            with transaction.atomic():
                _make_now(change, actor=actor, at=at)
        except AnjuError as error:
            change.refresh_from_db()
            change.state, change.note = AreaChangeState.REFUSED, str(error)[:300]
            change.save(update_fields=["state", "note"])
            journal.record(actor=actor, action=REFUSED, at=at, target=change, reason=change.note)
        else:
            made += 1
    return made


def undo_draft(change: AreaChange, *, effective_on: date, document: str, source: str) -> Draft:
    """The further change that takes one back.

    Raises:
        Refused: it was not made, or is taken back already.
    """
    if change.state not in (AreaChangeState.MOVING, AreaChangeState.IN_FORCE):
        raise Refused(_("The change was not made. There is nothing to take back."))
    area, before = change.area, change.before
    kind, plan = {
        Kind.RENAMED: (Kind.RENAMED, {"name": before.get("name")}),
        Kind.MOVED: (Kind.MOVED, {"parent": before.get("parent")}),
        Kind.RECODED: (Kind.RECODED, {"code": before.get("code")}),
        Kind.MERGED: (
            Kind.RESTORED,
            {"children": before.get("children"), "heir_name": before.get("heir_name")},
        ),
        Kind.SPLIT: (Kind.MERGED, {"into": area.pk}),
        Kind.FOUNDED: (Kind.DISSOLVED, {}),
        Kind.DISSOLVED: (Kind.RESTORED, {}),
        Kind.RESTORED: (
            (Kind.MERGED, {"into": before["heir"]}) if before.get("heir") else (Kind.DISSOLVED, {})
        ),
    }[Kind(change.kind)]
    if change.kind in (Kind.SPLIT, Kind.FOUNDED):
        area = Area.objects.get(pk=before["made"])
    return Draft(
        kind=kind,
        area=area,
        plan={key: value for key, value in plan.items() if value},
        effective_on=effective_on,
        document=document,
        source=source,
        undoes=change,
    )


def _check_words(change: AreaChange) -> None:
    if not change.document:
        raise InvalidInput({"document": [_("Write the number of the document.")]})
    if not change.source:
        raise InvalidInput({"source": [_("Name the document the change rests on.")]})


def _save(change: AreaChange) -> None:
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as error:
        raise Conflict(
            _("A change of this kind waits for this area already. Decide that one first.")
        ) from error


def _locked(change: AreaChange) -> AreaChange:
    return AreaChange.objects.select_for_update(of=("self",)).get(pk=change.pk)


def _decide(change: AreaChange, state: str, actor: Actor, note: str, at: datetime) -> None:
    change.state, change.note = state, clean(note)
    change.decided_by, change.decided_name = actor.user_id, actor.name or actor.label
    change.decided_at = at
    change.save(update_fields=["state", "note", "decided_by", "decided_name", "decided_at"])


def _make_now(change: AreaChange, *, actor: Actor, at: datetime) -> None:
    """Make a confirmed change; rows that are many follow in the background."""
    # One change of the tree at a time; who places a row meanwhile waits and reads the new path.
    list(Area.objects.select_for_update().order_by("pk").values_list("pk"))
    change.affected = rows_within(_roots(change))
    before = paths()
    _make(change)
    rows_follow(change, before)
    change.made_at = at
    change.save()
    journal.record(
        actor=actor,
        action=MADE,
        at=at,
        target=change.area,
        reason=change.document,
        changes={"before": [change.before, None], "plan": [None, change.plan]},
    )
    if change.state == AreaChangeState.MOVING:
        from ..tasks import rows_move_all  # the queue's library is loaded by workers and here only

        rows_move_all.defer(change_id=change.pk)


def _roots(change: AreaChange) -> Iterable[Area]:
    """The areas whose rows a change concerns."""
    if change.kind == Kind.FOUNDED:
        return []
    if change.kind in (Kind.SPLIT, Kind.RESTORED) and change.plan.get("children"):
        return Area.objects.filter(pk__in=change.plan["children"])
    return [change.area]


def _make(change: AreaChange) -> None:
    _MAKERS[Kind(change.kind)](change)


def _subject(change: AreaChange) -> Area:
    area = Area.objects.select_related("parent").get(pk=change.area_id)
    steps.standing(area, change.effective_on, field="effective_on")
    return area


def _named(change: AreaChange, name: str) -> Area:
    found = Area.objects.filter(pk=change.plan.get(name) or 0).first()
    if found is None:
        raise InvalidInput({name: [_("Choose an area.")]})
    return found


def _facts(change: AreaChange) -> dict[str, Any]:
    return {"on": change.effective_on, "source": change.document}


def _rename(change: AreaChange) -> None:
    area = _subject(change)
    before = steps.rename(area=area, name=str(change.plan.get("name", "")), **_facts(change))
    change.before = {"name": before}


def _recode(change: AreaChange) -> None:
    area = _subject(change)
    before = steps.recode(area=area, code=str(change.plan.get("code", "")), **_facts(change))
    change.before = {"code": before}


def _move(change: AreaChange) -> None:
    before = steps.move(area=_subject(change), parent=_named(change, "parent"), **_facts(change))
    change.before = {"parent": before.pk}


def _merge(change: AreaChange) -> None:
    area, heir = _subject(change), _named(change, "into")
    if heir.pk == area.pk or heir.level != area.level or not area.level:
        raise InvalidInput({"into": [_("Choose another area of the same level.")]})
    steps.standing(heir, change.effective_on, field="into")
    children = list(area.children.filter(valid_to=None))
    for child in children:
        steps.move(area=child, parent=heir, **_facts(change))
    steps.end(area=area, heir=heir, on=change.effective_on)
    change.before = {"children": [child.pk for child in children]}
    if name := clean(str(change.plan.get("name") or "")):
        change.before["heir_name"] = steps.rename(area=heir, name=name, **_facts(change))
    _succession(change, area, heir, ends=True)


def _split(change: AreaChange) -> None:
    area, plan = _subject(change), change.plan
    if area.parent is None:
        raise InvalidInput({"effective_on": [_("The city itself is not split.")]})
    children = steps.children_named(area, [int(key) for key in plan.get("children") or []])
    made = steps.found(
        parent=area.parent,
        code=str(plan.get("code", "")),
        name=str(plan.get("name", "")),
        kind=str(plan.get("kind") or area.kind),
        level=area.level,
        on=change.effective_on,
    )
    for child in children:
        steps.move(area=child, parent=made, **_facts(change))
    change.before = {"made": made.pk}
    _succession(change, area, made, ends=False)


def _found(change: AreaChange) -> None:
    parent, plan = _subject(change), change.plan
    level = int(plan.get("level") or parent.level + 1)
    if not parent.level < level <= 3:
        raise InvalidInput({"kind": [_("An area lies in one of a higher level. Choose another.")]})
    made = steps.found(
        parent=parent,
        code=str(plan.get("code", "")),
        name=str(plan.get("name", "")),
        kind=str(plan.get("kind", "")),
        level=level,
        on=change.effective_on,
    )
    change.before = {"made": made.pk}


def _dissolve(change: AreaChange) -> None:
    area = _subject(change)
    if area.parent is None:
        raise InvalidInput({"effective_on": [_("The city itself is not dissolved.")]})
    own = Area.objects.within(area).values("pk")
    placed: Iterable[Any] = placed_models()
    if any(model._base_manager.filter(area_id__in=own).exists() for model in placed):
        raise InvalidInput(
            {"effective_on": [_("Rows lie in it still. Merge it into the area that takes them.")]}
        )
    steps.end(area=area, heir=None, on=change.effective_on)
    change.before = {"heir": None}


def _restore(change: AreaChange) -> None:
    area = Area.objects.select_related("parent", "successor").get(pk=change.area_id)
    heir, wanted = area.successor, change.plan.get("children") or []
    steps.restore(area=area, on=change.effective_on, source=change.document)
    if heir is not None:
        # Only those that lie in the heir still: what moved on since stays where it is.
        for child in Area.objects.filter(pk__in=wanted, parent=heir, valid_to=None):
            steps.move(area=child, parent=area, **_facts(change))
        if name := clean(str(change.plan.get("heir_name") or "")):
            steps.rename(area=heir, name=name, **_facts(change))
        _succession(change, heir, area, ends=False)
    change.before = {"heir": heir.pk if heir else None}


def _succession(change: AreaChange, before: Area, after: Area, *, ends: bool) -> None:
    AreaSuccession.objects.create(change=change, before=before, after=after, ends=ends)


_MAKERS: dict[Kind, Callable[[AreaChange], None]] = {
    Kind.RENAMED: _rename,
    Kind.RECODED: _recode,
    Kind.MOVED: _move,
    Kind.MERGED: _merge,
    Kind.SPLIT: _split,
    Kind.FOUNDED: _found,
    Kind.DISSOLVED: _dissolve,
    Kind.RESTORED: _restore,
}
