"""Indexes by which 1.3 million people are found by part, pinyin and initials.

A name is short, so every part of it begins one of its ends: indexes on the name, and on the name
from its second and third character answer "contains" as "begins with", and a LIMIT stops after
the first pages however common the term is. Names of four characters and more are one in a
hundred and have an index of their own that is read through.

Equal names stand in the order of a hash: people were often written place by place, and a clerk of
the last place should not read all the others first.
"""

from django.db import migrations

SQL = """
CREATE INDEX registry_person_name1 ON registry_person (name text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_name2 ON registry_person (substr(name, 2) text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_name3 ON registry_person (substr(name, 3) text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_name4 ON registry_person (name text_pattern_ops, id, state)
    WHERE length(name) > 3;
CREATE INDEX registry_person_pinyin1 ON registry_person (replace(pinyin, ' ', '') text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_pinyin2 ON registry_person
    (replace(substr(pinyin, strpos(pinyin, ' ') + 1), ' ', '') text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_initials1 ON registry_person (initials text_pattern_ops, hashint8(id));
CREATE INDEX registry_person_initials2 ON registry_person (substr(initials, 2) text_pattern_ops, hashint8(id));
"""
REVERSE = """
DROP INDEX registry_person_name1, registry_person_name2, registry_person_name3,
    registry_person_name4, registry_person_pinyin1, registry_person_pinyin2,
    registry_person_initials1, registry_person_initials2;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_triggers")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
