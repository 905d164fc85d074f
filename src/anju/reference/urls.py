"""Addresses of places and days."""

from datetime import date

from django.urls import path, register_converter

from .views import calendar, changes, maps, places


class DayConverter:
    """A day in an address, 2026-11-23; what is no day is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "reference"
urlpatterns = [
    path("places/", places.area_list, name="area_list"),
    path("places/<int:pk>/", places.area_detail, name="area_detail"),
    path("places/boundaries.json", maps.boundaries, name="boundaries"),
    path("places/backdrop.json", maps.backdrop, name="backdrop"),
    path("places/divisions/", places.division_list, name="division_list"),
    path("places/changes/", changes.change_list, name="change_list"),
    path("places/changes/<int:pk>/", changes.change, name="change"),
    path("places/changes/<int:pk>/undo/", changes.change_undo, name="change_undo"),
    path(
        "places/<int:pk>/change/<slug:name>/",
        changes.area_change_propose,
        name="area_change_propose",
    ),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/load/", calendar.year_load, name="year_load"),
    path("calendar/<int:year>/", calendar.calendar, name="calendar_year"),
    path("calendar/day/<day:day>/", calendar.calendar_day, name="calendar_day"),
    path("calendar/day/<day:day>/correct/", calendar.day_correct, name="day_correct"),
]
