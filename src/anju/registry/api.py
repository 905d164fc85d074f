"""The public register for partner systems: what the portal shows, by pages of rows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from anju.access.api import PartnerKey
from anju.access.permissions import perm
from anju.core.errors import NotFound
from anju.core.text import clean

from .models import Community, Company, Manager, ManagerAssignment, Project, ProjectFee
from .models.base import Today

READ = perm("registry:api_read")
LARGEST = 2**63 - 1
router = Router(auth=PartnerKey(READ), tags=["register"])

Id = Annotated[int, Field(ge=1, le=LARGEST)]


class Refusal(Schema):
    """Why not."""

    error: str
    fields: dict[str, list[str]] = {}


REFUSALS = {401: Refusal, 404: Refusal, 422: Refusal}


class CommunityOut(Schema):
    """A community in use."""

    id: int
    code: str
    name: str
    district: str | None
    subdistrict: str | None
    kind: str
    is_old: bool
    address: str
    built_year: int | None
    longitude: float | None
    latitude: float | None


class CompanyOut(Schema):
    """A property company."""

    id: int
    code: str
    name: str
    state: str
    is_out_of_town: bool
    telephone: str


class ManagerOut(Schema):
    """A working project manager with the telephone it publishes."""

    id: int
    name: str
    telephone: str
    projects: list[str]


class ProjectOut(Schema):
    """A project in service today."""

    id: int
    code: str
    management_area: str
    district: str | None
    company_code: str
    company: str
    since: date | None
    manager: str | None
    telephone: str | None
    home_fee_fen: int | None


class Slice(Schema):
    """Which rows: those after a key, at most so many, whose name holds a text."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    name: Annotated[str, Field(max_length=60)] = ""


class Communities(Schema):
    """Rows in the order of their key; ``next`` is the ``after`` of the next slice."""

    count: int
    next: int | None
    rows: list[CommunityOut]


class Companies(Schema):
    """See Communities."""

    count: int
    next: int | None
    rows: list[CompanyOut]


class Managers(Schema):
    """See Communities."""

    count: int
    next: int | None
    rows: list[ManagerOut]


class Projects(Schema):
    """See Communities."""

    count: int
    next: int | None
    rows: list[ProjectOut]


def _sliced(rows: QuerySet[Any], asked: Slice, name: str) -> tuple[int, list[Any], int | None]:
    text = clean(asked.name)
    if text:
        rows = rows.filter(**{f"{name}__icontains": text})
    found = list(rows.filter(pk__gt=asked.after).order_by("pk")[: asked.limit])
    more = found[-1].pk if len(found) == asked.limit else None
    return rows.count(), found, more


def _community(row: Community) -> dict[str, Any]:
    fields = ("id", "code", "name", "kind", "is_old", "address", "built_year", "longitude")
    return {name: getattr(row, name) for name in (*fields, "latitude")} | {
        "district": row.district.name if row.district else None,
        "subdistrict": row.subdistrict.name if row.subdistrict else None,
    }


def _company(row: Company) -> dict[str, Any]:
    fields = ("id", "code", "name", "state", "is_out_of_town")
    return {name: getattr(row, name) for name in fields} | {"telephone": row.phone}


@router.get("/communities", response={200: Communities, **REFUSALS})
def communities(request: HttpRequest, asked: Query[Slice]) -> dict[str, Any]:
    """Communities in use, with place, kind and year."""
    rows = Community.objects.published().select_related("district", "subdistrict")
    count, found, more = _sliced(rows, asked, "name")
    return {"count": count, "next": more, "rows": [_community(row) for row in found]}


@router.get(
    "/communities/{pk}", response={200: CommunityOut, 401: Refusal, 404: Refusal, 422: Refusal}
)
def community(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One community."""
    row = (
        Community.objects.published()
        .select_related("district", "subdistrict")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such community in use."))
    return _community(row)


@router.get("/companies", response={200: Companies, **REFUSALS})
def companies(request: HttpRequest, asked: Query[Slice]) -> dict[str, Any]:
    """Property companies on file."""
    rows = Company.objects.published().filter(kind="property")
    count, found, more = _sliced(rows, asked, "name")
    return {"count": count, "next": more, "rows": [_company(row) for row in found]}


@router.get(
    "/companies/{code}", response={200: CompanyOut, 401: Refusal, 404: Refusal, 422: Refusal}
)
def company(
    request: HttpRequest, code: Annotated[str, Field(min_length=18, max_length=18)]
) -> dict[str, Any]:
    """One property company by its unified social credit code."""
    row = Company.objects.published().filter(kind="property", code=clean(code).upper()).first()
    if row is None:
        raise NotFound(_("There is no property company with this code."))
    return _company(row)


@router.get("/managers", response={200: Managers, **REFUSALS})
def managers(request: HttpRequest, asked: Query[Slice]) -> dict[str, Any]:
    """Project managers with their published telephone and projects of today."""
    count, found, more = _sliced(Manager.objects.published(), asked, "name")
    leads: dict[int, list[str]] = {}
    for one in (
        ManagerAssignment.objects.today().filter(manager__in=found).select_related("project")
    ):
        leads.setdefault(one.manager_id, []).append(one.project.code)
    rows = [
        {
            "id": row.pk,
            "name": row.name,
            "telephone": row.published_phone,
            "projects": sorted(leads.get(row.pk, [])),
        }
        for row in found
    ]
    return {"count": count, "next": more, "rows": rows}


@router.get("/projects", response={200: Projects, **REFUSALS})
def projects(request: HttpRequest, asked: Query[Slice]) -> dict[str, Any]:
    """Projects in service today; ``name`` searches the management area."""
    rows = (
        Project.objects.published()
        .current()
        .select_related("management_area", "company", "district")
    )
    count, found, more = _sliced(rows, asked, "management_area__name")
    today = Q(period__contains=Today())
    leaders = {
        one.project_id: one.manager
        for one in ManagerAssignment.objects.filter(today, project__in=found).select_related(
            "manager"
        )
    }
    fees = dict(
        ProjectFee.objects.filter(today, project__in=found, unit_kind="home").values_list(
            "project_id", "fee_fen"
        )
    )
    out = []
    for row in found:
        leader = leaders.get(row.pk)
        out.append(
            {
                "id": row.pk,
                "code": row.code,
                "management_area": row.management_area.name,
                "district": row.district.name if row.district else None,
                "company_code": row.company.code,
                "company": row.company.name,
                "since": row.period.lower,
                "manager": leader.name if leader else None,
                "telephone": leader.published_phone if leader else None,
                "home_fee_fen": fees.get(row.pk),
            }
        )
    return {"count": count, "next": more, "rows": out}
