"""Migration operations over the database tools of ``core``."""

from __future__ import annotations

from django.db.migrations import RunSQL


def track_history(table: str) -> RunSQL:
    """Keep the old version of every row of ``table`` (bigint ``id``) in ``core_history``."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_track_update AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION core_track_update();
        CREATE TRIGGER {table}_track_delete AFTER DELETE ON {table}
            REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION core_track_delete();
        """,
        f"""
        DROP TRIGGER {table}_track_update ON {table};
        DROP TRIGGER {table}_track_delete ON {table};
        """,
    )


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table``."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


def fill_place(table: str) -> RunSQL:
    """Keep district, sub-district and committee of ``table`` in step with its ``area_id``."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_fill_place BEFORE INSERT OR UPDATE OF area_id ON {table}
            FOR EACH ROW EXECUTE FUNCTION reference_fill_place();
        """,
        f"DROP TRIGGER {table}_fill_place ON {table};",
    )
