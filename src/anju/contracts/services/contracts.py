"""Writes of contracts: draft, change, submit, file, return, withdraw, end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, Refused, Sentence
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.files.services import files_freeze, files_store
from anju.flow.services import task_open, tasks_close
from anju.flow.states import Words
from anju.reference.models import Area
from anju.reference.queries import working_calendar
from anju.registry.models import Company, ManagementArea, Project
from anju.registry.policies import COMPANY_CONTRACTABLE
from anju.registry.services import project_end, project_start
from anju.registry.services.base import locked, told

from .. import policies, queries, rules
from ..figures import FILING_DAYS, GRADES
from ..models import ContractFee, ServiceContract
from ..purposes import COPY
from ..states import ContractKind, ContractState
from .base import (
    CHANGED,
    DRAFTED,
    changes,
    company_task,
    company_told,
    contract_facts,
    contract_move,
    decide_by,
    link_of,
    mend_by,
    office_told,
    said,
)


def _term(starts_on: date, ends_on: date) -> DateRange:
    if ends_on < starts_on:
        raise InvalidInput(
            {"ends_on": [_("The term ends before it begins. Change one of the days.")]}
        )
    return DateRange(starts_on, ends_on + timedelta(days=1))


def _check_terms(
    *, kind: str, company: Company | None, signed_on: date, grade: int, area: Area, at: datetime
) -> None:
    errors: dict[str, list[Sentence]] = {}
    if kind == ContractKind.SELF_MANAGED and company is not None:
        errors["company"] = [_("Self-management has no property company. Leave it empty.")]
    if kind != ContractKind.SELF_MANAGED:
        if company is None:
            errors["company"] = [_("Name the property company.")]
        else:
            reasons = COMPANY_CONTRACTABLE.reasons(company=company, on=signed_on)
            if reasons:
                errors["company"] = [denied.reason for denied in reasons]
    if signed_on > legal_day(at):
        errors["signed_on"] = [_("The day of signing lies in the future.")]
    grades = queries.figure(GRADES, signed_on, area=area).values
    if grade not in grades:
        told_grades = ", ".join(str(one) for one in grades)
        errors["grade"] = [_("Choose one of the grades: %(grades)s.") % {"grades": told_grades}]
    if errors:
        raise InvalidInput(errors)


def _may_still_be_contracted(contract: ServiceContract, at: datetime) -> None:
    """Ask the gate for the day of signing and for today: much may have changed since the draft."""
    if contract.company is None:
        return
    for day in (contract.signed_on, legal_day(at)):
        COMPANY_CONTRACTABLE.ask(company=contract.company, on=day).require()


def _filing_due_on(signed_on: date, area: Area) -> date:
    days = queries.figure(FILING_DAYS, signed_on, area=area).values[0]
    return rules.filing_due_on(signed_on, days, working_calendar())


def _write_fees(contract: ServiceContract, fees: Mapping[str, int]) -> None:
    if contract.kind != ContractKind.SELF_MANAGED and not fees:
        raise InvalidInput({"fees": [_("Give the fee of at least one kind of unit.")]})
    on_file = {fee.unit_kind: fee for fee in contract.fees.all()}
    for unit_kind in set(on_file) - set(fees):
        on_file[unit_kind].delete()
    for unit_kind, fee_fen in fees.items():
        fee = on_file.get(unit_kind) or ContractFee(contract=contract, unit_kind=unit_kind)
        if fee.fee_fen != fee_fen:
            fee.fee_fen = fee_fen
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
    copies: Sequence[UploadedFile] = (),
) -> ServiceContract:
    """Draft a contract; ``fees`` is unit kind → fen per m² and month, ``copies`` its signed copy.

    Raises:
        Refused: the post or company may not.
        InvalidInput: a field is wrong, or the company may not be contracted (every reason told).
    """
    policies.may_draft(actor, company=company, management_area=management_area).require()
    area = management_area.area
    _check_terms(kind=kind, company=company, signed_on=signed_on, grade=grade, area=area, at=at)
    if ServiceContract.objects.filter(number=number).exists():
        raise InvalidInput({"number": [_("This contract number is taken.")]})
    contract = ServiceContract(
        number=number,
        kind=kind,
        management_area=management_area,
        area=area,
        company=company,
        project=project,
        client_name=client_name,
        grade=grade,
        period=_term(starts_on, ends_on),
        signed_on=signed_on,
        filing_due_on=_filing_due_on(signed_on, area),
        drafted_by_id=actor.user_id,
    )
    with told():
        contract.save()
        contract.refresh_from_db()  # the place is filled by trigger
        _write_fees(contract, fees)
    journal.record(
        actor=actor, action=DRAFTED, target=contract, at=at,
        changes=changes({}, contract_facts(contract)),
    )  # fmt: skip
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
    contract = locked(contract)
    policies.may_change(actor, contract).require()
    _check_terms(
        kind=contract.kind, company=contract.company, signed_on=signed_on, grade=grade,
        area=contract.area, at=at,
    )  # fmt: skip
    before = contract_facts(contract)
    contract.client_name = client_name
    contract.grade = grade
    contract.period = _term(starts_on, ends_on)
    contract.signed_on = signed_on
    contract.filing_due_on = _filing_due_on(signed_on, contract.area)
    with told():
        contract.save()
        _write_fees(contract, fees)
    journal.record(
        actor=actor, action=CHANGED, target=contract, at=at,
        changes=changes(before, contract_facts(contract)),
    )  # fmt: skip
    files_store(actor=actor, uploads=copies, purpose=COPY, owner=contract, at=at, field="copies")
    return contract


@service
def contract_submit(*, actor: Actor, at: datetime, contract: ServiceContract) -> ServiceContract:
    """Submit for filing; the district's clerk gets a to-do.

    Raises:
        Refused: not the party, or not a draft; the company may no longer be contracted.
    """
    policies.may_submit(actor, contract).require()
    _may_still_be_contracted(contract, at)
    contract = contract_move(
        actor=actor, at=at, contract=contract, name="submit", sets={"submitted_at": at}
    )
    tasks_close(actor=actor, at=at, subject=contract, kinds=["contracts.mend"])
    task_open(
        actor=actor,
        at=at,
        kind="contracts.file",
        title=Words(gettext_noop("File contract %(number)s"), number=contract.number),
        subject=contract,
        link=link_of(contract),
        role=Role.DISTRICT_CLERK,
        area=contract.district or contract.area,
        due_at=decide_by(contract.area, at),
    )
    return contract


@service
def contract_file(
    *,
    actor: Actor,
    at: datetime,
    contract: ServiceContract,
    filing_number: str,
    project_code: str = "",
    fees_confirmed: bool = False,
) -> ServiceContract:
    """File a submitted contract under a number; another person than the drafter.

    The company serves the area already, or ``project_code`` names the project that starts with
    the term. Fees that differ from the project's must be confirmed. A pre-stage contract of the
    area ends the day before an assembly's contract takes effect (Civil Code art. 940).

    Raises:
        Refused: the post, the state, the gate, or another filed contract stands against it.
        InvalidInput: the number is empty or taken; no project; fees differ and nobody confirmed.
        Conflict: another company serves the area, or another contract was filed meanwhile.
    """
    policies.may_file(actor, contract).require()
    _may_still_be_contracted(contract, at)
    filing_number = filing_number.strip()
    if not filing_number:
        raise InvalidInput({"filing_number": [_("Give the filing number.")]})
    if ServiceContract.objects.filter(filing_number=filing_number).exists():
        raise InvalidInput({"filing_number": [_("This filing number is taken.")]})
    locked(contract.management_area)  # one filing after the other within an area
    if contract.kind == ContractKind.ASSEMBLY:
        _end_pre_stage(actor=actor, at=at, successor=contract)
    clash = queries.contract_against(contract)
    if clash is not None:
        raise Refused(
            _("Contract %(number)s is in force for this management area. End it first.")
            % {"number": clash.number}
        )
    sets = {
        "filing_number": filing_number,
        "filed_at": at,
        "project": _project(
            actor=actor, at=at, contract=contract, code=project_code, confirmed=fees_confirmed
        ),
    }
    with told():
        contract = contract_move(actor=actor, at=at, contract=contract, name="file", sets=sets)
    tasks_close(actor=actor, at=at, subject=contract, kinds=["contracts.file"])
    for old in queries.contracts_before(contract):  # it is renewed or succeeded: no longer pressing
        tasks_close(actor=actor, at=at, subject=old, kinds=["contracts.ending"])
    company_told(
        contract.company, "contracts.contract_filed", at, number=contract.number,
        place=contract.management_area.name, filing=filing_number, link=link_of(contract),
    )  # fmt: skip
    files_freeze(actor=actor, owner=contract, at=at)
    return contract


def _project(
    *, actor: Actor, at: datetime, contract: ServiceContract, code: str, confirmed: bool
) -> Project | None:
    """The project the contract is for: the company's own of the area, or a new one."""
    if contract.company is None:
        return None
    project = queries.project_of(contract)
    if project is None:
        if not code.strip():
            raise InvalidInput({"project_code": [_(
                "The company does not serve this area yet. Give the code of the project that"
                " starts with this contract."
            )]})  # fmt: skip
        return project_start(
            actor=actor, management_area=contract.management_area, company=contract.company,
            code=code, from_day=contract.period.lower, at=at,
            fees={fee.unit_kind: fee.fee_fen for fee in contract.fees.all()},
        )  # fmt: skip
    if not confirmed and queries.fees_apart(contract, project, today=legal_day(at)):
        raise InvalidInput({"fees_confirmed": [_(
            "The fees of the contract differ from those of the project. Compare them and confirm,"
            " or return the contract."
        )]})  # fmt: skip
    return project


