"""Who may draft, submit, file, return and end contracts and filings.

:func:`anju.registry.policies.may` asks for the permission and for the reach of the post.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.decisions import Allowed, Decision, Denied
from anju.registry.models import Company, ManagementArea
from anju.registry.policies import NO_RIGHT, may
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


def may_draft(
    actor: Actor, *, company: Company | None, management_area: ManagementArea
) -> Decision:
    """A company drafts its own contracts, for any area in force; officials for their place."""
    if actor.reach is not Reach.COMPANY:
        return may(actor, SUBMIT, management_area)
    if not actor.can(SUBMIT):
        return Denied(NO_RIGHT)
    if company is None or not _own(actor, company):
        return Denied(_("A company drafts only its own contracts."))
    # Areas are public; the first contract is drafted before the company serves the area.
    if not ManagementArea.objects.published().filter(pk=management_area.pk).exists():
        return Denied(_("The management area is closed."))
    return Allowed()


def _own(actor: Actor, company: Company) -> bool:
    return actor.organisation_id is not None and company.organisation_id == actor.organisation_id


def may_change(actor: Actor, contract: ServiceContract) -> Decision:
    """Drafts and returned contracts are changed by the company or at the counter of the place."""
    verdict = may(actor, SUBMIT, contract)
    if isinstance(verdict, Denied):
        return verdict
    if contract.state not in (ContractState.DRAFT, ContractState.RETURNED):
        return Denied(_("A submitted contract is not changed. Have it returned first."))
    return Allowed()


def may_submit(actor: Actor, contract: ServiceContract) -> Decision:
    """As :func:`may_change`; who drafts may submit."""
    return may_change(actor, contract)


def may_file(actor: Actor, contract: ServiceContract) -> Decision:
    """The office of the place files; never the person who drafted."""
    verdict = may(actor, FILE, contract)
    if isinstance(verdict, Denied):
        return verdict
    if contract.drafted_by_id is not None and contract.drafted_by_id == actor.user_id:
        return Denied(_("Another person must file it: you drafted this contract."))
    return Allowed()


def may_end(actor: Actor, contract: ServiceContract) -> Decision:
    """The office of the place ends a contract; the job ends it at its term."""
    return may(actor, END, contract)


def may_submit_filing(actor: Actor, company: Company) -> Decision:
    """A company files itself; officials at the counter."""
    verdict = may(actor, FILING_SUBMIT, company)
    if isinstance(verdict, Denied):
        return verdict
    if actor.reach is Reach.COMPANY and not _own(actor, company):
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
    verdict = may(actor, FILING_DECIDE, filing)
    if isinstance(verdict, Denied):
        return verdict
    if filing.submitted_by_id is not None and filing.submitted_by_id == actor.user_id:
        return Denied(_("Another person must decide it: you submitted this filing."))
    return Allowed()


def may_turn_day(actor: Actor) -> Decision:
    """Only the clock ends terms and warns of their end."""
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    return Denied(NO_RIGHT)


def has_filing(*, company: Company, on: date, **_question: object) -> Decision:
    """Check of the gate: a company from out of town needs a filing in force."""
    if not company.is_out_of_town:
        return Allowed()
    if OutOfTownFiling.objects.in_force_on(on).filter(company=company).exists():
        return Allowed()
    return Denied(
        _("The company is registered out of town and has no filing in force. Have it filed first.")
    )


def is_open(*, company: Company, **_question: object) -> Decision:
    """Check of the gate: a closed company takes no contract."""
    if company.state == CompanyState.CLOSED:
        return Denied(_("The company is closed in the register."))
    return Allowed()
