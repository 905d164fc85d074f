"""Writes of places and days."""

from .changes import (
    Draft,
    Effect,
    change_confirm,
    change_preview,
    change_propose,
    change_refuse,
    change_withdraw,
    changes_due_make,
    undo_draft,
)
from .days import day_correct, deadlines_recompute, year_load
from .loading import LoadCounts, divisions_load
from .moving import rows_move
from .places import boundary_set, division_change_record

__all__ = [
    "Draft",
    "Effect",
    "LoadCounts",
    "boundary_set",
    "change_confirm",
    "change_preview",
    "change_propose",
    "change_refuse",
    "change_withdraw",
    "changes_due_make",
    "day_correct",
    "deadlines_recompute",
    "division_change_record",
    "divisions_load",
    "rows_move",
    "undo_draft",
    "year_load",
]
