"""What a partner may report about: things of the register, with the fields the API names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.reference.models import Area
from anju.registry.models import (
    Community,
    Company,
    Manager,
    ManagerAssignment,
    ManagerEmployment,
    Project,
    ProjectFee,
)

from .states import SubjectKind

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field that can be wrong.

    ``value`` reads what the register holds. ``change`` names the guarded change of the register
    that mends it and ``key`` the value it sets; without one the field is corrected by hand.
    ``on`` gives the row that change acts on, where it is not the thing itself.
    """

    label: Promise
    value: Value
    change: str = ""
    key: str = ""
    on: Value | None = None

    def target(self, subject: Any) -> Any:
        return self.on(subject) if self.on else subject


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing: which are public, which place answers for one, its fields."""

    rows: Callable[[], QuerySet[Any]]
    area: Callable[[Any], Area | None]
    page: str  # URL name of its page on the desk
    fields: dict[str, Field]


def _leader(project: Project) -> Manager | None:
    found = (
        ManagerAssignment.objects.today().filter(project=project).select_related("manager").first()
    )
    return found.manager if found else None


def _fee(project: Project) -> int | None:
    fees = ProjectFee.objects.today().filter(project=project, unit_kind="home")
    return fees.values_list("fee_fen", flat=True).first()


def _employer(manager: Manager) -> Company | None:
    found = (
        ManagerEmployment.objects.today().filter(manager=manager).select_related("company").first()
    )
    return found.company if found else None


def _manager_area(manager: Manager) -> Area | None:
    company = _employer(manager)
    return company.registered_area if company else None


def _projects(manager: Manager) -> str:
    leads = ManagerAssignment.objects.today().filter(manager=manager).select_related("project")
    return "、".join(sorted(one.project.code for one in leads))


def _name(name: str) -> Value:
    return lambda row: getattr(getattr(row, name), "name", None)


def _own(name: str) -> Value:
    return lambda row: getattr(row, name)


SUBJECTS: dict[str, Subject] = {
    SubjectKind.COMMUNITY: Subject(
        rows=lambda: Community.objects.published().select_related(
            "area", "district", "subdistrict"
        ),
        area=lambda row: row.area,
        page="registry:community",
        fields={
            "name": Field(_("Name"), _own("name"), "community_rename", "name"),
            "code": Field(_("Code"), _own("code"), "community_recode", "code"),
            "kind": Field(_("Kind"), _own("kind")),
            "is_old": Field(_("Old community"), _own("is_old")),
            "address": Field(_("Address"), _own("address")),
            "built_year": Field(_("Built"), _own("built_year")),
            "longitude": Field(_("Longitude"), _own("longitude")),
            "latitude": Field(_("Latitude"), _own("latitude")),
            "district": Field(_("District"), _name("district")),
            "subdistrict": Field(_("Sub-district"), _name("subdistrict")),
        },
    ),
    SubjectKind.COMPANY: Subject(
        rows=lambda: (
            Company.objects.published().filter(kind="property").select_related("registered_area")
        ),
        area=lambda row: row.registered_area,
        page="registry:company",
        fields={
            "name": Field(_("Name"), _own("name"), "company_rename", "name"),
            "code": Field(
                _("Unified social credit code"), _own("code"), "company_recode", "code"
            ),
            "state": Field(_("State"), _own("state")),
            "is_out_of_town": Field(_("Registered out of town"), _own("is_out_of_town")),
            "telephone": Field(_("Published telephone"), _own("phone")),
        },
    ),
    SubjectKind.MANAGER: Subject(
        rows=lambda: Manager.objects.published(),
        area=_manager_area,
        page="registry:manager",
        fields={
            "name": Field(_("Name"), _own("name")),
            "telephone": Field(_("Published telephone"), _own("published_phone")),
            "projects": Field(_("Projects"), _projects),
        },
    ),
    SubjectKind.PROJECT: Subject(
        rows=lambda: Project.objects.published().select_related(
            "management_area", "company", "area", "district"
        ),
        area=lambda row: row.area,
        page="registry:project",
        fields={
            "code": Field(_("Code"), _own("code")),
            "management_area": Field(
                _("Management area"), _name("management_area"), "area_rename", "name",
                _own("management_area"),
            ),
            "district": Field(_("District"), _name("district")),
            "company": Field(_("Property company"), _name("company")),
            "company_code": Field(
                _("Unified social credit code"), lambda row: row.company.code
            ),
            "since": Field(_("From"), lambda row: row.period.lower),
            "manager": Field(
                _("Project manager"), lambda row: getattr(_leader(row), "name", None)
            ),
            "telephone": Field(
                _("Published telephone"),
                lambda row: getattr(_leader(row), "published_phone", None),
            ),
            "home_fee_fen": Field(_("Fee for homes, fen per m² and month"), _fee),
        },
    ),
}  # fmt: skip


def subject_found(kind: str, pk: int) -> Model | None:
    """The public thing of a kind by its number, or None."""
    return SUBJECTS[kind].rows().filter(pk=pk).first()


def held(kind: str, field: str, subject: Any) -> str:
    """What the register holds in a field now, as text; empty when it holds nothing."""
    value = SUBJECTS[kind].fields[field].value(subject)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def field_of(kind: str, field: str) -> Field:
    """The declared field of a kind."""
    return SUBJECTS[kind].fields[field]
