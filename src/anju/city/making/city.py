"""Making a city: plan, load, put back, check."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.core.errors import AnjuError
from anju.registry.services import search_rebuild

from ..models import Making
from ..rules import firms, tables
from ..rules import maps as backdrop
from ..rules import plan as plans
from ..rules.sizes import SIZES
from . import checking, stripping
from .copying import copy_generated, table_name

Progress = Callable[[str, int, int], None]  # what, done, of how many
_BATCH_UNITS = 25_000
_LARGE_FROM = 100_000  # units from which the large tables are stripped for the load
_GUARDED = ("reference_area", "registry_company", "registry_community", "registry_person")


class Refusal(AnjuError):
    """The database holds rows that were not generated, or a city already."""

    status = 409


def city_make(
    *, size: str, seed: int, at: datetime, reset: bool = False, report: Progress | None = None
) -> Making:
    """Generate a city into this database.

    Args:
        size: a name in ``SIZES``.
        seed: the same seed gives the same city.
        at: the instant of the act.
        reset: empty the city that was generated before.
        report: told of progress.

    Raises:
        Refusal: there is something in the tables that this did not make.
    """
    tell = report or (lambda what, done, whole: None)
    _clear_the_ground(reset)
    tell(_("Drawing the city"), 0, 1)
    plan = plans.make(SIZES[size], seed)
    trade = firms.make(plan)
    making = Making(size=size, seed=seed, started_at=at, backdrop=backdrop.backdrop(plan))
    if plan.size.units >= _LARGE_FROM:
        _load_large(plan, trade, making, tell)
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            making.save()
            tell(_("Writing homes, people and owners"), 0, plan.size.units)
            _load_base(cursor.cursor, plan, trade)
            _load_homes(cursor.cursor, plan, trade, range(len(plan.communities)), tell)
    _finish(plan, making, tell)
    return making


def _clear_the_ground(reset: bool) -> None:
    with connection.cursor() as cursor:
        making = Making.objects.first()
        if making is None:
            for table in _GUARDED:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608
                if cursor.fetchone() == (True,):
                    raise Refusal(
                        _(
                            "This database holds rows that were not generated (%(table)s). "
                            "Use an empty database."
                        )
                        % {"table": table}
                    )
            return
        if not reset:
            raise Refusal(
                _("This database holds a generated city already. Add --reset to make it anew.")
            )
        with transaction.atomic():
            _empty(cursor)
            stripping.one_by_one(cursor, making.put_back)
            making.delete()


def _empty(cursor: Any) -> None:
    """Empty the generated tables, without history of their rows' going.

    One TRUNCATE of them and of the tables that refer to them: row by row, the references of a
    million homes are looked up for many minutes, and an interrupted load has no indexes.

    Raises:
        Refusal: something refers to them: people have worked here.
    """
    names = [table_name(table) for table in tables.COLUMNS]
    names += ["registry_personkey", "registry_unittally", "registry_searchentry"]
    cursor.execute(_REFERRING, {"tables": names})
    referring = [name for (name,) in cursor.fetchall()]
    for name in referring:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")  # noqa: S608
        if cursor.fetchone()[0]:
            raise Refusal(_("People have worked in this database since. Make a fresh one instead."))
    emptied = [*names, *referring]  # those that refer are empty, and some refuse TRUNCATE
    for name in emptied:
        cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    cursor.execute(f"TRUNCATE {', '.join(emptied)}")
    for name in emptied:
        cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


_REFERRING = """
WITH RECURSIVE referring AS (
    SELECT unnest(%(tables)s::regclass[])::oid AS id
    UNION
    SELECT c.conrelid FROM pg_constraint c JOIN referring r ON r.id = c.confrelid
    WHERE c.contype = 'f')
