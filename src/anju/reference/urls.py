"""Addresses of places and days."""

from datetime import date

from django.urls import path, register_converter

from . import views


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
    path("places/", views.area_list, name="area_list"),
    path("places/<int:pk>/", views.area_detail, name="area_detail"),
    path("places/boundaries.json", views.boundaries, name="boundaries"),
    path("places/divisions/", views.division_list, name="division_list"),
    path("places/changes/", views.change_list, name="change_list"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/load/", views.year_load, name="year_load"),
    path("calendar/<int:year>/", views.calendar, name="calendar_year"),
    path("calendar/day/<day:day>/", views.calendar_day, name="calendar_day"),
    path("calendar/day/<day:day>/correct/", views.day_correct, name="day_correct"),
]
