"""The register's lists, cut by noun."""

from .bindings import BindingList, ComplaintList
from .parties import CompanyList, DeveloperList, ManagerList, PersonList
from .places import BuildingList, CommunityList, ManagementAreaList, ProjectList
from .units import UnitList
from .work import ChangeList, ImportList

__all__ = [
    "BindingList",
    "BuildingList",
    "ChangeList",
    "CommunityList",
    "CompanyList",
    "ComplaintList",
    "DeveloperList",
    "ImportList",
    "ManagementAreaList",
    "ManagerList",
    "PersonList",
    "ProjectList",
    "UnitList",
]
