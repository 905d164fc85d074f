"""Pages of contracts and of filings of companies from out of town."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.core.errors import AnjuError
from anju.core.money import yuan
from anju.core.time import legal_day
from anju.files.queries import attachments
from anju.flow.queries import moves_of, moves_offered
from anju.flow.states import Flow
from anju.registry.queries import asof as past
from anju.registry.states import UnitKind
from anju.registry.tables.cells import link
from anju.registry.views.parts import AsOf, Fact, compared, entered_later, known
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, form_refuses, form_status, page
from anju.ui.templatetags.anju import instant

from . import policies, queries, rules, services
from .forms import (
    DraftForm,
    EndForm,
    FileForm,
    FilingDecisionForm,
    FilingForm,
    ReasonForm,
    TermsForm,
)
from .models import OutOfTownFiling, ServiceContract
from .states import BY_THE_CLOCK, CONTRACT_FLOW, FILING_FLOW, FilingState
from .tables import ContractList, FilingList

contract_list = list_view(ContractList, permission=policies.VIEW)
filing_list = list_view(FilingList, permission=policies.FILING_VIEW)


def _contract(request: HttpRequest, pk: int) -> ServiceContract:
    return get_object_or_404(queries.contracts(actor_of(request)), pk=pk)


def _act(form: Form, call: Callable[[], object]) -> bool:
    """Make the one call of an action page; a refusal goes beside the form's fields."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        call()
    except AnjuError as error:
        form_refuses(form, error)
        return False
    return True


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form with files is filled with: nothing on a GET."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _offered(request: HttpRequest, flow: Flow, row: Any) -> list[dict[str, Any]]:
    """Moves with a button: those of the clock have none."""
    offers = moves_offered(actor_of(request), flow=flow, state=row.state)
    return [offer for offer in offers if offer["move"].name not in {*BY_THE_CLOCK, "resubmit"}]


def _contract_facts(row: ServiceContract, asof: AsOf) -> list[Fact]:
    last_day = row.period.upper - timedelta(days=1)
    area, company = row.management_area, row.company
    facts = [
        Fact(_("Kind"), row.get_kind_display()),
        Fact(_("Management area"), past.name_on(area, asof.day) or area.name),
        Fact(
            _("Property company"),
            (past.name_on(company, asof.day) or company.name)
            if company
            else _("None: self-managed"),
            link("registry:company", company.pk) if company else "",
        ),
        Fact(
            _("Project"),
            row.project.code if row.project else "",
            link("registry:project", row.project.pk) if row.project else "",
        ),
        Fact(_("Client"), row.client_name),
        Fact(_("Service grade"), row.grade),
        Fact(_("Term"), f"{row.period.lower} – {last_day}"),
        Fact(_("Signed on"), row.signed_on.isoformat()),
        Fact(_("Filing due"), row.filing_due_on.isoformat()),
        Fact(_("Filing number"), row.filing_number or ""),
    ]
    if row.end_reason:
        facts.append(Fact(_("Reason for the end"), row.end_reason))
    return facts


def _contract_on(contract: ServiceContract, asof: AsOf) -> ServiceContract:
    """The contract as it was on file on the day asked for."""
    if not asof.past:
        return contract
    then: ServiceContract = known(contract, asof.at)
    then.period = queries.term_known(contract, asof.at)
    return then


