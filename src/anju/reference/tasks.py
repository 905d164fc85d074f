"""Jobs: changes whose day has come, and the rows that follow them. Uses the queue's library."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anju.core.actors import SYSTEM

from . import services


def changes_due() -> None:
    """Make the confirmed changes whose day has come."""
    services.changes_due_make(actor=SYSTEM, at=timezone.now())


LOOPS = {"reference.changes_due_make": (changes_due, 60.0)}


@app.task(
    name="reference.rows_move",
    queue="default",
    lock="reference.rows_move",
    retry=RetryStrategy(max_attempts=5, exponential_wait=2),
)
def rows_move_all(change_id: int) -> int:
    """Move the rows of a change, batch by batch; what a crash left is moved by the next run."""
    after: dict[str, int] = {}
    whole = 0
    while moved := services.rows_move(
        actor=SYSTEM, change_id=change_id, at=timezone.now(), after=after
    ):
        whole += moved
    return whole
