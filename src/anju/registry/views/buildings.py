"""The page of a building with its stairwells."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.ui.pages import page

from ..models import Building, Stairwell
from ..queries import asof as past
from ..tables.cells import link
from .parts import (
    AsOf,
    Cell,
    Detail,
    Fact,
    Part,
    entered_later,
    facts_on,
    first_version,
    moves,
    named,
    restored,
    show,
    spell,
    state_of,
    then_of,
    timeline,
)
from .places import COMMUNITY_CHANGE, PROPOSE, desk_crumbs, place_facts


def _building_facts(row: Building, asof: AsOf) -> list[Fact]:
    area = past.management_area_on(row, asof.day)
    return [
        Fact(_("Number"), row.number, field="number"),
        Fact(
            _("Community"),
            named(row.community, asof),
            link("registry:community", row.community_id),
        ),
        *place_facts(row, asof),
        Fact(
            _("Management area"),
            named(area, asof) if area else _("None"),
            link("registry:area", area.pk) if area else "",
        ),
        Fact(_("Use"), row.get_use_display(), field="use"),
        Fact(_("Structure"), row.get_structure_display(), field="structure"),
        Fact(_("Floors"), row.floors or "", field="floors"),
        Fact(_("Floors below ground"), row.floors_below, field="floors_below"),
        Fact(_("Lift"), _("Yes") if row.has_lift else _("No"), field="has_lift"),
        Fact(_("Built"), row.built_year or "", field="built_year"),
    ]


def _stairwells(row: Building, asof: AsOf) -> list[Stairwell]:
    if not asof.past:
        return list(row.stairwells.order_by("number"))
    then = past.rows_known_at(Stairwell, "building_id", row.pk, first_version(row, asof))
    return sorted((restored(Stairwell, one) for one in then), key=lambda one: one.number)


def _stairwell_part(row: Building, units: str, able: bool, asof: AsOf) -> Part:
    rows = []
    for one in _stairwells(row, asof):
        cells = [Cell(one.number), Cell(_("Yes") if one.has_lift else _("No"))]
        if able:
            cells.append(Cell(_("Correct"), link("registry:stairwell_renumber", one.pk)))
            cells.append(Cell(_("Strike off"), link("registry:stairwell_remove", one.pk)))
        rows.append(cells)
    return Part(
        "stairwells",
        _("Stairwells"),
        [_("Number"), _("Lift"), *([_("Number wrong?"), _("Never built?")] if able else [])],
        rows,
        links=[(_("Homes and units"), units)],
        empty=_("The building has no stairwells on file."),
    )


@page(permission=perm("registry:community_view"))
def building(request: HttpRequest, pk: int) -> HttpResponse:
    """One building with its stairwells, today or on a past day."""
    rows = Building.objects.visible_to(request.actor).select_related("community")
    row = get_object_or_404(rows, pk=pk)
    asof = AsOf.of(request)
    shut = "" if row.state == "active" else _("The building is not in use any more.")
    units = f"{reverse('registry:units')}?building={row.pk}"
    able = request.actor.can(COMMUNITY_CHANGE) and not asof.past
    memberships = row.memberships.select_related("management_area").order_by("-period")
    detail = Detail(
        title=f"{named(row.community, asof)} {then_of(row, asof).number}",
        crumbs=desk_crumbs(
            (_("Communities"), reverse("registry:communities")),
            (named(row.community, asof), link("registry:community", row.community_id)),
        ),
        target=row,
        state=state_of(row),
        facts=facts_on(_building_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (_("Change facts"), "registry:building_change", COMMUNITY_CHANGE, shut),
            (_("Add a stairwell"), "registry:stairwell_add", COMMUNITY_CHANGE, shut),
            (_("Add a home"), "registry:unit_add", perm("registry:unit_change"), shut),
            (_("Merge homes"), "registry:unit_merge", PROPOSE, shut),
            (_("Move to another place"), "registry:building_move", COMMUNITY_CHANGE, shut),
            (_("Correct the number"), "registry:building_renumber", COMMUNITY_CHANGE, shut),
            (_("Strike off"), "registry:building_demolish", COMMUNITY_CHANGE, shut),
        ),
        parts=[
            _stairwell_part(row, units, able, asof),
            Part(
                "areas",
                _("Management areas"),
                [_("Management area"), _("Period")],
                [
                    [
                        Cell(
                            named(m.management_area, asof),
                            link("registry:area", m.management_area_id),
                        ),
                        Cell(spell(m.period)),
                    ]
                    for m in memberships
                ],
                empty=_("The building belongs to no management area."),
            ),
        ],
        events=timeline(row),
    )
    return show(request, detail)
