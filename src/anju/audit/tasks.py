"""Jobs: seal, anchor, make partitions. Audit stands beside the queue and uses its library."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from anju.core.actors import SYSTEM

from . import services


def seal() -> None:
    """Seal what was committed since the last turn."""
    services.rows_seal(at=timezone.now())


# Twice a second would do no harm; one second leaves four to spare.
LOOPS = {"audit.seal": (seal, 1.0)}


# The clock of the queue is UTC: five past midnight in Shanghai.
@app.periodic(cron="5 16 * * *")
@app.task(name="audit.head_anchor", queue="default", queueing_lock="audit.head_anchor")
def head_anchor(timestamp: int) -> None:
    """Anchor the head once a day."""
    services.head_anchor(actor=SYSTEM, at=timezone.now())


@app.periodic(cron="15 17 * * *")
@app.task(name="audit.partitions_make", queue="default", queueing_lock="audit.partitions_make")
def partitions_make(timestamp: int) -> None:
    """Make the partitions of the next twelve months."""
    services.partitions_make(actor=SYSTEM, at=timezone.now())
