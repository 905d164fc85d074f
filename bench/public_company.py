"""The public page of a company against a bare Django view with one query, on the same server.

Usage: DATABASE_URL=… python bench/public_company.py [requests]
Needs a generated city. Companies with a project are asked for in turn, the page and the bare
view after each other; also printed: the first reading of each page, which is made and
not taken from the pages kept. Exit code 1 above the limit.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")

import serving  # noqa: E402

LIMIT_TIMES = 2.5
COMPANIES = 40  # few enough that all are asked for again before they are made again


def pairs(times: list[tuple[int, float]]) -> tuple[list[float], list[float]]:
    """Milliseconds of the pages and of the bare view; they take turns."""
    times = sorted(times)
    return [ms for n, ms in times if n % 2 == 0], [ms for n, ms in times if n % 2]


def main() -> int:
    import django

    django.setup()
    from django.urls import reverse

    from anju.registry.models import Project

    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1200
    serving_now = Project.objects.current().filter(company__kind="property")
    keys = sorted(set(serving_now.values_list("company_id", flat=True)))[:COMPANIES]

    def ask(number: int) -> tuple[str, str]:
        key = keys[number // 2 % len(keys)]
        return (f"/bare/{key}" if number % 2 else reverse("portal:company", args=[key])), ""

    print(f"{len(keys)} companies, {serving.load()}")
    with serving.server("bench.bare:application") as port:
        serving.loops(port, lambda number: (f"/bare/{keys[0]}", ""), 8, 20)
        first, beside = pairs(serving.loops(port, ask, 1, 2 * len(keys)))
        print(f"first reading p50 {median(first):.1f} ms, bare {median(beside):.1f} ms")
        for _ in range(2):  # each of the two workers makes a page once
            serving.loops(port, ask, 2, 2 * len(keys))
        page, bare = pairs(serving.loops(port, ask, 1, requests))
        print(f"page p50 {median(page):.1f} ms, bare view p50 {median(bare):.1f} ms")
        met = serving.judge(
            "company page alone, p50 by the bare view's",
            median(page) / median(bare),
            LIMIT_TIMES,
            "×",
        )
        p95 = serving.part_of(page, 0.95) / serving.part_of(bare, 0.95)
        print(f"p95 by the bare view's {p95:.2f} ×")
    print(serving.load())
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
