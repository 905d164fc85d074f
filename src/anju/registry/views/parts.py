"""What a page of the register is made of: facts, parts, moves, the timeline, a past day."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.audit.queries import acts_on
from anju.core.actors import Actor
from anju.core.history import row_as_of
from anju.core.journal import ACTIONS
from anju.core.time import day_end, day_start, legal_day
from anju.documents.extracts import PROVIDERS
from anju.ui.appearance import look, stored_state
from anju.ui.templatetags.anju import instant, state_html

from ..filters import place_names
from ..models import ChangeRequest
from ..queries.asof import Step, has_names, name_on, row_steps
from ..queries.provenance import Origin, origins
from ..states import ChangeState
from ..tables.cells import link
from ..words import action_words, field_words, value_words

ISSUE = perm("documents:paper_issue")
SHOWN = 200  # rows of a part; the whole is a list of its own
NEAR_SECONDS = 2.0  # an act and the change of the row it made
ENTERED = {
    "registry.community_register",
    "registry.company_register",
    "registry.person_register",
    "registry.manager_register",
    "registry.building_add",
    "registry.unit_add",
    "registry.area_delimit",
    "registry.project_start",
}
_USER = re.compile(r"^user:\d{1,18}(/|$)")
SILENT = {
    "organisation_id",
    "district_id",
    "subdistrict_id",
    "committee_id",
    "outline",
    "created_at",
    "area_source",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; ``now`` is today's value where a past day's differs.

    ``field`` is the column it comes from; ``origin`` says who gave its value, and as of when.
    """

    label: str | Promise
    value: Any
    href: str = ""
    now: Any = ""
    field: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a part's table."""

    text: Any
    href: str = ""
    num: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A table below the facts."""

    key: str
    title: str
    heads: Sequence[Any]  # words, or (words, "num")
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    empty: str = ""
    links: Sequence[tuple[str, str]] = ()

    @property
    def columns(self) -> list[tuple[str, bool]]:
        return [(h[0], True) if isinstance(h, tuple) else (str(h), False) for h in self.heads]

    @property
    def cells(self) -> list[list[tuple[str, bool, Cell]]]:
        return [
            [(words, num, cell) for (words, num), cell in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Move:
    """Something to do here: a page to go to, or why it is closed now."""

    label: str
    href: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline."""

    when: str
    words: str
    by: str = ""
    at: str = "past"
    href: str = ""
    key: str = ""  # sorts newest first


@dataclass(slots=True)
class AsOf:
    """The day a page is read for: today, or a past one by ``?on=2024-05-01``."""

    day: date
    at: datetime
    past: bool = False
    problem: str = ""
    asked: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> AsOf:
        now = timezone.now()
        today = legal_day(now)
        asked = request.GET.get("on", "").strip()[:20]
        if not asked:
            return cls(today, now)
        try:
            day = parse_date(asked)
        except ValueError:
            day = None
        if day is None or day.year < 1900:
            words = _("Write the day as year-month-day, from 1900 on. Shown is today.")
            return cls(today, now, problem=words, asked=asked)
        if day > today:
            return cls(today, now, problem=_("That day is still to come. Shown is today."))
        if day == today:
            return cls(today, now)
        return cls(day, day_end(day), past=True, asked=day.isoformat())


@dataclass(slots=True)
class Detail:
    """One page of the register."""

    title: str
    crumbs: list[tuple[str, str]]
    target: models.Model
    facts: list[Fact] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    state: SafeString | str = ""
    lead: str = ""
    answer: str = ""  # the sentence a reader came for, about today
    asof: AsOf | None = None
    early: bool = False  # the day lies before the row was entered

    @property
    def opened(self) -> list[Move]:
        return [move for move in self.moves if not move.why]

    @property
    def shut(self) -> list[Move]:
        return [move for move in self.moves if move.why]


def show(
    request: HttpRequest, detail: Detail, template: str = "registry/detail.html", **more: Any
) -> HttpResponse:
    """The page."""
    return render(request, template, {"detail": detail, **more})


def state_of(row: models.Model) -> SafeString:
    """The row's state as the head of the page prints it."""
    member = stored_state(row, "state")
    shape, tone = look(member) if isinstance(member, Enum) else ("s-open", "")
    return state_html(shape, tone, getattr(member, "label", member))


