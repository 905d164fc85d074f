"""Writes a second with the sealer at work against writes without it, at 8 and at 32 clients.

Usage: DATABASE_URL=… python bench/audit_sealing.py [seconds a round] [rounds]
A write is a transaction that changes a row and records it in the audit. Rounds with and without
sealing alternate; the medians are compared. Leaves its audit rows: they are append-only.
Exit code 1 below the limit.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")

LIMIT = 0.9
CLIENTS = (8, 32)


def write(number: int, start: Any, stop: Any, counts: Any) -> None:
    import django

    django.setup()
    from django.db import connection, transaction
    from django.utils import timezone

    from anju.core import journal
    from anju.core.actors import Actor, ActorKind, Reach

    action = journal.declare("audit.bench_write", "Changed a row of the bench")
    actor = Actor(kind=ActorKind.USER, role="desk_clerk", reach=Reach.CITY, user_id=number)
    connection.ensure_connection()
    start.wait()
    done = 0
    while not stop.is_set():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE bench_audit SET n = n + 1 WHERE id = %s", [number])
            journal.record(
                actor=actor,
                action=action,
                at=timezone.now(),
                reason="bench",
                changes={"name": ["before", f"after {done}"]},
            )
        done += 1
    counts[number] = done


def seal(stop: Any, sealed: Any) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from anju.audit.services import rows_seal
    from anju.audit.tasks import LOOPS

    pause = LOOPS["audit.seal"][1]
    while not stop.wait(pause):
        block = rows_seal(at=timezone.now())
        sealed.value += block.row_count if block else 0


def one_round(clients: int, seconds: float, sealing: bool) -> tuple[float, int]:
    """Writes a second, and rows sealed meanwhile."""
    fork = multiprocessing.get_context("fork")
    start, stop, end = fork.Barrier(clients + 1), fork.Event(), fork.Event()
    counts, sealed = fork.Array("q", clients), fork.Value("q", 0)
    writers = [fork.Process(target=write, args=(n, start, stop, counts)) for n in range(clients)]
    sealer = fork.Process(target=seal, args=(end, sealed))
    for process in writers + ([sealer] if sealing else []):
        process.start()
    start.wait()
    began = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    took = time.perf_counter() - began
    for process in writers:
        process.join()
    end.set()
    if sealing:
        sealer.join()
    return sum(counts) / took, sealed.value


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from anju.audit.services import rows_seal

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_audit (id int PRIMARY KEY, n bigint)")
        cursor.execute(
            "INSERT INTO bench_audit SELECT i, 0 FROM generate_series(0, 99) i"
            " ON CONFLICT DO NOTHING"
        )
    worst = 9.0
    for clients in CLIENTS:
        rates: dict[bool, list[float]] = {False: [], True: []}
        total = 0
        for turn in range(rounds * 2):
            sealing = bool((turn + turn // 2) % 2)  # off on on off off on: no order is favoured
            # What earlier rounds left is sealed before the clock starts.
            rows_seal(at=timezone.now())
            connection.close()
            rate, sealed = one_round(clients, seconds, sealing)
            rates[sealing].append(rate)
            total += sealed
        off, on = (statistics.median(rates[sealing]) for sealing in (False, True))
        worst = min(worst, on / off)
        print(
            f"{clients} clients: {off:.0f} writes/s without sealing, {on:.0f} with"
            f" ({total} rows sealed meanwhile): {on / off:.2f} (limit {LIMIT})"
        )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_audit")
    return 0 if worst >= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
