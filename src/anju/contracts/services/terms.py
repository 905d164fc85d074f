"""What a new day does to terms: ends them, and warns before they end. Only the clock comes here."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Refused
from anju.core.time import day_end, legal_day
from anju.core.transactions import service
from anju.flow.services import task_open, tasks_close
from anju.flow.states import Words
from anju.registry.services.base import locked

from .. import policies, queries, rules
from ..models import RUNNING, EndWarning, OutOfTownFiling, ServiceContract
from ..states import FilingState
from .base import (
    FILING_WARNED,
    WARNED,
    company_task,
    company_told,
    desk_told,
    filing_move,
    link_of,
    office_told,
)
from .contracts import close_at_term


@service
def contract_term_end(*, actor: Actor, at: datetime, contract: ServiceContract) -> ServiceContract:
    """End a contract whose last day has passed; safe to repeat.

    Raises:
        Refused: somebody else than the clock calls, or the last day has not passed.
    """
    policies.may_turn_day(actor).require()
    contract = locked(contract)
    if contract.state not in RUNNING:
        return contract
    if legal_day(at) < contract.period.upper:
        raise Refused(_("The term runs until the end of its last day."))
    return close_at_term(actor=actor, at=at, contract=contract)


@service
def contract_end_warn(*, actor: Actor, at: datetime, contract: ServiceContract) -> int | None:
    """Warn the company and the district that a contract ends; returns the days of the warning.

    Each warning is given once; those missed while nothing ran are not made up for. None when
    there is nothing new to say.
    """
    policies.may_turn_day(actor).require()
    contract = locked(contract)
    last_day = contract.period.upper - timedelta(days=1)
    today = legal_day(at)
    position = queries.contract_term(contract, today=today)
    if contract.state not in RUNNING or position.warning_days is None:
        return None
    if queries.contract_after(contract) is not None:
        return None  # renewed or succeeded
    warning, new = EndWarning.objects.get_or_create(
        contract=contract,
        days=position.warning_days,
        ends_on=last_day,
        defaults={"warned_at": at},
    )
    if not new:
        return None
    title = Words(
        gettext_noop("Contract %(number)s ends on %(day)s: renew or hand over"),
        number=contract.number,
        day=last_day,
    )
    company_task(
        actor=actor, at=at, subject=contract, kind="contracts.ending", title=title,
        due_at=day_end(_say_by(last_day, today)),
    )  # fmt: skip
    task_open(
        actor=actor, at=at, kind="contracts.ending", title=title, subject=contract,
        link=link_of(contract), role=Role.DISTRICT_CLERK,
        area=contract.district or contract.area, due_at=day_end(last_day),
    )  # fmt: skip
    values = {
        "number": contract.number, "place": contract.management_area.name, "day": last_day,
        "days": position.days_left, "link": link_of(contract),
    }  # fmt: skip
    company_told(contract.company, "contracts.contract_ending", at, **values)
    office_told(contract.district, "contracts.contract_ending", at, **values)
    journal.record(
        actor=actor, action=WARNED, target=contract, at=at,
        changes={"days": [None, warning.days], "ends_on": [None, str(last_day)]},
    )  # fmt: skip
    return warning.days


def _say_by(last_day: date, today: date) -> date:
    """Until when the company says that it will not renew; afterwards, the end itself."""
    notice = rules.renewal_notice_due_on(last_day)
    return notice if notice >= today else last_day


@service
def filing_term_end(*, actor: Actor, at: datetime, filing: OutOfTownFiling) -> OutOfTownFiling:
    """End a filing whose last day has passed; safe to repeat.

    Raises:
        Refused: somebody else than the clock calls, or the last day has not passed.
    """
    policies.may_turn_day(actor).require()
    filing = locked(filing)
    if filing.state != FilingState.FILED:
        return filing
    if legal_day(at) <= filing.valid_to:
        raise Refused(_("The term runs until the end of its last day."))
    filing = filing_move(actor=actor, at=at, filing=filing, name="expire")
    tasks_close(actor=actor, at=at, subject=filing)
    values = {
        "company": filing.company.name, "number": filing.number, "day": filing.valid_to,
        "link": link_of(filing),
    }  # fmt: skip
    company_told(filing.company, "contracts.filing_over", at, **values)
    desk_told("contracts.filing_over", at, **values)
    return filing


@service
def filing_end_warn(*, actor: Actor, at: datetime, filing: OutOfTownFiling) -> int | None:
    """Warn the company and the bureau's desk that a filing ends; as for contracts, once each.

    A filing whose renewal is on file is not warned of.
    """
    policies.may_turn_day(actor).require()
    filing = locked(filing)
    position = queries.filing_term(filing, today=legal_day(at))
    renewed = OutOfTownFiling.objects.filter(renews=filing, state=FilingState.FILED).exists()
    if filing.state != FilingState.FILED or position.warning_days is None or renewed:
        return None
    warning, new = EndWarning.objects.get_or_create(
        filing=filing,
        days=position.warning_days,
        ends_on=filing.valid_to,
        defaults={"warned_at": at},
    )
    if not new:
        return None
    title = Words(
        gettext_noop("The filing of %(name)s ends on %(day)s: renew it"),
        name=filing.company.name,
        day=filing.valid_to,
    )
    due_at = day_end(filing.valid_to)
    company_task(
        actor=actor, at=at, subject=filing, kind="contracts.filing_ending", title=title,
        due_at=due_at,
    )  # fmt: skip
    task_open(
        actor=actor, at=at, kind="contracts.filing_ending", title=title, subject=filing,
        link=link_of(filing), role=Role.DESK_CONFIRMER, area=filing.area, due_at=due_at,
    )  # fmt: skip
    values = {
        "company": filing.company.name, "number": filing.number, "day": filing.valid_to,
        "days": position.days_left, "link": link_of(filing),
    }  # fmt: skip
    company_told(filing.company, "contracts.filing_ending", at, **values)
    desk_told("contracts.filing_ending", at, **values)
    journal.record(
        actor=actor, action=FILING_WARNED, target=filing, at=at,
        changes={"days": [None, warning.days], "valid_to": [None, str(filing.valid_to)]},
    )  # fmt: skip
    return warning.days
