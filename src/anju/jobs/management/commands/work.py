"""The worker: jobs of the queue, jobs of the clock, and the loops of each app."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.jobs.loops import found_loops
from anju.jobs.services import failure_record

log = logging.getLogger("anju.jobs")


class Command(BaseCommand):
    help = _("Run background work until stopped.")  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help=str(_("jobs at a time")))
        parser.add_argument("--queues", default="", help=str(_("queue names, with commas")))
        parser.add_argument("--once", action="store_true", help=str(_("stop when nothing waits")))
        words = str(_("seconds that running jobs get to end when the worker is stopped"))
        parser.add_argument("--grace", type=float, default=10.0, help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        from procrastinate.contrib.django import app

        stop = threading.Event()
        threads = [
            threading.Thread(target=_repeat, args=(name, call, seconds, stop), daemon=True)
            for name, (call, seconds) in ({} if options["once"] else found_loops()).items()
        ]
        for thread in threads:
            thread.start()
        queues = [name for name in options["queues"].split(",") if name] or None
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        try:
            with app.replace_connector(connector):
                asyncio.run(
                    _work(
                        app,
                        queues=queues,
                        concurrency=options["concurrency"],
                        wait=not options["once"],
                        grace=options["grace"],
                    )
                )
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=5)


async def _work(
    app: Any, *, queues: list[str] | None, concurrency: int, wait: bool, grace: float
) -> None:
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=queues,
                concurrency=concurrency,
                wait=wait,
                delete_jobs="never",
                update_heartbeat_interval=5.0,
                task_middleware=[keep_failure],
                shutdown_graceful_timeout=grace,
                install_signal_handlers=False,
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stopper(worker, grace))
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def _stopper(worker: asyncio.Task[None], grace: float) -> Callable[[int, Any], None]:
    loop = asyncio.get_running_loop()

    def stop(_number: int, _frame: Any) -> None:
        # Running jobs may end. With the database gone as well, the queue's client waits for it
        # long after anybody wants it to; a job cut off is taken up again by the next worker.
        hard = threading.Timer(grace + 5, os._exit, (1,))
        hard.daemon = True
        hard.start()
        loop.call_soon_threadsafe(worker.cancel)

    return stop


def keep_failure(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Keep why a job failed, for the operators' page; then let it fail."""
    try:
        return call_next()
    except Exception as error:
        job = context.job
        failure_record(
            job_id=job.id,
            task_name=job.task_name,
            attempt=job.attempts + 1,
            error=error,
            at=timezone.now(),
        )
        raise


def _repeat(name: str, call: Callable[[], Any], seconds: float, stop: threading.Event) -> None:
    while not stop.wait(seconds):
        try:
            close_old_connections()
            call()
        except Exception:
            # The next turn tries again; the pages of audit and jobs show the lag.
            log.exception("loop %s failed", name)
            connections.close_all()
    connections.close_all()