def state_cell(row: models.Model) -> Cell:
    """The row's state in a table: word, shape and tone, without ground."""
    member = stored_state(row, "state")
    shape, tone = look(member) if isinstance(member, Enum) else ("s-open", "")
    return Cell(state_html(shape, tone, getattr(member, "label", member), bare=True))


def moves(actor: Actor, target: Any, *offered: tuple[Any, str, str, str]) -> list[Move]:
    """Moves the actor's post allows: (words, URL name, permission, why it is closed or "").

    Things with a register extract get that move last.
    """
    allowed = [
        Move(str(words), "" if why else reverse(name, args=[target.pk]), why)
        for words, name, permission, why in offered
        if actor.can(permission)
    ]
    extract = target._meta.model_name
    if extract in PROVIDERS and actor.can(ISSUE):
        url = reverse("documents:extract_issue", args=[extract, target.pk])
        allowed.append(Move(_("Issue a register extract"), url, ""))
    return allowed


def compared(now: Iterable[Fact], then: Iterable[Fact]) -> list[Fact]:
    """Facts of a past day, each with today's value where it differs."""
    today = {str(fact.label): str(fact.value) for fact in now}
    return [
        replace(fact, now=today[str(fact.label)])
        if today.get(str(fact.label), str(fact.value)) != str(fact.value)
        else fact
        for fact in then
    ]


def facts_on(facts: Callable[[Any, AsOf], list[Fact]], row: Any, asof: AsOf) -> list[Fact]:
    """A row's facts on the day asked for."""
    if not asof.past:
        return _sourced(facts(row, asof), row, asof)
    today, then = AsOf(legal_day(timezone.now()), timezone.now()), known(row, asof.at)
    return compared(facts(row, today), _sourced(facts(then, asof), then, asof))


def _sourced(found: list[Fact], row: Any, asof: AsOf) -> list[Fact]:
    """Facts with their origin: the source that wrote the value, or a later change by hand."""
    came = origins(row, asof.at)
    steps = [step for step in row_steps(row) if step.at <= asof.at]
    return [
        replace(fact, origin=_origin(row, fact.field, came, steps)) if fact.field else fact
        for fact in found
    ]


def _origin(row: Any, name: str, came: dict[str, Origin], steps: list[Step]) -> str:
    source = came.get(name)
    if source is not None and str(source.value) == str(getattr(row, name, None)):
        words = {"source": source.source, "day": source.as_of.isoformat()}
        return _("%(source)s, as of %(day)s") % words
    for step in steps:
        if name in step.changes:
            return _("changed by hand on %(day)s") % {"day": legal_day(step.at).isoformat()}
    return ""


def known(row: Any, at: datetime) -> Any:
    """The row as the register held it at an instant; its first known version when it is younger."""
    columns = row_as_of(type(row), row.pk, at) or {}
    then = copy.copy(row)
    then._state = copy.copy(row._state)
    then._state.fields_cache = {}
    for one in type(row)._meta.concrete_fields:
        plain = not isinstance(one, models.BinaryField) and one.name != "period"
        if one.column in columns and plain and not isinstance(one, models.JSONField):
            setattr(then, one.attname, _python(one, columns[one.column]))
    return then


def restored(model: type[Any], columns: dict[str, Any]) -> Any:
    """A row of a table from columns read back; without its periods and documents."""
    found = model()
    for one in model._meta.concrete_fields:
        plain = not isinstance(one, (models.BinaryField, models.JSONField)) and one.name != "period"
        if one.column in columns and plain:
            setattr(found, one.attname, _python(one, columns[one.column]))
    return found


def then_of(row: Any, asof: AsOf) -> Any:
    """The row as the register held it on the day asked for; with the row's own relations."""
    if not asof.past:
        return row
    then = known(row, asof.at)
    then._state.fields_cache = dict(row._state.fields_cache)
    return then


def named(thing: Any, asof: AsOf) -> str:
    """What a thing was called on the day asked for."""
    if not asof.past:
        return str(thing.name)
    return (name_on(thing, asof.day) if has_names(thing) else None) or known(thing, asof.at).name


def first_version(row: Any, asof: AsOf) -> datetime:
    """The instant a row's parts are read for: on days before its entry, the day of its entry."""
    return max(asof.at, day_end(legal_day(row.created_at)))


