"""Indexes by which the given name behind a surname of two characters is found in letters.

They hold names of four characters and more, one in a hundred; to shorter names the indexes of
``0003_search`` answer.
"""

from django.db import migrations

GIVEN = (
    "replace(substr(pinyin, strpos(pinyin, ' ') + 1"
    " + strpos(substr(pinyin, strpos(pinyin, ' ') + 1), ' ')), ' ', '')"
)
SQL = f"""
CREATE INDEX registry_person_pinyin3 ON registry_person
    (({GIVEN}) text_pattern_ops, hashint8(id)) WHERE length(name) > 3;
CREATE INDEX registry_person_initials3 ON registry_person
    ((substr(initials, 3)) text_pattern_ops, hashint8(id)) WHERE length(name) > 3;
"""
REVERSE = "DROP INDEX registry_person_pinyin3, registry_person_initials3;"


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_imports_of_more_kinds")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
