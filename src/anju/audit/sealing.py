"""What the sealer reads and writes: rows as bytes, blocks, heads."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from .models import AuditBlock

LOCK = 0x414E4A55  # one sealer at a time, whichever process it lives in

_UTC = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

# One row as the text that is hashed and exported: PostgreSQL's jsonb text, the same on 15 and 18.
CANONICAL = f"""jsonb_build_array(
    e.id, e.era || ':' || e.xact::text, {_UTC.format("e.recorded_at")}, {_UTC.format("e.at")},
    e.actor_kind, e.role, e.user_id, e.post_id, e.organisation_id, e.action,
    e.target_type, e.target_id, e.target_label, e.reason, e.changes, e.personal, e.result,
    e.district_id, e.subdistrict_id, e.committee_id)::text"""

# Rows of a block: committed in its snapshot, not yet in the one before.
MEMBERS = """e.era = %(era)s AND e.xact >= pg_snapshot_xmin(%(before)s::pg_snapshot)
    AND NOT pg_visible_in_snapshot(e.xact, %(before)s::pg_snapshot)"""

FIRST_SNAPSHOT = "1:1:"

# The first snapshot after the last transaction of an era.
ALL_ENDED = """SELECT format('%%s:%%s:', x, x) FROM
    (SELECT max(xact::text::numeric) + 1 AS x FROM audit_event WHERE era = %(era)s) ended"""

Row = tuple[int, bytes, datetime]


def stamp(at: datetime) -> str:
    """An instant as it stands in a seal."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def unsealed(before: str, era: int, *, closed: bool) -> tuple[str, list[Row]]:
    """The snapshot and the rows (number, hash, time) committed since ``before``.

    One statement, so that the snapshot told is the one that chose the rows. In a ``closed`` era
    nothing is written any more, and its transaction numbers mean nothing to this server: the
    snapshot is one in which all of it had ended.
    """
    now = "pg_current_snapshot()"
    if closed:
        now = f"({ALL_ENDED})::pg_snapshot"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT now.shot::text, e.id, sha256(convert_to({CANONICAL}, 'UTF8')),
                e.recorded_at
            FROM (SELECT {now} AS shot) now LEFT JOIN audit_event e
                ON {MEMBERS} AND pg_visible_in_snapshot(e.xact, now.shot)
            ORDER BY e.xact, e.id
            """,  # noqa: S608 - constants of this module
            {"before": before, "era": era},
        )
        found = cursor.fetchall()
    rows = [(row[1], bytes(row[2]), row[3]) for row in found if row[1] is not None]
    return found[0][0], rows


def next_place(last: AuditBlock | None) -> tuple[int, str, bool]:
    """Where sealing goes on after ``last``: era, the snapshot before it, whether the era is closed.

    Rows that a restored database held unsealed belong to an era that is over; they come first.
    """
    now = current_era()
    for era in range(last.era if last is not None else 1, now):
        before = last.snapshot if last is not None and last.era == era else FIRST_SNAPSHOT
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM audit_event e WHERE {MEMBERS})",  # noqa: S608
                {"before": before, "era": era},
            )
            if cursor.fetchone()[0]:
                return era, before, True
    if last is not None and last.era == now:
        return now, last.snapshot, False
    return now, FIRST_SNAPSHOT, False


def current_era() -> int:
    """The era new rows get: raised by one when the database is restored into a new server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(d.adbin, d.adrelid)::int FROM pg_attrdef d JOIN pg_attribute a"
            " ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
            " WHERE d.adrelid = 'audit_event'::regclass AND a.attname = 'era'"
        )
        return int(cursor.fetchone()[0])
