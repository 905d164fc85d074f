"""Lists of communities, management areas, projects and buildings."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.lists import Column

from ..filters import (
    BuildingFilters,
    CommunityFilters,
    ManagementAreaFilters,
    ProjectFilters,
    place_names,
)
from ..models import (
    AreaBuilding,
    Building,
    Community,
    ManagementArea,
    ManagerAssignment,
    Project,
    ProjectFee,
    UnitTally,
)
from ..models.base import Today
from ..states import (
    AreaState,
    BuildingState,
    BuildingUse,
    CommunityKind,
    CommunityState,
    ProjectState,
    UnitKind,
)
from .cells import RegisterList, day, hectares, labels, link, looks, number

PLACE = (
    Column(name="subdistrict", label=_("Sub-district"), value="subdistrict_name"),
    Column(
        name="committee",
        label=_("Neighbourhood committee"),
        value="committee_name",
        hidden=True,
    ),
    Column(name="district", label=_("District"), value="district_name", hidden=True),
)


def put_places(rows: list[Any]) -> None:
    """Names of district, sub-district and committee, from memory."""
    names = place_names()
    for row in rows:
        row.district_name = names.get(row.district_id, "")
        row.subdistrict_name = names.get(row.subdistrict_id, "")
        row.committee_name = names.get(row.committee_id, "")


def _tally(field: str, **where: Any) -> Subquery:
    rows = UnitTally.objects.filter(**where, state="active").order_by()
    key = next(iter(where))
    return Subquery(
        rows.values(key).annotate(n=Sum(field)).values("n"), output_field=BigIntegerField()
    )


class CommunityList(RegisterList):
    """Communities within reach, with their size and who serves them."""

    name = "registry.communities"
    title = _("Communities")
    counted = ngettext_lazy("%(n)s community", "%(n)s communities", "n")
    offers = (
        (_("Map"), "registry:community_map", perm("registry:community_view")),
        (_("Import"), "registry:import_communities", perm("registry:community_import")),
        (_("Register a community"), "registry:community_new", perm("registry:community_change")),
    )
    filterset = CommunityFilters
    row_template = "registry/rows/communities.html"
    empty = _("No community is on file here yet. Register the first one or import a file.")
    columns = (
        Column(name="name", label=_("Community"), sort="sort_key", fixed=True),
        *PLACE,
        Column(name="code", label=_("Code"), sort="code", hidden=True),
        Column(
            name="built",
            label=_("Built"),
            sort="built_year",
            value="built_year",
            num=True,
            optional=True,
        ),
        Column(
            name="buildings", label=_("Buildings"), value="buildings_n", num=True, optional=True
        ),
        Column(name="homes", label=_("Homes"), sort="homes_n", value="homes_n", num=True),
        Column(
            name="size",
            label=_("10,000 m²"),
            value=lambda row: (row.area_n or 0) / 1_000_000,
            num=True,
            optional=True,
        ),
        Column(name="kind", label=_("Kind"), value="kind_words", optional=True),
        Column(name="company", label=_("Property company"), value="company_words"),
        Column(name="address", label=_("Address"), hidden=True),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Community]:
        serving = (
            AreaBuilding.objects.filter(
                building__community_id=OuterRef("pk"),
                period__contains=Today(),
                management_area__projects__period__contains=Today(),
            )
            .order_by()
            .values_list("management_area__projects__company__name")
            .distinct()
        )
        buildings = (
            Building.objects.filter(community_id=OuterRef("pk"), state=BuildingState.ACTIVE)
            .order_by()
            .values("community_id")
            .annotate(n=Count("pk"))
            .values("n")
        )
        homes = {"community_id": OuterRef("pk"), "kind": UnitKind.HOME}
        return (
            Community.objects.visible_to(actor)
            .defer("outline")
            .annotate(
                buildings_n=Coalesce(Subquery(buildings, output_field=IntegerField()), 0),
                homes_n=Coalesce(_tally("units", **homes), 0),
                area_n=_tally("area_dm2", community_id=OuterRef("pk")),
                companies=ArraySubquery(serving),
            )
        )

    def total(self, actor: Actor) -> int:
        return Community.objects.visible_to(actor).count()

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        kinds, states, words = labels(CommunityKind), looks(CommunityState), labels(CommunityState)
        for row in rows:
            row.url = link("registry:community", row.pk)
            row.kind_words = kinds.get(row.kind, row.kind)
            row.state_html = states[row.state]
            row.state_words = words[row.state]
            row.homes_words = number(row.homes_n)
            row.size_words = hectares(row.area_n)
            row.company_words = _(", ").join(row.companies)


class ManagementAreaList(RegisterList):
    """Management areas within reach, with the company that serves each."""

    name = "registry.areas"
    title = _("Management areas")
    counted = ngettext_lazy("%(n)s management area", "%(n)s management areas", "n")
    offers = (
        (_("Import"), "registry:import_areas", perm("registry:area_import")),
        (_("Delimit a management area"), "registry:area_new", perm("registry:area_change")),
    )
    filterset = ManagementAreaFilters
    row_template = "registry/rows/areas.html"
    empty = _("No management area is delimited here yet.")
    columns = (
        Column(name="name", label=_("Management area"), sort="sort_key", fixed=True),
        *PLACE,
        Column(name="code", label=_("Code"), sort="code", optional=True),
        Column(
            name="delimited", label=_("Delimited on"), sort="delimited_on", value="delimited_on"
        ),
        Column(name="buildings", label=_("Buildings"), value="buildings_n", num=True),
        Column(name="company", label=_("Property company"), value="company_words"),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[ManagementArea]:
        buildings = (
            AreaBuilding.objects.filter(management_area_id=OuterRef("pk"), period__contains=Today())
            .order_by()
            .values("management_area_id")
            .annotate(n=Count("pk"))
            .values("n")
        )
        serving = Project.objects.filter(
            management_area_id=OuterRef("pk"), period__contains=Today()
        ).order_by()
        return ManagementArea.objects.visible_to(actor).annotate(
            buildings_n=Coalesce(Subquery(buildings, output_field=IntegerField()), 0),
            company_name=Subquery(serving.values("company__name")[:1]),
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        states, words = looks(AreaState), labels(AreaState)
        for row in rows:
            row.url = link("registry:area", row.pk)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.delimited_words = day(row.delimited_on)
            row.company_words = row.company_name or ""


class ProjectList(RegisterList):
    """Projects within reach: which company serves which area, at what fee, led by whom."""

    name = "registry.projects"
    title = _("Projects")
    counted = ngettext_lazy("%(n)s project", "%(n)s projects", "n")
    filterset = ProjectFilters
    row_template = "registry/rows/projects.html"
    default_sort = "area"
    empty = _("No company serves a management area here yet. Projects start on an area's page.")
    columns = (
        Column(
            name="area",
            label=_("Management area"),
            sort="management_area__sort_key",
            value="management_area.name",
            fixed=True,
        ),
        *PLACE,
        Column(name="code", label=_("Code"), sort="code", optional=True),
        Column(name="company", label=_("Company"), sort="company__sort_key", value="company.name"),
        Column(name="manager", label=_("Project manager"), value="manager_words"),
        Column(
            name="fee",
            label=_("Fee, yuan a m² and month"),
            value=lambda row: None if row.fee is None else row.fee / 100,
            num=True,
        ),
        Column(name="begins", label=_("From"), value="from_words", optional=True),
        Column(name="state", label=_("State"), sort="period__endswith", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Project]:
        leading = ManagerAssignment.objects.filter(
            project_id=OuterRef("pk"), period__contains=Today()
        ).order_by()
        fee = ProjectFee.objects.filter(
            project_id=OuterRef("pk"), unit_kind=UnitKind.HOME, period__contains=Today()
        ).order_by()
        return (
            Project.objects.visible_to(actor)
            .select_related("management_area", "company")
            .annotate(
                manager_name=Subquery(leading.values("manager__name")[:1]),
                fee=Subquery(fee.values("fee_fen")[:1]),
            )
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        states, words = looks(ProjectState), labels(ProjectState)
        for row in rows:
            row.url = link("registry:project", row.pk)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.manager_words = row.manager_name or ""
            row.fee_words = "—" if row.fee is None else f"{row.fee / 100:.2f}"
            row.from_words = day(row.period.lower)


class BuildingList(RegisterList):
    """Buildings within reach."""

    name = "registry.buildings"
    title = _("List of buildings")
    counted = ngettext_lazy("%(n)s building", "%(n)s buildings", "n")
    filterset = BuildingFilters
    row_template = "registry/rows/buildings.html"
    empty = _("No building is on file here yet. Buildings are added on a community's page.")
    columns = (
        Column(name="name", label=_("Building"), sort="sort_key", value="number", fixed=True),
        Column(name="community", label=_("Community"), value="community.name"),
        *PLACE,
        Column(name="use", label=_("Use"), sort="use", value="use_words", optional=True),
        Column(name="floors", label=_("Floors"), sort="floors", num=True),
        Column(name="lift", label=_("Lift"), value="lift_words"),
        Column(name="units", label=_("Units"), value="units_n", num=True),
        Column(name="built", label=_("Built"), sort="built_year", value="built_year", num=True),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Building]:
        return (
            Building.objects.visible_to(actor)
            .select_related("community")
            .defer("community__outline")
            .annotate(units_n=Coalesce(_tally("units", building_id=OuterRef("pk")), 0))
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        states, words, uses = looks(BuildingState), labels(BuildingState), labels(BuildingUse)
        yes, no = str(_("Yes")), str(_("No"))
        for row in rows:
            row.url = link("registry:building", row.pk)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.use_words = uses.get(row.use, row.use)
            row.lift_words = yes if row.has_lift else no
            row.units_words = number(row.units_n)
