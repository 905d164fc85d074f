"""Moves, to-dos and publicity: every write of ``flow``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.models import Organisation, User
from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Denied
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.time import day_end, legal_day
from anju.core.transactions import service
from anju.reference.models import Area

from . import policies
from .kinds import KINDS, tell_owner
from .models import MoveMade, Objection, Publicity, Task
from .states import Flow, ObjectionState, PublicityState, TaskState, Words

M = TypeVar("M", bound=models.Model)

PUBLICITY_STARTED = journal.declare("flow.publicity_start", _("Put a notice on show"))
PUBLICITY_WITHDRAWN = journal.declare("flow.publicity_withdraw", _("Withdrew a notice"))
PUBLICITY_ENDED = journal.declare("flow.publicity_end", _("Ended the show of a notice"))
OBJECTION_RAISED = journal.declare("flow.objection_raise", _("Raised an objection"))
OBJECTION_ANSWERED = journal.declare("flow.objection_answer", _("Answered an objection"))


@service
def move_make(
    *,
    actor: Actor,
    at: datetime,
    flow: Flow,
    subject: M,
    name: str,
    reason: str = "",
    sets: Mapping[str, Any] | None = None,
) -> M:
    """Make one move of a state table on a locked row and keep it in the log.

    The caller writes its own journal row. ``sets`` names further fields of the subject that are
    written with the state in the same statement.

    Raises:
        Refused: the post, the state or the rule of two persons does not allow it.
        InvalidInput: the move needs a reason and none was given.
    """
    move = flow.move(name)
    if actor.kind is not ActorKind.SYSTEM and not actor.can(move.permission):
        raise Refused(_("Your post may not do this: %(move)s.") % {"move": move.label})
    locked = type(subject)._base_manager.select_for_update().get(pk=subject.pk)
    state: str = locked.state  # type: ignore[attr-defined]
    flow.check(state, name).require()
    if move.reason and not reason.strip():
        raise InvalidInput({"reason": [_("Say why.")]})
    made = MoveMade.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    if move.other_person:
        last = made.order_by("-id").first()
        if last is not None and last.made_by_id is not None and last.made_by_id == actor.user_id:
            raise Refused(_("Another person must do this: you made the step before."))
    MoveMade.objects.create(
        flow=flow.name,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        move=name,
        from_state=state,
        to_state=move.target,
        made_by_id=actor.user_id,
        actor=actor.label,
        made_at=at,
        reason=reason.strip(),
    )
    written = {"state": move.target, **(sets or {})}
    for field, value in written.items():
        setattr(subject, field, value)
    subject.save(update_fields=list(written))
    return subject


@service
def task_open(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    title: Words,
    subject: models.Model,
    link: str,
    role: str,
    area: Area,
    organisation: Organisation | None = None,
    user: User | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Write a to-do; when the same one is open already it is returned with the new due time."""
    task, _made = Task.objects.update_or_create(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        role=role,
        state=TaskState.OPEN,
        defaults={"due_at": due_at, "title": title.text, "values": title.values, "link": link},
        create_defaults={
            "title": title.text,
            "values": title.values,
            "link": link,
            "area": area,
            "organisation": organisation,
            "user": user,
            "opened_at": at,
            "due_at": due_at,
        },
    )
    return task


@service
def tasks_close(
    *,
    actor: Actor,
    at: datetime,
    subject: models.Model,
    kinds: Collection[str] = (),
    outcome: TaskState = TaskState.DONE,
) -> int:
    """Close the open to-dos of a thing (of some kinds, or all); returns how many."""
    tasks = Task.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, state=TaskState.OPEN
    )
    if kinds:
        tasks = tasks.filter(kind__in=kinds)
    return tasks.update(state=outcome, closed_at=at, closed_by_id=actor.user_id)


