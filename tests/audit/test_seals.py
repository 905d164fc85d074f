"""Audit rows are sealed within seconds, and whoever changes them later is found."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from anju.audit import audit_verify
from anju.audit.models import AuditBlock, AuditEvent
from anju.audit.queries import anchors_in, export_lines, sealing_at
from anju.audit.services import anchors_file, head_anchor, partitions_make, rows_seal
from anju.core.actors import SYSTEM
from tests.commits import conninfo
from tests.factories.audit import make_events

BLOCKS, ROWS = 10, 12


def sealed_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[str, str]]:
    monkeypatch.setenv("ANJU_ANCHORS", str(tmp_path / "anchors.tsv"))
    for _ in range(BLOCKS):
        make_events(ROWS)
        rows_seal(at=timezone.now())
    head_anchor(actor=SYSTEM, at=timezone.now())
    return anchors_in(anchors_file())


def findings(anchors: dict[int, tuple[str, str]]) -> list[audit_verify.Finding]:
    found, _counts = audit_verify.verify(export_lines(since=None, until=None), anchors)
    return found


class Tamper:
    """A superuser with the triggers off."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.blocks = list(AuditBlock.objects.order_by("number"))

    def sql(self, words: str, values: list[object]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(words, values)

    def change(self) -> tuple[int, set[int]]:
        block = self.dice.choice(self.blocks)
        row = self.dice.choice(block.row_ids)
        column, value = self.dice.choice(
            [
                ("user_id", 8),
                ("reason", "原因 "),
                ("action", "audit.other"),
                ("at", datetime(2026, 11, 23, 4, 0, 0, 1, tzinfo=UTC)),
                ("target_id", "9"),
                ("result", "refused"),
                ("personal", True),
                ("changes", '{"name": ["旧", "旧"]}'),
                ("role", "Auditor"),
                ("district_id", 0),
            ]
        )
        self.sql(f"UPDATE audit_event SET {column} = %s WHERE id = %s", [value, row])
        return block.number, {row}

    def insertion(self) -> tuple[int, set[int]]:
        block = self.dice.choice(self.blocks)
        row = self.dice.choice(block.row_ids)
        new = 1_000_000 + self.dice.randrange(1000)
        self.sql(
            "INSERT INTO audit_event (id, era, xact, recorded_at, at, actor_kind, role, action,"
            " target_type, target_id, target_label, reason, changes, personal, result)"
            " SELECT %s, era, xact, recorded_at, at, actor_kind, role, action, target_type,"
            " target_id, target_label, reason, changes, personal, result"
            " FROM audit_event WHERE id = %s",
            [new, row],
        )
        return block.number, {new}

    def deletion(self) -> tuple[int, set[int]]:
        block = self.dice.choice(self.blocks)
        row = self.dice.choice(block.row_ids)
        self.sql("DELETE FROM audit_event WHERE id = %s", [row])
        return block.number, {row}

    def reordering(self) -> tuple[int, set[int]]:
        block = self.dice.choice(self.blocks)
        one, two = self.dice.sample(block.row_ids, 2)
        columns = self.dice.choice([("id",), ("xact",), ("id", "xact"), ("xact", "recorded_at")])
        sets = ", ".join(f"{c} = o.{c}" for c in columns)
        self.sql(
            f"UPDATE audit_event e SET {sets} FROM audit_event o"
            " WHERE e.id IN (%s, %s) AND o.id IN (%s, %s) AND e.id <> o.id",
            [one, two, one, two],
        )
        return block.number, {one, two}

    def truncation(self) -> tuple[int, set[int]]:
        keep = self.dice.randrange(1, len(self.blocks))
        gone = [row for block in self.blocks[keep:] for row in block.row_ids]
        self.sql("DELETE FROM audit_event WHERE id = ANY(%s)", [gone])
        self.sql("DELETE FROM audit_auditblock WHERE number > %s", [keep])
        return keep + 1, set()


def test_a_thousand_tampers_by_a_superuser_are_found_where_they_are(
    committing, tmp_path, monkeypatch
):
    anchors = sealed_city(tmp_path, monkeypatch)
    assert findings(anchors) == []
    tamper = Tamper(random.Random(20261123))
    for turn in range(1000):
        kind = ("change", "insertion", "deletion", "reordering", "truncation")[turn % 5]
        with transaction.atomic():
            block, rows = getattr(tamper, kind)()
            found = findings(anchors)
            transaction.set_rollback(True)
        assert found, f"{kind} {turn} was not found"
        assert {f.kind for f in found} == {kind}, (turn, [str(f) for f in found])
        assert {f.block for f in found} == {block}
        assert {f.row for f in found} - {None} == rows
    assert findings(anchors) == []


def test_rewriting_the_whole_chain_is_found_at_the_anchor(committing, tmp_path, monkeypatch):
    anchors = sealed_city(tmp_path, monkeypatch)
    victim = AuditBlock.objects.get(number=4).row_ids[0]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET user_id = 8 WHERE id = %s", [victim])
        cursor.execute("DELETE FROM audit_auditblock WHERE number >= 4")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert rows_seal(at=timezone.now()).number == 4
    for number in range(5, BLOCKS + 1):
        make_events(1)
        assert rows_seal(at=timezone.now()).number == number
    assert findings({}) == []  # the chain itself is whole again
    found = findings(anchors)
    assert [f.kind for f in found] == ["anchor"]
    assert found[0].block == BLOCKS


def test_a_transaction_that_commits_late_is_sealed_and_holds_nobody_up(committing):
    clone = str(connection.settings_dict["NAME"])
    with psycopg.connect(**conninfo(clone)) as late:
        late.execute(
            "INSERT INTO audit_event (at, actor_kind, role, action, target_type, target_id,"
            " target_label, reason, changes, personal, result) VALUES (now(), 'user', 'x',"
            " 'audit.test_move', '', '', '', 'late', '{}', false, 'done')"
        )
        make_events(3)
        first = rows_seal(at=timezone.now())
        assert first.row_count == 3
        late.commit()
    second = rows_seal(at=timezone.now())
    assert second.row_count == 1
    assert second.first_id < first.first_id
    assert rows_seal(at=timezone.now()) is None
    assert findings({}) == []


def test_many_writers_and_two_sealers_leave_every_row_in_one_block(committing):
    stop = threading.Event()

    def write() -> None:
        make_events(40)
        connection.close()

    def seal() -> None:
        while not stop.is_set():
            rows_seal(at=timezone.now())
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    rows_seal(at=timezone.now())
    sealed = [row for block in AuditBlock.objects.all() for row in block.row_ids]
    assert len(sealed) == len(set(sealed)) == 160
    assert set(sealed) == set(AuditEvent.objects.values_list("id", flat=True))
    assert findings({}) == []


def test_rows_that_wait_more_than_five_seconds_raise_the_alarm(committing):
    make_events(2)
    now = timezone.now()
    assert not sealing_at(now).late
    waiting = sealing_at(now + timedelta(seconds=6))
    assert (waiting.unsealed, waiting.late) == (2, True)
    rows_seal(at=now)
    assert not sealing_at(now + timedelta(seconds=6)).late


def test_the_checker_runs_alone_with_the_standard_library(committing, tmp_path, monkeypatch):
    sealed_city(tmp_path, monkeypatch)
    lines = list(export_lines(since=None, until=None))
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    whole.write_bytes(b"".join(lines))
    cut.write_bytes(b"".join(lines[:-3]))
    checker = [sys.executable, "-I", "-S", audit_verify.__file__]
    anchors = ["--anchors", str(tmp_path / "anchors.tsv")]
    good = subprocess.run([*checker, str(whole), *anchors], capture_output=True, text=True)
    assert good.returncode == 0, good.stdout + good.stderr
    assert f"{BLOCKS} blocks, {BLOCKS * ROWS + 0} rows, 1 anchors agree: whole" in good.stdout
    bad = subprocess.run([*checker, str(cut), *anchors], capture_output=True, text=True)
    assert bad.returncode == 1
    assert "truncation" in bad.stdout
    none = subprocess.run([*checker, str(tmp_path / "none")], capture_output=True, text=True)
    assert none.returncode == 2


@pytest.mark.parametrize(
    "text",
    [b"", b"\x00\xff\n", b"{}\n", b"[1]\n", b'{"seal":1}\n', b'{"seal":[1,2]}\n', b"no"],
)
def test_a_file_that_is_no_export_is_refused_in_words(text):
    found, _counts = audit_verify.verify(io.BytesIO(text))
    assert found


def test_audit_rows_cannot_be_changed_or_removed(db):
    make_events(1)
    for words in (
        "UPDATE audit_event SET reason = ''",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DELETE FROM audit_auditblock",
        "UPDATE audit_auditanchor SET place = ''",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(words)


def test_the_year_turns_without_a_gap(committing):
    silvester = datetime(2031, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)  # one µs before Shanghai's
    partitions_make(actor=SYSTEM, at=silvester)
    with connection.cursor() as cursor:
        for instant in (silvester, silvester + timedelta(microseconds=1)):
            cursor.execute(
                "INSERT INTO audit_event (recorded_at, at, actor_kind, role, action, target_type,"
                " target_id, target_label, reason, changes, personal, result) VALUES"
                " (%s, %s, 'user', 'x', 'audit.test_move', '', '', '', '', '{}', false, 'done')"
                " RETURNING tableoid::regclass::text",
                [instant, instant],
            )
            month = cursor.fetchone()[0]
            year = "audit_event_y2031m12" if instant == silvester else "audit_event_y2032m01"
            assert month == year
        for table in ("core_history_y2032m01", "core_history_y2032m12", "audit_event_y2032m12"):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            assert cursor.fetchone()[0], table
    assert rows_seal(at=silvester).row_count == 3  # with the row of the partitions themselves
    assert partitions_make(actor=SYSTEM, at=silvester) == 0
    assert findings({}) == []


def test_rows_a_restored_server_found_unsealed_are_sealed_before_the_new_era(
    committed_db, tmp_path, monkeypatch
):
    """Written after the last seal, kept by the backup: they must not stay open for ever."""
    anchors = sealed_city(tmp_path, monkeypatch)
    rows_seal(at=timezone.now())
    make_events(5)
    with transaction.atomic(), connection.cursor() as cursor:
        # The old server's transaction numbers were far ahead of this one's.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET xact = (xact::text::bigint + 1000000)::text::xid8"
            " WHERE id > (SELECT max(last_id) FROM audit_auditblock)"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ALTER TABLE audit_event ALTER COLUMN era SET DEFAULT 2")
    assert sealing_at(timezone.now()).unsealed == 5
    make_events(3)
    old, new, none = (rows_seal(at=timezone.now()) for _ in range(3))
    assert old is not None
    assert new is not None
    assert (old.era, old.row_count) == (1, 5)
    assert (new.era, new.row_count) == (2, 3)
    assert none is None
    assert sealing_at(timezone.now()).unsealed == 0
    assert findings(anchors) == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET reason = 'x' WHERE id = %s", [old.row_ids[2]])
    assert [(f.block, f.row) for f in findings(anchors)] == [(old.number, old.row_ids[2])]
