"""Moves are append-only; tasks and notices know their place; what is on show is frozen."""

from django.db import migrations

from anju.core.operations import append_only, fill_place

FROZEN = """
CREATE FUNCTION flow_publicity_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.title, OLD.rows, OLD.rows_sha256, OLD.starts_on, OLD.ends_on, OLD.kind)
       IS DISTINCT FROM (NEW.title, NEW.rows, NEW.rows_sha256, NEW.starts_on, NEW.ends_on, NEW.kind)
    THEN
        RAISE EXCEPTION 'a notice on show is frozen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER flow_publicity_frozen BEFORE UPDATE ON flow_publicity
    FOR EACH ROW EXECUTE FUNCTION flow_publicity_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("flow", "0001_initial"),
        ("core", "0001_initial"),
        ("reference", "0002_places"),
    ]
    operations = [
        append_only("flow_movemade"),
        fill_place("flow_task"),
        fill_place("flow_publicity"),
        migrations.RunSQL(
            FROZEN,
            "DROP TRIGGER flow_publicity_frozen ON flow_publicity; DROP FUNCTION flow_publicity_frozen;",
        ),
    ]
