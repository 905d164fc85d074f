"""Reads of the portal: what is published, and what an owner sees of the own homes."""

from .mine import MyHome, my_homes
from .public import (
    DistrictCoverage,
    city_figures,
    city_name,
    communities_public,
    community_counts,
    community_projects,
    community_public,
    company_projects,
    company_public,
    contract_last_day,
    contract_public,
    coverage,
    districts,
    manager_course,
    manager_projects,
    manager_public,
)

__all__ = [
    "DistrictCoverage",
    "MyHome",
    "city_figures",
    "city_name",
    "communities_public",
    "community_counts",
    "community_projects",
    "community_public",
    "company_projects",
    "company_public",
    "contract_last_day",
    "contract_public",
    "coverage",
    "districts",
    "manager_course",
    "manager_projects",
    "manager_public",
    "my_homes",
]