def on_file(count: int) -> str:
    """How many there are, whether or not all are shown."""
    return _("%(n)s on file") % {"n": f"{count:,}"}


def all_of(count: int, address: str) -> list[tuple[str, str]]:
    """The way to the whole list, where a part shows its beginning only."""
    words = _("The first %(shown)s are shown; see all %(n)s")
    return [(words % {"shown": SHOWN, "n": f"{count:,}"}, address)] if count > SHOWN else []


def _python(one: Any, value: Any) -> Any:
    target = getattr(one, "target_field", one)
    target = getattr(target, "output_field", target) if one.generated else target
    return target.to_python(value)


def entered_later(row: Any, asof: AsOf) -> bool:
    """Whether the day lies before the row was entered in the register."""
    return asof.past and row.created_at >= asof.at


def spell(period: Any) -> str:
    """A period as people write it: 2020-01-01 to 2024-05-01, or from … on."""
    low = period.lower.isoformat() if period.lower else ""
    if period.upper is None:
        return _("from %(day)s") % {"day": low}
    return _("%(first)s to %(last)s") % {"first": low, "last": period.upper.isoformat()}


def timeline(row: Any, extra: Iterable[Event] = (), limit: int = 30) -> list[Event]:
    """What happened to a row, newest first: proposals open, acts with their reason, dated facts.

    The audit says who did what; the history of the row says which values changed with it.
    """
    steps = row_steps(row)
    acts = list(acts_on(row._meta.label_lower, row.pk, limit))
    names = _actor_names([step.actor for step in steps], [act.user_id for act in acts])
    events = list(extra)
    told: set[int] = set()
    for act in acts:
        near = [s for s in steps if abs((s.at - act.at).total_seconds()) < NEAR_SECONDS]
        told.update(id(step) for step in near)
        words = [str(ACTIONS.get(act.action, act.action)), act.reason]
        words += [_changed(step.changes) for step in near]
        by = names.get(f"user:{act.user_id}", "")
        events.append(_stamped(act.at, _(": ").join(filter(None, words)), by))
    for step in steps:
        words = _changed(step.changes)  # type: ignore[assignment]
        if words and id(step) not in told:
            events.append(_stamped(step.at, str(words), names.get(step.actor.split("/")[0], "")))
    if not any(act.action in ENTERED for act in acts):
        events.append(_stamped(row.created_at, _("Entered in the register")))
    events.sort(key=lambda event: event.key, reverse=True)
    return [*_waiting(row), *events[:limit]]


def _changed(changes: dict[str, tuple[Any, Any]]) -> str:
    return _("; ").join(
        _("%(field)s: %(before)s → %(after)s")
        % {"field": field_words(name), "before": _value(name, was), "after": _value(name, now)}
        for name, (was, now) in changes.items()
        if name not in SILENT
    )


def _stamped(at: datetime, words: str, by: str = "") -> Event:
    day, clock = instant(at).split(" ")
    return Event(day, words, " ".join(filter(None, (clock, by))), key=at.isoformat())


def dated(day: date, words: str, href: str = "") -> Event:
    """A dated fact as a line of the timeline."""
    return Event(day.isoformat(), words, href=href, key=day_start(day).isoformat())


def _value(name: str, value: Any) -> str:
    if name.endswith("_id") and isinstance(value, int):
        return place_names().get(value, str(value)) if name == "area_id" else str(value)
    return value_words(name, value)


def _waiting(row: Any) -> list[Event]:
    waiting = ChangeRequest.objects.filter(
        target_type=row._meta.label_lower, target_id=row.pk, state=ChangeState.PROPOSED
    ).select_related("proposed_by")
    return [
        Event(
            _("now"),
            _("%(change)s waits for review") % {"change": action_words(one.action)},
            one.proposed_by.full_name,
            at="now",
            href=link("registry:change", one.pk),
        )
        for one in waiting
    ]


def _actor_names(labels: Iterable[str], users: Iterable[int | None]) -> dict[str, str]:
    keys = {int(label.split("/")[0][5:]) for label in labels if _USER.match(label)}
    people = User.objects.in_bulk(keys | {key for key in users if key is not None})
    return {f"user:{pk}": user.full_name for pk, user in people.items()}
