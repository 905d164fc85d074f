"""The published years 2004 to 2026, from the package chinesecalendar."""

from datetime import UTC, datetime

from django.db import migrations

NAMES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat",
    "National Day": "national",
    "Mid-autumn Festival": "mid_autumn",
    "Anti-Fascist 70th Day": "victory",
}
SOURCE = "chinesecalendar"


def load_years(apps, schema_editor):
    from chinese_calendar import constants

    day_model = apps.get_model("reference", "CalendarDay")
    year_model = apps.get_model("reference", "CalendarYear")
    at = datetime.now(UTC)
    common = {
        "source": "published",
        "source_name": SOURCE,
        "recorded_at": at,
        "recorded_by": "system",
    }
    rows = []
    for days, working in ((constants.holidays, False), (constants.workdays, True)):
        rows += [
            day_model(day=day, working=working, name=NAMES.get(str(name), str(name)), **common)
            for day, name in sorted(days.items())
        ]
    day_model.objects.bulk_create(rows)
    years = sorted({row.day.year for row in rows})
    year_model.objects.bulk_create(
        year_model(year=year, source_name=SOURCE, loaded_at=at, loaded_by="system")
        for year in years
    )


class Migration(migrations.Migration):
    dependencies = [("reference", "0002_places")]
    operations = [migrations.RunPython(load_years, migrations.RunPython.noop)]
