"""The five database roles: who owns, who migrates, who serves, who works, who reads.

``anju_owner`` owns everything and cannot log in; ``anju_migrate`` becomes it; ``anju_web`` and
``anju_work`` change rows and own nothing; ``anju_read`` reads. Append-only tables give none of
them UPDATE or DELETE, and the history no INSERT: its triggers write it as the owner.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

LOGINS = ("anju_migrate", "anju_web", "anju_work", "anju_read")

# What the reading role must not see: sign-ins, secrets of second factors, keys.
CLOSED_TO_READERS = (
    "django_session",
    "mfa_authenticator",
    "registry_personkey",
    "access_user",
    "anju_cache",
    "notices_outboxmessage",
    "partners_endpoint",
    "partners_repeatablecall",
)


def roles_make(admin: psycopg.Connection, passwords: Mapping[str, str], database: str) -> None:
    """Create the roles and give them the database; safe to repeat.

    ``admin`` is a superuser's connection to ``database`` in autocommit.
    """
    run = admin.execute
    have = {row[0] for row in run("SELECT rolname FROM pg_roles").fetchall()}
    if "anju_owner" not in have:
        run("CREATE ROLE anju_owner NOLOGIN")
    for role in LOGINS:
        verb = "ALTER" if role in have else "CREATE"
        run(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.Literal(passwords[role])
            )
        )
    run("GRANT anju_owner TO anju_migrate")
    name = sql.Identifier(database)
    run(sql.SQL("ALTER DATABASE {} OWNER TO anju_owner").format(name))
    run(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    run(
        sql.SQL(
            "GRANT CONNECT ON DATABASE {} TO anju_migrate, anju_web, anju_work, anju_read"
        ).format(name)
    )
    run("ALTER SCHEMA public OWNER TO anju_owner")
    run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    run("GRANT USAGE ON SCHEMA public TO anju_web, anju_work, anju_read")
    # Everything a migration makes belongs to the owner.
    run(sql.SQL("ALTER ROLE anju_migrate IN DATABASE {} SET role = 'anju_owner'").format(name))


def grants_write(owner: psycopg.Connection) -> None:
    """Give the roles what they need on every table; run after each migration.

    ``owner`` is a connection as ``anju_migrate`` (it acts as the owner).
    """
    run = owner.execute
    run(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO anju_web, anju_work"
    )
    run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO anju_web, anju_work")
    run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO anju_read")
    run("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO anju_web, anju_work")
    have = {
        row[0]
        for row in run(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND relkind IN ('r', 'p')"
        ).fetchall()
    }
    # Append-only tables are those whose trigger refuses change; their partitions with them.
    guarded = run(
        "WITH RECURSIVE guarded AS ("
        " SELECT tgrelid AS oid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE p.proname = 'core_refuse_change'"
        " UNION SELECT inhrelid FROM pg_inherits i JOIN guarded g ON g.oid = i.inhparent)"
        " SELECT relname FROM guarded JOIN pg_class USING (oid)"
    ).fetchall()
    for (table,) in guarded:
        run(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM anju_web, anju_work").format(
                sql.Identifier(table)
            )
        )
    # Written by its triggers with the owner's rights: a serving process invents no history.
    for (table,) in guarded:
        if table.startswith("core_history"):
            run(
                sql.SQL("REVOKE INSERT ON {} FROM anju_web, anju_work").format(
                    sql.Identifier(table)
                )
            )
    for table in CLOSED_TO_READERS:
        if table in have:
            run(sql.SQL("REVOKE ALL ON {} FROM anju_read").format(sql.Identifier(table)))
