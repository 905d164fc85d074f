"""Removing bytes nobody keeps any more, and scanning what was not scanned yet."""

from __future__ import annotations

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.jobs.queue import app

from .services import bytes_clear, files_scan


# The clock of the queue is UTC: 3:50 in Shanghai.
@app.periodic(cron="50 19 * * *")
@app.task(name="files.bytes_clear", queue="default", queueing_lock="files.bytes_clear")
def clear(timestamp: int) -> int:
    """Remove the bytes of files taken back."""
    return bytes_clear(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="files.files_scan", queue="default", queueing_lock="files.files_scan")
def rescan(timestamp: int) -> int:
    """Scan files that came while no scanner answered."""
    return files_scan(actor=SYSTEM, at=timezone.now())
