"""Import of 100,000 homes with 1 % bad rows, from CSV and XLSX, against bare COPY.

Usage: DATABASE_URL=… python bench/registry_import.py [rows]
The bare COPY writes the same good rows into the same table with its constraints, indexes and
triggers. All is rolled back. Exit code 1 above the limits (CSV 6 times, XLSX 8 times).
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")
os.environ.setdefault("ANJU_SECRETS", tempfile.mkdtemp())

HEAD = ["小区编码", "幢号", "单元", "房号", "类型", "楼层", "登记面积"]
LIMITS = {"csv": 6.0, "xlsx": 8.0}
PER_BUILDING = 200
BAD = [(0, "NONE"), (1, "x9"), (3, ""), (4, "飞船"), (6, "八十九")]


def make_places(buildings: int) -> None:
    """One community with enough buildings of two stairwells, written in bulk."""
    from tests.factories.registry import make_committee, make_community

    from anju.registry import rules
    from anju.registry.models import Building, Stairwell

    community = make_community("万户新城", make_committee("测量社区", "测量区"), code="BENCH")
    rows = Building.objects.bulk_create(
        Building(
            community=community,
            area_id=community.area_id,
            number=str(n),
            sort_key=rules.building_key(community.name, community.pk, str(n)),
        )
        for n in range(1, buildings + 1)
    )
    Stairwell.objects.bulk_create(
        Stairwell(building=row, number=number) for row in rows for number in ("1", "2")
    )


def make_rows(count: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for n in range(count):
        building, home = divmod(n, PER_BUILDING)
        stair, door = divmod(home, PER_BUILDING // 2)
        floor, room = divmod(door, 4)
        number = f"{floor + 1}{room + 1:02d}"
        rows.append(
            [
                "BENCH",
                building + 1,
                stair + 1,
                number,
                "住宅",
                floor + 1,
                round(60 + n % 9000 / 100, 2),
            ]
        )
        if n % 100 == 7:  # one in a hundred is bad, in five ways
            column, value = [(0, "NONE"), (1, "x9"), (3, ""), (4, "飞船"), (6, "八十九")][
                n // 100 % 5
            ]
            rows[-1][column] = value
    return rows


def as_csv(rows: list[list[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEAD, *rows])
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet()
    for number, row in enumerate([HEAD, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def bare_copy(content: bytes) -> tuple[float, int]:
    """Seconds of COPY of the good rows, made ready before the clock starts."""
    from django.db import connection, transaction

    from anju.core.actors import SYSTEM
    from anju.registry.services.bringing import homes

    good = homes.read(SYSTEM, "a.csv", content).good
    text = "".join(
        "\t".join("\\N" if v is None else str(v) for v in row[1:]) + "\n" for row in good
    )
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        with cursor.copy(
            "COPY registry_unit (building_id, stairwell_id, community_id, area_id, kind, number,"
            " floor, registered_dm2, surveyed_dm2, contract_dm2, sort_key) FROM STDIN"
        ) as copy:
            copy.write(text)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds, len(good)


def bring(name: str, content: bytes) -> tuple[float, float, Any]:
    """Seconds of preview and of import, and the batch."""
    from django.db import transaction
    from django.utils import timezone

    from anju.core.actors import SYSTEM
    from anju.registry import queries, services

    with transaction.atomic():
        began = time.perf_counter()
        batch = services.import_preview(
            actor=SYSTEM, file_name=name, content=content, source="bench",
            as_of=date(2026, 1, 1), at=timezone.now(),
        )  # fmt: skip
        named = sum(1 for _ in queries.refused_lines(batch))
        previewed = time.perf_counter() - began
        began = time.perf_counter()
        services.import_apply(actor=SYSTEM, batch=batch, at=timezone.now())
        applied = time.perf_counter() - began
        if named != batch.refused:
            raise AssertionError(f"{named} of {batch.refused} bad rows named")
        transaction.set_rollback(True)
    return previewed, applied, batch


def main() -> int:
    import django

    django.setup()
    from django.db import transaction

    from anju.core.ports import JOURNAL

    JOURNAL._answer = lambda *, entry: None
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rows = make_rows(count)
    files = {"csv": as_csv(rows), "xlsx": as_xlsx(rows)}
    failed = False
    with transaction.atomic():
        make_places(-(-count // PER_BUILDING))
        bare_copy(files["csv"])  # warm
        base, good = min(bare_copy(files["csv"]) for _ in range(3))
        print(f"bare COPY of {good} rows: {base:.2f} s")
        for name, content in files.items():
            previewed, applied, batch = min(
                (bring(f"a.{name}", content) for _ in range(3)), key=lambda t: t[0] + t[1]
            )
            times = (previewed + applied) / base
            failed |= times > LIMITS[name] or batch.refused != count // 100
            print(
                f"{name}: {batch.rows} rows, {batch.created} created, {batch.refused} refused and"
                f" named; preview {previewed:.2f} s + import {applied:.2f} s = {times:.2f} x COPY"
                f" (import alone {applied / base:.2f} x), limit {LIMITS[name]:.0f} x"
            )
        transaction.set_rollback(True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
