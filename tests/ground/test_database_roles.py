"""Each database role is let in and is refused what it may not do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection

from anju.config import roles

pytestmark = pytest.mark.django_db

INVENTED = (
    "(table_name, row_id, operation, old_row, actor)"
    " VALUES ('registry_unit', 1, 'update', '{}', 'x')"
)
THIS_MONTH = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Ym%m}"
PASSWORDS = {role: secrets.token_urlsafe(12) for role in roles.LOGINS}


@pytest.fixture(scope="module")
def server(django_db_setup: Any, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """A clone of the migrated database with the five roles."""
    name = f"roles_{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        settings = connection.settings_dict
        admin = {key: settings[key.upper()] or None for key in ("user", "password", "host", "port")}
        kept = settings["NAME"]
        connection.close()
    with psycopg.connect(dbname="postgres", autocommit=True, **admin) as root:
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [kept]
        )
        root.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')
    with psycopg.connect(dbname=name, autocommit=True, **admin) as root:
        roles.roles_make(root, PASSWORDS, name)
        # The tests' tables were made by a superuser; those of a set-up belong to the owner.
        for (table,) in root.execute(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'p')"
        ).fetchall():
            root.execute(f"ALTER TABLE {table} OWNER TO anju_owner")
        for function in (
            "core_make_partitions",
            "core_track_update",
            "core_track_delete",
            "registry_person_redact",
        ):
            root.execute(f"ALTER FUNCTION {function} OWNER TO anju_owner")
    place = {"host": admin["host"] or "localhost", "port": admin["port"], "dbname": name}
    with psycopg.connect(
        **place, user="anju_migrate", password=PASSWORDS["anju_migrate"], autocommit=True
    ) as owner:
        roles.grants_write(owner)
    yield place
    with psycopg.connect(dbname="postgres", autocommit=True, **admin) as root:
        root.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def login(server: dict[str, Any], role: str) -> psycopg.Connection:
    return psycopg.connect(**server, user=role, password=PASSWORDS[role], autocommit=True)


def refused(server: dict[str, Any], role: str, statement: str) -> None:
    with login(server, role) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)


def test_the_owner_cannot_log_in(server):
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**server, user="anju_owner", password="x", connect_timeout=3)


@pytest.mark.parametrize("role", ["anju_web", "anju_work"])
def test_serving_roles_change_rows_and_nothing_else(server, role):
    with login(server, role) as session:
        session.execute("SELECT count(*) FROM registry_unit")
        session.execute("INSERT INTO anju_cache VALUES (gen_random_uuid()::text, '', now())")
    for statement in (
        "CREATE TABLE theirs (id int)",
        "DROP TABLE registry_unit",
        "TRUNCATE registry_unit",
        "ALTER TABLE registry_unit DISABLE TRIGGER ALL",
        "UPDATE core_history SET actor = 'x'",
        f"INSERT INTO core_history {INVENTED}",
        f"INSERT INTO core_history_y{THIS_MONTH} {INVENTED}",
        "CREATE TABLE pg_temp.core_history (id int)",
        "DELETE FROM core_history",
        "DELETE FROM audit_event",
        "UPDATE flow_movemade SET reason = ''",
        "CREATE ROLE another",
        "SET ROLE anju_owner",
        "COPY registry_unit TO PROGRAM 'true'",
    ):
        refused(server, role, statement)


@pytest.mark.parametrize("role", ["anju_web", "anju_work"])
def test_history_is_written_by_its_triggers_and_by_nobody_else(server, role):
    with login(server, role) as session:
        key = session.execute(
            "INSERT INTO registry_person (name, sort_key, pinyin, initials, id_kind, id_mask,"
            " id_hash, phone_mask, state, created_at) VALUES ('甲', '', '', '', 'resident',"
            " '3203**', %s, '', 'active', now()) RETURNING id",
            [role.encode()],
        ).fetchone()[0]
        session.execute("SELECT set_config('anju.actor', 'user:7', false)")
        session.execute("UPDATE registry_person SET name = '乙' WHERE id = %s", [key])
        kept = session.execute(
            "SELECT actor, old_row ->> 'name', old_row ->> 'id_mask' FROM core_history"
            " WHERE table_name = 'registry_person' AND row_id = %s",
            [key],
        ).fetchall()
        assert kept == [("user:7", "甲", "3203**")]
        # The redaction opens for an erased person only, and takes the numbers alone.
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not erased"):
            session.execute("SELECT registry_person_redact(%s)", [key])
        session.execute("SELECT set_config('anju.redacting', 'on', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("UPDATE core_history SET actor = 'x'")
        session.execute("UPDATE registry_person SET state = 'erased' WHERE id = %s", [key])
        session.execute("SELECT registry_person_redact(%s)", [key])
        kept = session.execute(
            "SELECT old_row ->> 'name', old_row ->> 'id_mask', old_row ->> 'id_hash'"
            " FROM core_history WHERE row_id = %s AND table_name = 'registry_person' ORDER BY id",
            [key],
        ).fetchall()
        assert kept == [("甲", "", None), ("乙", "", None)]


def test_the_reading_role_reads_and_not_what_opens_doors(server):
    with login(server, "anju_read") as session:
        session.execute("SELECT count(*) FROM registry_unit")
    for statement in (
        "INSERT INTO anju_cache VALUES ('a', '', now())",
        "DELETE FROM registry_unit",
        "SELECT * FROM django_session",
        "SELECT * FROM registry_personkey",
        "SELECT * FROM access_user",
    ):
        refused(server, "anju_read", statement)


def test_the_working_role_makes_partitions_it_does_not_own(server):
    with login(server, "anju_work") as session:
        made = session.execute(
            "SELECT core_make_partitions('core_history', '2031-12-15', 2)"
        ).fetchone()
        owners = session.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'core_history_y203%'"
        ).fetchall()
    assert made == (2,)
    assert owners == [("anju_owner",)]


def test_every_append_only_table_is_shut_to_the_serving_roles(server):
    with login(server, "anju_web") as session:
        rows = session.execute(
            "SELECT relname, has_table_privilege('anju_web', c.oid, 'UPDATE'),"
            " has_table_privilege('anju_work', c.oid, 'DELETE')"
            " FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'core_refuse_change'"
        ).fetchall()
    assert {row[0] for row in rows} >= {"core_history", "audit_event", "flow_movemade"}
    assert not [row for row in rows if row[1] or row[2]]
