"""A clone of the test database for tests that commit; Django's flush would be refused."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from django.db import connection
from psycopg import sql


def conninfo(dbname: str) -> dict[str, object]:
    """Where to connect, from Django's settings."""
    given = connection.settings_dict
    found = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
    found |= {"password": given["PASSWORD"], "dbname": dbname}
    return {name: value for name, value in found.items() if value}


def cloned(name: str) -> Iterator[str]:
    """Point Django at a fresh clone of its database; afterwards back, and drop the clone."""
    source = str(connection.settings_dict["NAME"])
    clone = f"{source}_{name}"
    connection.close()
    with psycopg.connect(**conninfo("postgres"), autocommit=True) as admin:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(clone))
        admin.execute(drop)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(clone), sql.Identifier(source)
            )
        )
        connection.settings_dict["NAME"] = clone
        try:
            yield clone
        finally:
            connection.close()
            connection.settings_dict["NAME"] = source
            admin.execute(drop)
