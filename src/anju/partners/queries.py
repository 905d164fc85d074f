"""Reads of reports, endpoints and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anju.core.actors import Actor
from anju.registry.models import ChangeRequest
from anju.registry.states import ChangeState

from .models import (
    CorrectionReport,
    Delivery,
    DeliveryQuerySet,
    Endpoint,
    EndpointQuerySet,
    ReportQuerySet,
)
from .states import DeliveryState, EndpointState, ReportState
from .subjects import field_of, subject_found


def reports(actor: Actor) -> ReportQuerySet:
    """Reports the actor may see, with what a list shows of them."""
    return CorrectionReport.objects.visible_to(actor).select_related(
        "organisation", "change", "decided_by"
    )


def reports_waiting(actor: Actor) -> ReportQuerySet:
    """Reports that wait for a decision."""
    return CorrectionReport.objects.visible_to(actor).filter(state=ReportState.RECEIVED)


def changes_to_link(report: CorrectionReport) -> Any:
    """Waiting changes that would mend what was reported."""
    field = field_of(report.subject_kind, report.field)
    subject = subject_found(report.subject_kind, report.subject_id)
    if not field.change or subject is None:
        return ChangeRequest.objects.none()
    target = field.target(subject)
    return ChangeRequest.objects.filter(
        action=field.change,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        state=ChangeState.PROPOSED,
    )


def endpoints(actor: Actor) -> EndpointQuerySet:
    """Endpoints the actor may see."""
    return Endpoint.objects.visible_to(actor).select_related("organisation")


def deliveries(actor: Actor) -> DeliveryQuerySet:
    """Deliveries the actor may see."""
    return Delivery.objects.visible_to(actor).select_related("event", "endpoint__organisation")


def deliveries_due(*, at: datetime) -> bool:
    """Whether a delivery waits for its try now."""
    return Delivery.objects.filter(
        state=DeliveryState.WAITING, due_at__lte=at, endpoint__state=EndpointState.ACTIVE
    ).exists()
