from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    TODO = "todo", _("Waiting")
    DOING = "doing", _("Running")
    SUCCEEDED = "succeeded", _("Carried out")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    ABORTED = "aborted", _("Stopped")


APPEARANCE = {
    JobState.TODO: ("s-wait", ""),
    JobState.DOING: ("s-doing", "tile"),
    JobState.SUCCEEDED: ("s-done", "good"),
    JobState.FAILED: ("s-fail", "bad"),
    JobState.CANCELLED: ("s-void", ""),
    JobState.ABORTED: ("s-void", ""),
}

# What happened to a job, in the library's words.
EVENTS = {
    "deferred": _("Put in the queue"),
    "started": _("Begun"),
    "deferred_for_retry": _("Put back after a failed try"),
    "failed": _("Failed"),
    "succeeded": _("Carried out"),
    "cancelled": _("Cancelled"),
    "abort_requested": _("Asked to stop"),
    "aborted": _("Stopped"),
    "scheduled": _("Planned for later"),
}
