"""Writes of out-of-town filings: submit, renew, decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, Refused
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.files.services import files_freeze, files_store
from anju.flow.services import task_open, tasks_close
from anju.flow.states import Words
from anju.reference.models import Area
from anju.reference.states import AreaLevel
from anju.registry.models import Company
from anju.registry.services.base import locked, told

from .. import policies
from ..models import OutOfTownFiling
from ..purposes import FILING_PAPERS
from ..states import BY_THE_CLOCK, FilingState
from .base import (
    FILING_SUBMITTED,
    changes,
    company_task,
    company_told,
    decide_by,
    filing_facts,
    filing_move,
    link_of,
    said,
)


@service
def filing_submit(
    *,
    actor: Actor,
    at: datetime,
    company: Company,
    office_address: str,
    contact_name: str,
    contact_phone: str,
    valid_from: date,
    valid_to: date,
    papers: Sequence[UploadedFile] = (),
) -> OutOfTownFiling:
    """Submit, or submit again after a return, the filing of a company from out of town.

    While one is on file the new one renews it and begins after its last day.

    Raises:
        Refused: the company needs none, or the post may not.
        InvalidInput: a field is wrong, or a filing waits already.
        Conflict: somebody submitted one at the same moment.
    """
    policies.may_submit_filing(actor, company).require()
    city = Area.objects.get(level=AreaLevel.CITY)
    filing = OutOfTownFiling.objects.filter(
        company=company, state=FilingState.RETURNED
    ).first() or OutOfTownFiling(company=company, area=city)
    again = filing.pk is not None
    before = filing_facts(filing) if again else {}
    filing.office_address = office_address
    filing.contact_name = contact_name
    filing.contact_phone = contact_phone
    filing.valid_from = valid_from
    filing.valid_to = valid_to
    filing.submitted_by_id = actor.user_id
    filing.submitted_at = at
    filing.renews = _renewed(company, valid_from=valid_from, valid_to=valid_to)
    with told():
        filing.save()
        filing.refresh_from_db()
    if again:
        filing_move(actor=actor, at=at, filing=filing, name="resubmit", before=before)
        tasks_close(actor=actor, at=at, subject=filing, kinds=["contracts.filing_mend"])
    else:
        journal.record(
            actor=actor, action=FILING_SUBMITTED, target=filing, at=at,
            changes=changes({}, filing_facts(filing)),
        )  # fmt: skip
    task_open(
        actor=actor,
        at=at,
        kind="contracts.filing",
        title=Words(gettext_noop("File the out-of-town company %(name)s"), name=company.name),
        subject=filing,
        link=link_of(filing),
        role=Role.DESK_CONFIRMER,
        area=city,
        due_at=decide_by(city, at),
    )
    files_store(
        actor=actor, uploads=papers, purpose=FILING_PAPERS, owner=filing, at=at, field="papers"
    )
    return filing


def _renewed(company: Company, *, valid_from: date, valid_to: date) -> OutOfTownFiling | None:
    """The filing on file that the new one follows; None when none is.

    Raises:
        InvalidInput: one waits already, or the period does not follow.
    """
    if valid_to < valid_from:
        raise InvalidInput(
            {"valid_to": [_("The filing ends before it begins. Change one of the days.")]}
        )
    filings = OutOfTownFiling.objects.filter(company=company)
    if filings.filter(state=FilingState.SUBMITTED).exists():
        raise InvalidInput(
            {"company": [_("A filing of this company waits for its decision already.")]}
        )
    last = filings.filter(state=FilingState.FILED).order_by("-valid_to").first()
    if last is None:
        return None
    if valid_from <= last.valid_to:
        first = last.valid_to + timedelta(days=1)
        raise InvalidInput(
            {
                "valid_from": [
                    _("Filing %(number)s is in force until %(day)s. Begin on %(first)s.")
                    % {"number": last.number, "day": last.valid_to, "first": first}
                ]
            }
        )
    return last


@service
def filing_decide(
    *,
    actor: Actor,
    at: datetime,
    filing: OutOfTownFiling,
    name: str,
    number: str = "",
    reason: str = "",
) -> OutOfTownFiling:
    """File, return or let lapse; ``name`` is a move of the filing's table.

    Raises:
        Refused: the post, the person or the state does not allow it.
        InvalidInput: filing without a number, or return without a reason.
        Conflict: another filing covers the period.
    """
    if name in BY_THE_CLOCK or name == "resubmit":
        raise Refused(_("This is not a decision of the office."))
    filing = locked(filing)
    policies.may_decide_filing(actor, filing).require()
    sets: dict[str, Any] = {"decided_at": at}
    if name == "file":
        sets["number"] = _number(number)
    else:
        said(reason)
    if name == "lapse" and filing.state == FilingState.FILED:
        sets["ended_on"] = min(legal_day(at) - timedelta(days=1), filing.valid_to)
    with told():
        filing = filing_move(actor=actor, at=at, filing=filing, name=name, reason=reason, sets=sets)
    tasks_close(actor=actor, at=at, subject=filing)
    _tell(actor=actor, at=at, filing=filing, name=name, reason=reason.strip())
    files_freeze(actor=actor, owner=filing, at=at)
    return filing


def _number(number: str) -> str:
    number = number.strip()
    if not number:
        raise InvalidInput({"number": [_("Give the filing number.")]})
    if OutOfTownFiling.objects.filter(number=number).exists():
        raise InvalidInput({"number": [_("This filing number is taken.")]})
    return number


def _tell(*, actor: Actor, at: datetime, filing: OutOfTownFiling, name: str, reason: str) -> None:
    values = {"company": filing.company.name, "number": filing.number, "link": link_of(filing)}
    if name == "file":
        if filing.renews is not None:  # renewed: its end is no longer pressing
            tasks_close(actor=actor, at=at, subject=filing.renews)
        company_told(
            filing.company, "contracts.filing_filed", at, first=filing.valid_from,
            day=filing.valid_to, **values,
        )  # fmt: skip
    elif name == "return":
        company_task(
            actor=actor,
            at=at,
            subject=filing,
            kind="contracts.filing_mend",
            title=Words(
                gettext_noop("Mend the returned filing of %(name)s"), name=filing.company.name
            ),
            due_at=decide_by(filing.area, at),
        )
        company_told(filing.company, "contracts.filing_returned", at, reason=reason, **values)
    elif filing.ended_on is not None:
        company_told(filing.company, "contracts.filing_over", at, day=filing.ended_on, **values)
