"""Taking indexes, constraints and triggers off the large tables for a load, and putting them back.

Everything taken off is written down in the database first, so that an interrupted load can be
mended; what is put back checks every row, so nothing wrong can stay.
"""

from __future__ import annotations

from typing import Any

# The tables that hold hundreds of thousands of rows, in the order in which they may be emptied.
LARGE = ("ownership", "unit", "areabuilding", "stairwell", "building", "personkey", "person")
TABLES = tuple(f"registry_{name}" for name in LARGE)

_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname, c.contype::text, pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.conrelid = ANY(%s::regclass[]) AND c.contype IN ('f', 'u', 'x')
ORDER BY c.contype = 'f' DESC, 1, 2
"""
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c
                  WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'x'))
ORDER BY 1, 2
"""


def written_down(cursor: Any) -> tuple[list[str], list[dict[str, str]]]:
    """Statements that take off, and rows ``{table, phase, sql}`` that put back."""
    off: list[str] = []
    back: list[dict[str, str]] = []
    cursor.execute(_CONSTRAINTS, [list(TABLES)])
    for table, name, kind, definition in cursor.fetchall():
        off.append(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        sql = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        phase = "references" if kind == "f" else "indexes"
        back.append({"table": table, "phase": phase, "name": name, "sql": sql})
    cursor.execute(_INDEXES, [list(TABLES)])
    for table, name, definition in cursor.fetchall():
        off.append(f"DROP INDEX {name}")
        back.append({"table": table, "phase": "indexes", "name": name, "sql": definition})
    for table in TABLES:
        off.append(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        sql = f"ALTER TABLE {table} ENABLE TRIGGER USER"
        back.append({"table": table, "phase": "triggers", "name": "", "sql": sql})
    return off, back


def one_by_one(cursor: Any, back: list[dict[str, str]]) -> None:
    """Put back what is missing, in one session; a load may have stopped half-way."""
    cursor.execute(
        "SELECT conname::text FROM pg_constraint WHERE conrelid = ANY(%s::regclass[])"
        " UNION SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = ANY(%s::regclass[])",
        [list(TABLES)] * 2,
    )
    present = {name for (name,) in cursor.fetchall()}
    for phase in ("indexes", "references", "triggers"):
        for row in back:
            if row["phase"] == phase and row["name"] not in present:
                cursor.execute(row["sql"])
