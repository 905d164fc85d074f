"""Every write of contracts and filings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, Refused, Sentence
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.files.services import files_freeze, files_store
from anju.flow.services import move_make, task_open, tasks_close
from anju.reference.models import Area
from anju.reference.states import AreaLevel
from anju.registry.models import Company, ManagementArea, Project

from . import policies, rules
from .models import ContractFee, OutOfTownFiling, ServiceContract
from .purposes import COPY, FILING_PAPERS
from .states import CONTRACT_FLOW, FILING_FLOW, ContractKind, FilingState

DRAFTED = journal.declare("contracts.contract_draft", _("Drafted a service contract"))
CHANGED = journal.declare("contracts.contract_change", _("Changed a draft contract"))
MOVES = {
    "submit": journal.declare("contracts.contract_submit", _("Submitted a contract for filing")),
    "file": journal.declare("contracts.contract_file", _("Filed a contract")),
    "return": journal.declare("contracts.contract_return", _("Returned a contract")),
    "withdraw": journal.declare("contracts.contract_withdraw", _("Withdrew a contract")),
    "end": journal.declare("contracts.contract_end", _("Ended a contract at its term")),
    "terminate": journal.declare("contracts.contract_terminate", _("Ended a contract early")),
}
FILING_SUBMITTED = journal.declare("contracts.filing_submit", _("Submitted an out-of-town filing"))
FILING_MOVES = {
    "resubmit": journal.declare("contracts.filing_resubmit", _("Submitted a filing again")),
    "file": journal.declare("contracts.filing_file", _("Filed a company from out of town")),
    "return": journal.declare("contracts.filing_return", _("Returned an out-of-town filing")),
    "lapse": journal.declare("contracts.filing_lapse", _("Let an out-of-town filing lapse")),
}


def _term(starts_on: date, ends_on: date) -> DateRange:
    if ends_on < starts_on:
        raise InvalidInput(
            {"ends_on": [_("The term ends before it begins. Change one of the days.")]}
        )
    return DateRange(starts_on, ends_on + timedelta(days=1))


def _check_parties(
    *, kind: str, company: Company | None, signed_on: date, starts_on: date, at: datetime
) -> None:
    errors: dict[str, list[Sentence]] = {}
    if kind == ContractKind.SELF_MANAGED and company is not None:
        errors["company"] = [_("Self-management has no property company. Leave it empty.")]
    if kind != ContractKind.SELF_MANAGED:
        if company is None:
            errors["company"] = [_("Name the property company.")]
        else:
            reasons = policies.COMPANY_CONTRACTABLE.reasons(company=company, on=signed_on)
            if reasons:
                errors["company"] = [denied.reason for denied in reasons]
    if signed_on > legal_day(at):
        errors["signed_on"] = [_("The day of signing lies in the future.")]
    if errors:
        raise InvalidInput(errors)


def _write_fees(contract: ServiceContract, fees: Mapping[str, int]) -> None:
    if contract.kind != ContractKind.SELF_MANAGED and not fees:
        raise InvalidInput({"fees": [_("Give the fee of at least one kind of unit.")]})
    contract.fees.all().delete()
    for unit_kind, fee_fen in fees.items():
        fee = ContractFee(contract=contract, unit_kind=unit_kind, fee_fen=fee_fen)
        fee.full_clean()
        fee.save()


@service
def contract_draft(
    *,
    actor: Actor,
    at: datetime,
    number: str,
    kind: str,
    management_area: ManagementArea,
    company: Company | None,
    client_name: str,
    grade: int,
    starts_on: date,
    ends_on: date,
    signed_on: date,
    fees: Mapping[str, int],
    project: Project | None = None,
    filing_days: int = rules.FILING_DAYS_DEFAULT,
    copies: Sequence[UploadedFile] = (),
) -> ServiceContract:
    """Draft a contract; ``fees`` is unit kind → fen per m² and month, ``copies`` its signed copy.

    Raises:
        Refused: the post or company may not.
        InvalidInput: a field is wrong, or the company may not be contracted (every reason told).
    """
    policies.may_draft(actor, company=company).require()
    _check_parties(kind=kind, company=company, signed_on=signed_on, starts_on=starts_on, at=at)
    contract = ServiceContract(
        number=number,
        kind=kind,
        management_area=management_area,
        area=management_area.area,
        company=company,
        project=project,
        client_name=client_name,
        grade=grade,
        period=_term(starts_on, ends_on),
        signed_on=signed_on,
        filing_due_on=rules.filing_due_on(signed_on, filing_days),
        drafted_by_id=actor.user_id,
    )
    try:
        contract.save()
    except IntegrityError as error:
        raise InvalidInput({"number": [_("This contract number is taken.")]}) from error
    contract.refresh_from_db()  # the place is filled by trigger
    _write_fees(contract, fees)
    journal.record(actor=actor, action=DRAFTED, target=contract, at=at)
    files_store(actor=actor, uploads=copies, purpose=COPY, owner=contract, at=at, field="copies")
    return contract


@service
def contract_change(
    *,
    actor: Actor,
    at: datetime,
    contract: ServiceContract,
    client_name: str,
    grade: int,
    starts_on: date,
    ends_on: date,
    signed_on: date,
    fees: Mapping[str, int],
    copies: Sequence[UploadedFile] = (),
) -> ServiceContract:
    """Change a draft or returned contract.

    Raises:
        Refused: not the party, or already submitted.
        InvalidInput: a field is wrong.
    """
    contract = ServiceContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    policies.may_change(actor, contract).require()
    _check_parties(
        kind=contract.kind,
        company=contract.company,
        signed_on=signed_on,
        starts_on=starts_on,
        at=at,
    )
    before = {"client_name": contract.client_name, "grade": contract.grade}
    contract.client_name = client_name
    contract.grade = grade
    contract.period = _term(starts_on, ends_on)
    contract.signed_on = signed_on
    contract.filing_due_on = rules.filing_due_on(signed_on)
    contract.save()
    _write_fees(contract, fees)
    changes = {
        name: [old, getattr(contract, name)]
        for name, old in before.items()
        if old != getattr(contract, name)
    }
    journal.record(actor=actor, action=CHANGED, target=contract, at=at, changes=changes)
    files_store(actor=actor, uploads=copies, purpose=COPY, owner=contract, at=at, field="copies")
    return contract


@service
def contract_submit(*, actor: Actor, at: datetime, contract: ServiceContract) -> ServiceContract:
    """Submit for filing; the district's clerk gets a to-do.

    Raises:
        Refused: not the party, or not a draft; the company may no longer be contracted.
    """
    policies.may_submit(actor, contract).require()
    if contract.company is not None:
        policies.COMPANY_CONTRACTABLE.ask(company=contract.company, on=contract.signed_on).require()
    move_make(
        actor=actor,
        at=at,
        flow=CONTRACT_FLOW,
        subject=contract,
        name="submit",
        sets={"submitted_at": at},
    )
    task_open(
        actor=actor,
        at=at,
        kind="contracts.file",
        title=str(_("File contract %(number)s")) % {"number": contract.number},
        subject=contract,
        link=f"/contracts/{contract.pk}/",
        role=Role.DISTRICT_CLERK,
        area=contract.district or contract.area,
    )
    journal.record(actor=actor, action=MOVES["submit"], target=contract, at=at)
    return contract


@service
def contract_file(
    *, actor: Actor, at: datetime, contract: ServiceContract, filing_number: str
) -> ServiceContract:
    """File a submitted contract under a number; another person than the drafter.

    A pre-stage contract of the area still in force ends the day before an assembly's contract
    takes effect (Civil Code art. 940).

    Raises:
        Refused: the post, the state, or another filed contract stands against it.
        InvalidInput: the number is empty or taken.
    """
    policies.may_file(actor, contract).require()
    if not filing_number.strip():
        raise InvalidInput({"filing_number": [_("Give the filing number.")]})
    if ServiceContract.objects.filter(filing_number=filing_number.strip()).exists():
        raise InvalidInput({"filing_number": [_("This filing number is taken.")]})
    if contract.kind == ContractKind.ASSEMBLY:
        _end_pre_stage(actor=actor, at=at, successor=contract)
    clash = (
        ServiceContract.objects.in_force()
        .filter(management_area=contract.management_area, period__overlap=contract.period)
        .exclude(pk=contract.pk)
        .first()
    )
    if clash is not None:
        raise Refused(
            _("Contract %(number)s is in force for this management area. End it first.")
            % {"number": clash.number}
        )
    move_make(
        actor=actor,
        at=at,
        flow=CONTRACT_FLOW,
        subject=contract,
        name="file",
        sets={"filing_number": filing_number.strip(), "filed_at": at},
    )
    tasks_close(actor=actor, at=at, subject=contract, kinds=["contracts.file"])
    journal.record(
        actor=actor,
        action=MOVES["file"],
        target=contract,
        at=at,
        changes={"filing_number": [None, contract.filing_number]},
    )
    files_freeze(actor=actor, owner=contract, at=at)
    return contract


def _end_pre_stage(*, actor: Actor, at: datetime, successor: ServiceContract) -> None:
    starts_on = successor.period.lower
    for old in (
        ServiceContract.objects.select_for_update(of=("self",))
        .in_force()
        .filter(
            management_area=successor.management_area,
            kind=ContractKind.PRE_STAGE,
            period__overlap=successor.period,
        )
        .order_by("pk")
    ):
        if old.period.lower >= starts_on:
            continue  # not older than the successor: a person must look
        last_day = starts_on - timedelta(days=1)
        reason = "Civil Code art. 940"
        move_make(
            actor=actor,
            at=at,
            flow=CONTRACT_FLOW,
            subject=old,
            name="terminate",
            reason=reason,
            sets={
                "ended_on": last_day,
                "end_reason": reason,
                "period": DateRange(old.period.lower, starts_on),
            },
        )
        journal.record(actor=actor, action=MOVES["terminate"], target=old, at=at, reason=reason)


@service
def contract_return(
    *, actor: Actor, at: datetime, contract: ServiceContract, reason: str
) -> ServiceContract:
    """Send a submitted contract back with the reason.

    Raises:
        Refused: the post or the state. InvalidInput: no reason.
    """
    policies.may_file(actor, contract).require()
    move_make(
        actor=actor, at=at, flow=CONTRACT_FLOW, subject=contract, name="return", reason=reason
    )
    tasks_close(actor=actor, at=at, subject=contract, kinds=["contracts.file"])
    journal.record(actor=actor, action=MOVES["return"], target=contract, at=at, reason=reason)
    files_freeze(actor=actor, owner=contract, at=at)
    return contract


@service
def contract_withdraw(
    *, actor: Actor, at: datetime, contract: ServiceContract, reason: str
) -> ServiceContract:
    """Withdraw a draft or returned contract; it stays readable.

    Raises:
        Refused: not the party, or submitted. InvalidInput: no reason.
    """
    policies.may_change(actor, contract).require()
    move_make(
        actor=actor, at=at, flow=CONTRACT_FLOW, subject=contract, name="withdraw", reason=reason
    )
    journal.record(actor=actor, action=MOVES["withdraw"], target=contract, at=at, reason=reason)
    files_freeze(actor=actor, owner=contract, at=at)
    return contract


@service
def contract_end(
    *,
    actor: Actor,
    at: datetime,
    contract: ServiceContract,
    ended_on: date,
    reason: str = "",
) -> ServiceContract:
    """End a filed contract: at its term, or early with a reason.

    Raises:
        Refused: the post or the state.
        InvalidInput: an early end without a reason, or a day outside the term.
    """
    policies.may_end(actor, contract).require()
    last_day = contract.period.upper - timedelta(days=1)
    if not contract.period.lower <= ended_on <= last_day:
        raise InvalidInput({"ended_on": [_("The day lies outside the contract's term.")]})
    name = "end" if ended_on == last_day else "terminate"
    move_make(
        actor=actor,
        at=at,
        flow=CONTRACT_FLOW,
        subject=contract,
        name=name,
        reason=reason,
        sets={
            "ended_on": ended_on,
            "end_reason": reason.strip(),
            "period": DateRange(contract.period.lower, ended_on + timedelta(days=1)),
        },
    )
    tasks_close(actor=actor, at=at, subject=contract)
    journal.record(actor=actor, action=MOVES[name], target=contract, at=at, reason=reason.strip())
    return contract


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

    Raises:
        Refused: the company needs none, or the post may not.
        InvalidInput: a field is wrong, or a filing is open already.
    """
    policies.may_submit_filing(actor, company).require()
    city = Area.objects.get(level=AreaLevel.CITY)
    filing = OutOfTownFiling.objects.filter(
        company=company, state=FilingState.RETURNED
    ).first() or OutOfTownFiling(company=company, area=city)
    again = filing.pk is not None
    filing.office_address = office_address
    filing.contact_name = contact_name
    filing.contact_phone = contact_phone
    filing.valid_from = valid_from
    filing.valid_to = valid_to
    filing.submitted_by_id = actor.user_id
    filing.submitted_at = at
    if valid_to < valid_from:
        raise InvalidInput(
            {"valid_to": [_("The filing ends before it begins. Change one of the days.")]}
        )
    open_filings = OutOfTownFiling.objects.filter(
        company=company, state__in=[FilingState.SUBMITTED, FilingState.FILED]
    )
    if open_filings.exists():
        raise InvalidInput(
            {"company": [_("This company has a filing already. Renew or end that one.")]}
        )
    filing.save()
    if again:
        move_make(actor=actor, at=at, flow=FILING_FLOW, subject=filing, name="resubmit")
    task_open(
        actor=actor,
        at=at,
        kind="contracts.filing",
        title=str(_("File the out-of-town company %(name)s")) % {"name": company.name},
        subject=filing,
        link=f"/filings/{filing.pk}/",
        role=Role.DESK_CLERK,
        area=city,
    )
    journal.record(
        actor=actor,
        action=FILING_MOVES["resubmit"] if again else FILING_SUBMITTED,
        target=filing,
        at=at,
    )
    files_store(
        actor=actor, uploads=papers, purpose=FILING_PAPERS, owner=filing, at=at, field="papers"
    )
    return filing


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
    """
    policies.may_decide_filing(actor, filing).require()
    sets: dict[str, object] = {"decided_at": at}
    if name == "file":
        if not number.strip():
            raise InvalidInput({"number": [_("Give the filing number.")]})
        if OutOfTownFiling.objects.filter(number=number.strip()).exists():
            raise InvalidInput({"number": [_("This filing number is taken.")]})
        sets["number"] = number.strip()
    move_make(
        actor=actor, at=at, flow=FILING_FLOW, subject=filing, name=name, reason=reason, sets=sets
    )
    tasks_close(actor=actor, at=at, subject=filing)
    journal.record(
        actor=actor, action=FILING_MOVES[name], target=filing, at=at, reason=reason.strip()
    )
    files_freeze(actor=actor, owner=filing, at=at)
    return filing
