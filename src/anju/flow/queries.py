"""Reads of to-dos and publicity."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models

from anju.core.actors import Actor

from .models import MoveMade, Objection, Publicity, PublicityQuerySet, Task, TaskQuerySet
from .states import Flow, PublicityState


def todos(actor: Actor) -> TaskQuerySet:
    """Open to-dos of the actor, the most pressing first: one indexed query."""
    return (
        Task.objects.visible_to(actor)
        .open()
        .order_by(models.F("due_at").asc(nulls_last=True), "id")
    )


def todos_open(actor: Actor) -> TaskQuerySet:
    """Open to-dos, for the number in the eave of the desk."""
    return Task.objects.visible_to(actor).open()


def todo_count(actor: Actor) -> int:
    """Number of open to-dos."""
    return todos_open(actor).count()


def todo_groups(actor: Actor, *, at: datetime, day_end: datetime) -> dict[str, list[Task]]:
    """Open to-dos cut by deadline: late, today, later, no date."""
    groups: dict[str, list[Task]] = {"late": [], "today": [], "later": [], "undated": []}
    for task in todos(actor)[:200]:
        if task.due_at is None:
            groups["undated"].append(task)
        elif task.due_at < at:
            groups["late"].append(task)
        elif task.due_at <= day_end:
            groups["today"].append(task)
        else:
            groups["later"].append(task)
    return groups


def publicity_on_show(actor: Actor, *, today: date) -> PublicityQuerySet:
    """Notices on show today, those that end first on top."""
    return (
        Publicity.objects.filter(
            state=PublicityState.RUNNING, starts_on__lte=today, ends_on__gte=today
        )
        .select_related("organiser", "area")
        .order_by("ends_on", "id")
    )


def publicity_due_to_end(*, today: date) -> models.QuerySet[Publicity]:
    """Running notices whose last day is over."""
    return Publicity.objects.filter(state=PublicityState.RUNNING, ends_on__lt=today).order_by("id")


def moves_of(subject: models.Model, *, flow: Flow) -> list[MoveMade]:
    """The moves a thing has made, newest first, each with who made it and its ``label``."""
    labels = {move.name: move.label for move in flow.moves}
    made = list(
        MoveMade.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("made_by")
        .order_by("-id")
    )
    for one in made:
        one.label = labels.get(one.move, one.move)  # type: ignore[attr-defined]
    return made


def moves_offered(actor: Actor, *, flow: Flow, state: str) -> list[dict[str, Any]]:
    """Moves of a flow as buttons of a page: open ones, and closed ones with the reason."""
    offered = []
    for move in flow.moves:
        verdict = flow.check(state, move.name)
        if not actor.can(move.permission):
            continue
        offered.append(
            {"move": move, "open": bool(verdict), "reason": getattr(verdict, "reason", "")}
        )
    return offered


def publicity_past(actor: Actor, *, today: date) -> PublicityQuerySet:
    """Notices withdrawn or past their last day (also those whose objection waits), newest first."""
    return (
        Publicity.objects.exclude(state=PublicityState.RUNNING, ends_on__gte=today)
        .select_related("organiser", "area")
        .order_by("-ends_on", "-id")
    )


def objections_shown(actor: Actor, *, publicity: Publicity) -> models.QuerySet[Objection]:
    """Objections the actor may read: the organiser all of them, a person their own."""
    objections = publicity.objections.order_by("-raised_at")
    if actor.organisation_id is not None and actor.organisation_id == publicity.organiser_id:
        return objections
    if actor.user_id is None:
        return objections.none()
    return objections.filter(raised_by_id=actor.user_id)
