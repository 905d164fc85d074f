"""Long lists are written one after the other, so that other work always finds a free hand."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone

from anju.jobs.queue import app

from .services import exports_settle


@app.task(name="exports.export_write", queue="exports", lock="exports.export_write")
def export_write(export_id: int) -> None:
    """Write one export."""
    from .making import export_make

    close_old_connections()  # the thread may have slept for days
    export_make(export_id)


def settle() -> None:
    """Remove files whose time is over, and end what was given up."""
    exports_settle(at=timezone.now())


LOOPS = {"exports.settle": (settle, 30.0)}
