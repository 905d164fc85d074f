"""What the operators' page of background work shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from anju.core.actors import Actor

from .models import JobFailure
from .policies import VIEW
from .rules import STALLED_AFTER_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue and how much stands in it."""

    name: str
    waiting: int
    running: int
    failed: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """One job of the clock."""

    task: str
    cron: str
    last_at: datetime | None
    last_status: str
    next_at: datetime


def jobs_visible_to(actor: Actor) -> QuerySet[ProcrastinateJob]:
    """Every job for operators, none for others."""
    jobs: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.all()
    return jobs if actor.can(VIEW) else jobs.none()


def queues() -> list[Queue]:
    """Every queue with its depth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, count(*) FILTER (WHERE status = 'todo'),"
            " count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),"
            " (SELECT min(e.at) FROM procrastinate_events e JOIN procrastinate_jobs w"
            "  ON w.id = e.job_id WHERE w.status = 'todo' AND w.queue_name = j.queue_name"
            "  AND e.type = 'deferred')"
            " FROM procrastinate_jobs j GROUP BY queue_name ORDER BY queue_name"
        )
        return [
            Queue(name=n, waiting=w, running=r, failed=f, oldest_at=o)
            for n, w, r, f, o in cursor.fetchall()
        ]


def workers(at: datetime) -> list[tuple[int, datetime, bool]]:
    """Number, last heartbeat and whether alive, of every worker on file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id")
        return [
            (number, beat, (at - beat).total_seconds() <= STALLED_AFTER_SECONDS)
            for number, beat in cursor.fetchall()
        ]


def stalled_count(at: datetime) -> int:
    """Running jobs whose worker is dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w"
            " ON w.id = j.worker_id WHERE j.status = 'doing' AND (w.id IS NULL OR"
            " w.last_heartbeat < %s - make_interval(secs => %s))",
            [at, STALLED_AFTER_SECONDS],
        )
        return int(cursor.fetchone()[0])


def periodic(at: datetime) -> list[Periodic]:
    """Every job of the clock with its last and next run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (p.task_name, p.periodic_id) p.task_name, p.periodic_id,"
            " p.defer_timestamp, coalesce(j.status::text, '')"
            " FROM procrastinate_periodic_defers p"
            " LEFT JOIN procrastinate_jobs j ON j.id = p.job_id"
            " ORDER BY p.task_name, p.periodic_id, p.defer_timestamp DESC"
        )
        last = {(task, key): (stamp, status) for task, key, stamp, status in cursor.fetchall()}
    found = []
    for (task, key), known in app.periodic_registry.periodic_tasks.items():
        stamp, status = last.get((task, key), (None, ""))
        found.append(
            Periodic(
                task=task,
                cron=known.cron,
                last_at=datetime.fromtimestamp(stamp, UTC) if stamp else None,
                last_status=status,
                next_at=datetime.fromtimestamp(
                    known.croniter.get_next(ret_type=float, start_time=at.timestamp()), UTC
                ),
            )
        )
    return sorted(found, key=lambda one: one.task)


def throughput(at: datetime, hours: int = 24) -> list[tuple[datetime, int, int]]:
    """Hour, jobs done and tries failed, for the last hours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h, count(e.id) FILTER (WHERE e.type = 'succeeded'),"
            " count(e.id) FILTER (WHERE e.type IN ('failed', 'deferred_for_retry'))"
            " FROM generate_series(date_trunc('hour', %(at)s::timestamptz)"
            "  - make_interval(hours => %(hours)s - 1), %(at)s::timestamptz, '1 hour') h"
            " LEFT JOIN procrastinate_events e ON e.at >= h AND e.at < h + interval '1 hour'"
            "  AND e.type IN ('succeeded', 'failed', 'deferred_for_retry')"
            " GROUP BY h ORDER BY h",
            {"at": at, "hours": hours},
        )
        return [(hour, int(done), int(failed)) for hour, done, failed in cursor.fetchall()]


def job_story(job_id: int) -> tuple[list[tuple[str, datetime]], list[JobFailure]]:
    """What happened to a job, and why its tries failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type::text, at FROM procrastinate_events WHERE job_id = %s ORDER BY id",
            [job_id],
        )
        events: list[tuple[str, Any]] = cursor.fetchall()
    return events, list(JobFailure.objects.filter(job_id=job_id).order_by("-failed_at")[:20])


def last_failures(job_ids: list[int]) -> dict[int, str]:
    """Job → its newest error."""
    rows = JobFailure.objects.filter(job_id__in=job_ids).order_by("job_id", "-failed_at")
    return {row.job_id: row.error for row in rows.distinct("job_id")}
