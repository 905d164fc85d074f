"""Tallies and search entries follow a row whose place changes though its area does not."""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION registry_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
        OR min(coalesce(district_id, 0)) <> max(coalesce(district_id, 0))
        OR min(coalesce(subdistrict_id, 0)) <> max(coalesce(subdistrict_id, 0))
        OR min(coalesce(committee_id, 0)) <> max(coalesce(committee_id, 0))
    ORDER BY building_id, kind, state
    ON CONFLICT (building_id, kind, state) DO UPDATE
        SET units = t.units + excluded.units, area_dm2 = t.area_dm2 + excluded.area_dm2,
            community_id = excluded.community_id, area_id = excluded.area_id,
            district_id = excluded.district_id, subdistrict_id = excluded.subdistrict_id,
            committee_id = excluded.committee_id;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_search_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_searchentry s
    SET district_id = n.district_id, subdistrict_id = n.subdistrict_id, committee_id = n.committee_id
    FROM new_rows n
    WHERE s.kind = TG_ARGV[0] AND s.object_id = n.id
        AND (s.district_id, s.subdistrict_id, s.committee_id)
            IS DISTINCT FROM (n.district_id, n.subdistrict_id, n.committee_id);
    RETURN NULL;
END $$;
CREATE TRIGGER registry_community_search AFTER UPDATE ON registry_community
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_search_place('community');
CREATE TRIGGER registry_managementarea_search AFTER UPDATE ON registry_managementarea
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION registry_search_place('area');
"""

REVERSE = """
DROP TRIGGER registry_managementarea_search ON registry_managementarea;
DROP TRIGGER registry_community_search ON registry_community;
DROP FUNCTION registry_search_place;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_search_covering"), ("reference", "0005_area_guards")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
