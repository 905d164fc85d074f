"""Reads for the inbox and the outgoing messages."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext

from anju.core.actors import Actor

from .catalogue import words
from .models import GatewayCall, Notice, OutboxMessage
from .vault import KeyMissing, unseal


def unread(actor: Actor) -> QuerySet[Notice]:
    """The unread messages of the actor's inbox."""
    return Notice.objects.visible_to(actor).filter(read_at__isnull=True)


def unread_count(actor: Actor) -> int:
    """How many messages of the actor's inbox are unread."""
    return unread(actor).count()


def notice_words(notice: Notice) -> tuple[str, str]:
    """Subject and body of an inbox message in the reader's language."""
    try:
        values = json.loads(unseal(notice.values_sealed))
        return words(notice.template, values, translation.get_language() or "")
    except (KeyMissing, LookupError, ValueError):
        return gettext("A message that can no longer be read"), ""


def receipts_unknown(*, since: datetime) -> int:
    """Receipts of no message of ours that the gateway gave since an instant."""
    found = GatewayCall.objects.filter(at__gte=since).aggregate(n=Sum("unknown"))
    return found["n"] or 0


def message_words(message: OutboxMessage, *, clear: bool) -> tuple[str, str, str]:
    """Address, subject and body; in clear only for the demo's page, otherwise only masked."""
    if not clear:
        return message.to_masked, message.template, ""
    try:
        values: dict[str, Any] = json.loads(unseal(message.values_sealed))
        subject, body = words(message.template, values, message.language)
        return unseal(message.to_sealed), subject, body
    except (KeyMissing, LookupError, ValueError):
        return message.to_masked, message.template, ""