def snapshot_hash(rows: Any) -> str:
    """SHA-256 of a snapshot in canonical JSON."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@service
def publicity_start(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    title: str,
    subject: models.Model,
    rows: Any,
    area: Area,
    organiser: Organisation,
    ends_on: date,
) -> Publicity:
    """Freeze a snapshot and put it on show from today until ``ends_on`` (included).

    Raises:
        Refused: the post may not, or the kind is unknown.
        Conflict: the same is on show already.
        InvalidInput: the show would be shorter than the kind's rule asks.
    """
    policies.may_start(actor, area=area, organiser=organiser).require()
    known = KINDS.get(kind)
    if known is None:
        raise Refused(_("This kind of notice is not known."))
    starts_on = legal_day(at)
    least = starts_on + timedelta(days=known.days_min - 1)
    if ends_on < least:
        raise InvalidInput(
            {
                "ends_on": [
                    _("This notice must be on show until %(day)s at least (%(basis)s).")
                    % {"day": least.isoformat(), "basis": known.basis}
                ]
            }
        )
    about = {"subject_type": subject._meta.label_lower, "subject_id": subject.pk}
    type(subject)._base_manager.select_for_update().get(pk=subject.pk)  # one show at a time
    if Publicity.objects.filter(kind=kind, state=PublicityState.RUNNING, **about).exists():
        raise Conflict(_("This is on show already. Withdraw that notice first."))
    publicity = Publicity.objects.create(
        kind=kind,
        title=title,
        **about,
        rows=rows,
        rows_sha256=snapshot_hash(rows),
        area=area,
        organiser=organiser,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    journal.record(actor=actor, action=PUBLICITY_STARTED, target=publicity, at=at)
    return publicity


@service
def publicity_withdraw(
    *, actor: Actor, at: datetime, publicity: Publicity, reason: str
) -> Publicity:
    """Take a notice down before its end; title and reason stay visible.

    Raises:
        Refused: not the organiser, or no longer on show.
        InvalidInput: no reason.
    """
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    policies.may_withdraw(actor, publicity).require()
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why the notice is withdrawn.")]})
    publicity.state = PublicityState.WITHDRAWN
    publicity.withdrawn_reason = reason.strip()
    publicity.save(update_fields=["state", "withdrawn_reason"])
    tasks_close(actor=actor, at=at, subject=publicity, outcome=TaskState.DROPPED)
    journal.record(
        actor=actor, action=PUBLICITY_WITHDRAWN, target=publicity, at=at, reason=reason.strip()
    )
    return publicity


@service
def publicity_end(*, actor: Actor, at: datetime, publicity: Publicity) -> Publicity:
    """End a show whose last day is over and tell the owner of its kind; safe to repeat.

    Raises:
        Refused: the last day is not over, or an objection waits for its answer.
    """
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    if publicity.state != PublicityState.RUNNING:
        return publicity
    if legal_day(at) <= publicity.ends_on:
        raise Refused(_("The notice is on show until the end of its last day."))
    if publicity.objections.filter(state=ObjectionState.RECEIVED).exists():
        raise Refused(_("An objection waits for its answer; the show cannot end before."))
    publicity.state = PublicityState.ENDED
    publicity.save(update_fields=["state"])
    journal.record(actor=actor, action=PUBLICITY_ENDED, target=publicity, at=at)
    tell_owner(publicity=publicity, actor=actor, at=at)
    return publicity


@service
def objection_raise(*, actor: Actor, at: datetime, publicity: Publicity, text: str) -> Objection:
    """Object to something on show; the organiser gets a to-do.

    Raises:
        Refused: not signed in, or the show is over.
        InvalidInput: no text, or too long.
    """
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    policies.may_object(actor, publicity, today=legal_day(at)).require()
    assert actor.user_id is not None  # may_object asked for a sign-in
    text = text.strip()
    if not 1 <= len(text) <= 2000:
        raise InvalidInput({"text": [_("Write your objection in 1 to 2,000 characters.")]})
    objection = Objection.objects.create(
        publicity=publicity, raised_by_id=actor.user_id, text=text, raised_at=at
    )
    task_open(
        actor=actor,
        at=at,
        kind="flow.objection",
        title=Words(gettext_noop("Answer objections: %(title)s"), title=publicity.title),
        subject=publicity,
        link=f"/publicity/{publicity.pk}/",
        role=policies.ANSWERING_ROLE[publicity.organiser.kind],
        area=publicity.organiser.area or publicity.area,
        organisation=publicity.organiser,
        due_at=day_end(publicity.ends_on),
    )
    journal.record(actor=actor, action=OBJECTION_RAISED, target=publicity, at=at)
    return objection


@service
def objection_answer(
    *, actor: Actor, at: datetime, objection: Objection, upheld: bool, answer: str
) -> Objection:
    """Answer an objection once, in words.

    Raises:
        Refused: not the organiser, or answered already.
        InvalidInput: no words.
    """
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    verdict = policies.may_answer(actor, objection)
    if isinstance(verdict, Denied):
        verdict.require()
    if not 1 <= len(answer.strip()) <= 2000:
        raise InvalidInput({"answer": [_("Write the answer in 1 to 2,000 characters.")]})
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    objection.answer = answer.strip()
    objection.answered_by_id = actor.user_id
    objection.answered_at = at
    objection.save()
    if not objection.publicity.objections.filter(state=ObjectionState.RECEIVED).exists():
        tasks_close(actor=actor, at=at, subject=objection.publicity, kinds=["flow.objection"])
    journal.record(actor=actor, action=OBJECTION_ANSWERED, target=objection.publicity, at=at)
    return objection