SELECT id::regclass::text FROM referring WHERE id <> ALL (%(tables)s::regclass[]::oid[])
"""


def _load_base(cursor: Any, plan: plans.Plan, trade: firms.Trade) -> None:
    for table, lines in (*tables.place_lines(plan).items(), *firms.lines(trade)):
        copy_generated(cursor, table, lines)


def _load_homes(
    cursor: Any, plan: plans.Plan, trade: firms.Trade, numbers: range, tell: Progress
) -> None:
    waiting: dict[str, list[str]] = {table: [] for table in tables.HOME_TABLES}
    units = done = 0
    for count, made in tables.community_lines(plan, trade, numbers):
        for table, lines in made.items():
            waiting[table] += lines
        units += count
        if units >= _BATCH_UNITS:
            done += _flush(cursor, waiting, units)
            units = 0
            tell("", done, plan.size.units)
    done += _flush(cursor, waiting, units)
    tell("", done, plan.size.units)


def _flush(cursor: Any, waiting: dict[str, list[str]], units: int) -> int:
    for table, lines in waiting.items():
        copy_generated(cursor, table, lines)
        lines.clear()
    return units


def _open() -> psycopg.Connection[Any]:
    """A connection of one's own, with settings for a load."""
    params = {k: v for k, v in connection.get_connection_params().items() if k in _PARAMS}
    made = psycopg.connect(**params, autocommit=True)
    made.execute("SET synchronous_commit = off")
    made.execute("SET maintenance_work_mem = '384MB'")
    made.execute("SET TIME ZONE 'Asia/Shanghai'")
    return made


_PARAMS = ("dbname", "user", "password", "host", "port", "options")
_Shared = tuple[plans.Plan, firms.Trade]
_shared: _Shared | None = None  # handed to the workers by fork, never pickled


def _work(first: int, step: int, board: Any, place: int) -> None:
    """One of the processes that write homes; commits after each batch."""
    assert _shared is not None
    plan, trade = _shared

    def tell(what: str, done: int, whole: int) -> None:
        board[place] = done

    with _open() as own, own.cursor() as cursor:
        _load_homes(cursor, plan, trade, range(first, len(plan.communities), step), tell)


def _load_large(plan: plans.Plan, trade: firms.Trade, making: Making, tell: Progress) -> None:
    global _shared
    with connection.cursor() as cursor:
        off, making.put_back = stripping.written_down(cursor)
        with transaction.atomic():
            making.save()
            _load_base(cursor.cursor, plan, trade)
        with transaction.atomic():
            for sql in off:
                cursor.execute(sql)
    _shared = (plan, trade)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    board = context.Array("q", 2)
    crew = [context.Process(target=_work, args=(n, 2, board, n), daemon=True) for n in range(2)]
    for worker in crew:
        worker.start()
    while any(worker.is_alive() for worker in crew):
        time.sleep(0.5)
        tell(_("Writing homes, people and owners"), board[0] + board[1], plan.size.units)
    _shared = None
    if any(worker.exitcode for worker in crew):
        raise RuntimeError("a process that writes homes has failed; see its lines above")
    _put_back(making, tell)


def _put_back(making: Making, tell: Progress) -> None:
    """Indexes and keys by table, the two longest at the same time; then references, triggers."""
    rows = making.put_back
    by_table: dict[str, list[str]] = {}
    for row in rows:
        if row["phase"] == "indexes":
            by_table.setdefault(row["table"], []).append(row["sql"])
    jobs = sorted(by_table.values(), key=len, reverse=True)
    done = 0
    total = len(rows)

    def run(statements: list[str]) -> int:
        with _open() as own:
            for sql in statements:
                own.execute(sql)
        return len(statements)

    with ThreadPoolExecutor(2) as pool:
        for count in pool.map(run, jobs):
            done += count
            tell(_("Putting indexes and constraints back"), done, total)
    for phase in ("references", "triggers"):
        statements = [row["sql"] for row in rows if row["phase"] == phase]
        done += run(statements)
        tell(_("Putting indexes and constraints back"), done, total)
    making.put_back = []
    making.save(update_fields=["put_back"])


def _finish(plan: plans.Plan, making: Making, tell: Progress) -> None:
    large = plan.size.units >= _LARGE_FROM
    with transaction.atomic(), connection.cursor() as cursor:
        if large:
            tell(_("Counting"), 0, 1)
            cursor.execute("TRUNCATE registry_unittally")
            cursor.execute(checking.TALLIES)
            tell(_("Checking"), 0, 1)
            failed = checking.wrong_rows(cursor)
            if failed:
                raise RuntimeError(f"the load is not sound: {failed}")
        checking.identities_follow(cursor, [table_name(t) for t in tables.COLUMNS])
    tell(_("Writing the search"), 0, 1)
    with transaction.atomic():
        search_rebuild()
    tell(_("Measuring the tables"), 0, 1)
    names = [*(table_name(t) for t in tables.COLUMNS), "registry_personkey", "registry_unittally"]
    if large:
        with _open() as own:
            for table in names:
                own.execute(f"VACUUM (ANALYZE) {table}")
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(names)}")
    making.finished_at = timezone.now()
    making.save(update_fields=["finished_at"])
