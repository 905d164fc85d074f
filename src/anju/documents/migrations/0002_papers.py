"""An issued paper keeps its words, its number and its bytes."""

from django.db import migrations

from anju.core.operations import append_only, fill_place, track_history

SQL = """
CREATE FUNCTION documents_keep_paper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'withdrawn_at', 'withdrawn_reason',
                         'district_id', 'subdistrict_id', 'committee_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued paper stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free
       OR (OLD.state <> 'issued' AND OLD.state IS DISTINCT FROM NEW.state) THEN
        RAISE EXCEPTION 'an issued paper keeps its words' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_paper_keep BEFORE UPDATE OR DELETE ON documents_paper
    FOR EACH ROW EXECUTE FUNCTION documents_keep_paper();
CREATE TRIGGER documents_paper_no_truncate BEFORE TRUNCATE ON documents_paper
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION documents_count_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.last <> OLD.last + 1
       OR NEW.series_id <> OLD.series_id OR NEW.year <> OLD.year THEN
        RAISE EXCEPTION 'a sequence only counts up by one' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_papersequence_count_up BEFORE UPDATE OR DELETE ON documents_papersequence
    FOR EACH ROW EXECUTE FUNCTION documents_count_up();
"""

REVERSE = """
DROP TRIGGER documents_papersequence_count_up ON documents_papersequence;
DROP TRIGGER documents_paper_no_truncate ON documents_paper;
DROP TRIGGER documents_paper_keep ON documents_paper;
DROP FUNCTION documents_count_up, documents_keep_paper;
"""

KINDS = [
    # code, name, template, mark
    ("register-extract", "登记信息证明", "extract", "房物登证"),
    ("bulletin", "通报", "bulletin", "房物通"),
]


def add_kinds(apps, schema_editor):
    kind = apps.get_model("documents", "PaperKind")
    for code, name, template, mark in KINDS:
        kind.objects.update_or_create(
            code=code, defaults={"name": name, "template": template, "mark": mark}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("core", "0001_initial"),
        ("reference", "0002_places"),
    ]
    operations = [
        fill_place("documents_paper"),
        migrations.RunSQL(SQL, REVERSE),
        append_only("documents_paperfile"),
        track_history("documents_paper"),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
    ]
