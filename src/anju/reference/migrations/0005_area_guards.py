"""An ended area's path is its heir's; who places a row reads the newest path; changes stay."""

from django.db import migrations

from anju.core.operations import track_history

SQL = """
CREATE OR REPLACE FUNCTION reference_area_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above reference_area;
BEGIN
    IF NEW.successor_id IS NOT NULL THEN
        SELECT * INTO STRICT above FROM reference_area WHERE id = NEW.successor_id;
        IF above.level <> NEW.level THEN
            RAISE EXCEPTION 'an heir is of the same level' USING ERRCODE = 'check_violation';
        END IF;
        NEW.district_id := above.district_id;
        NEW.subdistrict_id := above.subdistrict_id;
        NEW.committee_id := above.committee_id;
        RETURN NEW;
    END IF;
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
DROP TRIGGER reference_area_path ON reference_area;
CREATE TRIGGER reference_area_path
    BEFORE INSERT OR UPDATE OF parent_id, level, successor_id ON reference_area
    FOR EACH ROW EXECUTE FUNCTION reference_area_path();

-- An area that moves takes along what lies below it and what it inherited.
CREATE OR REPLACE FUNCTION reference_area_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reference_area SET parent_id = parent_id
    WHERE parent_id = NEW.id OR successor_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER reference_area_move ON reference_area;
CREATE TRIGGER reference_area_move AFTER UPDATE OF parent_id, level, successor_id ON reference_area
    FOR EACH ROW WHEN (
        (OLD.district_id, OLD.subdistrict_id, OLD.committee_id)
        IS DISTINCT FROM (NEW.district_id, NEW.subdistrict_id, NEW.committee_id))
    EXECUTE FUNCTION reference_area_move();

-- FOR KEY SHARE waits for a change of the tree that is being made, and reads what it made.
CREATE OR REPLACE FUNCTION reference_fill_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT district_id, subdistrict_id, committee_id
    INTO NEW.district_id, NEW.subdistrict_id, NEW.committee_id
    FROM reference_area WHERE id = NEW.area_id FOR KEY SHARE;
    RETURN NEW;
END $$;

CREATE FUNCTION reference_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of areas is taken back by a further one'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER reference_areachange_stays BEFORE DELETE OR TRUNCATE ON reference_areachange
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_stays();
"""

REVERSE = """
DROP TRIGGER reference_areachange_stays ON reference_areachange;
DROP FUNCTION reference_change_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("reference", "0004_area_changes")]
    operations = [
        migrations.RunSQL(SQL, REVERSE),
        track_history("reference_areachange"),
    ]
