"""What the switched-off triggers would have refused or filled, done for the whole load at once."""

from __future__ import annotations

from typing import Any

TALLIES = """
INSERT INTO registry_unittally (building_id, kind, state, community_id, area_id, district_id,
    subdistrict_id, committee_id, units, area_dm2)
SELECT building_id, kind, state, min(community_id), min(area_id), min(district_id),
    min(subdistrict_id), min(committee_id), count(*), sum(area_dm2)
FROM registry_unit GROUP BY building_id, kind, state
"""

# Each answers with the number of rows that are wrong.
CHECKS = {
    "units whose place is not their area's path": """
        SELECT count(*) FROM registry_unit u JOIN reference_area a ON a.id = u.area_id
        WHERE (u.district_id, u.subdistrict_id, u.committee_id)
            IS DISTINCT FROM (a.district_id, a.subdistrict_id, a.committee_id)""",
    "buildings whose place is not their area's path": """
        SELECT count(*) FROM registry_building b JOIN reference_area a ON a.id = b.area_id
        WHERE (b.district_id, b.subdistrict_id, b.committee_id)
            IS DISTINCT FROM (a.district_id, a.subdistrict_id, a.committee_id)""",
    # What is held after each day on which a spell of the unit begins: a running sum in one sort.
    # A join of each day with the spells that hold then was planned as a nested loop.
    "units whose shares do not add to one": """
        SELECT count(*) FROM (
            SELECT begins, odd, sum(moved) OVER (PARTITION BY unit_id ORDER BY day) AS parts
            FROM (
                SELECT unit_id, day, sum(moved) AS moved, bool_or(begins) AS begins,
                    bool_or(odd) AS odd
                FROM (
                    SELECT o.unit_id, e.day, e.moved, e.begins, 10000 % o.share_den <> 0 AS odd
                    FROM registry_ownership o
                    CROSS JOIN LATERAL (VALUES
                        (coalesce(lower(o.period), '-infinity'),
                            10000 / o.share_den * o.share_num, true),
                        (coalesce(upper(o.period), 'infinity'),
                            -(10000 / o.share_den * o.share_num), false)
                    ) e(day, moved, begins)
                ) moves
                GROUP BY unit_id, day) days) held
        WHERE begins AND (parts <> 10000 OR odd)""",
    "units with days on which nobody owns them": """
        SELECT count(*) FROM (
            SELECT unit_id, range_agg(period) AS spells FROM registry_ownership GROUP BY unit_id) t
        WHERE array_length(ARRAY(SELECT unnest(spells)), 1) <> 1""",
}


def wrong_rows(cursor: Any) -> dict[str, int]:
    """Failed checks by name; empty when the load is sound."""
    failed = {}
    for name, sql in CHECKS.items():
        cursor.execute(sql)
        (count,) = cursor.fetchone()
        if count:
            failed[name] = count
    return failed


def identities_follow(cursor: Any, tables: list[str]) -> None:
    """Let every identity column go on after the largest number written."""
    for table in tables:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        if sequence:
            last = f"coalesce((SELECT max(id) FROM {table}), 0) + 1"  # noqa: S608
            cursor.execute(f"SELECT setval('{sequence}', {last}, false)")
