"""Writing an export: one snapshot read through a cursor, a file beside, then storage.

Memory stays the same however long the list is: the server keeps the rows and sends 2,000 at a
time, the file grows on disk, and a thread of its own writes how far it is.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone, translation

from anju.core.actors import SYSTEM, Actor
from anju.ui.exports import csv_write, xlsx_write
from anju.ui.listings import listing_of
from anju.ui.lists import list_named

from . import policies, services
from .models import ListExport
from .states import Reason

log = logging.getLogger("anju.exports")

NOTE_SECONDS = 1.0


class Stopped(Exception):
    """Cancelled, or taken up by another worker."""


class Ended(Exception):
    """There will be no file, and this is why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Watch:
    """Writes how far an attempt is every second, on a connection of its own, and hears "stop"."""

    def __init__(self, export: ListExport) -> None:
        self.export = export
        self.rows = 0
        self.total = export.rows_total
        self.stopped = threading.Event()
        self.reading: psycopg.Connection | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._over.wait(NOTE_SECONDS):
            try:
                going = services.progress_note(
                    export_id=self.export.pk,
                    attempt=self.export.attempt,
                    rows=self.rows,
                    total=self.total,
                )
            except Exception:
                # The next second tries again; the file does not hang on the progress bar.
                log.exception("progress of export %s", self.export.pk)
                connections.close_all()
                continue
            if not going:
                self.stopped.set()
                if self.reading is not None:
                    self.reading.cancel_safe(timeout=5)  # ends a long sort as well
                break
        connections.close_all()

    def count(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """The rows, counted as they pass."""
        for row in rows:
            if self.stopped.is_set():
                raise Stopped
            self.rows += 1
            yield row


def export_make(export_id: int) -> None:
    """Write an export, whatever became of an earlier attempt.

    Raises:
        Exception: what broke; the export is marked as failed before.
    """
    export = services.export_begin(actor=SYSTEM, export_id=export_id, at=timezone.now())
    if export is None:
        return
    services.attempt_drop(export_id=export.pk, attempt=export.attempt - 1)
    folder = _folder(export)
    try:
        with Watch(export) as watch:
            made = _written(export, watch, folder)
            if watch.stopped.is_set():
                raise Stopped
        _stored(export, made, watch.rows)
    except Stopped:
        log.info("export %s stopped", export.pk)
    except Ended as end:
        _end(export, end.reason)
    except Exception:
        _end(export, Reason.BROKEN)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end(export: ListExport, reason: Reason) -> None:
    services.export_end(
        actor=SYSTEM,
        export_id=export.pk,
        attempt=export.attempt,
        reason=reason,
        at=timezone.now(),
    )


def _folder(export: ListExport) -> Path:
    """A folder of this attempt; those of attempts whose worker was killed go."""
    root = Path(settings.VAR) / "exporting"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in root.glob(f"{export.pk}-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder = root / f"{export.pk}-{export.attempt}"
    folder.mkdir(mode=0o700)
    return folder


def _actor(export: ListExport) -> Actor:
    actor, reason = policies.standing(export, at=timezone.now())
    if reason is not None:
        raise Ended(reason)
    return actor


def _written(export: ListExport, watch: Watch, folder: Path) -> Path:
    target = folder / "file"
    try:
        with transaction.atomic(), translation.override(export.language):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            watch.reading = connection.connection
            declared, _rule = list_named(export.list_name)
            listing = listing_of(declared, _actor(export), export.query)
            if listing.errors:
                raise Ended(Reason.CONDITIONS)
            watch.total = listing.count
            heads, rows = listing.file_heads, watch.count(listing.file_rows())
            with target.open("wb") as file:
                if export.file_format == "csv":
                    csv_write(file, heads, rows)
                else:
                    title = str(declared.title)
                    xlsx_write(file, heads, rows, sheet=title, folder=str(folder))
    except OperationalError as error:
        if watch.stopped.is_set():
            raise Stopped from error
        raise
    finally:
        watch.reading = None
    return target


def _stored(export: ListExport, made: Path, rows: int) -> None:
    _actor(export)  # the post may have ended meanwhile
    with made.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        path = default_storage.save(export.storage_path, File(file))
    kept = services.export_finish(
        actor=SYSTEM,
        export_id=export.pk,
        attempt=export.attempt,
        path=path,
        size=made.stat().st_size,
        sha256=digest,
        rows=rows,
        at=timezone.now(),
    )
    if not kept:
        default_storage.delete(path)
