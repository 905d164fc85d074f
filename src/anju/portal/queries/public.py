"""Reads of the public pages: only what is published, never personal data but managers' phones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from anju.contracts.models import ServiceContract
from anju.reference.models import Area
from anju.reference.states import AreaLevel
from anju.registry.models import (
    Building,
    Community,
    Company,
    ManagementArea,
    Manager,
    ManagerAssignment,
    ManagerEmployment,
    Project,
    ProjectFee,
)
from anju.registry.models.base import Today
from anju.registry.queries import keyed
from anju.registry.states import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictCoverage:
    """Communities of a district, and those with a company in service today."""

    area_id: int
    name: str
    communities: int
    served: int

    @property
    def percent(self) -> int:
        """Share served, whole percent, rounded down so that 100 means all."""
        return 100 * self.served // self.communities if self.communities else 0


COVERAGE_SQL = """
SELECT a.id, a.name, count(c.id),
       count(c.id) FILTER (WHERE EXISTS (
           SELECT 1 FROM registry_building b
           JOIN registry_areabuilding m ON m.building_id = b.id AND m.period @> CURRENT_DATE
           JOIN registry_project p ON p.management_area_id = m.management_area_id
                AND p.period @> CURRENT_DATE
           WHERE b.community_id = c.id))
FROM reference_area a
LEFT JOIN registry_community c ON c.district_id = a.id AND c.state = 'active'
WHERE a.level = 1 AND a.valid_to IS NULL
GROUP BY a.id, a.name ORDER BY a.code
"""


def coverage() -> list[DistrictCoverage]:
    """Per district: communities, and those served by a company today."""
    with connection.cursor() as cursor:
        cursor.execute(COVERAGE_SQL)
        return [
            DistrictCoverage(area_id=pk, name=name, communities=total, served=served)
            for pk, name, total, served in cursor.fetchall()
        ]


def city_name() -> str:
    """Name of the city the register is of; empty before divisions are loaded."""
    city = Area.objects.filter(level=AreaLevel.CITY).only("name").first()
    return city.name if city else ""


def city_figures() -> dict[str, int]:
    """Counts of what is public: communities, companies, managers with a project, projects."""
    return {
        "communities": Community.objects.published().count(),
        "companies": Company.objects.filter(kind="property", state="active").count(),
        "managers": ManagerAssignment.objects.today().values("manager_id").distinct().count(),
        "projects": Project.objects.published().current().count(),
    }


def current_projects() -> QuerySet[Project]:
    """Projects in service with company, managers and fees of today."""
    return (
        Project.objects.current()
        .select_related("company", "management_area")
        .only("period", "company__name", "management_area__name")
        .prefetch_related(
            Prefetch(
                "assignments",
                ManagerAssignment.objects.today()
                .select_related("manager")
                .only("project_id", "manager__name", "manager__published_phone"),
                to_attr="now_assigned",
            ),
            Prefetch("fees", ProjectFee.objects.today(), to_attr="now_charged"),
        )
    )


def community_public(pk: int) -> Community | None:
    """One community in use, with its place."""
    return (
        Community.objects.published()
        .select_related("district", "subdistrict", "committee", "developer")
        .filter(pk=pk)
        .first()
    )


def community_projects(community: Community) -> list[Project]:
    """The projects that serve the community's buildings today."""
    areas = ManagementArea.objects.filter(
        buildings__period__contains=Today(), buildings__building__community=community
    ).values("pk")
    return list(current_projects().filter(management_area_id__in=areas).distinct())


def community_counts(community: Community) -> dict[str, int]:
    """Buildings and homes of a community, from the tallies."""
    from anju.registry.models import UnitTally

    tallies = UnitTally.objects.filter(community_id=community.pk, state="active")
    return {
        "buildings": Building.objects.filter(community=community, state="active").count(),
        "homes": sum(tally.units for tally in tallies if tally.kind == "home"),
        "area_dm2": sum(tally.area_dm2 for tally in tallies),
    }


