"""Sending messages, taking receipts, reading the inbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict
from anju.core.time import legal_day
from anju.core.transactions import service

from . import channels, policies
from .catalogue import link_of, words
from .models import GatewayCall, Notice, OutboxMessage
from .outbox import message_put
from .rules import (
    MAX_ATTEMPTS,
    RECEIPT_LATE_AFTER,
    RESEND_AFTER,
    STUCK_AFTER,
    is_quiet,
    may_resend,
    next_try,
    wakes_at,
)
from .states import Channel, MessageState, ReceiptWay
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
            .exclude(_held(at))
            .order_by("due_at", "pk")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.due_at = at + LEASE
            message.save(update_fields=["attempts", "due_at"])
        return message


def _held(at: datetime) -> Q:
    """What must not leave now: text messages that are no code, in the quiet hours."""
    return Q(channel=Channel.SMS, urgent=False) if is_quiet(at) else Q(pk=None)


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
    elif message.channel == Channel.SMS and not message.urgent:
        message.due_at = wakes_at(message.due_at)
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
    if by_mail and message.receipt.startswith("demo-"):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a word of the gateway changed."""

    taken: int
    repeated: int
    unknown: int


@service
def receipts_take(
    *,
    actor: Actor,
    receipts: Sequence[channels.Receipt],
    via: ReceiptWay,
    at: datetime,
    digest: str | None = None,
) -> Taken:
    """Take a gateway's word on messages it was given. What it says twice counts once.

    A message that did not arrive for a passing cause goes once more; for any other it failed.
    Receipts of no message of ours are counted and change nothing.

    Raises:
        Conflict: the very same call is being taken by another process.
    """
    if digest is not None and GatewayCall.objects.filter(digest=digest).exists():
        return Taken(taken=0, repeated=len(receipts), unknown=0)
    count = {"taken": 0, "repeated": 0, "unknown": 0}
    for one in sorted(receipts, key=lambda r: r.receipt):
        count[_receipt_take(one, at)] += 1
    try:
        with transaction.atomic():
            GatewayCall.objects.create(at=at, via=via, digest=digest, **count)
    except IntegrityError as error:
        raise Conflict(_("This call is being taken already.")) from error
    return Taken(**count)


def _receipt_take(receipt: channels.Receipt, at: datetime) -> str:
    message = (
        OutboxMessage.objects.select_for_update().filter(receipt=receipt.receipt).first()
        if receipt.receipt
        else None
    )
    if message is None:
        return "unknown"
    if message.state != MessageState.SENT:
        return "repeated"
    code = receipt.code[:40]
    if receipt.delivered:
        message.state, message.delivered_at, message.failure_code = (
            MessageState.DELIVERED, at, "",
        )  # fmt: skip
    elif may_resend(code=code, resends=message.resends, urgent=message.urgent):
        message.state, message.failure_code, message.receipt = MessageState.WAITING, code, ""
        message.attempts, message.resends = 0, message.resends + 1
        message.due_at = message.wanted_at = wakes_at(at + RESEND_AFTER)
    else:
        message.state, message.failed_at, message.failure_code = MessageState.FAILED, at, code
    message.save()
    return "taken"


def receipts_poll(*, actor: Actor, at: datetime, limit: int = 200) -> int:
    """Ask the gateway about messages that wait for their receipt; returns how many were taken."""
    poll = channels.poll_adapter()
    if poll is None:
        return 0
    waiting = OutboxMessage.objects.filter(
        state=MessageState.SENT, channel=Channel.SMS, sent_at__gt=at - timedelta(days=3)
    ).exclude(receipt="")
    sent = [
        channels.Sent(receipt=receipt, sent_at=sent_at or at)
        for receipt, sent_at in waiting.order_by("sent_at").values_list("receipt", "sent_at")[
            :limit
        ]
    ]
    if not sent:
        return 0
    found = poll(sent, at)
    if not found:
        return 0
    return receipts_take(actor=actor, receipts=found, via=ReceiptWay.POLL, at=at).taken


@service
def message_retry(*, actor: Actor, message: OutboxMessage, at: datetime) -> None:
    """Put a failed message back in the row.

    Raises:
        Refused: the actor may not, or the message did not fail.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    policies.may_retry(actor, message).require()
    quiet = message.channel == Channel.SMS and not message.urgent
    message.state, message.attempts, message.resends = MessageState.WAITING, 0, 0
    message.due_at = message.wanted_at = wakes_at(at) if quiet else at
    message.failed_at, message.alarmed_at = None, None
    message.failure = message.failure_code = message.receipt = ""
    message.save()
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
    """Tell the operators once about each message that waits too long, failed or has no receipt.

    Time in the quiet hours is no waiting. Returns how many messages are newly stuck.
    """
    late = Q(state=MessageState.FAILED) | Q(
        state=MessageState.WAITING, wanted_at__lt=at - STUCK_AFTER
    )
    if channels.gives_receipts():
        late |= Q(state=MessageState.SENT, channel=Channel.SMS, sent_at__lt=at - RECEIPT_LATE_AFTER)
    stuck = OutboxMessage.objects.select_for_update().filter(late, alarmed_at__isnull=True)
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
