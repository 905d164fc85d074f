"""Tools of the database that every app uses: history of rows, append-only tables, partitions."""

from django.db import migrations

SQL = """
-- History: one table by month for the old versions of every tracked row (transaction time).
-- A row that was never changed has no history: its current version stands since its insert.
CREATE TABLE core_history (
    id bigint GENERATED ALWAYS AS IDENTITY,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    row_id bigint NOT NULL,
    operation text NOT NULL CHECK (operation IN ('update', 'delete')),
    old_row jsonb NOT NULL,
    actor text NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
CREATE INDEX core_history_row ON core_history (table_name, row_id, changed_at);

-- Makes the monthly partitions of a table from the month of from_day on; safe to repeat.
CREATE FUNCTION core_make_partitions(parent text, from_day date, months int) RETURNS int
-- The working role calls it and owns no table, hence with the owner's rights.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    first_day date := date_trunc('month', from_day)::date;
    low date; high date; part text; made int := 0;
BEGIN
    FOR i IN 0 .. months - 1 LOOP
        low := (first_day + make_interval(months => i))::date;
        high := (first_day + make_interval(months => i + 1))::date;
        part := parent || to_char(low, '"_y"YYYY"m"MM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent,
                (low::timestamp AT TIME ZONE 'Asia/Shanghai'),
                (high::timestamp AT TIME ZONE 'Asia/Shanghai'));
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
SELECT core_make_partitions('core_history', (now() AT TIME ZONE 'Asia/Shanghai')::date, 13);

-- Statement triggers: a million rows cost one INSERT ... SELECT.
CREATE FUNCTION core_track_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'update', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n);
    RETURN NULL;
END $$;
CREATE FUNCTION core_track_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_history (table_name, row_id, operation, old_row, actor)
    SELECT TG_TABLE_NAME, o.id, 'delete', to_jsonb(o), coalesce(nullif(current_setting('anju.actor', true), ''), 'database')
    FROM old_rows o;
    RETURN NULL;
END $$;

-- Shared counters of sign-in attempts and the like; nothing of it outlives a crash.
CREATE UNLOGGED TABLE anju_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX anju_cache_expires ON anju_cache (expires);

-- Append-only: refuses every change of a written row, also TRUNCATE.
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER core_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_history
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TABLE core_history, anju_cache;
DROP FUNCTION core_refuse_change, core_track_delete, core_track_update, core_make_partitions;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(SQL, REVERSE)]
