"""The list of homes at the size of a city: statements, rows, and the page over HTTP.

Usage: DATABASE_URL=… python bench/unit_list.py [repeats] [requests]
Needs a generated city. A clerk of the city, of a district and of a sub-district each ask for 100
rows with the exact count. Exit code 1 above a limit.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")

import serving  # noqa: E402

SQL_TIMES, QUERIES, ROWS_MS, ALONE_MS, EIGHT_MS = 1.5, 8, 15, 150, 300
PLACE = {"city": "true", "district": "{t}.district_id = %(area)s"}
PLACE["subdistrict"] = "{t}.subdistrict_id = %(area)s"
COUNT = "SELECT sum(units) FROM registry_unittally t WHERE {where}"
ROWS = """
SELECT u.id, u.number, u.floor, u.kind, u.area_dm2, u.area_source, u.state, u.sort_key,
       u.district_id, u.subdistrict_id, u.committee_id, c.name, b.number, s.number,
       ARRAY(SELECT coalesce(p.name, f.name) FROM registry_ownership o
             LEFT JOIN registry_person p ON p.id = o.person_id
             LEFT JOIN registry_company f ON f.id = o.company_id
             WHERE o.unit_id = u.id AND o.period @> CURRENT_DATE ORDER BY o.id)
FROM registry_unit u
JOIN registry_community c ON c.id = u.community_id
JOIN registry_building b ON b.id = u.building_id
LEFT JOIN registry_stairwell s ON s.id = u.stairwell_id
WHERE {where} ORDER BY u.sort_key, u.id LIMIT 100
"""


def bare(session: Any, clerk: serving.Clerk) -> float:
    """Milliseconds of the two statements written by hand."""
    spent = 0.0
    for text, table in ((COUNT, "t"), (ROWS, "u")):
        statement = text.replace("{where}", PLACE[clerk.reach].replace("{t}", table))
        began = time.perf_counter()
        session.execute(statement, {"area": clerk.area_id}).fetchall()
        spent += time.perf_counter() - began
    return spent * 1000


def statements(repeats: int, found: list[serving.Clerk]) -> bool:
    """The page's statements against the bare ones, turn by turn, and the rows' template."""
    import psycopg
    from django.db import connection
    from django.template.loader import get_template
    from django.test import Client
    from django.urls import reverse

    from anju.registry.tables.units import UnitList
    from anju.ui.listings import Listing

    met = True
    asked: list[tuple[float, str]] = []

    def watch(execute: Any, text: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(text, params, many, context)
        finally:
            asked.append(((time.perf_counter() - began) * 1000, text))

    template = get_template(UnitList.row_template)
    with psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as session:
        for clerk in found:
            client = Client()
            client.cookies["sessionid"] = clerk.session
            by_hand, ours, rendered, queries = [], [], [], 0
            for turn in range(repeats + 2):
                bare_ms = bare(session, clerk)
                asked.clear()
                with connection.execute_wrapper(watch):
                    answer = client.get(reverse("registry:units"), {"size": "100"})
                assert answer.status_code == 200, answer.status_code
                if turn < 2:
                    continue
                listing = Listing(UnitList(), answer.wsgi_request)
                context = {
                    "rows": listing.rows,
                    "show": listing.show,
                    "label": listing.labels,
                    "pick": listing.pick_words,
                }
                began = time.perf_counter()
                template.render(context)
                rendered.append((time.perf_counter() - began) * 1000)
                by_hand.append(bare_ms)
                ours.append(sum(ms for ms, text in asked if '"registry_unit' in text))
                queries = max(queries, len(asked))
            ratio = median(one / two for one, two in zip(ours, by_hand, strict=True))
            print(f"{clerk.reach}: by hand {median(by_hand):.1f} ms, page {median(ours):.1f} ms")
            met &= serving.judge(f"{clerk.reach}: SQL of the page by hand's", ratio, SQL_TIMES, "×")
            met &= serving.judge(f"{clerk.reach}: statements of the page", queries, QUERIES, "")
            met &= serving.judge(f"{clerk.reach}: 100 rows rendered", median(rendered), ROWS_MS)
    return met


def pages(requests: int, found: list[serving.Clerk]) -> bool:
    """The whole page over HTTP, alone and at eight clients."""
    from django.urls import reverse

    path = reverse("registry:units") + "?size=100"

    def ask(number: int) -> tuple[str, str]:
        return path, found[number % len(found)].session

    met = True
    with serving.server() as port:
        serving.loops(port, ask, 4, 6)
        for clients, limit in ((1, ALONE_MS), (8, EIGHT_MS)):
            times = serving.loops(port, ask, clients, requests // clients)
            for number, clerk in enumerate(found):
                some = [ms for n, ms in times if n % len(found) == number]
                p95, p50 = serving.part_of(some, 0.95), serving.part_of(some, 0.5)
                words = f"{clerk.reach}: page at {clients} client(s), p50 {p50:.0f}, p95"
                met &= serving.judge(words, p95, limit)
    return met


def main() -> int:
    import django

    django.setup()
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    requests = int(sys.argv[2]) if len(sys.argv) > 2 else 240
    print(serving.load())
    with serving.clerks() as found:
        met = statements(repeats, found)
        met &= pages(requests, found)
    print(serving.load())
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
