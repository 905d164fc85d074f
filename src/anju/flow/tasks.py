"""Jobs: end the shows whose last day is over."""

from __future__ import annotations

import logging

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.core.errors import Refused
from anju.core.time import legal_day
from anju.jobs.queue import app

from . import queries, services

log = logging.getLogger(__name__)


# The clock of the queue is UTC: five past midnight in Shanghai.
@app.periodic(cron="5 16 * * *")
@app.task(name="flow.publicity_end", queue="default", queueing_lock="flow.publicity_end")
def publicity_end(timestamp: int) -> None:
    """End every show that is over; one whose objection waits goes on until it is answered."""
    at = timezone.now()
    for publicity in queries.publicity_due_to_end(today=legal_day(at)):
        try:
            services.publicity_end(actor=SYSTEM, at=at, publicity=publicity)
        except Refused as refusal:
            log.info("notice %s stays on show: %s", publicity.pk, refusal)
