"""Who may report, decide and keep endpoints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied

from .models import CorrectionReport, Delivery, Endpoint
from .states import ENDPOINT_FLOW, REPORT_FLOW, DeliveryState
from .subjects import field_of

REPORT = perm("partners:correction_report")
VIEW = perm("partners:report_view")
DECIDE = perm("partners:report_decide")
WEBHOOK_VIEW = perm("partners:webhook_view")
WEBHOOK_CHANGE = perm("partners:webhook_change")

NO_RIGHT = _("Your post does not allow this.")


def may_report(actor: Actor) -> Decision:
    """A partner's key with the scope."""
    if actor.kind is ActorKind.PARTNER and actor.can(REPORT):
        return Allowed()
    return Denied(_("Only a partner's key with the right to report may do this."))


def may_withdraw(actor: Actor, report: CorrectionReport) -> Decision:
    """The partner who reported, while nobody has decided."""
    if not may_report(actor) or report.organisation_id != actor.organisation_id:
        return Denied(_("Only the partner who reported may withdraw the report."))
    return REPORT_FLOW.check(report.state, "withdraw")


def may_decide(actor: Actor, report: CorrectionReport) -> Decision:
    """A clerk in whose place it lies, while it waits."""
    if not actor.can(DECIDE):
        return Denied(NO_RIGHT)
    if not CorrectionReport.objects.visible_to(actor).filter(pk=report.pk).exists():
        return Denied(_("This lies outside the place of your post."))
    return REPORT_FLOW.check(report.state, "refuse")


def may_accept(actor: Actor, report: CorrectionReport) -> Decision:
    """As deciding, where the field has a change that a second person reviews."""
    decision = may_decide(actor, report)
    if decision and not field_of(report.subject_kind, report.field).change:
        return Denied(
            _("This field has no change to propose. Correct it by hand, then note that here.")
        )
    return decision


def may_keep_endpoints(actor: Actor) -> Decision:
    """The security administrator."""
    return Allowed() if actor.can(WEBHOOK_CHANGE) else Denied(NO_RIGHT)


def may_disable(actor: Actor, endpoint: Endpoint) -> Decision:
    """The security administrator, or the platform when nothing arrives."""
    if actor.kind is not ActorKind.SYSTEM and not actor.can(WEBHOOK_CHANGE):
        return Denied(NO_RIGHT)
    return ENDPOINT_FLOW.check(endpoint.state, "disable")


def may_enable(actor: Actor, endpoint: Endpoint) -> Decision:
    """The security administrator, once it is off."""
    return may_keep_endpoints(actor) and ENDPOINT_FLOW.check(endpoint.state, "enable")


def may_resend(actor: Actor, delivery: Delivery) -> Decision:
    """The security administrator, once a delivery has ended and its endpoint is in use."""
    if not actor.can(WEBHOOK_CHANGE):
        return Denied(NO_RIGHT)
    if delivery.state == DeliveryState.WAITING:
        return Denied(_("This delivery waits for its next try already."))
    if delivery.endpoint.state != "active":
        return Denied(_("The endpoint is switched off. Switch it on first."))
    return Allowed()
