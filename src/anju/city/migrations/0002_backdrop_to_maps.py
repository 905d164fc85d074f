"""The ground of a city made earlier goes where every map reads it."""

from datetime import date

from django.db import migrations

SOURCE = "云澜（虚构）"


def draw_ground(apps, schema_editor):
    making = apps.get_model("city", "Making").objects.first()
    if making is not None and making.backdrop.get("features"):
        apps.get_model("reference", "Backdrop").objects.get_or_create(
            source=SOURCE,
            defaults={"features": making.backdrop["features"], "as_of": date(1990, 1, 1)},
        )


class Migration(migrations.Migration):
    dependencies = [("city", "0001_initial"), ("reference", "0006_backdrop")]
    operations = [migrations.RunPython(draw_ground, migrations.RunPython.noop)]
