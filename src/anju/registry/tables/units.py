"""The list of homes and other units, counted from the tallies."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.area import m2
from anju.ui.lists import Column

from ..filters import UnitFilters
from ..models import Ownership, Unit
from ..models.base import Today
from ..queries.tallies import unit_count
from ..states import AreaSource, UnitKind, UnitState
from .cells import RegisterList, labels, link, looks
from .places import PLACE, put_places

OWNERS = perm("registry:owner_view")
COUNTED = {
    "district": "district_id",
    "subdistrict": "subdistrict_id",
    "committee": "committee_id",
    "kind": "kind",
    "state": "state",
    "community": "community_id",
    "building": "building_id",
}


class UnitList(RegisterList):
    """Homes and other units within reach."""

    name = "registry.units"
    title = _("Homes and units")
    counted = ngettext_lazy("%(n)s unit", "%(n)s units", "n")
    offers = ((_("Import homes"), "registry:import_new", perm("registry:unit_import")),)
    filterset = UnitFilters
    row_template = "registry/rows/units.html"
    empty = _("No home is on file here yet. Add homes on a building's page or import a file.")
    columns = (
        Column(
            name="name",
            label=_("Unit"),
            sort="sort_key",
            value="full_number",
            fixed=True,
        ),
        Column(name="community", label=_("Community"), value="community.name"),
        *PLACE,
        Column(name="floor", label=_("Floor"), num=True, optional=True),
        Column(name="kind", label=_("Kind"), value="kind_words"),
        Column(
            name="area",
            label=_("Area, m²"),
            value=lambda row: row.area_dm2 / 100 if row.area_dm2 else None,
            num=True,
        ),
        Column(name="source", label=_("Source of the area"), value="source_words", optional=True),
        Column(name="owners", label=_("Owners"), value="owner_words"),
        Column(name="state", label=_("State"), value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Unit]:
        rows = (
            Unit.objects.visible_to(actor)
            .select_related("community", "building", "stairwell")
            .only(
                "id",
                "number",
                "floor",
                "kind",
                "area_dm2",
                "area_source",
                "state",
                "sort_key",
                "district_id",
                "subdistrict_id",
                "committee_id",
                "community__name",
                "building__number",
                "stairwell__number",
            )
        )
        return rows.annotate(owner_names=_owners()) if actor.can(OWNERS) else rows

    def holds_personal(self, actor: Actor) -> bool:
        """Owners' names stand in the file of those who may see them."""
        return actor.can(OWNERS)

    def count(self, actor: Actor, filters: dict[str, Any]) -> int | None:
        if not set(filters) <= set(COUNTED):
            return None
        return unit_count(actor, **{COUNTED[name]: value for name, value in filters.items()})

    def total(self, actor: Actor) -> int:
        return unit_count(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        kinds, sources = labels(UnitKind), labels(AreaSource)
        states, words = looks(UnitState), labels(UnitState)
        for row in rows:
            row.url = link("registry:unit", row.pk)
            stairwell = f"-{row.stairwell.number}" if row.stairwell_id else ""
            row.full_number = f"{row.building.number}{stairwell}-{row.number}"
            row.kind_words = kinds.get(row.kind, row.kind)
            row.area_words = m2(row.area_dm2) if row.area_dm2 else "—"
            row.source_words = sources.get(row.area_source, "")
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.owner_words = _(", ").join(getattr(row, "owner_names", ()))


def _owners() -> ArraySubquery:
    """Names of a unit's owners today."""
    spells = Ownership.objects.filter(unit_id=OuterRef("pk"), period__contains=Today())
    return ArraySubquery(
        spells.order_by("pk").values_list(Coalesce("person__name", "company__name"))
    )
