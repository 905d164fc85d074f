"""Search at the size of a city: eight clients, one- and two-character, absent, commonest terms.

Usage: DATABASE_URL=… python bench/registry_search.py [seconds] [clients]
Needs a generated city. Prints milliseconds by group of terms; exit code 1 above the limit.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")

LIMIT_MS = 100
COMMON = ("王", "李", "张", "花园", "物业", "w", "l", "li", "wang", "小区", "zh")
ABSENT = ("龘", "龘靐", "qqx", "vvv", "zzzz", "不存在的小区", "囧王")


def terms() -> dict[str, list[str]]:
    from anju.registry.models import Community, Person

    names = list(Person.objects.filter(pk__lte=4000).values_list("name", flat=True)[::37])
    places = list(Community.objects.values_list("name", flat=True)[::29])
    return {
        "one character": sorted({n[0] for n in names} | {n[-1] for n in names}),
        "two characters": sorted({n[:2] for n in names} | {n[-2:] for n in names}),
        "absent": list(ABSENT),
        "commonest": list(COMMON),
        "name": names,
        "address": [f"{name}{i % 9 + 1}-1-{i % 6 + 1}01" for i, name in enumerate(places)],
    }


def actors() -> list[object]:
    from anju.access.permissions import GRANTS
    from anju.access.states import Role
    from anju.core.actors import Actor, ActorKind, Reach
    from anju.reference.models import Area

    found = []
    for level, reach in (
        (None, Reach.CITY),
        (1, Reach.DISTRICT),
        (2, Reach.SUBDISTRICT),
        (3, Reach.COMMITTEE),
    ):
        areas = [None] if level is None else list(Area.objects.filter(level=level)[:40:7])
        found += [
            Actor(
                kind=ActorKind.USER,
                role=Role.DESK_CLERK.value,
                reach=reach,
                permissions=GRANTS[Role.DESK_CLERK],
                user_id=1,
                area_id=area and area.pk,
            )
            for area in areas
        ]
    return found


def client(number: int, seconds: float, results: multiprocessing.Queue) -> None:
    import django

    django.setup()
    from anju.registry.queries import search

    dice = random.Random(number)
    by_group, people = terms(), actors()
    by_reach: dict[str, list[object]] = {}
    for actor in people:
        by_reach.setdefault(str(actor.reach), []).append(actor)
    search(people[0], "王")
    times: list[tuple[str, str, str, float]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        group = dice.choice(list(by_group))
        reach = dice.choice(list(by_reach))
        actor, term = dice.choice(by_reach[reach]), dice.choice(by_group[group])
        began = time.perf_counter()
        search(actor, term)
        times.append((group, reach, term, (time.perf_counter() - began) * 1000))
    results.put(times)


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    results: multiprocessing.Queue = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=client, args=(n, seconds, results)) for n in range(clients)
    ]
    for worker in workers:
        worker.start()
    times = [row for _ in workers for row in results.get()]
    for worker in workers:
        worker.join()
    print(f"{clients} clients, {len(times)} searches, {len(times) / seconds:.0f} a second")
    for index, title in ((0, "terms"), (1, "reach")):
        for key in sorted({row[index] for row in times}):
            some = [row[3] for row in times if row[index] == key]
            print(
                f"{title:6} {key:15} p50 {share(some, 0.5):7.1f}  p95 {share(some, 0.95):7.1f}"
                f"  p99 {share(some, 0.99):7.1f} ms"
            )
    slowest = sorted(times, key=lambda row: -row[3])[:8]
    print("slowest", [(row[1], row[2], round(row[3])) for row in slowest])
    p95 = share([row[3] for row in times], 0.95)
    print(f"all p95 {p95:.1f} ms, limit {LIMIT_MS} ms")
    return int(p95 > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
