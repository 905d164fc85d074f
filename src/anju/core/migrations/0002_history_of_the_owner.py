"""History is written by its triggers alone, with the owner's rights; nobody else may insert."""

from django.db import migrations

TRACK = """
CREATE OR REPLACE FUNCTION core_track_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'update', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION core_track_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'delete', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o;
    RETURN NULL;
END $$;
"""
TRACK_BEFORE = """
CREATE OR REPLACE FUNCTION core_track_update() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'update', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION core_track_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'delete', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o;
    RETURN NULL;
END $$;
ALTER FUNCTION core_track_update() RESET search_path;
ALTER FUNCTION core_track_delete() RESET search_path;
"""

# A function of the owner that takes something out of the history by law (an erasure) says so in
# ``anju.redacting``; said by anybody else it opens nothing.
REFUSE = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'core_history'
        AND current_setting('anju.redacting', true) = 'on'
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
REFUSE_BEFORE = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(TRACK, TRACK_BEFORE),
        migrations.RunSQL(REFUSE, REFUSE_BEFORE),
    ]