@page(permission=policies.VIEW)
def contract_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: where it stands in its term, the moves open now, its terms and course."""
    contract = _contract(request, pk)
    today, asof = legal_day(timezone.now()), AsOf.of(request)
    now = AsOf(today, timezone.now())
    shown = _contract_on(contract, asof)
    facts = _contract_facts(shown, asof)
    fees = (
        queries.fees_known(contract, asof.at)
        if asof.past
        else [(fee.unit_kind, fee.fee_fen) for fee in contract.fees.all()]
    )
    last_day = contract.period.upper - timedelta(days=1)
    return render(
        request,
        "contracts/contract_detail.html",
        {
            "contract": contract,
            "shown": shown,
            "asof": asof,
            "early": entered_later(contract, asof),
            "facts": compared(_contract_facts(contract, now), facts) if asof.past else facts,
            "fees": [(UnitKind(kind).label, yuan(fen)) for kind, fen in fees],
            "term": queries.contract_term(contract, today=today),
            "last_day": last_day,
            "notice_due": rules.renewal_notice_due_on(last_day),
            "late_for_filing": contract.filed_at is None and contract.filing_due_on < today,
            "moves": _offered(request, CONTRACT_FLOW, contract),
            "may_change": policies.may_change(actor_of(request), contract),
            "course": moves_of(contract, flow=CONTRACT_FLOW),
            "attachments": attachments(actor_of(request), contract),
        },
    )


@page(permission=policies.SUBMIT, methods=("GET", "POST"))
def contract_create(request: HttpRequest) -> HttpResponse:
    """Draft a contract."""
    form = DraftForm(*_sent(request), actor=actor_of(request))
    made: list[ServiceContract] = []

    def draft() -> None:
        made.append(
            services.contract_draft(actor=actor_of(request), at=timezone.now(), **form.cleaned_data)
        )

    if request.method == "POST" and _act(form, draft):
        messages.success(request, _("Drafted. Submit it for filing when it is complete."))
        return redirect("contracts:contract_detail", pk=made[0].pk)
    return render(request, "contracts/contract_form.html", {"form": form}, status=form_status(form))


def _terms(contract: ServiceContract) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "client_name": contract.client_name,
        "grade": contract.grade,
        "signed_on": contract.signed_on,
        "starts_on": contract.period.lower,
        "ends_on": contract.period.upper - timedelta(days=1),
    }
    return terms | {
        f"fee_{fee.unit_kind}": yuan(fee.fee_fen).replace(",", "") for fee in contract.fees.all()
    }


@page(permission=policies.SUBMIT, methods=("GET", "POST"))
def contract_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or returned contract."""
    contract = _contract(request, pk)
    form = TermsForm(*_sent(request), initial=_terms(contract))
    if request.method == "POST" and _act(
        form,
        lambda: services.contract_change(
            actor=actor_of(request), at=timezone.now(), contract=contract, **form.cleaned_data
        ),
    ):
        messages.success(request, _("Changed."))
        return redirect("contracts:contract_detail", pk=pk)
    if request.method == "GET":
        policies.may_change(actor_of(request), contract).require()
    return render(
        request,
        "contracts/contract_form.html",
        {"form": form, "contract": contract},
        status=form_status(form),
    )


@page(permission=policies.SUBMIT, methods=("POST",))
def contract_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit a draft for filing."""
    contract = services.contract_submit(
        actor=actor_of(request), at=timezone.now(), contract=_contract(request, pk)
    )
    messages.success(request, _("Submitted. The district's office files or returns it."))
    return redirect("contracts:contract_detail", pk=contract.pk)


def _action(
    request: HttpRequest,
    pk: int,
    *,
    move: str,
    form: Form,
    call: Callable[..., ServiceContract],
    done: str,
    **more: Any,
) -> HttpResponse:
    contract = _contract(request, pk)
    if request.method == "POST" and _act(
        form,
        lambda: call(
            actor=actor_of(request), at=timezone.now(), contract=contract, **form.cleaned_data
        ),
    ):
        messages.success(request, done)
        return redirect("contracts:contract_detail", pk=pk)
    if request.method == "GET":
        CONTRACT_FLOW.check(contract.state, move).require()
    return render(
        request,
        "contracts/contract_action.html",
        {"contract": contract, "form": form, "move": CONTRACT_FLOW.move(move), **more},
        status=form_status(form),
    )


@page(permission=policies.FILE, methods=("GET", "POST"))
def contract_file(request: HttpRequest, pk: int) -> HttpResponse:
    """File a submitted contract under a number; fees that differ from the project's are shown."""
    contract = _contract(request, pk)
    project = queries.project_of(contract)
    apart = (
        queries.fees_apart(contract, project, today=legal_day(timezone.now())) if project else []
    )
    return _action(
        request,
        pk,
        move="file",
        form=FileForm(request.POST or None, contract=contract, apart=apart),
        call=services.contract_file,
        done=_("Filed. The contract is public now."),
        apart=[
            (
                one.label,
                *(
                    None if fen is None else yuan(fen)
                    for fen in (one.contract_fen, one.project_fen)
                ),
            )
            for one in apart
        ],
    )


@page(permission=policies.FILE, methods=("GET", "POST"))
def contract_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a submitted contract back with the reason."""
    return _action(
        request,
        pk,
        move="return",
        form=ReasonForm(request.POST or None),
        call=services.contract_return,
        done=_("Returned. The company reads your reason."),
    )


@page(permission=policies.SUBMIT, methods=("GET", "POST"))
def contract_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a draft or returned contract."""
    return _action(
        request,
        pk,
        move="withdraw",
        form=ReasonForm(request.POST or None),
        call=services.contract_withdraw,
        done=_("Withdrawn. It stays readable."),
    )


