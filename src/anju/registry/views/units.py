"""The page of a home or another unit: its areas, owners, and what it was made from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.area import m2
from anju.ui.pages import page

from ..models import Unit
from ..queries import asof as past
from ..states import UnitState
from ..tables.cells import link
from .parts import (
    AsOf,
    Cell,
    Detail,
    Event,
    Fact,
    Part,
    dated,
    entered_later,
    facts_on,
    moves,
    named,
    show,
    spell,
    state_of,
    then_of,
    timeline,
)
from .places import desk_crumbs, place_facts

OWNERS = perm("registry:owner_view")
CHANGE = perm("registry:unit_change")
PROPOSE = perm("registry:change_propose")


def _facts(row: Unit, asof: AsOf) -> list[Fact]:
    area = past.management_area_on(row.building, asof.day)
    return [
        Fact(_("Number"), row.number, field="number"),
        Fact(_("Stairwell"), then_of(row.stairwell, asof).number if row.stairwell else ""),
        Fact(
            _("Building"),
            then_of(row.building, asof).number,
            link("registry:building", row.building_id),
        ),
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
        Fact(_("Kind"), row.get_kind_display(), field="kind"),
        Fact(_("Floor"), "" if row.floor is None else row.floor, field="floor"),
        Fact(
            _("Area that counts, m²"),
            m2(row.area_dm2) if row.area_dm2 else _("Unknown"),
            field=f"{row.area_source}_dm2" if row.area_source else "",
        ),
        Fact(
            _("Registered, m²"),
            m2(row.registered_dm2) if row.registered_dm2 else "",
            field="registered_dm2",
        ),
        Fact(
            _("Surveyed, m²"),
            m2(row.surveyed_dm2) if row.surveyed_dm2 else "",
            field="surveyed_dm2",
        ),
        Fact(
            _("By contract, m²"),
            m2(row.contract_dm2) if row.contract_dm2 else "",
            field="contract_dm2",
        ),
    ]


@page(permission=perm("registry:unit_view"))
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One home or unit, today or on a past day."""
    rows = Unit.objects.visible_to(request.actor).select_related(
        "building__community", "community", "stairwell"
    )
    row = get_object_or_404(rows, pk=pk)
    asof = AsOf.of(request)
    actor = request.actor
    shut = ""
    if row.state != UnitState.ACTIVE:
        shut = _("The unit is not in use any more: %(state)s.") % {"state": row.get_state_display()}
    has_owner = row.ownerships.exists()
    first = (
        (_("Record the first owners"), "registry:ownership_record", perm("registry:owner_change"))
        if not has_owner
        else (_("Propose a change of owner"), "registry:ownership_transfer", PROPOSE)
    )
    events: list[Event] = []
    parts = []
    if actor.can(OWNERS):
        parts += [_owner_part(row, asof), _spell_part(row)]
        events = _owner_events(row)
    parts.append(_kin_part(row))
    then = then_of(row, asof)
    number = then_of(row.building, asof).number
    title = f"{named(row.community, asof)} {number}"
    title += f"-{then_of(row.stairwell, asof).number}" if row.stairwell else ""
    detail = Detail(
        answer=_answer(row, asof, owners=actor.can(OWNERS)),
        title=f"{title}-{then.number}",
        crumbs=desk_crumbs(
            (named(row.community, asof), link("registry:community", row.community_id)),
            (number, link("registry:building", row.building_id)),
        ),
        target=row,
        state=state_of(row),
        facts=facts_on(_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            actor,
            row,
            (*first, shut),
            (_("Change facts"), "registry:unit_change", CHANGE, shut),
            (_("Propose other areas"), "registry:unit_measure", PROPOSE, shut),
            (_("Split the unit"), "registry:unit_split", PROPOSE, shut or _area_missing(row)),
            (
                _("Bind an account at the counter"),
                "registry:unit_bind",
                perm("registry:binding_change"),
                shut,
            ),
            (_("Strike off"), "registry:unit_demolish", CHANGE, shut),
        ),
        parts=parts,
        events=timeline(row, events),
    )
    return show(request, detail)


def _answer(row: Unit, asof: AsOf, *, owners: bool) -> str:
    """What it is, how large, and whose."""
    kind = str(row.get_kind_display())
    size = m2(row.area_dm2) if row.area_dm2 else _("unknown")
    if not owners:
        return _("%(kind)s, %(area)s m².") % {"kind": kind, "area": size}
    names = [str(one.owner) for one in past.owners_on(row, asof.day)]
    return _("%(kind)s, %(area)s m², owned by %(owners)s.") % {
        "kind": kind,
        "area": size,
        "owners": _(", ").join(names) or _("nobody on file"),
    }


def _area_missing(row: Unit) -> str:
    return "" if row.area_dm2 else _("Its area must be known first.")


def _owner_part(row: Unit, asof: AsOf) -> Part:
    owners = past.owners_on(row, asof.day)
    return Part(
        "owners",
        _("Owners that day") if asof.past else _("Owners"),
        [_("Owner"), _("Share"), _("Since"), _("Source")],
        [
            [
                Cell(named(o.owner, asof), _owner_link(o)),
                Cell(f"{o.share_num}/{o.share_den}"),
                Cell(o.period.lower.isoformat() if o.period.lower else "—"),
                Cell(_("Developer's unsold stock") if o.is_unsold else o.get_source_display()),
            ]
            for o in owners
        ],
        note=asof.day.isoformat() if asof.past else "",
        empty=_("No owner was on file that day.") if asof.past else _("No owner is on file."),
    )


def _owner_link(ownership: object) -> str:
    person = getattr(ownership, "person_id", None)
    if person:
        return link("registry:person", person)
    return link("registry:company", getattr(ownership, "company_id", None))


def _spell_part(row: Unit) -> Part:
    spells = row.ownerships.select_related("person", "company").order_by("-period", "pk")[:50]
    return Part(
        "spells",
        _("Owners over time"),
        [_("Owner"), _("Share"), _("Period"), _("Reason")],
        [
            [
                Cell(str(o.owner), _owner_link(o)),
                Cell(f"{o.share_num}/{o.share_den}"),
                Cell(spell(o.period)),
                Cell(o.reason or o.get_source_display()),
            ]
            for o in spells
        ],
        empty=_("No owner has been recorded."),
    )


def _owner_events(row: Unit) -> list[Event]:
    days: dict[object, list[str]] = {}
    for one in row.ownerships.select_related("person", "company").order_by("period"):
        if one.period.lower:
            days.setdefault(one.period.lower, []).append(str(one.owner))
    return [
        dated(day, _("Owned by %(names)s") % {"names": _(", ").join(names)})  # type: ignore[arg-type]
        for day, names in days.items()
    ]


def _kin_part(row: Unit) -> Part:
    rows = [
        [
            Cell(s.predecessor.number, link("registry:unit", s.predecessor_id)),
            Cell(_("%(kind)s: made from it") % {"kind": s.get_kind_display()}),
            Cell(s.on_day.isoformat()),
            Cell(s.reason),
        ]
        for s in row.origins.select_related("predecessor")
    ] + [
        [
            Cell(s.successor.number, link("registry:unit", s.successor_id)),
            Cell(_("%(kind)s: became it") % {"kind": s.get_kind_display()}),
            Cell(s.on_day.isoformat()),
            Cell(s.reason),
        ]
        for s in row.successions.select_related("successor")
    ]
    return Part(
        "kin",
        _("Splits and mergers"),
        [_("Unit"), _("How"), _("On"), _("Reason")],
        rows,
        empty=_("It was never split or merged."),
    )
