"""Kinds and states of partners' reports, of webhook endpoints and of deliveries."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.flow.states import Flow, Move


class SubjectKind(TextChoices):
    COMMUNITY = "community", _("Community")
    COMPANY = "company", _("Property company")
    MANAGER = "manager", _("Project manager")
    PROJECT = "project", _("Project")


class ReportState(TextChoices):
    RECEIVED = "received", _("Waiting for a decision")
    ACCEPTED = "accepted", _("Accepted, change under review")
    CORRECTED = "corrected", _("Corrected in the register")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EventKind(TextChoices):
    """What an endpoint may be told."""

    REPORT_DECIDED = "report.decided", _("A report was decided")
    REPORT_REOPENED = "report.reopened", _("A report waits for a decision again")
    COMMUNITY_CHANGED = "community.changed", _("A community changed")
    COMPANY_CHANGED = "company.changed", _("A property company changed")
    MANAGER_CHANGED = "manager.changed", _("A project manager changed")
    PROJECT_CHANGED = "project.changed", _("A project changed")


class EndpointState(TextChoices):
    ACTIVE = "active", _("In use")
    DISABLED = "disabled", _("Switched off")


class DeliveryState(TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Failure(TextChoices):
    """Why a try did not arrive."""

    ADDRESS = "address", _("The address is not allowed, or leads into a private network")
    NAME = "name", _("The name of the host is not known")
    SLOW = "slow", _("No answer within 10 seconds")
    LINE = "line", _("No connection, or it broke")
    REDIRECT = "redirect", _("A redirect was answered; it is not followed")
    STATUS = "status", _("The endpoint did not take it")
    KEY = "key", _("The key that opens the secret is missing")


R = ReportState
DECIDE = perm("partners:report_decide")
REPORT_FLOW = Flow(
    name="partners.report",
    states=ReportState,
    first=R.RECEIVED,
    closed=frozenset({R.CORRECTED, R.REFUSED, R.WITHDRAWN}),
    moves=(
        Move(
            name="accept",
            label=_("Accept and propose the change"),
            source=frozenset({R.RECEIVED}),
            target=R.ACCEPTED,
            permission=DECIDE,
        ),
        Move(
            name="correct",
            label=_("Corrected by hand"),
            source=frozenset({R.RECEIVED}),
            target=R.CORRECTED,
            permission=DECIDE,
            reason=True,
        ),
        Move(
            name="refuse",
            label=_("Refuse the report"),
            source=frozenset({R.RECEIVED}),
            target=R.REFUSED,
            permission=DECIDE,
            reason=True,
            danger=True,
        ),
        Move(
            name="withdraw",
            label=_("Withdraw"),
            source=frozenset({R.RECEIVED}),
            target=R.WITHDRAWN,
            permission=perm("partners:correction_report"),
        ),
        # The two that follow the second person's word on the change; made by the platform.
        Move(
            name="settle",
            label=_("The change was made"),
            source=frozenset({R.ACCEPTED}),
            target=R.CORRECTED,
            permission=DECIDE,
        ),
        Move(
            name="reopen",
            label=_("The change was not made"),
            source=frozenset({R.ACCEPTED}),
            target=R.RECEIVED,
            permission=DECIDE,
        ),
    ),
)

E = EndpointState
CHANGE = perm("partners:webhook_change")
ENDPOINT_FLOW = Flow(
    name="partners.endpoint",
    states=EndpointState,
    first=E.ACTIVE,
    moves=(
        Move(
            name="disable",
            label=_("Switch off"),
            source=frozenset({E.ACTIVE}),
            target=E.DISABLED,
            permission=CHANGE,
            reason=True,
            danger=True,
        ),
        Move(
            name="enable",
            label=_("Switch on again"),
            source=frozenset({E.DISABLED}),
            target=E.ACTIVE,
            permission=CHANGE,
        ),
    ),
)

APPEARANCE = {
    ReportState.RECEIVED: ("s-open", ""),
    ReportState.ACCEPTED: ("s-doing", "tile"),
    ReportState.CORRECTED: ("s-done", "good"),
    ReportState.REFUSED: ("s-fail", "bad"),
    ReportState.WITHDRAWN: ("s-void", ""),
    EndpointState.ACTIVE: ("s-done", "good"),
    EndpointState.DISABLED: ("s-void", "bad"),
    DeliveryState.WAITING: ("s-wait", ""),
    DeliveryState.DELIVERED: ("s-done", "good"),
    DeliveryState.FAILED: ("s-fail", "bad"),
}
