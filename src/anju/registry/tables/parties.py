"""Lists of people, companies, developers and project managers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.lists import Column

from ..filters import CompanyFilters, ManagerFilters, PersonFilters, place_names
from ..models import Company, Manager, ManagerAssignment, ManagerEmployment, Person, Project
from ..models.base import Today
from ..states import CompanyKind, CompanyState, IdKind, ManagerState, PersonState
from .cells import RegisterList, labels, link, looks, number


class PersonList(RegisterList):
    """People within reach; numbers are masked, here and in the file."""

    name = "registry.people"
    title = _("People")
    counted = ngettext_lazy("%(n)s person", "%(n)s people", "n")
    offers = (
        (_("Import owners"), "registry:import_owners", perm("registry:owner_import")),
        (_("Register a person"), "registry:person_new", perm("registry:person_change")),
    )
    filterset = PersonFilters
    personal = True
    row_template = "registry/rows/people.html"
    empty = _("Nobody is on file here yet. Register a person, or import the owners of homes.")
    columns = (
        Column(name="name", label=_("Name"), sort="sort_key", fixed=True),
        Column(name="id_kind", label=_("Kind of paper"), value="kind_words", optional=True),
        Column(name="identity", label=_("Identity number"), value="id_mask"),
        Column(name="phone", label=_("Phone"), value="phone_mask"),
        Column(name="units", label=_("Units owned"), value="units_n", num=True),
        Column(name="state", label=_("State"), value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Person]:
        return (
            Person.objects.visible_to(actor)
            .only("id", "name", "sort_key", "id_kind", "id_mask", "phone_mask", "state")
            .annotate(units_n=_owned("person_id"))
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        kinds, states, words = labels(IdKind), looks(PersonState), labels(PersonState)
        for row in rows:
            row.url = link("registry:person", row.pk)
            row.kind_words = kinds.get(row.id_kind, "")
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.units_words = number(row.units_n)


class CompanyList(RegisterList):
    """Property companies, with their projects today."""

    name = "registry.companies"
    title = _("Property companies")
    counted = ngettext_lazy("%(n)s company", "%(n)s companies", "n")
    offers = (
        (_("Import"), "registry:import_companies", perm("registry:company_import")),
        (_("Register a company"), "registry:company_new", perm("registry:company_change")),
    )
    filterset = CompanyFilters
    row_template = "registry/rows/companies.html"
    empty = _("No company is on file yet.")
    kind = CompanyKind.PROPERTY
    columns: ClassVar[Sequence[Column]] = (
        Column(name="name", label=_("Company"), sort="sort_key", fixed=True),
        Column(name="code", label=_("Credit code"), sort="code"),
        Column(name="place", label=_("Registered place"), value="place_words"),
        Column(name="parent", label=_("Branch of"), value="parent_words", hidden=True),
        Column(
            name="projects", label=_("Projects"), sort="projects_n", value="projects_n", num=True
        ),
        Column(name="phone", label=_("Published telephone"), optional=True),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Company]:
        projects = (
            Project.objects.filter(company_id=OuterRef("pk"), period__contains=Today())
            .order_by()
            .values("company_id")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return (
            Company.objects.visible_to(actor)
            .filter(kind=self.kind)
            .select_related("parent")
            .annotate(projects_n=Coalesce(Subquery(projects, output_field=IntegerField()), 0))
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        names = place_names()
        states, words = looks(CompanyState), labels(CompanyState)
        away = str(_("Out of town"))
        for row in rows:
            row.url = link("registry:company", row.pk)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.place_words = (
                away if row.is_out_of_town else names.get(row.registered_area_id or 0, "")
            )
            row.parent_words = row.parent.name if row.parent_id else ""
            row.projects_words = number(row.projects_n)


class DeveloperList(CompanyList):
    """Developers, with the communities they built."""

    name = "registry.developers"
    title = _("Developers")
    counted = ngettext_lazy("%(n)s developer", "%(n)s developers", "n")
    row_template = "registry/rows/companies.html"
    empty = _("No developer is on file yet.")
    kind = CompanyKind.DEVELOPER
    columns = (
        *(c for c in CompanyList.columns if c.name not in ("projects", "parent")),
        Column(name="built", label=_("Communities built"), value="built_n", num=True),
        Column(name="unsold", label=_("Units unsold"), value="unsold_n", num=True),
    )

    def queryset(self, actor: Actor) -> QuerySet[Company]:
        return (
            super()
            .queryset(actor)
            .annotate(
                built_n=Count("built_communities", distinct=True),
                unsold_n=_owned("company_id", is_unsold=True),
            )
        )


class ManagerList(RegisterList):
    """Project managers, with company, projects and published telephone."""

    name = "registry.managers"
    title = _("Project managers")
    counted = ngettext_lazy("%(n)s project manager", "%(n)s project managers", "n")
    filterset = ManagerFilters
    row_template = "registry/rows/managers.html"
    empty = _("No project manager is on file yet.")
    offers = (
        (_("Open a manager's file"), "registry:manager_enter", perm("registry:manager_change")),
    )
    columns = (
        Column(name="name", label=_("Name"), sort="sort_key", fixed=True),
        Column(name="company", label=_("Company"), sort="company_name", value="company_words"),
        Column(
            name="projects", label=_("Projects"), sort="projects_n", value="projects_n", num=True
        ),
        Column(name="phone", label=_("Published telephone"), value="published_phone"),
        Column(name="certificate", label=_("Certificate"), value="certificate_number", hidden=True),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Manager]:
        works = ManagerEmployment.objects.filter(
            manager_id=OuterRef("pk"), period__contains=Today()
        ).order_by()
        leads = (
            ManagerAssignment.objects.filter(manager_id=OuterRef("pk"), period__contains=Today())
            .order_by()
            .values("manager_id")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return Manager.objects.visible_to(actor).annotate(
            company_name=Subquery(works.values("company__name")[:1]),
            projects_n=Coalesce(Subquery(leads, output_field=IntegerField()), 0),
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        states, words = looks(ManagerState), labels(ManagerState)
        for row in rows:
            row.url = link("registry:manager", row.pk)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.company_words = row.company_name or ""
            row.projects_words = number(row.projects_n)


def _owned(key: str, **where: Any) -> Coalesce:
    from ..models import Ownership

    rows = (
        Ownership.objects.filter(Q(**{key: OuterRef("pk")}), period__contains=Today(), **where)
        .order_by()
        .values(key)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