def _end_pre_stage(*, actor: Actor, at: datetime, successor: ServiceContract) -> None:
    starts_on = successor.period.lower
    last_day = starts_on - timedelta(days=1)
    reason = "Civil Code art. 940"
    for old in (
        ServiceContract.objects.select_for_update(of=("self",))
        .running()
        .filter(
            management_area=successor.management_area,
            kind=ContractKind.PRE_STAGE,
            period__overlap=successor.period,
        )
        .order_by("pk")
    ):
        if old.period.lower >= starts_on:
            continue  # not older than the successor: a person must look
        _end_early(actor=actor, at=at, contract=old, ended_on=last_day, reason=reason)
        served = queries.project_of(old)
        if served is not None and served.company_id != successor.company_id:
            project_end(actor=actor, project=served, on_day=starts_on, reason=reason, at=at)


def _end_early(
    *, actor: Actor, at: datetime, contract: ServiceContract, ended_on: date, reason: str
) -> ServiceContract:
    """Cut the term; a contract whose last day is still to come stays in force until then."""
    name = "notice" if ended_on >= legal_day(at) else "terminate"
    contract = contract_move(
        actor=actor,
        at=at,
        contract=contract,
        name=name,
        reason=reason,
        sets={
            "ended_on": ended_on,
            "end_reason": reason.strip(),
            "period": DateRange(contract.period.lower, ended_on + timedelta(days=1)),
        },
    )
    tasks_close(actor=actor, at=at, subject=contract)
    values = {
        "number": contract.number, "place": contract.management_area.name, "day": ended_on,
        "reason": reason.strip(), "link": link_of(contract),
    }  # fmt: skip
    company_told(contract.company, "contracts.contract_notice", at, **values)
    office_told(contract.district, "contracts.contract_notice", at, **values)
    return contract


