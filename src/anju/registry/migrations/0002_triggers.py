"""History, places, shares and tallies of the register, kept by the database."""

from django.db import migrations

from anju.core.operations import fill_place, track_history

PLACED = [
    "community",
    "building",
    "unit",
    "managementarea",
    "project",
    "homebinding",
    "changerequest",
]
DATED = [
    "areabuilding",
    "communityname",
    "companyname",
    "companystaff",
    "managementareaname",
    "managerassignment",
    "manageremployment",
    "ownership",
    "project",
    "projectfee",
]
TRACKED = [
    *PLACED,
    *(table for table in DATED if table != "project"),
    "communityalias",
    "company",
    "fieldprovenance",
    "manager",
    "person",
    "stairwell",
    "unitsuccession",
]

# COPY names only the columns it brings.
DEFAULTS = """
DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT table_name FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name LIKE 'registry\\_%'
               AND column_name = 'created_at' LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN created_at SET DEFAULT now()', t.table_name);
    END LOOP;
END $$;
ALTER TABLE registry_unit ALTER COLUMN kind SET DEFAULT 'home', ALTER COLUMN state SET DEFAULT 'active',
    ALTER COLUMN sort_key SET DEFAULT '';
ALTER TABLE registry_building ALTER COLUMN floors_below SET DEFAULT 0, ALTER COLUMN has_lift SET DEFAULT false,
    ALTER COLUMN structure SET DEFAULT 'other', ALTER COLUMN use SET DEFAULT 'homes',
    ALTER COLUMN state SET DEFAULT 'active', ALTER COLUMN sort_key SET DEFAULT '';
ALTER TABLE registry_stairwell ALTER COLUMN has_lift SET DEFAULT false;
ALTER TABLE registry_ownership ALTER COLUMN share_num SET DEFAULT 1, ALTER COLUMN share_den SET DEFAULT 1,
    ALTER COLUMN is_unsold SET DEFAULT false, ALTER COLUMN reason SET DEFAULT '';
ALTER TABLE registry_person ALTER COLUMN id_mask SET DEFAULT '', ALTER COLUMN phone_mask SET DEFAULT '',
    ALTER COLUMN state SET DEFAULT 'active';
"""

PERIODS = "\n".join(
    f"ALTER TABLE registry_{table} ADD CONSTRAINT registry_{table}_period"
    " CHECK (NOT isempty(period) AND NOT lower_inf(period));"
    for table in DATED
)
NO_PERIODS = "\n".join(
    f"ALTER TABLE registry_{table} DROP CONSTRAINT registry_{table}_period;" for table in DATED
)

SHARES = """
-- The shares of a unit add to exactly one on every day from its first spell to its last.
-- Whole numbers only: a sum of fractions is num/den, kept short by its greatest common divisor.
CREATE FUNCTION registry_check_shares_of(the_unit bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    spells int; whole boolean; day date; num numeric; den numeric; divisor numeric; s record;
    last_day date;
BEGIN
    SELECT count(*), bool_and(share_num = share_den) INTO spells, whole
    FROM registry_ownership WHERE unit_id = the_unit;
    IF spells = 0 OR (spells = 1 AND whole) THEN RETURN; END IF;
    SELECT CASE WHEN bool_or(upper_inf(period)) THEN NULL ELSE max(upper(period)) END INTO last_day
    FROM registry_ownership WHERE unit_id = the_unit;
    FOR day IN
        SELECT lower(period) FROM registry_ownership WHERE unit_id = the_unit
        UNION SELECT upper(period) FROM registry_ownership
              WHERE unit_id = the_unit AND NOT upper_inf(period)
    LOOP
        CONTINUE WHEN day >= last_day;
        num := 0; den := 1;
        FOR s IN SELECT share_num, share_den FROM registry_ownership
                 WHERE unit_id = the_unit AND period @> day LOOP
            num := num * s.share_den + s.share_num * den;
            den := den * s.share_den;
            divisor := gcd(num, den);
            num := div(num, divisor); den := div(den, divisor);
        END LOOP;
        IF num <> den THEN
            RAISE EXCEPTION 'shares of unit % add to %/% on %', the_unit, num, den, day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_owner_shares_sum';
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION registry_check_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM registry_check_shares_of(OLD.unit_id); END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.unit_id <> OLD.unit_id) THEN
        PERFORM registry_check_shares_of(NEW.unit_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER registry_owner_shares_sum AFTER INSERT OR UPDATE OR DELETE
    ON registry_ownership DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registry_check_shares();
"""
NO_SHARES = """
DROP TRIGGER registry_owner_shares_sum ON registry_ownership;
DROP FUNCTION registry_check_shares, registry_check_shares_of;
"""