def company_public(pk: int) -> Company | None:
    """One property company in business or closed, with its parent."""
    return (
        Company.objects.published().select_related("parent").filter(kind="property", pk=pk).first()
    )


def company_projects(company: Company) -> list[Project]:
    """The company's projects of today with managers and fees."""
    return list(current_projects().filter(company=company).order_by("management_area__sort_key"))


def manager_public(pk: int) -> Manager | None:
    """One working manager: name, published telephone."""
    return Manager.objects.published().filter(pk=pk).first()


def manager_projects(manager: Manager) -> list[Project]:
    """The projects a manager leads today."""
    leads = ManagerAssignment.objects.today().filter(manager=manager).values("project_id")
    return list(current_projects().filter(pk__in=leads))


def manager_course(manager: Manager) -> list[Any]:
    """Companies the manager worked for, newest first."""
    return list(manager.employments.select_related("company").order_by("-period"))


def contracts_public(areas: Collection[int]) -> dict[int, ServiceContract]:
    """Management area → its filed contract in force today."""
    rows = (
        ServiceContract.objects.in_force()
        .filter(management_area_id__in=areas)
        .select_related("company", "management_area")
        .prefetch_related("fees")
    )
    return {row.management_area_id: row for row in rows}


def contract_public(area: ManagementArea) -> ServiceContract | None:
    """The filed contract in force for an area today."""
    return contracts_public([area.pk]).get(area.pk)


def contract_last_day(contract: ServiceContract) -> date:
    """The last day of a contract's term."""
    last: date = contract.period.upper - timedelta(days=1)
    return last


def communities_public(*, text: str = "", district: int | None = None) -> QuerySet[Community]:
    """Communities in use, by pinyin; a text is a part of the name, its pinyin or initials."""
    rows = Community.objects.published().select_related("district", "subdistrict")
    if district is not None:
        rows = rows.filter(district_id=district)
    if text:
        rows = rows.filter(pk__in=keyed(EntryKind.COMMUNITY, text))
    return rows.order_by("sort_key", "pk")


def companies_serving(communities: list[Community]) -> dict[int, list[Company]]:
    """Community → the companies that serve it today, for the rows of a page."""
    pairs = (
        Project.objects.current()
        .filter(
            management_area__buildings__period__contains=Today(),
            management_area__buildings__building__community__in=communities,
        )
        .values_list("management_area__buildings__building__community_id", "company_id")
        .distinct()
    )
    found: dict[int, list[int]] = {}
    for community, company in pairs:
        found.setdefault(community, []).append(company)
    companies = Company.objects.only("name").in_bulk({pk for keys in found.values() for pk in keys})
    return {pk: [companies[key] for key in sorted(keys)] for pk, keys in found.items()}


def companies_public(*, text: str = "") -> QuerySet[Company]:
    """Property companies in business, by pinyin, each with ``serves``: its projects of today."""
    rows = Company.objects.published().filter(kind="property", state="active")
    if text:
        rows = rows.filter(pk__in=keyed(EntryKind.COMPANY, text))
    today = Q(projects__period__contains=Today())
    return rows.annotate(serves=Count("projects", filter=today)).order_by("sort_key", "pk")


def managers_public(*, text: str = "") -> QuerySet[Manager]:
    """Managers who lead a project today, by pinyin, with ``leads`` and ``now_employed``."""
    today = Q(assignments__period__contains=Today())
    rows = Manager.objects.published().annotate(leads=Count("assignments", filter=today))
    if text:
        rows = rows.filter(pk__in=keyed(EntryKind.MANAGER, text))
    employed = ManagerEmployment.objects.today().select_related("company")
    return (
        rows.filter(leads__gt=0)
        .prefetch_related(Prefetch("employments", employed, to_attr="now_employed"))
        .order_by("sort_key", "pk")
    )


def districts() -> list[Area]:
    """County-level areas for a choice."""
    return list(Area.objects.filter(level=AreaLevel.DISTRICT, valid_to=None).order_by("code"))
