"""Who registered a person sees the person; erasure reaches the history of the row."""

import django.db.models.deletion
from django.db import migrations, models

REDACT = """
-- History is append-only for everybody; this one function of the owner takes what identifies an
-- erased person out of it, and only of a person whose row says so.
CREATE FUNCTION registry_person_redact(the_person bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found int;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM registry_person WHERE id = the_person AND state = 'erased') THEN
        RAISE EXCEPTION 'person % is not erased', the_person USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('anju.redacting', 'on', true);
    UPDATE core_history SET old_row = old_row || jsonb_build_object(
        'id_cipher', null, 'id_hash', null, 'id_mask', '',
        'phone_cipher', null, 'phone_hash', null, 'phone_mask', '')
    WHERE table_name = 'registry_person' AND row_id = the_person;
    GET DIAGNOSTICS found = ROW_COUNT;
    UPDATE core_history SET old_row = old_row || '{"before": {}, "after": {}}'
    WHERE table_name = 'registry_changerequest' AND row_id IN (
        SELECT id FROM registry_changerequest
        WHERE target_type = 'registry.person' AND target_id = the_person
            AND action = 'person_identity_change');
    PERFORM set_config('anju.redacting', '', true);
    RETURN found;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_project_state"),
        ("reference", "0002_places"),
        ("core", "0002_history_of_the_owner"),
    ]
    operations = [
        migrations.AddField(
            model_name="person",
            name="registered_in",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reference.area",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("registered_in__isnull", False)),
                fields=["registered_in"],
                name="registry_person_entered",
            ),
        ),
        migrations.RunSQL(REDACT, "DROP FUNCTION registry_person_redact;"),
    ]
