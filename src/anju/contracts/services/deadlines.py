"""The last day for filing leans on the calendar: counted anew when a year is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.time import day_end
from anju.flow.models import Task
from anju.flow.states import TaskState
from anju.reference.deadlines import DeadlineSource, MovedDeadline, ProvisionalDeadline
from anju.reference.queries import working_calendar
from anju.reference.rules.working_days import WorkingCalendar

from .. import queries, rules
from ..figures import FILING_DAYS
from ..models import ServiceContract
from ..states import ContractState
from .base import link_of

DUE_MOVED = journal.declare(
    "contracts.contract_due_move", _("Counted the last day for filing anew")
)
_OPEN = (ContractState.DRAFT, ContractState.RETURNED)


def _provisional(actor: Actor) -> Iterator[ProvisionalDeadline]:
    published = working_calendar()
    rows = queries.contracts(actor).filter(state__in=_OPEN).order_by("filing_due_on", "pk")
    for row in rows.iterator():
        if published.is_provisional(row.filing_due_on):
            yield ProvisionalDeadline(
                label=row.number,
                url=link_of(row),
                started_on=row.signed_on,
                due_on=row.filing_due_on,
            )


def _recompute(actor: Actor, calendar: WorkingCalendar, at: datetime) -> list[MovedDeadline]:
    moved = []
    rows = ServiceContract.objects.select_for_update(of=("self",)).select_related("area")
    for row in rows.filter(state__in=_OPEN).order_by("pk"):
        days = queries.figure(FILING_DAYS, row.signed_on, area=row.area).values[0]
        before, after = row.filing_due_on, rules.filing_due_on(row.signed_on, days, calendar)
        if before == after:
            continue
        row.filing_due_on = after
        row.save(update_fields=["filing_due_on"])
        Task.objects.filter(
            kind="contracts.mend",
            subject_type=row._meta.label_lower,
            subject_id=row.pk,
            state=TaskState.OPEN,
            due_at=day_end(before),
        ).update(due_at=day_end(after))
        journal.record(
            actor=actor, action=DUE_MOVED, target=row, at=at,
            changes={"filing_due_on": [str(before), str(after)]},
        )  # fmt: skip
        moved.append(
            MovedDeadline(
                label=row.number,
                url=link_of(row),
                before=before,
                after=after,
                provisional=calendar.is_provisional(after),
                user_ids=(row.drafted_by_id,) if row.drafted_by_id else (),
            )
        )
    return moved


FILING_DEADLINES = DeadlineSource(
    name="contracts.filing_due",
    label=_("Filing of service contracts"),
    provisional=_provisional,
    recompute=_recompute,
)
