"""States of an export, and why one came to nothing."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExportState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Removed")


ACTIVE = (ExportState.WAITING, ExportState.RUNNING)
AGAIN = (ExportState.FAILED, ExportState.CANCELLED, ExportState.EXPIRED)

APPEARANCE = {
    ExportState.WAITING: ("s-wait", ""),
    ExportState.RUNNING: ("s-doing", "tile"),
    ExportState.READY: ("s-done", "good"),
    ExportState.FAILED: ("s-fail", "bad"),
    ExportState.CANCELLED: ("s-void", ""),
    ExportState.REFUSED: ("s-fail", "bad"),
    ExportState.EXPIRED: ("s-void", ""),
}


class Reason(TextChoices):
    """Why there is no file, as the person reads it."""

    POST_ENDED = (
        "post_ended",
        _("The post you asked it from has ended. Ask again from a post you hold."),
    )
    NO_RIGHT = (
        "no_right",
        _("Your post may no longer open this list. Ask the administrator of posts."),
    )
    OTHER_SCOPE = (
        "other_scope",
        _("Your post sees other rows than when you asked. Export the list again."),
    )
    CONDITIONS = (
        "conditions",
        _("The conditions of the list can no longer be read. Export the list again."),
    )
    BROKEN = (
        "broken",
        _("Writing the file failed. Try again; if it fails again, tell the operators."),
    )
    GIVEN_UP = (
        "given_up",
        _("The work was stopped before its end. Try again, or narrow the conditions."),
    )


REFUSALS = (Reason.POST_ENDED, Reason.NO_RIGHT, Reason.OTHER_SCOPE)
