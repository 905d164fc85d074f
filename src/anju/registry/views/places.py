"""Pages of communities, management areas, projects and buildings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.area import m2
from anju.core.money import yuan
from anju.files.queries import attachments
from anju.reference.queries import place_on
from anju.reference.states import AreaLevel
from anju.ui.pages import page

from ..filters import place_names
from ..models import AreaBuilding, Building, Community, CommunityAlias, ManagementArea, Project
from ..queries import asof as past
from ..queries.tallies import community_total, management_area_total
from ..states import BuildingState, CommunityState, ProjectState
from ..tables.cells import link, number
from .parts import (
    SHOWN,
    AsOf,
    Cell,
    Detail,
    Fact,
    Part,
    all_of,
    dated,
    entered_later,
    facts_on,
    first_version,
    moves,
    named,
    on_file,
    restored,
    show,
    spell,
    state_cell,
    state_of,
    then_of,
    timeline,
)

COMMUNITY_CHANGE = perm("registry:community_change")
AREA_CHANGE = perm("registry:area_change")
PROJECT_CHANGE = perm("registry:project_change")
SHOW = perm("flow:publicity_start")
PROPOSE = perm("registry:change_propose")
REOPEN = perm("registry:file_reopen")


def desk_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("registry:desk")), *more]


def place_facts(row: Any, asof: AsOf | None = None) -> list[Fact]:
    """Where a row lies; on a past day under the names and in the areas of that day."""
    if asof is not None and asof.past and row.area_id:
        then = {one.level: one.name for one in place_on(row.area_id, asof.day)}
        if then:
            words = [then.get(level, "") for level in (AreaLevel.DISTRICT, AreaLevel.SUBDISTRICT)]
            return [
                Fact(_("Place"), " ".join(filter(None, words)) or then.get(AreaLevel.CITY, "")),
                Fact(_("Neighbourhood committee"), then.get(AreaLevel.COMMITTEE, "")),
            ]
    names = place_names()
    words = [names.get(key or 0, "") for key in (row.district_id, row.subdistrict_id)]
    return [
        Fact(_("Place"), " ".join(filter(None, words)) or names.get(row.area_id, "")),
        Fact(_("Neighbourhood committee"), names.get(row.committee_id or 0, "")),
    ]


def _community_facts(row: Community, asof: AsOf) -> list[Fact]:
    homes = community_total(row)
    facts = [
        Fact(_("Name"), past.name_on(row, asof.day) or row.name),
        Fact(_("Code"), row.code, field="code"),
        *place_facts(row, asof),
        Fact(_("Kind"), row.get_kind_display(), field="kind"),
        Fact(_("Built"), row.built_year or "", field="built_year"),
        Fact(_("Address"), row.address, field="address"),
        Fact(_("Old community"), _("Yes") if row.is_old else _("No"), field="is_old"),
        Fact(
            _("Developer"),
            named(row.developer, asof) if row.developer else "",
            link("registry:company", row.developer_id),
        ),
        Fact(_("Other names"), _(", ").join(_aliases(row, asof))),
    ]
    if not asof.past:
        where = f"{reverse('registry:units')}?community={row.pk}"
        facts.append(Fact(_("Homes"), number(homes.units), where))
        facts.append(Fact(_("Area of homes, m²"), m2(homes.area_dm2)))
    return facts


def _aliases(row: Community, asof: AsOf) -> list[str]:
    if not asof.past:
        return [alias.name for alias in row.aliases.order_by("pk")]
    rows = past.rows_known_at(CommunityAlias, "community_id", row.pk, first_version(row, asof))
    return [alias["name"] for alias in rows]


def _buildings(actor: Actor, row: Community, asof: AsOf) -> list[Building]:
    """Its buildings as the register held them that day, in order of their numbers."""
    seen = Building.objects.visible_to(actor).filter(community=row)
    if not asof.past:
        return list(seen.filter(state=BuildingState.ACTIVE).order_by("sort_key"))
    then = past.rows_known_at(Building, "community_id", row.pk, first_version(row, asof))
    allowed = set(seen.values_list("pk", flat=True))
    found = [
        restored(Building, columns)
        for columns in then
        if columns["id"] in allowed and columns["state"] == BuildingState.ACTIVE
    ]
    return sorted(found, key=lambda one: one.sort_key)


def _served_by(areas: Iterable[ManagementArea], asof: AsOf) -> str:
    """Who serves these areas, as the end of a sentence."""
    serving = [past.project_on(area, asof.day) for area in areas]
    names = list(dict.fromkeys(named(one.company, asof) for one in serving if one is not None))
    if not names:
        return _("no company serves it today.")
    return _("served by %(companies)s.") % {"companies": _(", ").join(names)}


@page(permission=perm("registry:community_view"))
def community(request: HttpRequest, pk: int) -> HttpResponse:
    """One community, today or on a past day."""
    rows = Community.objects.visible_to(request.actor).select_related("developer")
    row = get_object_or_404(rows, pk=pk)
    asof = AsOf.of(request)
    shut = _("The community is closed.") if row.state == CommunityState.CLOSED else ""
    buildings = _buildings(request.actor, row, asof)
    served = _serving([one.pk for one in buildings], asof)
    areas = {one.management_area_id: one.management_area for one in served.values()}
    detail = Detail(
        answer=_("%(buildings)s buildings, %(homes)s homes; %(served)s")
        % {
            "buildings": number(len(buildings)),
            "homes": number(community_total(row).units),
            "served": _served_by(areas.values(), asof),
        },
        title=named(row, asof),
        crumbs=desk_crumbs((_("Communities"), reverse("registry:communities"))),
        target=row,
        state=state_of(row),
        facts=facts_on(_community_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (_("Change facts"), "registry:community_change", COMMUNITY_CHANGE, shut),
            (_("Propose another name"), "registry:community_rename", PROPOSE, shut),
            (_("Propose another code"), "registry:community_recode", PROPOSE, shut),
            (_("Add a building"), "registry:building_add", COMMUNITY_CHANGE, shut),
            (_("Move to another place"), "registry:community_move", COMMUNITY_CHANGE, shut),
            (_("Close the community"), "registry:community_close", COMMUNITY_CHANGE, shut),
            (
                _("Reopen"),
                "registry:community_reopen",
                REOPEN,
                "" if shut else _("It is not closed."),
            ),
        ),
        parts=[
            _building_part(row, buildings, served, asof),
            Part(
                "names",
                _("Names"),
                [_("Name"), _("Period")],
                [[Cell(n.name), Cell(spell(n.period))] for n in row.names.order_by("-period")],
            ),
        ],
        events=timeline(
            row,
            [
                dated(n.period.lower, _("Named %(name)s") % {"name": n.name})
                for n in row.names.all()
                if n.period.lower
            ],
        ),
    )
    attached = attachments(request.actor, row)
    return show(request, detail, "registry/community.html", community=row, attachments=attached)


def _serving(buildings: list[int], asof: AsOf) -> dict[int, AreaBuilding]:
    members = AreaBuilding.objects.on(asof.day).filter(building_id__in=buildings)
    return {one.building_id: one for one in members.select_related("management_area")}  # type: ignore[attr-defined]


def _building_part(
    community: Community, buildings: list[Building], served: dict[int, Any], asof: AsOf
) -> Part:
    areas = {m.management_area_id: named(m.management_area, asof) for m in served.values()}
    rows = []
    for one in buildings[:SHOWN]:
        member = served.get(one.pk)
        area = member.management_area_id if member else None
        rows.append(
            [
                Cell(one.number, link("registry:building", one.pk)),
                Cell(one.floors or "—", num=True),
                Cell(_("Yes") if one.has_lift else _("No")),
                Cell(one.get_use_display()),
                Cell(areas[area] if area else "—", link("registry:area", area) if area else ""),
            ]
        )
    heads = [_("Building"), (_("Floors"), "num"), _("Lift"), _("Use"), _("Management area")]
    return Part(
        "buildings",
        _("Its buildings"),
        heads,
        rows,
        note=on_file(len(buildings)),
        links=all_of(len(buildings), f"{reverse('registry:buildings')}?community={community.pk}"),
        empty=_("No building is on file. Add the first one."),
    )


def _area_facts(row: ManagementArea, asof: AsOf) -> list[Fact]:
    serving = past.project_on(row, asof.day)
    total = management_area_total(row, asof.day)
    return [
        Fact(_("Name"), past.name_on(row, asof.day) or row.name),
        Fact(_("Code"), row.code, field="code"),
        *place_facts(row, asof),
        Fact(_("Delimited on"), row.delimited_on.isoformat(), field="delimited_on"),
        Fact(_("Units"), number(total.units)),
        Fact(_("Area of units, m²"), m2(total.area_dm2)),
        Fact(
            _("Property company"),
            named(serving.company, asof) if serving else _("None"),
            link("registry:company", serving.company_id) if serving else "",
        ),
    ]


@page(permission=perm("registry:area_view"))
def management_area(request: HttpRequest, pk: int) -> HttpResponse:
    """One management area, today or on a past day."""
    row = get_object_or_404(ManagementArea.objects.visible_to(request.actor), pk=pk)
    asof = AsOf.of(request)
    shut = _("The area is closed.") if row.state == "closed" else ""
    projects = list(row.projects.select_related("company").order_by("-period"))
    buildings = [
        then_of(one, asof) for one in past.buildings_on(row, asof.day).select_related("community")
    ]
    served = past.project_on(row, asof.day) is not None and not asof.past
    busy = _("A company serves it today; end that project first.") if served else ""
    detail = Detail(
        answer=_("%(units)s units; %(served)s")
        % {
            "units": number(management_area_total(row, asof.day).units),
            "served": _served_by([row], asof),
        },
        title=named(row, asof),
        crumbs=desk_crumbs((_("Management areas"), reverse("registry:areas"))),
        target=row,
        state=state_of(row),
        facts=facts_on(_area_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (_("Start a project"), "registry:project_start", PROJECT_CHANGE, shut or busy),
            (_("Put buildings in"), "registry:area_assign", AREA_CHANGE, shut),
            (_("Take buildings out"), "registry:area_release", AREA_CHANGE, shut),
            (_("Propose another name"), "registry:area_rename", PROPOSE, shut),
            (_("Put it on public show"), "registry:area_show", SHOW, shut),
            (_("Propose another code"), "registry:area_recode", PROPOSE, shut),
            (_("Close the area"), "registry:area_close", AREA_CHANGE, shut or busy),
            (_("Reopen"), "registry:area_reopen", REOPEN, "" if shut else _("It is not closed.")),
        ),
        parts=[
            Part(
                "projects",
                _("Projects"),
                [_("Company"), _("Code"), _("Period"), _("State")],
                [
                    [
                        Cell(named(p.company, asof), link("registry:project", p.pk)),
                        Cell(p.code),
                        Cell(spell(p.period)),
                        state_cell(p),
                    ]
                    for p in projects
                ],
                empty=_("No company has served this area."),
            ),
            Part(
                "buildings",
                _("Its buildings"),
                [_("Building"), _("Community"), (_("Floors"), "num")],
                [
                    [
                        Cell(b.number, link("registry:building", b.pk)),
                        Cell(named(b.community, asof), link("registry:community", b.community_id)),
                        Cell(b.floors or "—", num=True),
                    ]
                    for b in buildings
                ],
                empty=_("No building belonged to it that day."),
            ),
            Part(
                "names",
                _("Names"),
                [_("Name"), _("Period")],
                [[Cell(n.name), Cell(spell(n.period))] for n in row.names.order_by("-period")],
            ),
        ],
        events=timeline(
            row,
            [
                dated(
                    p.period.lower,
                    _("%(company)s began to serve") % {"company": p.company.name},
                    link("registry:project", p.pk),
                )
                for p in projects
                if p.period.lower
            ],
        ),
    )
    return show(request, detail)


def _project_facts(row: Project, asof: AsOf) -> list[Fact]:
    manager = past.manager_on(row, asof.day)
    fee = past.fee_on(row, asof.day)
    return [
        Fact(
            _("Company"),
            named(row.company, asof),
            link("registry:company", row.company_id),
        ),
        Fact(
            _("Management area"),
            named(row.management_area, asof),
            link("registry:area", row.management_area_id),
        ),
        Fact(_("Code"), row.code, field="code"),
        *place_facts(row, asof),
        Fact(_("Period"), spell(row.period)),
        Fact(
            _("Project manager"),
            named(manager, asof) if manager else _("None"),
            link("registry:manager", manager.pk) if manager else "",
        ),
        Fact(_("Fee of homes, yuan a m² and month"), "" if fee is None else yuan(fee)),
        Fact(_("Reason of the end"), row.end_reason),
    ]


@page(permission=perm("registry:project_view"))
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One company's service of one area, today or on a past day."""
    rows = Project.objects.visible_to(request.actor).select_related("company", "management_area")
    row = get_object_or_404(rows, pk=pk)
    asof = AsOf.of(request)
    shut = _("The project has ended.") if row.state == ProjectState.ENDED else ""
    fees = list(row.fees.order_by("unit_kind", "-period"))
    leaders = list(row.assignments.select_related("manager").order_by("-period"))
    leader = past.manager_on(row, asof.day)
    detail = Detail(
        answer=_("In service %(period)s; manager %(name)s.")
        % {"period": spell(row.period), "name": leader.name if leader else _("not named")},
        title=f"{named(row.management_area, asof)} · {named(row.company, asof)}",
        crumbs=desk_crumbs((_("Projects"), reverse("registry:projects"))),
        target=row,
        state=state_of(row),
        facts=facts_on(_project_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (
                _("Name the manager"),
                "registry:project_manager",
                perm("registry:project_staff"),
                shut,
            ),
            (_("Propose another fee"), "registry:project_fee", PROPOSE, shut),
            (_("Propose another code"), "registry:project_recode", PROPOSE, ""),
            (_("Propose another first day"), "registry:project_redate", PROPOSE, ""),
            (_("End the project"), "registry:project_end", PROJECT_CHANGE, shut),
        ),
        parts=[
            Part(
                "managers",
                _("Project managers"),
                [_("Name"), _("Period")],
                [
                    [
                        Cell(named(a.manager, asof), link("registry:manager", a.manager_id)),
                        Cell(spell(a.period)),
                    ]
                    for a in leaders
                ],
                empty=_("No manager has been named."),
            ),
            Part(
                "fees",
                _("Fees"),
                [_("Kind of unit"), (_("Yuan a m² and month"), "num"), _("Period")],
                [
                    [
                        Cell(f.get_unit_kind_display()),
                        Cell(yuan(f.fee_fen), num=True),
                        Cell(spell(f.period)),
                    ]
                    for f in fees
                ],
                empty=_("No fee is on file."),
            ),
        ],
        events=timeline(
            row,
            [
                dated(a.period.lower, _("%(name)s took over") % {"name": a.manager.name})
                for a in leaders
                if a.period.lower
            ]
            + [
                dated(
                    f.period.lower,
                    _("Fee of %(kind)s: %(fee)s yuan")
                    % {"kind": f.get_unit_kind_display(), "fee": yuan(f.fee_fen)},
                )
                for f in fees
                if f.period.lower
            ],
        ),
    )
    return show(request, detail)
