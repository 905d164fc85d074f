"""Reads of the register, for its pages and for the apps above."""

from .asof import (
    buildings_on,
    company_of_manager_on,
    fee_on,
    fees_known_at,
    known_at,
    management_area_on,
    manager_known_at,
    manager_on,
    name_known_at,
    name_on,
    owners_known_at,
    owners_on,
    project_on,
    row_steps,
    rows_known_at,
    staff_on,
)
from .imports import refused_lines
from .provenance import Origin, origins
from .search import Found, Hit, keyed, people_named, search, search_public, unit_address
from .tallies import Total, community_total, management_area_total, unit_count

__all__ = [
    "Found",
    "Hit",
    "Origin",
    "Total",
    "buildings_on",
    "community_total",
    "company_of_manager_on",
    "fee_on",
    "fees_known_at",
    "keyed",
    "known_at",
    "management_area_on",
    "management_area_total",
    "manager_known_at",
    "manager_on",
    "name_known_at",
    "name_on",
    "origins",
    "owners_known_at",
    "owners_on",
    "people_named",
    "project_on",
    "refused_lines",
    "row_steps",
    "rows_known_at",
    "search",
    "search_public",
    "staff_on",
    "unit_address",
    "unit_count",
]
