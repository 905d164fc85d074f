"""The queue of background work. ``tasks.py`` of an app declares its jobs with ``app.task``::

    from anju.jobs.queue import app, defer


    @app.task(name="flow.publicity_close", queue="default", retry=RETRY)
    def publicity_close(publicity_id: int) -> None: ...

``@app.periodic(cron="0 18 * * *")`` above it makes a job of the clock (UTC: 2:00 in Shanghai); it
then takes ``timestamp``.
``defer(task, …)`` inside a service puts the job in the queue with the transaction.
``LOOPS = {"audit.seal": (seal_once, 1.0)}`` in ``tasks.py`` names what a worker repeats every so
many seconds without a job row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procrastinate import RetryStrategy, exceptions
from procrastinate.contrib.django import app

__all__ = ["LOOPS_NAME", "RETRY", "Loop", "app", "defer"]

# Seconds before the second try and its growth: 4, 8, 16, 32, 64 seconds.
RETRY = RetryStrategy(max_attempts=5, exponential_wait=2)
LOOPS_NAME = "LOOPS"
Loop = tuple[Callable[[], Any], float]


def defer(task: Any, *, once: str = "", **arguments: Any) -> int | None:
    """Put a job in the queue, in the current transaction.

    Args:
        task: what ``app.task`` made.
        once: a key; while a job with it waits, no second one is put.
        arguments: JSON values the task takes by keyword.

    Returns:
        The job's number, or None when one with the same key waits already.
    """
    from django.db import transaction

    configured = task.configure(queueing_lock=once) if once else task
    try:
        with transaction.atomic():
            return int(configured.defer(**arguments))
    except exceptions.AlreadyEnqueued:
        return None
