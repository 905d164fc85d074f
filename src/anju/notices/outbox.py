"""The messenger port: one outbox row in the caller's transaction; sending follows the commit."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .catalogue import is_urgent, words
from .models import OutboxMessage
from .rules import masked, wakes_at
from .states import Channel
from .vault import keyed_hash, seal


def message_put(
    *, channel: str, to: str, template: str, values: dict[str, Any], language: str = ""
) -> None:
    """Put one message in the outbox, in the current transaction.

    Args:
        channel: ``sms``, ``mail`` or ``inapp``.
        to: a phone number, an address, or the number of an account.
        template: a declared message.
        values: what fills it; JSON values, or things written as text.
        language: ``zh-hans`` or ``en``; the default language when empty.

    Raises:
        LookupError: the message was never declared.
        ValueError: a value is missing.
    """
    language = language or settings.LANGUAGE_CODE
    plain = {
        key: value if isinstance(value, bool | int | float | type(None)) else str(value)
        for key, value in values.items()
    }
    words(template, plain, language)  # refuses what could never be sent, while someone can mend it
    urgent, now = is_urgent(template), timezone.now()
    due_at = now if urgent or channel != Channel.SMS else wakes_at(now)
    OutboxMessage.objects.create(
        channel=channel,
        to_sealed=seal(str(to)),
        to_masked=masked(channel, str(to)),
        to_hash=keyed_hash(str(to)),
        template=template,
        values_sealed=seal(json.dumps(plain, ensure_ascii=False)),
        language=language,
        urgent=urgent,
        wanted_at=due_at,
        due_at=due_at,
    )
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from anju.jobs.queue import defer

    from .tasks import messages_send

    defer(messages_send, once="notices.messages_send")
