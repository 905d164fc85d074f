"""Reads of places and days."""

from .asof import (
    AreaOn,
    Tree,
    area_on,
    changes_of,
    place_on,
    successors_of,
    tree_on,
)
from .days import (
    DayCell,
    YearPage,
    calendar_year,
    day_statements,
    provisional_deadlines,
    working_calendar,
)
from .places import (
    area_counts,
    area_path,
    areas_without_boundary,
    backdrop,
    backdrop_source,
    boundaries,
    boundaries_mark,
    boundary_of,
    children_with_counts,
    outline_sources,
    too_small_to_label,
)

__all__ = [
    "AreaOn",
    "DayCell",
    "Tree",
    "YearPage",
    "area_counts",
    "area_on",
    "area_path",
    "areas_without_boundary",
    "backdrop",
    "backdrop_source",
    "boundaries",
    "boundaries_mark",
    "boundary_of",
    "calendar_year",
    "changes_of",
    "children_with_counts",
    "day_statements",
    "outline_sources",
    "place_on",
    "provisional_deadlines",
    "successors_of",
    "too_small_to_label",
    "tree_on",
    "working_calendar",
]
