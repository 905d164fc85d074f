"""Places and days."""

from .areas import (
    Area,
    AreaCode,
    AreaGap,
    AreaName,
    AreaParent,
    AreaQuerySet,
    area_keys,
    point_range,
)
from .boundaries import Backdrop, Boundary
from .changes import AreaChange, AreaSuccession
from .days import CalendarDay, CalendarYear
from .divisions import Division, DivisionChange, DivisionQuerySet
from .placed import PlacedModel, PlacedQuerySet

__all__ = [
    "Area",
    "AreaChange",
    "AreaCode",
    "AreaGap",
    "AreaName",
    "AreaParent",
    "AreaQuerySet",
    "AreaSuccession",
    "Backdrop",
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