@page(permission=policies.END, methods=("GET", "POST"))
def contract_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a filed contract, at its term or early."""
    return _action(
        request,
        pk,
        move="terminate",
        form=EndForm(request.POST or None),
        call=services.contract_end,
        done=_("Ended."),
    )


def _filing(request: HttpRequest, pk: int) -> OutOfTownFiling:
    return get_object_or_404(queries.filings(actor_of(request)), pk=pk)


def _filing_facts(row: OutOfTownFiling, asof: AsOf) -> list[Fact]:
    company = row.company
    facts = [
        Fact(
            _("Property company"),
            past.name_on(company, asof.day) or company.name,
            link("registry:company", company.pk),
        ),
        Fact(_("Unified social credit code"), company.code),
        Fact(_("Filing number"), row.number or ""),
        Fact(_("Office in the city"), row.office_address),
        Fact(_("Person in charge here"), row.contact_name),
        Fact(_("Office telephone"), row.contact_phone),
        Fact(_("Period"), f"{row.valid_from} – {row.valid_to}"),
        Fact(_("Submitted"), instant(row.submitted_at)),
    ]
    if row.renews is not None:
        facts.append(
            Fact(_("Renews"), row.renews.number, link("contracts:filing_detail", row.renews.pk))
        )
    if row.ended_on is not None:
        facts.append(Fact(_("Last day in force"), row.ended_on.isoformat()))
    return facts


@page(permission=policies.FILING_VIEW)
def filing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One filing of a company from out of town."""
    filing = _filing(request, pk)
    today, asof = legal_day(timezone.now()), AsOf.of(request)
    shown: OutOfTownFiling = known(filing, asof.at) if asof.past else filing
    facts = _filing_facts(shown, asof)
    now = AsOf(today, timezone.now())
    return render(
        request,
        "contracts/filing_detail.html",
        {
            "filing": filing,
            "shown": shown,
            "asof": asof,
            "early": asof.past and shown.submitted_at >= asof.at,
            "facts": compared(_filing_facts(filing, now), facts) if asof.past else facts,
            "term": queries.filing_term(filing, today=today),
            "moves": _offered(request, FILING_FLOW, filing),
            "may_renew": filing.state in (FilingState.FILED, FilingState.RETURNED)
            and policies.may_submit_filing(actor_of(request), filing.company),
            "course": moves_of(filing, flow=FILING_FLOW),
            "attachments": attachments(actor_of(request), filing),
        },
    )


def _before(request: HttpRequest) -> dict[str, Any]:
    """What a form is filled with that renews a filing or mends a returned one (``?of=``)."""
    asked = request.GET.get("of", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return {}
    old = _filing(request, int(asked))
    days = old.valid_to - old.valid_from
    renewed = old.state == FilingState.FILED
    first = old.valid_to + timedelta(days=1) if renewed else old.valid_from
    return {
        "company": old.company_id,
        "office_address": old.office_address,
        "contact_name": old.contact_name,
        "contact_phone": old.contact_phone,
        "valid_from": first,
        "valid_to": first + days,
    }


@page(permission=policies.FILING_SUBMIT, methods=("GET", "POST"))
def filing_create(request: HttpRequest) -> HttpResponse:
    """Submit a filing, renew one on file, or submit one again after a return."""
    form = FilingForm(*_sent(request), actor=actor_of(request), initial=_before(request))
    made: list[OutOfTownFiling] = []

    def submit() -> None:
        made.append(
            services.filing_submit(actor=actor_of(request), at=timezone.now(), **form.cleaned_data)
        )

    if request.method == "POST" and _act(form, submit):
        messages.success(request, _("Submitted. The bureau's desk files or returns it."))
        return redirect("contracts:filing_detail", pk=made[0].pk)
    return render(request, "contracts/filing_form.html", {"form": form}, status=form_status(form))


@page(permission=policies.FILING_DECIDE, methods=("GET", "POST"))
def filing_decide(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """File, return or let lapse."""
    filing = _filing(request, pk)
    if name not in ("file", "return", "lapse"):
        raise Http404
    form = FilingDecisionForm(request.POST or None)
    if request.method == "POST" and _act(
        form,
        lambda: services.filing_decide(
            actor=actor_of(request),
            at=timezone.now(),
            filing=filing,
            name=name,
            **form.cleaned_data,
        ),
    ):
        messages.success(request, _("Decided. The company reads it on its page."))
        return redirect("contracts:filing_detail", pk=pk)
    if request.method == "GET":
        FILING_FLOW.check(filing.state, name).require()
    return render(
        request,
        "contracts/filing_action.html",
        {"filing": filing, "form": form, "move": FILING_FLOW.move(name)},
        status=form_status(form),
    )
