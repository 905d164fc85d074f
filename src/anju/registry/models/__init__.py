"""Tables of the register, cut by noun."""

from .bindings import HomeBinding, TenantInvitation
from .changes import ChangeRequest, FieldProvenance
from .communities import (
    Building,
    Community,
    CommunityAlias,
    CommunityName,
    Stairwell,
)
from .companies import Company, CompanyName, CompanyStaff
from .complaints import ReadComplaint
from .imports import ImportBatch, ImportRow
from .managers import Manager, ManagerEmployment
from .owners import Ownership
from .people import Person, PersonKey
from .projects import (
    AreaBuilding,
    ManagementArea,
    ManagementAreaName,
    ManagerAssignment,
    Project,
    ProjectFee,
)
from .search import SearchEntry
from .tallies import UnitTally
from .units import Unit, UnitSuccession

__all__ = [
    "AreaBuilding",
    "Building",
    "ChangeRequest",
    "Community",
    "CommunityAlias",
    "CommunityName",
    "Company",
    "CompanyName",
    "CompanyStaff",
    "FieldProvenance",
    "HomeBinding",
    "ImportBatch",
    "ImportRow",
    "ManagementArea",
    "ManagementAreaName",
    "Manager",
    "ManagerAssignment",
    "ManagerEmployment",
    "Ownership",
    "Person",
    "PersonKey",
    "Project",
    "ProjectFee",
    "ReadComplaint",
    "SearchEntry",
    "Stairwell",
    "TenantInvitation",
    "Unit",
    "UnitSuccession",
    "UnitTally",
]
