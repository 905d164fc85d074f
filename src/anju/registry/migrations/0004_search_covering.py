"""Indexes that answer a search of people by themselves.

A candidate is taken by name and probed for its place: with the columns it needs in the index
neither step reads the table, and the planner walks the order of the index and stops early
instead of sorting every person of a name. The text stands beside an index on a part of it
because the planner wants every column that is named.
"""

from django.db import migrations

# Name → what is indexed and what stands beside it.
SEARCHED = {
    "name1": ("name", "id, state"),
    "name2": ("substr(name, 2)", "id, state, name"),
    "name3": ("substr(name, 3)", "id, state, name"),
    "pinyin1": ("replace(pinyin, ' ', '')", "id, state, pinyin"),
    "pinyin2": (
        "replace(substr(pinyin, strpos(pinyin, ' ') + 1), ' ', '')",
        "id, state, pinyin",
    ),
    "initials1": ("initials", "id, state"),
    "initials2": ("substr(initials, 2)", "id, state, initials"),
}


def _statements(*, covering: bool) -> str:
    made = []
    for name, (what, beside) in SEARCHED.items():
        tail = f" INCLUDE ({beside})" if covering else ""
        made.append(f"DROP INDEX registry_person_{name};")
        made.append(
            f"CREATE INDEX registry_person_{name} ON registry_person"
            f" (({what}) text_pattern_ops, hashint8(id)){tail};"
        )
    return "\n".join(made)


PROBES = """
CREATE INDEX registry_unit_places ON registry_unit (id)
    INCLUDE (district_id, subdistrict_id, committee_id);
CREATE INDEX registry_ownership_homes ON registry_ownership (person_id)
    INCLUDE (unit_id) WHERE person_id IS NOT NULL;
"""
NO_PROBES = "DROP INDEX registry_unit_places, registry_ownership_homes;"


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_search")]
    operations = [
        migrations.RunSQL(_statements(covering=True), _statements(covering=False)),
        migrations.RunSQL(PROBES, NO_PROBES),
    ]
