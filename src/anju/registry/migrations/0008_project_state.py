"""The state of a project is read from its period; a stored one went stale when the day came."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_locks")]
    operations = [migrations.RemoveField(model_name="project", name="state")]
