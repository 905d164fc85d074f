"""Jobs of the register: tenancies end with their last day."""

from __future__ import annotations

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.jobs.queue import app

from .services import tenancies_end_due


# The clock of the queue is UTC: ten past midnight in Shanghai.
@app.periodic(cron="10 16 * * *")
@app.task(name="registry.tenancies_end", queue="default", queueing_lock="registry.tenancies_end")
def tenancies_end(timestamp: int) -> int:
    """End the tenancies whose last day was yesterday."""
    return tenancies_end_due(actor=SYSTEM, at=timezone.now())
