"""Writes of places and days."""

from .days import day_correct, deadlines_recompute, year_load
from .loading import LoadCounts, divisions_load
from .places import area_move, area_rename, boundary_set, division_change_record

__all__ = [
    "LoadCounts",
    "area_move",
    "area_rename",
    "boundary_set",
    "day_correct",
    "deadlines_recompute",
    "division_change_record",
    "divisions_load",
    "year_load",
]
