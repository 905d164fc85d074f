"""Reading rows back as of any past instant (transaction time)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One earlier version of a row: its columns until ``until``, and who ended it."""

    until: datetime
    operation: str
    actor: str
    columns: dict[str, Any]


def row_versions(model: type[models.Model], pk: int) -> list[Version]:
    """Earlier versions of a row, newest first; empty when it was never changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT changed_at, operation, actor, old_row FROM core_history"
            " WHERE table_name = %s AND row_id = %s ORDER BY changed_at DESC, id DESC",
            [model._meta.db_table, pk],
        )
        return [
            Version(until=until, operation=operation, actor=actor, columns=_columns(columns))
            for until, operation, actor, columns in cursor.fetchall()
        ]


def row_as_of(model: type[models.Model], pk: int, at: datetime) -> dict[str, Any] | None:
    """Columns of a row as the database held them at ``at``.

    Returns None when the row was deleted before. A row inserted after ``at`` is the caller's
    to recognise by its own ``created_at``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT old_row FROM core_history WHERE table_name = %s AND row_id = %s"
            " AND changed_at > %s ORDER BY changed_at, id LIMIT 1",
            [model._meta.db_table, pk, at],
        )
        found = cursor.fetchone()
        if found:
            return _columns(found[0])
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id = %s", [pk])  # noqa: S608
        found = cursor.fetchone()
    return _columns(found[0]) if found else None


def _columns(value: Any) -> dict[str, Any]:
    import json

    return json.loads(value) if isinstance(value, str) else value
