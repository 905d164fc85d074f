"""Pages of partners' reports, of webhook endpoints and of deliveries."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.core.actors import Actor
from anju.core.errors import AnjuError, NotFound
from anju.flow.queries import moves_of
from anju.ui.actions import Action, action_view
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, form_refuses, form_status, page

from . import policies, queries
from .forms import AcceptForm, AnswerForm, EndpointChangeForm, EndpointForm, ReasonForm, SureForm
from .models import CorrectionReport, Delivery, Endpoint
from .services import deliveries, endpoints, reports
from .services.deliveries import payload
from .states import ENDPOINT_FLOW, REPORT_FLOW, ReportState
from .subjects import SUBJECTS, held, subject_found
from .tables import DeliveryList, EndpointList, ReportList, field_words, kind_words

report_list = list_view(ReportList, permission=policies.VIEW)
endpoint_list = list_view(EndpointList, permission=policies.WEBHOOK_VIEW)
delivery_list = list_view(DeliveryList, permission=policies.WEBHOOK_VIEW)


def _report(actor: Actor, pk: int) -> CorrectionReport:
    found = queries.reports(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found  # type: ignore[no-any-return]


def _endpoint(actor: Actor, pk: int) -> Endpoint:
    found = queries.endpoints(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found


@page(permission=policies.VIEW)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: what the partner says, what the register holds now, what can be done."""
    actor = actor_of(request)
    row = _report(actor, pk)
    subject = subject_found(row.subject_kind, row.subject_id)
    moves: list[tuple[str, Any, str, Any]] = []
    if actor.can(policies.DECIDE) and row.state == ReportState.RECEIVED:
        for name, verdict in (
            ("accept", policies.may_accept(actor, row)),
            ("correct", policies.may_decide(actor, row)),
            ("refuse", policies.may_decide(actor, row)),
        ):
            address = reverse(f"partners:report_{name}", args=[row.pk])
            reason = getattr(verdict, "reason", "")
            moves.append((name, REPORT_FLOW.move(name).label, address, reason))
    context = {
        "report": row,
        "field": field_words(row),
        "held_now": held(row.subject_kind, row.field, subject) if subject else "",
        "gone": subject is None,
        "subject_url": reverse(SUBJECTS[row.subject_kind].page, args=[row.subject_id]),
        "change_url": reverse("registry:change", args=[row.change_id]) if row.change_id else "",
        "moves": moves,
        "first": next((name for name, _label, _url, shut in moves if not shut), ""),
        "course": moves_of(row, flow=REPORT_FLOW),
    }
    return render(request, "partners/report.html", context)


def _explained(row: CorrectionReport) -> str:
    return (
        f"{row.subject_label} · {field_words(row)}：{row.stated_value or '—'} → {row.right_value}"
    )


def _report_crumbs(row: CorrectionReport) -> list[tuple[str, str]]:
    return [
        (_("Partners' reports"), reverse("partners:report_list")),
        (row.reference, reverse("partners:report", args=[row.pk])),
    ]


def _after_report(row: CorrectionReport, result: Any) -> str:
    return reverse("partners:report", args=[row.pk])


report_accept = action_view(
    Action(
        title=gettext_lazy("Accept and propose the change"),
        button=gettext_lazy("Propose the change"),
        form=AcceptForm,
        load=_report,
        may=policies.may_accept,
        explain=_explained,
        run=lambda *, actor, target, data, at: reports.report_accept(
            actor=actor, report=target, at=at, **data
        ),
        done=lambda target, result: _("Accepted. A second person reviews the change."),
        after=_after_report,
        crumbs=_report_crumbs,
    ),
    permission=policies.DECIDE,
)
report_correct = action_view(
    Action(
        title=gettext_lazy("Corrected by hand"),
        button=gettext_lazy("Close as corrected"),
        form=AnswerForm,
        load=_report,
        may=policies.may_decide,
        explain=_explained,
        run=lambda *, actor, target, data, at: reports.report_correct(
            actor=actor, report=target, at=at, **data
        ),
        done=lambda target, result: _("Closed as corrected. The partner is told."),
        after=_after_report,
        crumbs=_report_crumbs,
    ),
    permission=policies.DECIDE,
)
report_refuse = action_view(
    Action(
        title=gettext_lazy("Refuse the report"),
        button=gettext_lazy("Refuse the report"),
        form=AnswerForm,
        load=_report,
        may=policies.may_decide,
        explain=_explained,
        run=lambda *, actor, target, data, at: reports.report_refuse(
            actor=actor, report=target, at=at, **data
        ),
        done=lambda target, result: _("Refused. The partner reads your reason."),
        after=_after_report,
        crumbs=_report_crumbs,
        danger=True,
    ),
    permission=policies.DECIDE,
)


