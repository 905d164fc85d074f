"""The register's lists, cut by noun."""

from .parties import CompanyList, DeveloperList, ManagerList, PersonList
from .places import BuildingList, CommunityList, ManagementAreaList, ProjectList
from .units import UnitList
from .work import ChangeList, ImportList

__all__ = [
    "BuildingList",
    "ChangeList",
    "CommunityList",
    "CompanyList",
    "DeveloperList",
    "ImportList",
    "ManagementAreaList",
    "ManagerList",
    "PersonList",
    "ProjectList",
    "UnitList",
]
