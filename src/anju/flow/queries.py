"""Reads of to-dos and publicity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from anju.core.actors import Actor
from anju.core.time import day_end, legal_day
from anju.reference.queries import working_calendar
from anju.reference.rules.working_days import WorkingCalendar, days_after
from anju.ui.deadlines import Clock, clock

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoGroup:
    """To-dos that end about the same time; each carries ``clock``, None without a deadline."""

    key: str
    words: str
    tasks: list[Task]


def todo_groups(actor: Actor, *, at: datetime, most: int = 200) -> list[TodoGroup]:
    """Open to-dos cut by deadline: overdue, today, this week, later, without one."""
    today = legal_day(at)
    week = day_end(today + timedelta(days=6 - today.weekday()))
    found: dict[str, list[Task]] = {}
    tasks = list(todos(actor).select_related("area")[:most])
    calendar = working_calendar() if any(task.due_at for task in tasks) else None
    for task in tasks:
        if task.due_at is None or calendar is None:
            key, task.clock = "undated", None
        else:
            key = "late" if task.due_at < at else "later" if task.due_at > week else "week"
            key = "today" if key == "week" and task.due_at <= day_end(today) else key
            task.clock = _clock(task, calendar, task.due_at, today)
        found.setdefault(key, []).append(task)
    words = {
        "late": _("Overdue"),
        "today": _("Due today"),
        "week": _("This week"),
        "later": _("Later"),
        "undated": _("Without a deadline"),
    }
    return [TodoGroup(key=k, words=words[k], tasks=found[k]) for k in words if k in found]


def _clock(task: Task, calendar: WorkingCalendar, due_at: datetime, today: date) -> Clock:
    # A deadline at midnight belongs to the day that ends then.
    due = legal_day(due_at - timedelta(microseconds=1))
    counted = days_after(legal_day(task.opened_at), max(due, today))
    days = [day for day in counted if calendar.is_working(day)]
    return clock(days=days, due=due, today=today, note=due.isoformat())


def todo_sentence(groups: list[TodoGroup]) -> str:
    """The day in one sentence, the most pressing first."""
    count = {group.key: len(group.tasks) for group in groups}
    if not count:
        return _("Nothing waits for this post today.")
    parts = []
    if late := count.get("late"):
        parts.append(ngettext("%(n)s is overdue", "%(n)s are overdue", late) % {"n": late})
    if today := count.get("today"):
        parts.append(ngettext("%(n)s is due today", "%(n)s are due today", today) % {"n": today})
    if week := count.get("week"):
        parts.append(ngettext("%(n)s more this week", "%(n)s more this week", week) % {"n": week})
    if rest := count.get("later", 0) + count.get("undated", 0):
        parts.append(ngettext("%(n)s has time", "%(n)s have time", rest) % {"n": rest})
    return pgettext("between clauses", ", ").join(parts) + _(".")


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
