"""Places and history of reports; events of the register written by the database itself.

A trigger writes the event in the transaction that changes the row, whoever changes it, so that
no app below knows of partners. Nothing is written while no endpoint in use asks for the kind.
"""

from django.db import migrations

from anju.core.operations import fill_place, track_history

# "{rows}" stands for the rows that a statement changed.
SELF = "{rows}"
OF_AREA = "SELECT p.id FROM registry_project p WHERE p.management_area_id IN (SELECT c.id FROM ({rows}) c)"

# Table, event, key of the thing, its model, whether the code is told, rows, condition.
TOLD = (
    ("registry_community", "community", "id", "registry.community", True, SELF, "true"),
    ("registry_company", "company", "id", "registry.company", True, SELF, "r.kind = 'property'"),
    ("registry_manager", "manager", "id", "registry.manager", False, SELF, "true"),
    ("registry_project", "project", "id", "registry.project", True, SELF, "true"),
    ("registry_managementarea", "project", "id", "registry.project", False, OF_AREA, "true"),
    ("registry_projectfee", "project", "project_id", "registry.project", False, SELF, "true"),
    (
        "registry_managerassignment",
        "project",
        "project_id",
        "registry.project",
        False,
        SELF,
        "true",
    ),
    (
        "registry_managerassignment",
        "manager",
        "manager_id",
        "registry.manager",
        False,
        SELF,
        "true",
    ),
)

EVENTS = """
CREATE SEQUENCE partners_event_sequence OWNED BY partners_event.sequence;
-- One event for a thing and a transaction, however many rows of it change.
ALTER TABLE partners_event ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE UNIQUE INDEX partners_event_once ON partners_event (transaction_id, kind, subject_id)
    WHERE subject_type LIKE 'registry.%';
CREATE FUNCTION partners_event_uid() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT 'evt_' || replace(gen_random_uuid()::text, '-', '')
$$;
"""
NO_EVENTS = """
DROP FUNCTION partners_event_uid();
DROP INDEX partners_event_once;
ALTER TABLE partners_event DROP COLUMN transaction_id;
DROP SEQUENCE partners_event_sequence;
"""

CHANGED = (
    "SELECT n.* FROM new_rows n JOIN old_rows o ON o.id = n.id"
    " WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n)"
)
VERBS = (
    ("insert", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
    ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows", CHANGED),
    ("delete", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
)


def told(table, noun, key, model, coded, rows, condition):
    """The three triggers of a table, for inserts, updates and deletes."""
    name = f"partners_tell_{table.removeprefix('registry_')}_{noun}"
    data = f"jsonb_build_object('id', r.{key}" + (", 'code', r.code)" if coded else ")")
    forward, back = "", ""
    for verb, transition, touched in VERBS:
        forward += f"""
        CREATE FUNCTION {name}_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM partners_endpoint
                       WHERE state = 'active' AND '{noun}.changed' = ANY (kinds)) THEN
                INSERT INTO partners_event
                    (uid, kind, subject_type, subject_id, data, happened_at)
                SELECT partners_event_uid(), '{noun}.changed', '{model}', r.{key}, {data}, now()
                FROM ({rows.format(rows=touched)}) r WHERE {condition} ORDER BY r.{key}
                ON CONFLICT (transaction_id, kind, subject_id)
                    WHERE subject_type LIKE 'registry.%' DO NOTHING;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name}_{verb} AFTER {verb.upper()} ON {table} REFERENCING {transition}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}_{verb}();
        """  # noqa: S608
        back += f"DROP TRIGGER {name}_{verb} ON {table}; DROP FUNCTION {name}_{verb}();"
    return migrations.RunSQL(forward, back)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("core", "0001_initial"),
        ("reference", "0002_places"),
        ("registry", "0004_search_covering"),
    ]
    operations = [
        fill_place("partners_correctionreport"),
        track_history("partners_correctionreport"),
        migrations.RunSQL(EVENTS, NO_EVENTS),
        *(told(*row) for row in TOLD),
    ]