@page(permission=policies.WEBHOOK_VIEW)
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint: where it is, what it is told of, its last deliveries."""
    actor = actor_of(request)
    row = _endpoint(actor, pk)
    at = timezone.now()
    last = list(queries.deliveries(actor).filter(endpoint=row).order_by("-pk")[:10])
    for one in last:
        one.kind_words = one.event.get_kind_display()  # type: ignore[attr-defined]
    context = {
        "endpoint": row,
        "kinds": kind_words(row),
        "old_runs": row.old_secret_runs(at),
        "last": last,
        "may_change": actor.can(policies.WEBHOOK_CHANGE),
        "may_disable": policies.may_disable(actor, row),
        "may_enable": policies.may_enable(actor, row),
        "course": moves_of(row, flow=ENDPOINT_FLOW),
    }
    return render(request, "partners/endpoint.html", context)


@page(permission=policies.WEBHOOK_CHANGE, methods=("GET", "POST"))
def endpoint_new(request: HttpRequest) -> HttpResponse:
    """Enter an endpoint; its secret is shown on this page alone."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = endpoints.endpoint_create(
                actor=actor_of(request), at=timezone.now(), **form.cleaned_data
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            return _secret_shown(request, made, secret)
    context = {"form": form}
    return render(request, "partners/endpoint_new.html", context, status=form_status(form))


def _secret_shown(request: HttpRequest, row: Endpoint, secret: str) -> HttpResponse:
    context = {"endpoint": row, "secret": secret, "rotated": row.rotated_at is not None}
    return render(request, "partners/endpoint_secret.html", context)


@page(permission=policies.WEBHOOK_CHANGE, methods=("GET", "POST"))
def endpoint_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an endpoint a new secret, shown on this page alone."""
    row = _endpoint(actor_of(request), pk)
    if request.method == "POST":
        row, secret = endpoints.endpoint_rotate(
            actor=actor_of(request), endpoint=row, at=timezone.now()
        )
        return _secret_shown(request, row, secret)
    return render(request, "partners/endpoint_rotate.html", {"endpoint": row})


def _endpoint_crumbs(row: Endpoint) -> list[tuple[str, str]]:
    return [
        (_("Webhook endpoints"), reverse("partners:endpoint_list")),
        (row.name, reverse("partners:endpoint", args=[row.pk])),
    ]


def _after_endpoint(row: Endpoint, result: Any) -> str:
    return reverse("partners:endpoint", args=[row.pk])


endpoint_change = action_view(
    Action(
        title=gettext_lazy("Change the endpoint"),
        button=gettext_lazy("Save the changes"),
        form=EndpointChangeForm,
        load=_endpoint,
        initial=lambda row: {"name": row.name, "address": row.address, "kinds": row.kinds},
        run=lambda *, actor, target, data, at: endpoints.endpoint_change(
            actor=actor, endpoint=target, at=at, **data
        ),
        done=lambda target, result: _("Changed. The secret stays the same."),
        after=_after_endpoint,
        crumbs=_endpoint_crumbs,
    ),
    permission=policies.WEBHOOK_CHANGE,
)
endpoint_disable = action_view(
    Action(
        title=gettext_lazy("Switch off"),
        button=gettext_lazy("Switch the endpoint off"),
        form=ReasonForm,
        load=_endpoint,
        may=policies.may_disable,
        explain=gettext_lazy("Nothing more is sent there. What waits stays and waits."),
        run=lambda *, actor, target, data, at: endpoints.endpoint_disable(
            actor=actor, endpoint=target, at=at, **data
        ),
        done=lambda target, result: _("The endpoint is off."),
        after=_after_endpoint,
        crumbs=_endpoint_crumbs,
        danger=True,
    ),
    permission=policies.WEBHOOK_CHANGE,
)
endpoint_enable = action_view(
    Action(
        title=gettext_lazy("Switch on again"),
        button=gettext_lazy("Switch the endpoint on"),
        form=SureForm,
        load=_endpoint,
        may=policies.may_enable,
        explain=gettext_lazy(
            "What waits is sent now. What happened while it was off was not kept for it."
        ),
        run=lambda *, actor, target, data, at: endpoints.endpoint_enable(
            actor=actor, endpoint=target, at=at
        ),
        done=lambda target, result: _("The endpoint is on."),
        after=_after_endpoint,
        crumbs=_endpoint_crumbs,
    ),
    permission=policies.WEBHOOK_CHANGE,
)


@page(permission=policies.WEBHOOK_VIEW)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery: what is sent, and what came back on each try."""
    actor = actor_of(request)
    row: Delivery = get_object_or_404(queries.deliveries(actor), pk=pk)
    context = {
        "delivery": row,
        "body": payload(row.event),
        "tries": row.tries.order_by("-tried_at", "-pk")[:50],
        "may_change": actor.can(policies.WEBHOOK_CHANGE),
        "may_resend": policies.may_resend(actor, row),
    }
    return render(request, "partners/delivery.html", context)


@page(permission=policies.WEBHOOK_CHANGE, methods=("POST",))
def delivery_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an ended delivery again."""
    actor = actor_of(request)
    row: Delivery = get_object_or_404(queries.deliveries(actor), pk=pk)
    deliveries.delivery_resend(actor=actor, delivery=row, at=timezone.now())
    messages.success(request, _("It is sent again within seconds."))
    return HttpResponseRedirect(reverse("partners:delivery", args=[pk]), status=303)
