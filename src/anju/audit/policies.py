from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import SYSTEM, Actor
from anju.core.decisions import Allowed, Decision, Denied

ANCHOR = perm("audit:anchor_write")


def may_anchor(actor: Actor) -> Decision:
    """The audit administrator and the job of the day."""
    if actor == SYSTEM or actor.can(ANCHOR):
        return Allowed()
    return Denied(_("Only the audit administrator anchors the audit."))
