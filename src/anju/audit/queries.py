"""Reads of the audit: exports, lag, gaps, and who read a person's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Q, QuerySet

from .audit_verify import FORMAT, read_anchors
from .models import AuditBlock, AuditEvent
from .sealing import CANONICAL, FIRST_SNAPSHOT, next_place, stamp

LAG_LIMIT = timedelta(seconds=5)


def export_lines(*, since: datetime | None, until: datetime | None) -> Iterator[bytes]:
    """Lines of an export: the blocks sealed from ``since`` to before ``until``."""
    blocks = AuditBlock.objects.order_by("number")
    if since is not None:
        blocks = blocks.filter(sealed_at__gte=since)
    if until is not None:
        blocks = blocks.filter(sealed_at__lt=until)
    yield _line({"format": FORMAT, "from": since and stamp(since), "to": until and stamp(until)})
    count = 0
    before: AuditBlock | None = None
    for block in blocks.iterator(chunk_size=50):
        if before is None or before.number != block.number - 1:
            before = AuditBlock.objects.filter(number=block.number - 1).first()
        yield _line(
            {
                "seal": [
                    block.number,
                    block.era,
                    block.algorithm,
                    stamp(block.sealed_at),
                    block.snapshot,
                    block.row_ids,
                ],
                "previous": bytes(block.previous_hash).hex(),
                "hash": bytes(block.hash).hex(),
                "row_hashes": bytes(block.row_hashes).hex(),
            }
        )
        yield from _rows(block, before)
        before = block
        count += 1
    yield _line({"end": count})


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _rows(block: AuditBlock, before: AuditBlock | None) -> Iterator[bytes]:
    # By snapshot and by number: a row put in later shows, and so does one moved elsewhere.
    low = before.snapshot if before is not None and before.era == block.era else FIRST_SNAPSHOT
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {CANONICAL} FROM audit_event e
            WHERE e.era = %(era)s AND e.xact >= pg_snapshot_xmin(%(before)s::pg_snapshot)
                AND e.xact < pg_snapshot_xmax(%(now)s::pg_snapshot)
                AND NOT pg_visible_in_snapshot(e.xact, %(before)s::pg_snapshot)
                AND pg_visible_in_snapshot(e.xact, %(now)s::pg_snapshot)
            ORDER BY e.xact, e.id
            """,  # noqa: S608 - constants
            {"era": block.era, "before": low, "now": block.snapshot},
        )
        while rows := cursor.fetchmany(2000):
            for (text,) in rows:
                yield text.encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """How far sealing is behind."""

    unsealed: int
    oldest_at: datetime | None
    head: AuditBlock | None
    lag: timedelta

    @property
    def late(self) -> bool:
        return self.lag > LAG_LIMIT


def sealing_at(at: datetime) -> Sealing:
    """Committed rows that wait for their seal, and for how long the oldest has waited."""
    head = AuditBlock.objects.order_by("-number").first()
    era, before, _closed = next_place(head)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(e.recorded_at) FROM audit_event e WHERE e.era = %(era)s"
            " AND e.xact >= pg_snapshot_xmin(%(before)s::pg_snapshot)"
            " AND NOT pg_visible_in_snapshot(e.xact, %(before)s::pg_snapshot)",
            {"era": era, "before": before},
        )
        count, oldest = cursor.fetchone()
    lag = max(at - oldest, timedelta()) if oldest is not None else timedelta()
    return Sealing(unsealed=count, oldest_at=oldest, head=head, lag=lag)


def block_gaps(limit: int = 20) -> list[tuple[int, int]]:
    """Missing block numbers as (first, last)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT before + 1, number - 1 FROM (SELECT number, lag(number, 1, 0::bigint)"
            " OVER (ORDER BY number) AS before FROM audit_auditblock) b"
            " WHERE number <> before + 1 ORDER BY number LIMIT %s",
            [limit],
        )
        return [(int(low), int(high)) for low, high in cursor.fetchall()]


def anchors_in(path: Path) -> dict[int, tuple[str, str]]:
    """Block number → hash and day, as written outside the database."""
    try:
        with path.open(encoding="ascii") as file:
            return read_anchors(file)
    except (OSError, UnicodeDecodeError):
        return {}


def readings_of(wanted: Q) -> QuerySet[AuditEvent]:
    """Reads in clear of the wanted objects' personal data, newest first; for the data's owner.

    The caller shows it only to those whose data it is.
    """
    return AuditEvent.objects.filter(wanted, personal=True, result="done").order_by(
        "-recorded_at", "-pk"
    )


def block_of(event: AuditEvent) -> AuditBlock | None:
    """The block that sealed a row, or None while it waits."""
    return (
        AuditBlock.objects.filter(
            first_id__lte=event.pk, last_id__gte=event.pk, row_ids__contains=event.pk
        )
        .defer("row_ids", "row_hashes")
        .first()
    )


def acts_on(target_type: str, target_id: int, limit: int = 40) -> QuerySet[AuditEvent]:
    """What was done to one object, newest first.

    The caller shows it on the page of an object the reader may see.
    """
    return AuditEvent.objects.filter(
        target_type=target_type, target_id=str(target_id), result="done"
    ).order_by("-recorded_at")[:limit]
