"""Events: written with the change, numbered and handed out by one dispatcher after it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from ..models import Delivery, Endpoint, Event
from ..rules import KEPT_EVENTS
from ..states import DeliveryState, EndpointState

DISPATCHER = 0x616E6A75  # advisory lock: one dispatcher at a time in the whole database


def event_record(
    *,
    kind: str,
    subject: models.Model,
    data: Mapping[str, Any],
    organisation_id: int | None,
    at: datetime,
) -> Event:
    """Write an event in the caller's transaction, for one organisation or for everybody."""
    return Event.objects.create(
        uid=f"evt_{uuid.uuid4().hex}",
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        data=dict(data),
        organisation_id=organisation_id,
        happened_at=at,
    )


def events_dispatch(*, at: datetime, limit: int = 500) -> int:
    """Number committed events and write a delivery for each endpoint in use that asks for them.

    Only one dispatcher runs at a time; another returns at once. What it has not numbered yet is
    what has no number, not what lies behind some mark: a row whose transaction commits late is
    numbered late and never passed over. Returns how many events were numbered.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [DISPATCHER])
        if not cursor.fetchone()[0]:
            return 0
        events = list(Event.objects.filter(sequence=None).order_by("pk")[:limit])
        if not events:
            return 0
        cursor.execute(
            "SELECT nextval('partners_event_sequence') FROM generate_series(1, %s)", [len(events)]
        )
        for event, (number,) in zip(events, sorted(cursor.fetchall()), strict=True):
            event.sequence, event.dispatched_at = number, at
        Event.objects.bulk_update(events, ["sequence", "dispatched_at"])
        endpoints = list(Endpoint.objects.filter(state=EndpointState.ACTIVE).order_by("pk"))
        Delivery.objects.bulk_create(
            Delivery(event=event, endpoint=endpoint, created_at=at, due_at=at)
            for event in events
            for endpoint in endpoints
            if event.kind in endpoint.kinds
            and event.organisation_id in (None, endpoint.organisation_id)
        )
    return len(events)


def events_clear(*, at: datetime) -> int:
    """Remove events and their deliveries after thirty days; returns how many events.

    What still waits for an endpoint in use stays; what waits for one that is off does not.
    """
    busy = Delivery.objects.filter(
        event=models.OuterRef("pk"),
        state=DeliveryState.WAITING,
        endpoint__state=EndpointState.ACTIVE,
    )
    old = Event.objects.filter(~models.Exists(busy), dispatched_at__lt=at - KEPT_EVENTS)
    _all, by_model = old.delete()
    return by_model.get("partners.Event", 0)
