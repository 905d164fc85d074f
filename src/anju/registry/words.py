"""Words for what is stored by name: services that wait for review, fields of the register."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.core.area import m2
from anju.core.money import yuan

from .states import UnitKind

ACTIONS: dict[str, Promise] = {
    "community_rename": _("Rename the community"),
    "community_recode": _("Change the community's code"),
    "area_rename": _("Rename the management area"),
    "company_rename": _("Rename the company"),
    "company_recode": _("Correct the credit code"),
    "unit_measure": _("Change the area of a unit"),
    "unit_split": _("Split a unit"),
    "unit_merge": _("Merge units"),
    "ownership_transfer": _("Record a change of owner"),
    "area_recode": _("Change the code of the management area"),
    "project_recode": _("Change the code of the project"),
    "project_redate": _("Correct the first day of the project"),
    "project_fee_change": _("Change the fee"),
    "person_identity_change": _("Correct the identity number"),
    "person_erase": _("Erase the person's numbers"),
}
FIELDS: dict[str, Promise] = {
    "name": _("Name"),
    "code": _("Code"),
    "on_day": _("From"),
    "registered_dm2": _("Registered area, m²"),
    "surveyed_dm2": _("Surveyed area, m²"),
    "contract_dm2": _("Contract area, m²"),
    "area_dm2": _("Area, m²"),
    "parts": _("Parts"),
    "units": _("Units"),
    "number": _("Number"),
    "holders": _("Owners"),
    "source": _("Source"),
    "fee_fen": _("Fee, yuan a m² and month"),
    "unit_kind": _("Kind of unit"),
    "erase": _("Numbers erased"),
    "stairwell": _("Stairwell"),
    "is_unsold": _("Developer's unsold stock"),
    "kind": _("Kind"),
    "is_old": _("Old community"),
    "address": _("Address"),
    "built_year": _("Built"),
    "longitude": _("Longitude"),
    "latitude": _("Latitude"),
    "outline": _("Outline"),
    "state": _("State"),
    "closed_on": _("Closed on"),
    "period": _("Period"),
    "floors": _("Floors"),
    "floors_below": _("Floors below ground"),
    "has_lift": _("Lift"),
    "structure": _("Structure"),
    "use": _("Use"),
    "floor": _("Floor"),
    "registered_address": _("Registered address"),
    "legal_representative": _("Legal representative"),
    "registered_capital_fen": _("Registered capital"),
    "founded_on": _("Founded on"),
    "phone": _("Published telephone"),
    "is_out_of_town": _("Registered out of town"),
    "published_phone": _("Published telephone"),
    "certificate_number": _("Certificate"),
    "id_mask": _("Identity number"),
    "phone_mask": _("Phone"),
    "id_kind": _("Kind of paper"),
    "end_reason": _("Reason of the end"),
    "area_id": _("Place"),
    "district_id": _("District"),
    "subdistrict_id": _("Sub-district"),
    "committee_id": _("Neighbourhood committee"),
    "developer_id": _("Developer"),
    "stairwell_id": _("Stairwell"),
    "parent_id": _("Branch of"),
    "registered_area_id": _("Registered place"),
    "delimited_on": _("Delimited on"),
}


def action_words(action: str) -> str:
    """What a proposed change does, e.g. ``unit_split`` → Split a unit."""
    return str(ACTIONS.get(action, action.replace("_", " ")))


def field_words(field: str) -> str:
    """A field as people call it."""
    return str(FIELDS.get(field, field.replace("_", " ")))


def value_words(field: str, value: Any) -> str:
    """A stored value as people read it; owners and parts have pages of their own."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if field.endswith("_dm2") and isinstance(value, int):
        return m2(value)
    if field == "fee_fen" and isinstance(value, int):
        return yuan(value)
    if field == "unit_kind" and value in UnitKind.values:
        return str(UnitKind(value).label)
    return str(value)
