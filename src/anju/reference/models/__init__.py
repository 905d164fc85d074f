"""Places and days."""

from .areas import Area, AreaName, AreaParent, AreaQuerySet, area_keys, point_range
from .boundaries import Boundary
from .days import CalendarDay, CalendarYear
from .divisions import Division, DivisionChange, DivisionQuerySet
from .placed import PlacedModel, PlacedQuerySet

__all__ = [
    "Area",
    "AreaName",
    "AreaParent",
    "AreaQuerySet",
    "Boundary",
    "CalendarDay",
    "CalendarYear",
    "Division",
    "DivisionChange",
    "DivisionQuerySet",
    "PlacedModel",
    "PlacedQuerySet",
    "area_keys",
    "point_range",
]
