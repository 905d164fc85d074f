"""What the services of contracts and filings share: words of the journal, facts, people told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.access.models import Post
from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.ports import MESSENGER
from anju.core.time import day_end, legal_day
from anju.flow.services import move_make, task_open
from anju.flow.states import Words
from anju.reference.models import Area
from anju.reference.queries import working_calendar
from anju.reference.rules.working_days import add_working_days
from anju.registry.models import Company
from anju.registry.rules import mask_name

from .. import queries
from ..figures import DECIDE_DAYS
from ..models import OutOfTownFiling, ServiceContract
from ..states import CONTRACT_FLOW, FILING_FLOW

DRAFTED = journal.declare("contracts.contract_draft", _("Drafted a service contract"))
CHANGED = journal.declare("contracts.contract_change", _("Changed a draft contract"))
MOVES = {
    "submit": journal.declare("contracts.contract_submit", _("Submitted a contract for filing")),
    "file": journal.declare("contracts.contract_file", _("Filed a contract")),
    "return": journal.declare("contracts.contract_return", _("Returned a contract")),
    "withdraw": journal.declare("contracts.contract_withdraw", _("Withdrew a contract")),
    "end": journal.declare("contracts.contract_end", _("Ended a contract at its term")),
    "notice": journal.declare(
        "contracts.contract_notice", _("Recorded that a contract will end early")
    ),
    "terminate": journal.declare("contracts.contract_terminate", _("Ended a contract early")),
}
WARNED = journal.declare("contracts.contract_warn", _("Warned that a contract ends"))
FILING_SUBMITTED = journal.declare("contracts.filing_submit", _("Submitted an out-of-town filing"))
FILING_MOVES = {
    "resubmit": journal.declare("contracts.filing_resubmit", _("Submitted a filing again")),
    "file": journal.declare("contracts.filing_file", _("Filed a company from out of town")),
    "return": journal.declare("contracts.filing_return", _("Returned an out-of-town filing")),
    "expire": journal.declare("contracts.filing_expire", _("Ended an out-of-town filing at term")),
    "lapse": journal.declare("contracts.filing_lapse", _("Let an out-of-town filing lapse")),
}
FILING_WARNED = journal.declare("contracts.filing_warn", _("Warned that a filing ends"))

Facts = Mapping[str, Any]


def contract_facts(contract: ServiceContract) -> dict[str, Any]:
    """Every fact of a contract as the journal keeps it; days as text, fees in fen."""
    facts: dict[str, Any] = {
        "number": contract.number,
        "kind": contract.kind,
        "management_area": contract.management_area_id,
        "company": contract.company_id,
        "project": contract.project_id,
        "client_name": contract.client_name,
        "grade": contract.grade,
        "starts_on": str(contract.period.lower),
        "ends_on": str(contract.period.upper - timedelta(days=1)),
        "signed_on": str(contract.signed_on),
        "filing_due_on": str(contract.filing_due_on),
        "filing_number": contract.filing_number,
        "state": str(contract.state),
        "ended_on": _day(contract.ended_on),
        "end_reason": contract.end_reason,
    }
    return facts | {f"fee_{f.unit_kind}": f.fee_fen for f in contract.fees.order_by("unit_kind")}


def filing_facts(filing: OutOfTownFiling) -> dict[str, Any]:
    """Every fact of a filing as the journal keeps it; the person in charge is masked."""
    return {
        "company": filing.company_id,
        "number": filing.number,
        "office_address": filing.office_address,
        "contact_name": mask_name(filing.contact_name),
        "contact_phone": filing.contact_phone,
        "valid_from": str(filing.valid_from),
        "valid_to": str(filing.valid_to),
        "ended_on": _day(filing.ended_on),
        "renews": filing.renews_id,
        "state": str(filing.state),
    }


def _day(day: date | None) -> str | None:
    return str(day) if day else None


def changes(before: Facts, after: Facts) -> dict[str, list[Any]]:
    """Field → [before, after] of every fact that differs."""
    names = [*after, *(name for name in before if name not in after)]
    return {
        name: [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }


def contract_move(
    *,
    actor: Actor,
    at: datetime,
    contract: ServiceContract,
    name: str,
    reason: str = "",
    sets: Mapping[str, Any] | None = None,
) -> ServiceContract:
    """Make a move of a contract and journal it with every fact it changes."""
    before = contract_facts(contract)
    contract = move_make(
        actor=actor, at=at, flow=CONTRACT_FLOW, subject=contract, name=name, reason=reason,
        sets=sets,
    )  # fmt: skip
    journal.record(
        actor=actor, action=MOVES[name], target=contract, at=at, reason=reason.strip(),
        changes=changes(before, contract_facts(contract)),
    )  # fmt: skip
    return contract


def filing_move(
    *,
    actor: Actor,
    at: datetime,
    filing: OutOfTownFiling,
    name: str,
    reason: str = "",
    before: Facts | None = None,
    sets: Mapping[str, Any] | None = None,
) -> OutOfTownFiling:
    """Make a move of a filing and journal it with every fact it changes."""
    before = filing_facts(filing) if before is None else before
    filing = move_make(
        actor=actor, at=at, flow=FILING_FLOW, subject=filing, name=name, reason=reason, sets=sets
    )
    journal.record(
        actor=actor, action=FILING_MOVES[name], target=filing, at=at, reason=reason.strip(),
        changes=changes(before, filing_facts(filing)),
    )  # fmt: skip
    return filing


def said(reason: str) -> str:
    """The reason, cleaned of blanks.

    Raises:
        InvalidInput: none was given.
    """
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why.")]})
    return reason.strip()


def decide_by(area: Area, at: datetime) -> datetime:
    """When the office must have filed or returned: working days after today (article 201)."""
    day = legal_day(at)
    days = queries.figure(DECIDE_DAYS, day, area=area).values[0]
    return add_working_days(day, days, working_calendar()).ends_at


def mend_by(due_on: date, area: Area, at: datetime) -> datetime:
    """When a returned paper must come again: its own due day, or some working days when late."""
    return day_end(due_on) if due_on >= legal_day(at) else decide_by(area, at)


def company_task(
    *,
    actor: Actor,
    at: datetime,
    subject: ServiceContract | OutOfTownFiling,
    kind: str,
    title: Words,
    due_at: datetime,
) -> None:
    """Open a to-do of the company; a company without an account of its own gets none."""
    company = subject.company
    if company is None or company.organisation is None:
        return
    task_open(
        actor=actor, at=at, kind=kind, title=title, subject=subject, link=link_of(subject),
        role=Role.COMPANY_ADMIN, area=subject.area, organisation=company.organisation,
        due_at=due_at,
    )  # fmt: skip


def link_of(subject: ServiceContract | OutOfTownFiling) -> str:
    """The page of a contract or filing."""
    folder = "contracts" if isinstance(subject, ServiceContract) else "filings"
    return f"/{folder}/{subject.pk}/"


def company_told(company: Company | None, template: str, at: datetime, /, **values: Any) -> None:
    """Put a message in the inbox of everybody who administers the company today."""
    if company is not None and company.organisation_id is not None:
        _tell(
            template, values, at, role=Role.COMPANY_ADMIN, organisation_id=company.organisation_id
        )


def office_told(area: Area | None, template: str, at: datetime, /, **values: Any) -> None:
    """Put a message in the inbox of the clerks of a district."""
    if area is not None:
        _tell(template, values, at, role=Role.DISTRICT_CLERK, area_id=area.pk)


def desk_told(template: str, at: datetime, /, **values: Any) -> None:
    """Put a message in the inbox of who decides filings for the whole city."""
    _tell(template, values, at, role=Role.DESK_CONFIRMER)


def _tell(template: str, values: dict[str, Any], at: datetime, **whose: Any) -> None:
    people = (
        Post.objects.valid_on(legal_day(at))
        .filter(user__is_active=True, **whose)
        .values_list("user_id", "user__language")
        .distinct()
        .order_by("user_id")
    )
    for user_id, language in people:
        MESSENGER.get()(
            channel="inapp", to=str(user_id), template=template, values=values, language=language
        )