TALLIES = """
CREATE FUNCTION registry_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_unittally AS t (building_id, kind, state, community_id, area_id, district_id,
        subdistrict_id, committee_id, units, area_dm2)
    SELECT building_id, kind, state, min(community_id), min(area_id), min(district_id),
        min(subdistrict_id), min(committee_id), count(*), sum(area_dm2)
    FROM new_rows GROUP BY building_id, kind, state ORDER BY building_id, kind, state
    ON CONFLICT (building_id, kind, state) DO UPDATE
        SET units = t.units + excluded.units, area_dm2 = t.area_dm2 + excluded.area_dm2;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_unittally t SET units = t.units - g.units, area_dm2 = t.area_dm2 - g.area_dm2
    FROM (SELECT building_id, kind, state, count(*) AS units, sum(area_dm2) AS area_dm2
          FROM old_rows GROUP BY building_id, kind, state) g
    WHERE (t.building_id, t.kind, t.state) = (g.building_id, g.kind, g.state);
    RETURN NULL;
END $$;
CREATE FUNCTION registry_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_unittally AS t (building_id, kind, state, community_id, area_id, district_id,
        subdistrict_id, committee_id, units, area_dm2)
    SELECT building_id, kind, state,
        CASE WHEN bool_or(sign > 0) THEN min(community_id) FILTER (WHERE sign > 0) ELSE min(community_id) END,
        CASE WHEN bool_or(sign > 0) THEN min(area_id) FILTER (WHERE sign > 0) ELSE min(area_id) END,
        CASE WHEN bool_or(sign > 0) THEN min(district_id) FILTER (WHERE sign > 0) ELSE min(district_id) END,
        CASE WHEN bool_or(sign > 0) THEN min(subdistrict_id) FILTER (WHERE sign > 0) ELSE min(subdistrict_id) END,
        CASE WHEN bool_or(sign > 0) THEN min(committee_id) FILTER (WHERE sign > 0) ELSE min(committee_id) END,
        sum(sign), sum(sign * area_dm2)
    FROM (SELECT -1 AS sign, building_id, kind, state, community_id, area_id, district_id,
                 subdistrict_id, committee_id, area_dm2 FROM old_rows
          UNION ALL
          SELECT 1, building_id, kind, state, community_id, area_id, district_id,
                 subdistrict_id, committee_id, area_dm2 FROM new_rows) both_rows
    GROUP BY building_id, kind, state
    HAVING sum(sign) <> 0 OR sum(sign * area_dm2) <> 0
        OR min(area_id) <> max(area_id) OR min(community_id) <> max(community_id)
    ORDER BY building_id, kind, state
    ON CONFLICT (building_id, kind, state) DO UPDATE
        SET units = t.units + excluded.units, area_dm2 = t.area_dm2 + excluded.area_dm2,
            community_id = excluded.community_id, area_id = excluded.area_id,
            district_id = excluded.district_id, subdistrict_id = excluded.subdistrict_id,
            committee_id = excluded.committee_id;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_unit_tally_insert AFTER INSERT ON registry_unit
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_insert();
CREATE TRIGGER registry_unit_tally_update AFTER UPDATE ON registry_unit
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_update();
CREATE TRIGGER registry_unit_tally_delete AFTER DELETE ON registry_unit
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_delete();
"""
NO_TALLIES = """
DROP TRIGGER registry_unit_tally_insert ON registry_unit;
DROP TRIGGER registry_unit_tally_update ON registry_unit;
DROP TRIGGER registry_unit_tally_delete ON registry_unit;
DROP FUNCTION registry_tally_insert, registry_tally_update, registry_tally_delete;
"""

PLACES = """
-- A community that moves takes along the buildings that stood in its old place; a building its
-- units; a unit its bindings. Each is one statement.
CREATE FUNCTION registry_move_community() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_building b SET area_id = n.area_id
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.area_id <> o.area_id AND b.community_id = n.id AND b.area_id = o.area_id;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_move_building() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_unit u SET area_id = n.area_id
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.area_id <> o.area_id AND u.building_id = n.id;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_move_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_homebinding b SET area_id = n.area_id
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.area_id <> o.area_id AND b.unit_id = n.id;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_community_move AFTER UPDATE ON registry_community
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_move_community();
CREATE TRIGGER registry_building_move AFTER UPDATE ON registry_building
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_move_building();
CREATE TRIGGER registry_unit_move AFTER UPDATE ON registry_unit
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_move_unit();
"""
NO_PLACES = """
DROP TRIGGER registry_community_move ON registry_community;
DROP TRIGGER registry_building_move ON registry_building;
DROP TRIGGER registry_unit_move ON registry_unit;
DROP FUNCTION registry_move_community, registry_move_building, registry_move_unit;
"""

PHONES = """
-- A published telephone is never a sign-in phone, from whichever side it is written.
CREATE FUNCTION registry_published_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_phone <> '' AND EXISTS (SELECT 1 FROM access_user WHERE phone = NEW.published_phone) THEN
        RAISE EXCEPTION 'the published telephone is a sign-in phone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_sign_in_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_manager WHERE published_phone = NEW.phone AND published_phone <> '') THEN
        RAISE EXCEPTION 'the sign-in phone is a published telephone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
CREATE INDEX registry_manager_phone ON registry_manager (published_phone) WHERE published_phone <> '';
CREATE TRIGGER registry_manager_phone AFTER INSERT OR UPDATE OF published_phone ON registry_manager
    FOR EACH ROW EXECUTE FUNCTION registry_published_phone();
CREATE TRIGGER registry_user_phone AFTER INSERT OR UPDATE OF phone ON access_user
    FOR EACH ROW WHEN (NEW.phone IS NOT NULL) EXECUTE FUNCTION registry_sign_in_phone();
"""
NO_PHONES = """
DROP TRIGGER registry_user_phone ON access_user;
DROP TRIGGER registry_manager_phone ON registry_manager;
DROP INDEX registry_manager_phone;
DROP FUNCTION registry_published_phone, registry_sign_in_phone;
"""


# Spells deleted by a correction are found again by the thing they belonged to.
DELETED = """
CREATE INDEX registry_history_deleted ON core_history (table_name, (old_row ->> 'unit_id'))
    WHERE operation = 'delete';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0001_initial"),
        ("reference", "0002_places"),
        ("core", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(PERIODS, NO_PERIODS),
        *[fill_place(f"registry_{table}") for table in PLACED],
        *[track_history(f"registry_{table}") for table in TRACKED],
        migrations.RunSQL(SHARES, NO_SHARES),
        migrations.RunSQL(TALLIES, NO_TALLIES),
        migrations.RunSQL(PLACES, NO_PLACES),
        migrations.RunSQL(PHONES, NO_PHONES),
        migrations.RunSQL(DELETED, "DROP INDEX registry_history_deleted;"),
    ]
