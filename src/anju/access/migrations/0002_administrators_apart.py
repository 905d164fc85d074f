"""The database keeps the three administrators apart, whoever writes the row."""

from django.db import migrations

from anju.core.operations import track_history

FORWARD = """
CREATE FUNCTION access_post_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    administrators CONSTANT text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
    held daterange := daterange(NEW.valid_from, NEW.valid_to, '[)');
BEGIN
    IF isempty(held) THEN
        RETURN NEW;
    END IF;
    -- Two grants to one person wait for each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('access_post', NEW.user_id));
    IF EXISTS (
        SELECT 1 FROM access_post p
        WHERE p.user_id = NEW.user_id AND p.id IS DISTINCT FROM NEW.id
          AND daterange(p.valid_from, p.valid_to, '[)') && held
          AND (p.role = ANY (administrators) OR NEW.role = ANY (administrators))
    ) THEN
        RAISE EXCEPTION 'an administrator holds no other post'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'access_post_administrators_apart';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.granted_by_id IS NOT DISTINCT FROM OLD.granted_by_id
       AND NEW.role = OLD.role AND NEW.user_id = OLD.user_id THEN
        RETURN NEW;
    END IF;
    IF NEW.granted_by_id = NEW.user_id THEN
        RAISE EXCEPTION 'nobody grants a post to themselves'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'access_post_not_to_oneself';
    END IF;
    IF NEW.role = ANY (administrators) THEN
        IF NEW.granted_by_id IS NULL THEN
            -- Set-up appoints the first of each role; later ones have a granter.
            IF EXISTS (SELECT 1 FROM access_post p WHERE p.role = NEW.role AND p.id <> NEW.id) THEN
                RAISE EXCEPTION 'an administrator is appointed by the bureau head'
                    USING ERRCODE = 'check_violation',
                          CONSTRAINT = 'access_post_right_granter';
            END IF;
        ELSIF NOT EXISTS (
            SELECT 1 FROM access_post g
            WHERE g.user_id = NEW.granted_by_id AND g.role = 'bureau_head'
              AND daterange(g.valid_from, g.valid_to, '[)')
                  @> (coalesce(NEW.granted_at, now()) AT TIME ZONE 'Asia/Shanghai')::date
        ) THEN
            RAISE EXCEPTION 'an administrator is appointed by the bureau head'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'access_post_right_granter';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER access_post_apart BEFORE INSERT OR UPDATE ON access_post
    FOR EACH ROW EXECUTE FUNCTION access_post_apart();

CREATE FUNCTION access_elevation_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.asked_by_id <> OLD.asked_by_id OR NEW.rows <> OLD.rows OR NEW.reason <> OLD.reason
       OR NEW.asked_at <> OLD.asked_at
       OR (OLD.decided_at IS NOT NULL AND (NEW.decided_at <> OLD.decided_at
           OR NEW.decided_by_id <> OLD.decided_by_id OR NEW.ends_at > OLD.ends_at)) THEN
        RAISE EXCEPTION 'what was asked and decided stays as it was'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'access_elevation_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER access_elevation_fixed BEFORE UPDATE ON access_elevation
    FOR EACH ROW EXECUTE FUNCTION access_elevation_fixed();
"""

BACKWARD = """
DROP TRIGGER access_elevation_fixed ON access_elevation;
DROP FUNCTION access_elevation_fixed();
DROP TRIGGER access_post_apart ON access_post;
DROP FUNCTION access_post_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("core", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        track_history("access_post"),
        track_history("access_organisation"),
    ]
