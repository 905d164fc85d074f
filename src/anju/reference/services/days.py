"""Corrections of days, published years, and deadlines counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput
from anju.core.ports import MESSENGER
from anju.core.text import clean
from anju.core.transactions import service

from .. import policies
from ..deadlines import SOURCES, MovedDeadline
from ..models import CalendarDay, CalendarYear
from ..queries import working_calendar
from ..states import DaySource

CORRECTED = journal.declare("reference.day_correct", _("Corrected a day of the calendar"))
LOADED = journal.declare("reference.year_load", _("Loaded a published year"))
RECOUNTED = journal.declare("reference.deadlines_recount", _("Counted deadlines anew"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStatement:
    """What a published document says about a day."""

    day: date
    working: bool
    name: str = ""


@service
def day_correct(
    *, actor: Actor, day: date, working: bool, reason: str, at: datetime, name: str = ""
) -> CalendarDay:
    """State that a day is or is not a working day; the earlier statement is kept.

    Raises:
        Refused: the actor may not.
        InvalidInput: no reason, or the calendar says so already.
        Conflict: somebody else changed the day meanwhile.
    """
    policies.may_correct_calendar(actor).require()
    reason, name = clean(reason), clean(name)
    if not reason:
        raise InvalidInput({"reason": [_("Write why the day is corrected.")]})
    before = CalendarDay.objects.select_for_update().filter(day=day, superseded_at=None).first()
    was = before.working if before else day.weekday() < 5
    if was == working and (before.name if before else "") == name:
        raise InvalidInput({"working": [_("The calendar says so already. Choose the other kind.")]})
    row = _state(
        actor=actor,
        at=at,
        before=before,
        statement=DayStatement(day=day, working=working, name=name),
        source=DaySource.CORRECTED,
        reason=reason,
    )
    journal.record(
        actor=actor,
        action=CORRECTED,
        at=at,
        target=row,
        reason=reason,
        changes={"working": [was, working], "name": [before.name if before else "", name]},
    )
    deadlines_recompute(actor=actor, at=at)
    return row


@service
def year_load(
    *, actor: Actor, year: int, days: Sequence[DayStatement], source_name: str, at: datetime
) -> int:
    """Load what was published for a year; returns how many statements changed.

    A statement that stands and says the same stays. What an official corrected stays too where
    the document says nothing of that day.

    Raises:
        Refused: the actor may not.
        InvalidInput: no days, a day of another year, a day twice, or no document named.
    """
    policies.may_correct_calendar(actor).require()
    source_name = clean(source_name)
    if not source_name:
        raise InvalidInput({"source_name": [_("Name the document that published the year.")]})
    if not days:
        raise InvalidInput({"file": [_("The file holds no days. Add one row for each day.")]})
    seen: set[date] = set()
    for statement in days:
        if statement.day.year != year:
            raise InvalidInput(
                {
                    "file": [
                        _("%(day)s does not lie in %(year)s. Remove the row.")
                        % {"day": statement.day, "year": year}
                    ]
                }
            )
        if statement.day in seen:
            raise InvalidInput(
                {"file": [_("%(day)s stands twice. Keep one row.") % {"day": statement.day}]}
            )
        seen.add(statement.day)
    standing = {
        row.day: row
        for row in CalendarDay.objects.select_for_update()
        .filter(day__year=year, superseded_at=None)
        .order_by("day")
    }
    changed = 0
    for statement in sorted(days, key=lambda one: one.day):
        before = standing.get(statement.day)
        if before and (before.working, before.name) == (statement.working, statement.name):
            continue
        _state(
            actor=actor,
            at=at,
            before=before,
            statement=statement,
            source=DaySource.PUBLISHED,
            source_name=source_name,
        )
        changed += 1
    for day, before in standing.items():
        # Published before and not published now: by weekday again.
        if day not in seen and before.source == DaySource.PUBLISHED:
            before.superseded_at = at
            before.save(update_fields=["superseded_at"])
            changed += 1
    row, _made = CalendarYear.objects.update_or_create(
        year=year,
        defaults={"source_name": source_name, "loaded_at": at, "loaded_by": actor.label},
    )
    journal.record(actor=actor, action=LOADED, at=at, target=row, changes={"days": [None, changed]})
    deadlines_recompute(actor=actor, at=at)
    return changed


@service
def deadlines_recompute(*, actor: Actor, at: datetime) -> list[MovedDeadline]:
    """Count every registered open deadline anew and tell those whose deadline moved.

    Raises:
        Refused: the actor may not change the calendar.
    """
    policies.may_correct_calendar(actor).require()
    calendar = working_calendar()
    moved: list[MovedDeadline] = []
    for name in sorted(SOURCES):
        moved += SOURCES[name].recompute(actor, calendar, at)
    if not moved:
        return moved
    journal.record(
        actor=actor,
        action=RECOUNTED,
        at=at,
        changes={one.label: [one.before.isoformat(), one.after.isoformat()] for one in moved[:200]},
    )
    send = MESSENGER.get()
    for one in moved:
        for user_id in one.user_ids:
            send(
                channel="inapp",
                to=str(user_id),
                template="reference.deadline_moved",
                values={
                    "label": one.label,
                    "url": one.url,
                    "before": one.before.isoformat(),
                    "after": one.after.isoformat(),
                },
            )
    return moved


def _state(
    *,
    actor: Actor,
    at: datetime,
    before: CalendarDay | None,
    statement: DayStatement,
    source: DaySource,
    source_name: str = "",
    reason: str = "",
) -> CalendarDay:
    if before is not None:
        before.superseded_at = at
        before.save(update_fields=["superseded_at"])
    try:
        with transaction.atomic():
            return CalendarDay.objects.create(
                day=statement.day,
                working=statement.working,
                name=statement.name,
                source=source,
                source_name=source_name,
                reason=reason,
                recorded_at=at,
                recorded_by=actor.name or str(actor.kind)
                if actor.kind is not ActorKind.USER
                else actor.label,
            )
    except IntegrityError as error:
        raise Conflict(
            _("Somebody else changed this day meanwhile. Load the page again.")
        ) from error
