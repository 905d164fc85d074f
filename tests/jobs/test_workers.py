"""A worker that dies loses no work, and a failure tells the operator why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from anju.access.permissions import GRANTS
from anju.access.states import Role
from anju.core.errors import Refused
from anju.jobs import queries
from anju.jobs.models import JobFailure
from anju.jobs.queue import app, defer
from anju.jobs.rules import scrubbed
from anju.jobs.services import finished_clear, job_cancel, job_retry, stalled_retry
from tests.commits import cloned
from tests.factories.audit import make_actor

ROOT = Path(__file__).resolve().parents[2]
OPERATOR = make_actor(role="system_admin", permissions=GRANTS[Role.SYSTEM_ADMIN])


@pytest.fixture
def committing(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield from cloned("jobs")


@app.task(name="tests.wait")
def wait(seconds: float, path: str) -> None:
    with open(path, "a") as file:
        file.write("begun\n")
    time.sleep(seconds)
    with open(path, "a") as file:
        file.write("done\n")


@app.task(name="tests.fail")
def fail(number: str) -> None:
    raise ValueError(f"No home of '张三' with phone {number} at a@b.cn")


def worker(*more: str) -> subprocess.Popen[bytes]:
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/"
    code = (
        "import django; django.setup(); import tests.jobs.test_workers;"
        "from django.core.management import call_command;"
        f"call_command('work', *{list(more)!r})"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": "src:.",
            "DJANGO_SETTINGS_MODULE": "anju.config.settings",
            "DATABASE_URL": url.replace(":@", "@") + str(given["NAME"]),
        },
        stderr=subprocess.DEVNULL,
    )


def status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchone()[0])


def until(truth, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_work_of_a_killed_worker_is_done_by_the_next(committing, tmp_path):
    path = tmp_path / "story"
    job = defer(wait, seconds=60, path=str(path))
    first = worker()
    until(lambda: path.exists())
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert status(job) == "doing"
    with connection.cursor() as cursor:  # the second time it is quick
        cursor.execute("UPDATE procrastinate_jobs SET args = args || '{\"seconds\": 0}'")
    assert stalled_retry(at=timezone.now()) == []  # the heartbeat is young yet
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'")
    assert queries.stalled_count(timezone.now()) >= 1  # a job of the clock may have run too
    assert job in stalled_retry(at=timezone.now())
    second = worker("--once")
    assert second.wait(timeout=30) == 0
    assert status(job) == "succeeded"
    assert path.read_text() == "begun\nbegun\ndone\n"
    assert "worker stopped" in JobFailure.objects.get(job_id=job).error


def test_a_worker_told_to_stop_lets_the_running_job_end(committing, tmp_path):
    path = tmp_path / "log"
    job = defer(wait, seconds=2, path=str(path))
    process = worker()
    try:
        until(path.exists)
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert path.read_text() == "begun\ndone\n"
    assert status(job) == "succeeded"


def test_a_worker_told_to_stop_does_not_wait_for_ever(committing, tmp_path):
    path = tmp_path / "log"
    defer(wait, seconds=60, path=str(path))
    process = worker("--grace", "1")
    try:
        until(path.exists)
        began = time.monotonic()
        process.terminate()
        process.wait(20)
        assert time.monotonic() - began < 12
    finally:
        process.kill()


def test_a_job_that_takes_three_workers_down_is_given_up(db):
    job = defer(wait, seconds=0, path="x")
    for turn in range(3):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        assert stalled_retry(at=timezone.now()) == [job]
        assert status(job) == ("failed" if turn == 2 else "todo")


def test_a_failure_is_shown_without_personal_data_and_can_be_tried_again(committing):
    job = defer(fail, number="13812345678")
    assert worker("--once").wait(timeout=30) == 0
    assert status(job) == "failed"
    error = JobFailure.objects.get(job_id=job).error
    assert error.startswith("ValueError: No home of … with phone … at …")
    assert "138" not in error
    job_retry(actor=OPERATOR, job_id=job, at=timezone.now())
    assert status(job) == "todo"
    job_cancel(actor=OPERATOR, job_id=job, at=timezone.now())
    assert status(job) == "cancelled"
    with pytest.raises(Refused):
        job_cancel(actor=OPERATOR, job_id=job, at=timezone.now())
    with pytest.raises(Refused):
        job_retry(actor=make_actor(), job_id=job, at=timezone.now())


def test_waiting_work_with_one_key_is_queued_once(db):
    assert defer(wait, once="k", seconds=0, path="x") is not None
    assert defer(wait, once="k", seconds=0, path="x") is None


def test_work_deferred_in_a_transaction_that_fails_is_not_queued(db):
    def broken() -> None:
        with transaction.atomic():
            defer(wait, seconds=0, path="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert sum(queue.waiting for queue in queries.queues()) == 0


def test_the_overview_counts_queues_periodic_work_and_throughput(db):
    defer(wait, seconds=0, path="x")
    now = timezone.now()
    assert [(q.name, q.waiting) for q in queries.queues()] == [("default", 1)]
    periodic = {one.task: one for one in queries.periodic(now)}
    assert now < periodic["audit.partitions_make"].next_at <= now + timedelta(days=1)
    assert len(queries.throughput(now)) == 24
    assert finished_clear(at=now + timedelta(days=30)) == 0


@pytest.mark.parametrize(
    "text", ["13812345678", "a.b@c.cn", "110101199003070014", "张三丰", "Key (phone)=(1381)"]
)
def test_errors_are_scrubbed(text):
    assert text not in scrubbed(f"error: {text} end")
