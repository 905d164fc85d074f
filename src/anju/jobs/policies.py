from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.decisions import Allowed, Decision, Denied

from .states import JobState

VIEW = perm("jobs:job_view")
CHANGE = perm("jobs:job_change")


def may_retry(actor: Actor, status: str) -> Decision:
    """Operators retry what failed or was cancelled."""
    if not actor.can(CHANGE):
        return Denied(_("Your post may not change background work."))
    if status not in (JobState.FAILED, JobState.CANCELLED, JobState.ABORTED):
        return Denied(_("Only failed or cancelled work can be tried again."))
    return Allowed()


def may_cancel(actor: Actor, status: str) -> Decision:
    """Operators cancel what has not begun."""
    if not actor.can(CHANGE):
        return Denied(_("Your post may not change background work."))
    if status != JobState.TODO:
        return Denied(_("Only work that has not begun can be cancelled."))
    return Allowed()
