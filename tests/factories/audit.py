"""Audit rows for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from anju.core import journal
from anju.core.actors import Actor, ActorKind, Reach

MOVED = journal.declare("audit.test_move", "移动试验物")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def make_actor(**fields: object) -> Actor:
    """An actor of a test."""
    given = {"kind": ActorKind.USER, "role": "auditor", "reach": Reach.CITY, "user_id": 7}
    return Actor(**(given | fields))  # type: ignore[arg-type]


def make_events(count: int, **fields: object) -> None:
    """Rows of audit, each in a transaction of its own."""
    given = {"actor": make_actor(), "action": MOVED, "at": NOON} | fields
    for number in range(count):
        with transaction.atomic():
            journal.record(changes={"name": ["旧", f"新 {number}"]}, reason="原因", **given)