@service
def contract_return(
    *, actor: Actor, at: datetime, contract: ServiceContract, reason: str
) -> ServiceContract:
    """Send a submitted contract back with the reason; the company is told and gets a to-do.

    Raises:
        Refused: the post or the state. InvalidInput: no reason.
    """
    policies.may_file(actor, contract).require()
    contract = contract_move(
        actor=actor, at=at, contract=contract, name="return", reason=said(reason)
    )
    tasks_close(actor=actor, at=at, subject=contract, kinds=["contracts.file"])
    company_task(
        actor=actor,
        at=at,
        subject=contract,
        kind="contracts.mend",
        title=Words(gettext_noop("Mend the returned contract %(number)s"), number=contract.number),
        due_at=mend_by(contract.filing_due_on, contract.area, at),
    )
    company_told(
        contract.company, "contracts.contract_returned", at, number=contract.number,
        reason=reason.strip(), link=link_of(contract),
    )  # fmt: skip
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
    contract = contract_move(
        actor=actor, at=at, contract=contract, name="withdraw", reason=said(reason)
    )
    tasks_close(actor=actor, at=at, subject=contract)
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
    """End a filed contract on a day of its term; ``ended_on`` is the last day of service.

    An early end needs a reason. A day still to come is recorded now, and the contract is in force
    until then.

    Raises:
        Refused: the post or the state.
        InvalidInput: an early end without a reason, a day outside the term, or the last day of a
            term that still runs: it ends by itself.
    """
    contract = locked(contract)
    policies.may_end(actor, contract).require()
    last_day = contract.period.upper - timedelta(days=1)
    if not contract.period.lower <= ended_on <= last_day:
        raise InvalidInput({"ended_on": [_("The day lies outside the contract's term.")]})
    if ended_on < last_day:
        return _end_early(
            actor=actor, at=at, contract=contract, ended_on=ended_on, reason=said(reason)
        )
    if ended_on >= legal_day(at):
        raise InvalidInput({"ended_on": [_("The contract ends by itself on that day.")]})
    return close_at_term(actor=actor, at=at, contract=contract, reason=reason)


def close_at_term(
    *, actor: Actor, at: datetime, contract: ServiceContract, reason: str = ""
) -> ServiceContract:
    """The move a contract makes when its last day has passed, planned or not."""
    last_day = contract.period.upper - timedelta(days=1)
    planned = contract.state == ContractState.ENDING
    contract = contract_move(
        actor=actor,
        at=at,
        contract=contract,
        name="terminate" if planned else "end",
        reason=contract.end_reason if planned else reason,
        sets={
            "ended_on": last_day,
            "end_reason": contract.end_reason if planned else reason.strip(),
        },
    )
    tasks_close(actor=actor, at=at, subject=contract)
    values = {
        "number": contract.number, "place": contract.management_area.name, "day": last_day,
        "link": link_of(contract),
    }  # fmt: skip
    company_told(contract.company, "contracts.contract_over", at, **values)
    office_told(contract.district, "contracts.contract_over", at, **values)
    return contract
