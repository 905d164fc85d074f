"""Retry, cancel, clean up; what stalled is given to another worker."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, NotFound
from anju.core.transactions import service

from . import policies
from .models import JobFailure
from .rules import MAX_STALLED, STALLED_AFTER_SECONDS, error_text

log = logging.getLogger("anju.jobs")

RETRIED = journal.declare("jobs.job_retry", _("Put failed work back in the queue"))
CANCELLED = journal.declare("jobs.job_cancel", _("Cancelled background work"))


def _locked_status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE id = %s FOR UPDATE", [job_id]
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound(_("This job is gone: finished work is cleared after some days."))
    return str(found[0])


@service
def job_retry(*, actor: Actor, job_id: int, at: datetime) -> None:
    """Put a failed or cancelled job back in the queue.

    Raises:
        NotFound: it was cleared.
        Refused: the actor may not, or it neither failed nor was cancelled.
        Conflict: the same work waits already.
    """
    status = _locked_status(job_id)
    policies.may_retry(actor, status).require()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs o JOIN procrastinate_jobs j"
            " ON j.queueing_lock = o.queueing_lock WHERE j.id = %s AND o.status = 'todo')",
            [job_id],
        )
        if cursor.fetchone()[0]:
            raise Conflict(_("The same work waits in the queue already."))
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = %s, worker_id = NULL,"
            " abort_requested = false WHERE id = %s",
            [at, job_id],
        )
    journal.record(actor=actor, action=RETRIED, at=at, changes={"job": [status, job_id]})


@service
def job_cancel(*, actor: Actor, job_id: int, at: datetime) -> None:
    """Cancel a job that has not begun.

    Raises:
        NotFound: it was cleared.
        Refused: the actor may not, or it began already.
    """
    status = _locked_status(job_id)
    policies.may_cancel(actor, status).require()
    app.job_manager.cancel_job_by_id(job_id)
    journal.record(actor=actor, action=CANCELLED, at=at, changes={"job": [status, job_id]})


def failure_record(
    *, job_id: int, task_name: str, attempt: int, error: BaseException, at: datetime
) -> None:
    """Keep why a try failed."""
    JobFailure.objects.create(
        job_id=job_id, task_name=task_name, attempt=attempt, error=error_text(error), failed_at=at
    )


def stalled_retry(*, at: datetime, after_seconds: float = STALLED_AFTER_SECONDS) -> list[int]:
    """Give the jobs of dead workers to living ones; a job that killed three is failed.

    A worker is dead when its heartbeat is older than ``after_seconds``. Returns the job numbers.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.id, j.task_name, j.attempts FROM procrastinate_jobs j"
            " LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
            " WHERE j.status = 'doing' AND (w.id IS NULL"
            " OR w.last_heartbeat < now() - make_interval(secs => %s))"
            " ORDER BY j.id FOR UPDATE OF j SKIP LOCKED",
            [after_seconds],
        )
        stalled = cursor.fetchall()
        for job_id, task_name, attempts in stalled:
            given_up = attempts + 1 >= MAX_STALLED
            JobFailure.objects.create(
                job_id=job_id,
                task_name=task_name,
                attempt=attempts + 1,
                error="Stalled: its worker stopped without a word",
                failed_at=at,
            )
            if given_up:
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
            else:
                app.job_manager.retry_job_by_id(job_id, retry_at=at)
            log.warning("job %s stalled; %s", job_id, "failed" if given_up else "given back")
    return [row[0] for row in stalled]


def finished_clear(*, at: datetime, days: int = 14) -> int:
    """Remove finished jobs, their events and their failures after some days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status IN ('succeeded', 'failed',"
            " 'cancelled', 'aborted') AND NOT EXISTS (SELECT 1 FROM procrastinate_events e"
            " WHERE e.job_id = j.id AND e.at >= %s - make_interval(days => %s))",
            [at, days],
        )
        gone = cursor.rowcount
        cursor.execute(
            "DELETE FROM jobs_jobfailure WHERE failed_at < %s - make_interval(days => %s)",
            [at, days],
        )
    return gone
