"""Sending messages, taking receipts, reading the inbox."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import NotFound
from anju.core.time import legal_day
from anju.core.transactions import service

from . import channels, policies
from .catalogue import link_of, words
from .models import Notice, OutboxMessage
from .outbox import message_put
from .rules import MAX_ATTEMPTS, STUCK_AFTER, next_try
from .states import Channel, MessageState
from .vault import KeyMissing, unseal

log = logging.getLogger("anju.notices")

RETRIED = journal.declare("notices.message_retry", _("Sent a failed message again"))

LEASE = timedelta(minutes=2)  # a sender that dies leaves the message to the next one after this


def messages_send_due(*, actor: Actor, at: datetime, limit: int = 500) -> int:
    """Send every message that is due; returns how many were tried.

    Each is claimed in its own short transaction before it leaves and marked after: a crash
    between the two sends it once more rather than never.
    """
    tried = 0
    while tried < limit and (message := _claim(at)) is not None:
        _send(message, at)
        tried += 1
    return tried


def _claim(at: datetime) -> OutboxMessage | None:
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(state=MessageState.WAITING, due_at__lte=at)
            .order_by("due_at", "pk")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.due_at = at + LEASE
            message.save(update_fields=["attempts", "due_at"])
        return message


def _send(message: OutboxMessage, at: datetime) -> None:
    try:
        with transaction.atomic():
            _deliver(message, at)
            message.save()
        return
    except channels.NotSent as error:
        failure = str(error)
    except (KeyMissing, LookupError, ValueError, TypeError) as error:
        failure, message.attempts = f"{type(error).__name__}", MAX_ATTEMPTS
    message.failure = failure[:300]
    message.due_at = next_try(message.attempts, at)
    if message.due_at is None:
        message.state, message.failed_at = MessageState.FAILED, at
    message.save(update_fields=["attempts", "failure", "due_at", "state", "failed_at"])
    log.warning("message %s was not sent: %s", message.pk, failure)


def _deliver(message: OutboxMessage, at: datetime) -> None:
    to = unseal(message.to_sealed)
    values = json.loads(unseal(message.values_sealed))
    subject, body = words(message.template, values, message.language)
    message.due_at, message.sent_at, message.failure = None, at, ""
    if message.channel == Channel.INAPP:
        _put_in_inbox(message, to, values, at)
        message.state, message.delivered_at = MessageState.DELIVERED, at
        return
    by_mail = message.channel == Channel.MAIL
    send = channels.mail_adapter() if by_mail else channels.sms_adapter()
    message.receipt = send(to, subject, body)[:80]
    message.state = MessageState.SENT
    if message.receipt.startswith("demo-"):
        message.state, message.delivered_at = MessageState.DELIVERED, at


def _put_in_inbox(message: OutboxMessage, to: str, values: dict[str, Any], at: datetime) -> None:
    if not to.isdecimal() or not User.objects.filter(pk=int(to)).exists():
        raise LookupError("no such account")
    Notice.objects.get_or_create(
        message=message,
        defaults={
            "user_id": int(to),
            "template": message.template,
            "values_sealed": message.values_sealed,
            "link": link_of(message.template, values)[:300],
            "created_at": at,
        },
    )


@service
def receipt_take(*, actor: Actor, receipt: str, delivered: bool, why: str, at: datetime) -> None:
    """Take a gateway's word on a message it was given.

    Raises:
        NotFound: nobody gave out this receipt.
    """
    message = (
        OutboxMessage.objects.select_for_update()
        .filter(receipt=receipt, state=MessageState.SENT)
        .first()
        if receipt
        else None
    )
    if message is None:
        raise NotFound(_("No message waits for this receipt."))
    if delivered:
        message.state, message.delivered_at = MessageState.DELIVERED, at
    else:
        message.state, message.failed_at, message.failure = MessageState.FAILED, at, why[:300]
    message.save(update_fields=["state", "delivered_at", "failed_at", "failure"])


@service
def message_retry(*, actor: Actor, message: OutboxMessage, at: datetime) -> None:
    """Put a failed message back in the row.

    Raises:
        Refused: the actor may not, or the message did not fail.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    policies.may_retry(actor, message).require()
    message.state, message.attempts, message.due_at = MessageState.WAITING, 0, at
    message.failed_at, message.alarmed_at = None, None
    message.save(update_fields=["state", "attempts", "due_at", "failed_at", "alarmed_at"])
    journal.record(actor=actor, action=RETRIED, at=at, target=message)


@service
def notices_read(*, actor: Actor, pks: list[int] | None, at: datetime) -> int:
    """Mark messages of the actor's own inbox as read; all of them without numbers."""
    unread = Notice.objects.visible_to(actor).filter(read_at__isnull=True)
    if pks is not None:
        unread = unread.filter(pk__in=pks)
    return unread.update(read_at=at)


@service
def stuck_alarm(*, actor: Actor, at: datetime) -> int:
    """Tell the operators once about each message that waits too long or failed.

    Returns how many messages are newly stuck.
    """
    stuck = OutboxMessage.objects.select_for_update().filter(
        Q(state=MessageState.FAILED)
        | Q(state=MessageState.WAITING, created_at__lt=at - STUCK_AFTER),
        alarmed_at__isnull=True,
    )
    # The alarm itself must not raise the next alarm.
    rows = list(stuck.exclude(template="notices.stuck").order_by("created_at")[:1000])
    if not rows:
        return 0
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(alarmed_at=at)
    day = legal_day(at)
    operators = (
        Post.objects.filter(role=Role.SYSTEM_ADMIN, valid_from__lte=day, user__is_active=True)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .values_list("user_id", "user__language")
        .distinct()
    )
    for user_id, language in operators:
        message_put(
            channel=Channel.INAPP,
            to=str(user_id),
            template="notices.stuck",
            values={
                "count": len(rows),
                "oldest": rows[0].created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
                "link": "/outgoing/",
            },
            language=language,
        )
    return len(rows)
