"""Jobs about jobs."""

from __future__ import annotations

from django.utils import timezone

from .queue import app
from .services import finished_clear, stalled_retry


def stalled() -> None:
    """Give the jobs of dead workers to living ones."""
    stalled_retry(at=timezone.now())


# Not a job itself: the queue may be what stands still.
LOOPS = {"jobs.stalled_retry": (stalled, 10.0)}


# The clock of the queue is UTC: 3:40 in Shanghai.
@app.periodic(cron="40 19 * * *")
@app.task(name="jobs.finished_clear", queue="default", queueing_lock="jobs.finished_clear")
def jobs_clear(timestamp: int) -> int:
    """Remove finished jobs after some days."""
    return finished_clear(at=timezone.now())
