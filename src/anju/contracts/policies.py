"""Who may draft, submit, file, return and end contracts and filings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.decisions import Allowed, Decision, Denied
from anju.registry.models import Company
from anju.registry.policies import COMPANY_CONTRACTABLE as COMPANY_CONTRACTABLE
from anju.registry.states import CompanyState

from .models import OutOfTownFiling, ServiceContract
from .states import ContractState, FilingState

VIEW = perm("contracts:contract_view")
SUBMIT = perm("contracts:contract_submit")
FILE = perm("contracts:contract_file")
END = perm("contracts:contract_end")
FILING_VIEW = perm("contracts:filing_view")
FILING_SUBMIT = perm("contracts:filing_submit")
FILING_DECIDE = perm("contracts:filing_decide")


def _is_party(actor: Actor, contract: ServiceContract) -> bool:
    if actor.reach is Reach.COMPANY:
        return (
            contract.company is not None
            and contract.company.organisation_id == actor.organisation_id
        )
    return True  # an official drafts for a self-managed area or at the counter


def may_draft(actor: Actor, *, company: Company | None) -> Decision:
    """A company drafts its own contracts; officials draft at the counter."""
    if not actor.can(SUBMIT):
        return Denied(_("Your post may not draft contracts."))
    if actor.reach is Reach.COMPANY and (
        company is None or company.organisation_id != actor.organisation_id
    ):
        return Denied(_("A company drafts only its own contracts."))
    return Allowed()


def may_change(actor: Actor, contract: ServiceContract) -> Decision:
    """Drafts and returned contracts are changed by their party."""
    if not actor.can(SUBMIT):
        return Denied(_("Your post may not change contracts."))
    if not _is_party(actor, contract):
        return Denied(_("A company changes only its own contracts."))
    if contract.state not in (ContractState.DRAFT, ContractState.RETURNED):
        return Denied(_("A submitted contract is not changed. Have it returned first."))
    return Allowed()


def may_submit(actor: Actor, contract: ServiceContract) -> Decision:
    """As :func:`may_change`; who drafts may submit."""
    return may_change(actor, contract)


def may_file(actor: Actor, contract: ServiceContract) -> Decision:
    """The office files; never the person who drafted."""
    if not actor.can(FILE):
        return Denied(_("Your post may not file contracts."))
    if contract.drafted_by_id is not None and contract.drafted_by_id == actor.user_id:
        return Denied(_("Another person must file it: you drafted this contract."))
    return Allowed()


def may_end(actor: Actor, contract: ServiceContract) -> Decision:
    """The office ends a contract; the job ends it at its term."""
    if actor.kind is ActorKind.SYSTEM or actor.can(END):
        return Allowed()
    return Denied(_("Your post may not end contracts."))


def may_submit_filing(actor: Actor, company: Company) -> Decision:
    """A company files itself; officials at the counter."""
    if not actor.can(FILING_SUBMIT):
        return Denied(_("Your post may not submit a filing."))
    if actor.reach is Reach.COMPANY and company.organisation_id != actor.organisation_id:
        return Denied(_("A company files only itself."))
    if not company.is_out_of_town:
        return Denied(_("The company is registered in this city; it needs no filing."))
    return Allowed()


def may_attach_copy(actor: Actor, contract: ServiceContract) -> Decision:
    """Who may change the contract attaches its signed copy."""
    if contract.state not in (ContractState.DRAFT, ContractState.RETURNED):
        return Denied(_("The contract was submitted: its signed copy stays as it was."))
    return may_change(actor, contract)


def may_attach_papers(actor: Actor, filing: OutOfTownFiling) -> Decision:
    """Who may submit the filing adds papers, until it is decided."""
    if filing.state not in (FilingState.SUBMITTED, FilingState.RETURNED):
        return Denied(_("The filing is decided: its papers stay as they were."))
    return may_submit_filing(actor, filing.company)


def may_decide_filing(actor: Actor, filing: OutOfTownFiling) -> Decision:
    """The bureau's desk decides; never the person who submitted."""
    if not actor.can(FILING_DECIDE):
        return Denied(_("Your post may not decide filings."))
    if filing.submitted_by_id is not None and filing.submitted_by_id == actor.user_id:
        return Denied(_("Another person must decide it: you submitted this filing."))
    return Allowed()


def has_filing(*, company: Company, on: object, **_question: object) -> Decision:
    """Check of the gate: a company from out of town needs a filing in force."""
    if not company.is_out_of_town:
        return Allowed()
    if OutOfTownFiling.objects.filter(
        company=company, state=FilingState.FILED, valid_from__lte=on, valid_to__gte=on
    ).exists():
        return Allowed()
    return Denied(
        _("The company is registered out of town and has no filing in force. Have it filed first.")
    )


def is_open(*, company: Company, **_question: object) -> Decision:
    """Check of the gate: a closed company takes no contract."""
    if company.state == CompanyState.CLOSED:
        return Denied(_("The company is closed in the register."))
    return Allowed()
