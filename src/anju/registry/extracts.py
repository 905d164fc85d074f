"""What a register extract says of a community, a company or a home."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from anju.core.actors import Actor
from anju.core.area import m2
from anju.core.errors import NotFound
from anju.core.time import legal_day
from anju.documents.extracts import Extract
from anju.documents.rules.content import Facts, Table
from anju.reference.models import Area

from .models import Community, Company, Ownership, Unit
from .queries import community_total, owners_on
from .rules import mask_name


def _found(rows: models.QuerySet[Any], key: int) -> Any:
    row = rows.filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such thing within your reach."))
    return row


def _owner_name(spell: Ownership) -> str:
    """A company's name; of a person what may stand on a paper others hold."""
    if spell.person is not None:
        return mask_name(spell.person.name)
    return spell.company.name if spell.company is not None else ""


def _place(row: Any) -> str:
    return "".join(a.name for a in (row.district, row.subdistrict, row.committee) if a)


def community_extract(actor: Actor, key: int, at: datetime) -> Extract:
    """A community: name, place, kind, year, homes."""
    rows = Community.objects.visible_to(actor).select_related(
        "area", "district", "subdistrict", "committee", "developer"
    )
    row: Community = _found(rows, key)
    homes = community_total(row)
    facts = (
        (_("Community"), row.name),
        (_("Code"), row.code),
        (_("Place"), _place(row)),
        (_("Address"), row.address or "—"),
        (_("Kind"), row.get_kind_display()),
        (_("Built in"), str(row.built_year or "—")),
        (_("Developer"), row.developer.name if row.developer else "—"),
        (_("Number of homes"), f"{homes.units:,}"),
        (_("Floor area of homes (m²)"), m2(homes.area_dm2)),
    )
    title = _("Register extract: %(name)s") % {"name": row.name}
    return Extract(
        subject=row,
        label=row.name,
        title=title,
        area=row.area,
        blocks=(Facts(rows=facts),),
        url=f"/registry/communities/{row.pk}/",
    )


def company_extract(actor: Actor, key: int, at: datetime) -> Extract:
    """A company: code, name, state, the projects of the day."""
    row: Company = _found(Company.objects.visible_to(actor), key)
    on = legal_day(at)
    projects = row.projects.filter(period__contains=on).select_related("management_area")
    facts = (
        (_("Company"), row.name),
        (_("Unified social credit code"), row.code),
        (_("State"), row.get_state_display()),
        (_("Registered address"), row.registered_address or "—"),
    )
    table = Table(
        head=(_("Management area"), _("Code of the project"), _("In service since")),
        rows=tuple((p.management_area.name, p.code, str(p.period.lower)) for p in projects),
        left=(0, 1),
    )
    title = _("Register extract: %(name)s") % {"name": row.name}
    return Extract(
        subject=row,
        label=row.name,
        title=title,
        area=row.registered_area or Area.objects.get(level=0),
        blocks=(Facts(rows=facts), table) if table.rows else (Facts(rows=facts),),
        url=f"/registry/companies/{row.pk}/",
        recipient=row.organisation,
    )


def unit_extract(actor: Actor, key: int, at: datetime) -> Extract:
    """A home or other unit: place, area and owners of the day, their names masked.

    The title stands on the public verification page, so it names no owner.
    """
    rows = Unit.objects.visible_to(actor).select_related(
        "area", "district", "subdistrict", "committee", "community", "building", "stairwell"
    )
    row: Unit = _found(rows, key)
    address = " ".join(
        part
        for part in (
            row.community.name,
            row.building.number,
            row.stairwell.number if row.stairwell else "",
            row.number,
        )
        if part
    )
    facts = (
        (_("Unit"), address),
        (_("Place"), _place(row)),
        (_("Kind"), row.get_kind_display()),
        (_("State"), row.get_state_display()),
        (_("Area (m²)"), m2(row.area_dm2)),
    )
    owners = Table(
        head=(_("Owner"), _("Share"), _("Since")),
        rows=tuple(
            (_owner_name(o), f"{o.share_num}/{o.share_den}", str(o.period.lower))
            for o in owners_on(row, legal_day(at))
        ),
        left=(0,),
    )
    title = _("Register extract of a unit")
    return Extract(
        subject=row,
        label=address,
        title=title,
        area=row.area,
        blocks=(Facts(rows=facts), owners) if owners.rows else (Facts(rows=facts),),
        url=f"/registry/units/{row.pk}/",
    )
