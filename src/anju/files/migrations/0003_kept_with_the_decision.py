from django.db import migrations

# Beside the scan state only two things happen to a file: it is taken back, or kept with a decision.
SQL = """
CREATE FUNCTION files_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'files are taken back, not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.sha256, OLD.sent_sha256, OLD.size, OLD.name, OLD.kind, OLD.media_type, OLD.purpose,
        OLD.owner_type, OLD.owner_id, OLD.uploaded_by_id, OLD.created_at)
       IS DISTINCT FROM
       (NEW.sha256, NEW.sent_sha256, NEW.size, NEW.name, NEW.kind, NEW.media_type, NEW.purpose,
        NEW.owner_type, NEW.owner_id, NEW.uploaded_by_id, NEW.created_at) THEN
        RAISE EXCEPTION 'a file stays what was sent' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.frozen_at IS NOT NULL
       AND (NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR NEW.taken_back_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a decision rests on this file' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.taken_back_at IS NOT NULL
       AND NEW.taken_back_at IS DISTINCT FROM OLD.taken_back_at THEN
        RAISE EXCEPTION 'a file taken back stays away' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.scan_state = 'infected' AND NEW.scan_state <> 'infected' THEN
        RAISE EXCEPTION 'an infected file stays infected' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER files_storedfile_keep BEFORE UPDATE OR DELETE ON files_storedfile
    FOR EACH ROW EXECUTE FUNCTION files_keep();
"""
BACK = "DROP TRIGGER files_storedfile_keep ON files_storedfile; DROP FUNCTION files_keep;"


class Migration(migrations.Migration):
    dependencies = [("files", "0002_take_back_and_freeze")]

    operations = [migrations.RunSQL(SQL, BACK)]
