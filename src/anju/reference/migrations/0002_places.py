"""The path of an area, and the trigger that copies it to every placed row."""

from django.db import migrations

from anju.core.operations import track_history

SQL = """
CREATE FUNCTION reference_area_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above reference_area;
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        SELECT * INTO STRICT above FROM reference_area WHERE id = NEW.parent_id;
        IF above.level >= NEW.level THEN
            RAISE EXCEPTION 'an area lies in one of a higher level' USING ERRCODE = 'check_violation';
        END IF;
        NEW.district_id := above.district_id;
        NEW.subdistrict_id := above.subdistrict_id;
        NEW.committee_id := above.committee_id;
    ELSE
        NEW.district_id := NULL; NEW.subdistrict_id := NULL; NEW.committee_id := NULL;
    END IF;
    IF NEW.level = 1 THEN NEW.district_id := NEW.id;
    ELSIF NEW.level = 2 THEN NEW.subdistrict_id := NEW.id;
    ELSIF NEW.level = 3 THEN NEW.committee_id := NEW.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reference_area_path BEFORE INSERT OR UPDATE OF parent_id, level ON reference_area
    FOR EACH ROW EXECUTE FUNCTION reference_area_path();

-- An area that moves takes everything below it along.
CREATE FUNCTION reference_area_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reference_area SET parent_id = parent_id WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER reference_area_move AFTER UPDATE OF parent_id, level ON reference_area
    FOR EACH ROW WHEN (
        (OLD.district_id, OLD.subdistrict_id, OLD.committee_id)
        IS DISTINCT FROM (NEW.district_id, NEW.subdistrict_id, NEW.committee_id))
    EXECUTE FUNCTION reference_area_move();

CREATE FUNCTION reference_fill_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT district_id, subdistrict_id, committee_id
    INTO NEW.district_id, NEW.subdistrict_id, NEW.committee_id
    FROM reference_area WHERE id = NEW.area_id;
    RETURN NEW;
END $$;
"""

REVERSE = """
DROP TRIGGER reference_area_move ON reference_area;
DROP TRIGGER reference_area_path ON reference_area;
DROP FUNCTION reference_area_path, reference_area_move, reference_fill_place;
"""


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(SQL, REVERSE),
        track_history("reference_area"),
        track_history("reference_division"),
        track_history("reference_calendarday"),
    ]
