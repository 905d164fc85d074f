from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.decisions import Allowed, Decision, Denied

from .models import OutboxMessage
from .states import MessageState

RETRY = perm("notices:outgoing_retry")


def may_retry(actor: Actor, message: OutboxMessage) -> Decision:
    """Operators send failed messages again."""
    if not actor.can(RETRY):
        return Denied(_("Your post may not send messages again."))
    if message.state != MessageState.FAILED:
        return Denied(_("Only a failed message can be sent again."))
    return Allowed()
