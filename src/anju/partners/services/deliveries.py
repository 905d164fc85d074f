"""Deliveries: claimed, carried, noted; tried for three days, then the endpoint is switched off."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from anju.core import journal
from anju.core.actors import SYSTEM, Actor
from anju.core.transactions import service
from anju.notices.vault import KeyMissing, unseal

from .. import policies
from ..models import Delivery, DeliveryTry, Endpoint, Event
from ..rules import next_try
from ..sending import Outcome, post, signed_headers
from ..states import DeliveryState, EndpointState, Failure
from .endpoints import administrators_tell, endpoint_disable

log = logging.getLogger("anju.partners")

RESENT = journal.declare("partners.delivery_resend", gettext_lazy("Sent a webhook again"))
LEASE = timedelta(minutes=1)  # a sender that dies leaves the delivery to the next one after this
GONE = 410


def payload(event: Event) -> str:
    """The body of an event: the same bytes on every try."""
    return json.dumps(
        {
            "type": event.kind,
            "timestamp": event.happened_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "sequence": event.sequence,
            "data": event.data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def deliveries_send_due(
    *, clock: Callable[[], datetime], limit: int = 200, carry: Callable[..., Outcome] = post
) -> int:
    """Try every delivery that is due; returns how many were tried.

    Each is claimed in its own short transaction before it leaves and noted after: a crash between
    the two sends it once more rather than never (``webhook-id`` tells the receiver). After one
    failure the endpoint's others wait for the next round, so that a dead one holds up nobody.
    """
    tried, silent = 0, set[int]()
    while tried < limit and (delivery := _claim(clock(), silent)) is not None:
        outcome = _carry(delivery, clock(), carry)
        if not _note(delivery, outcome, clock()):
            silent.add(delivery.endpoint_id)
        tried += 1
    return tried


def _claim(at: datetime, silent: set[int]) -> Delivery | None:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                state=DeliveryState.WAITING,
                due_at__lte=at,
                endpoint__state=EndpointState.ACTIVE,
            )
            .exclude(endpoint_id__in=silent)
            .select_related("event", "endpoint__organisation")
            .order_by("due_at", "event__sequence")
            .first()
        )
        if delivery is not None:
            delivery.attempts += 1
            delivery.first_tried_at = delivery.first_tried_at or at
            delivery.due_at = at + LEASE
            delivery.save(update_fields=["attempts", "first_tried_at", "due_at"])
        return delivery


def _carry(delivery: Delivery, at: datetime, carry: Callable[..., Outcome]) -> Outcome:
    endpoint, body = delivery.endpoint, payload(delivery.event)
    try:
        secrets = [unseal(endpoint.secret_sealed)]
        if endpoint.old_secret_runs(at) and endpoint.old_secret_sealed is not None:
            secrets.append(unseal(endpoint.old_secret_sealed))
    except KeyMissing:
        return Outcome(failure=Failure.KEY)
    headers = signed_headers(secrets, uid=delivery.event.uid, at=at, body=body)
    return carry(endpoint.address, body=body.encode(), headers=headers)


def _note(delivery: Delivery, outcome: Outcome, at: datetime) -> bool:
    """Write down a try and what follows from it; returns whether it arrived."""
    with transaction.atomic():
        DeliveryTry.objects.create(
            delivery=delivery, tried_at=at, status=outcome.status,
            milliseconds=outcome.milliseconds, failure=outcome.failure, answer=outcome.answer,
        )  # fmt: skip
        if outcome.arrived:
            _end(delivery, DeliveryState.DELIVERED, at)
            Endpoint.objects.filter(pk=delivery.endpoint_id).update(delivered_at=at)
            return True
        first = delivery.first_tried_at or at
        delivery.due_at = next_try(delivery.attempts, first=first, at=at)
        if outcome.status == GONE:
            delivery.due_at = None
        if delivery.due_at is not None:
            delivery.save(update_fields=["due_at"])
            return False
        _end(delivery, DeliveryState.FAILED, at)
        _give_up(delivery, outcome, first, at)
        return False


def _end(delivery: Delivery, state: DeliveryState, at: datetime) -> None:
    delivery.state, delivery.due_at, delivery.ended_at = state, None, at
    delivery.save(update_fields=["state", "due_at", "ended_at"])


def _give_up(delivery: Delivery, outcome: Outcome, first: datetime, at: datetime) -> None:
    """Switch the endpoint off, unless something arrived there in the same three days."""
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=delivery.endpoint_id)
    heard = endpoint.delivered_at is not None and endpoint.delivered_at >= first
    if endpoint.state != EndpointState.ACTIVE or (heard and outcome.status != GONE):
        return
    with override("zh-hans"):  # read by officials, in the language of the house
        reason = (
            _("The endpoint answered that it is gone (410).")
            if outcome.status == GONE
            else _("Nothing arrived for three days.")
        )
    endpoint_disable(actor=SYSTEM, endpoint=endpoint, reason=reason, at=at)
    told = administrators_tell(endpoint=endpoint, at=at)
    log.warning("endpoint %s is switched off; %s administrators told", endpoint.pk, told)


@service
def delivery_resend(*, actor: Actor, delivery: Delivery, at: datetime) -> Delivery:
    """Put an ended delivery back in the row, for three days anew.

    Raises:
        Refused: the actor may not, it waits already, or the endpoint is off.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("endpoint")
        .get(pk=delivery.pk)
    )
    policies.may_resend(actor, delivery).require()
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.due_at, delivery.ended_at, delivery.first_tried_at = at, None, None
    delivery.save()
    journal.record(actor=actor, action=RESENT, at=at, target=delivery)
    return delivery
