"""Mending what was recorded wrongly: numbers, codes, first days, certificates; striking off."""

from __future__ import annotations

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules
from ..models import (
    AreaBuilding,
    Building,
    ChangeRequest,
    ManagementArea,
    Manager,
    ManagerAssignment,
    ManagerEmployment,
    Project,
    ProjectFee,
    Stairwell,
    Unit,
)
from ..policies import may
from ..states import BuildingState, ManagerState, UnitState
from .base import checked, end_spell, locked, need_second_person, not_after_today, required, told
from .search import area_index, manager_index

RENUMBERED = journal.declare("registry.building_renumber", _("Changed the number of a building"))
STRUCK = journal.declare("registry.building_demolish", _("Struck off a demolished building"))
STAIRWELL_RENUMBERED = journal.declare(
    "registry.stairwell_renumber", _("Changed the number of a stairwell")
)
STAIRWELL_REMOVED = journal.declare("registry.stairwell_remove", _("Struck off a stairwell"))
AREA_RECODED = journal.declare("registry.area_recode", _("Changed the code of a management area"))
PROJECT_RECODED = journal.declare("registry.project_recode", _("Changed the code of a project"))
REDATED = journal.declare("registry.project_redate", _("Corrected the first day of a project"))
CERTIFIED = journal.declare("registry.manager_change", _("Changed a manager's certificate"))
RETIRED = journal.declare("registry.manager_retire", _("Recorded that a manager left the trade"))

COMMUNITY = perm("registry:community_change")
AREA = perm("registry:area_change")
PROJECT = perm("registry:project_change")
MANAGER = perm("registry:manager_change")
REVIEW = perm("registry:change_review")


@service
def building_renumber(
    *, actor: Actor, building: Building, number: str, reason: str, at: datetime
) -> Building:
    """Correct the number of a building; its units sort under the new one.

    Raises:
        Conflict: it was struck off, or the number is taken.
    """
    may(actor, COMMUNITY, building).require()
    building = _standing(building)
    reason = required("reason", reason)
    before, building.number = building.number, required("number", number, longest=20)
    community = building.community
    building.sort_key = rules.building_key(community.name, community.pk, building.number)
    checked(building)
    with told():
        building.save(update_fields=["number", "sort_key"])
        _resort_units(building)
    journal.record(
        actor=actor, action=RENUMBERED, at=at, target=building, reason=reason,
        changes={"number": [before, building.number]},
    )  # fmt: skip
    return building


@service
def building_demolish(
    *, actor: Actor, building: Building, on_day: date, reason: str, at: datetime
) -> Building:
    """Strike off a building that no longer stands; it leaves its management area.

    Raises:
        Conflict: units of it are still in use.
    """
    may(actor, COMMUNITY, building).require()
    not_after_today(on_day, at)
    building = _standing(building)
    if Unit.objects.filter(building=building, state=UnitState.ACTIVE).exists():
        raise Conflict(_("Units of this building are still in use; strike them off first."))
    building.state = BuildingState.DEMOLISHED
    with told():
        building.save(update_fields=["state"])
        AreaBuilding.objects.filter(building=building, period__startswith__gte=on_day).delete()
        end_spell(AreaBuilding, {"building": building}, on_day)
    journal.record(
        actor=actor, action=STRUCK, at=at, target=building, reason=required("reason", reason),
        changes={"on_day": [None, str(on_day)]},
    )  # fmt: skip
    return building


@service
def stairwell_renumber(
    *, actor: Actor, stairwell: Stairwell, number: str, reason: str, at: datetime
) -> Stairwell:
    """Correct the number of a stairwell; its units sort under the new one."""
    may(actor, COMMUNITY, stairwell.building).require()
    stairwell = locked(stairwell)
    reason = required("reason", reason)
    before, stairwell.number = stairwell.number, required("number", number, longest=20)
    with told():
        stairwell.save(update_fields=["number"])
        _resort_units(stairwell.building)
    journal.record(
        actor=actor, action=STAIRWELL_RENUMBERED, at=at, target=stairwell.building, reason=reason,
        changes={"stairwell": [before, stairwell.number]},
    )  # fmt: skip
    return stairwell


@service
def stairwell_remove(*, actor: Actor, stairwell: Stairwell, reason: str, at: datetime) -> Building:
    """Strike off a stairwell no unit was ever recorded in; history keeps it.

    Raises:
        Conflict: units are recorded in it.
    """
    may(actor, COMMUNITY, stairwell.building).require()
    stairwell = locked(stairwell)
    building, number = stairwell.building, stairwell.number
    if Unit.objects.filter(stairwell=stairwell).exists():
        raise Conflict(_("Units are recorded in this stairwell; put them elsewhere first."))
    with told():
        stairwell.delete()
    journal.record(
        actor=actor, action=STAIRWELL_REMOVED, at=at, target=building,
        reason=required("reason", reason), changes={"stairwell": [number, None]},
    )  # fmt: skip
    return building


@service
def area_recode(
    *,
    actor: Actor,
    management_area: ManagementArea,
    code: str,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> ManagementArea:
    """Give the area another code."""
    need_second_person(actor, approved, "area_recode")
    may(actor, AREA if approved is None else REVIEW, management_area).require()
    row = locked(management_area)
    before, row.code = row.code, required("code", code, longest=32)
    with told():
        row.save(update_fields=["code"])
        area_index(row)
    journal.record(
        actor=actor, action=AREA_RECODED, at=at, target=row, reason=reason,
        changes={"code": [before, row.code]},
    )  # fmt: skip
    return row


@service
def project_recode(
    *,
    actor: Actor,
    project: Project,
    code: str,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Project:
    """Give the project another code."""
    need_second_person(actor, approved, "project_recode")
    may(actor, PROJECT if approved is None else REVIEW, project).require()
    project = locked(project)
    before, project.code = project.code, required("code", code, longest=32)
    with told():
        project.save(update_fields=["code"])
    journal.record(
        actor=actor, action=PROJECT_RECODED, at=at, target=project, reason=reason,
        changes={"code": [before, project.code]},
    )  # fmt: skip
    return project


@service
def project_redate(
    *,
    actor: Actor,
    project: Project,
    from_day: date,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Project:
    """Correct the first day of a project; fees and manager that began with it follow.

    Raises:
        InvalidInput: the day lies after the end; Conflict: a fee or manager ended before that day,
            or another company served the area then.
    """
    need_second_person(actor, approved, "project_redate")
    may(actor, PROJECT if approved is None else REVIEW, project).require()
    project = locked(project)
    before, upper = project.period.lower, project.period.upper
    if upper is not None and from_day >= upper:
        raise InvalidInput({"on_day": [_("The end lies after the beginning.")]})
    with told():
        project.period = DateRange(from_day, upper)
        project.save(update_fields=["period"])
        for model in (ProjectFee, ManagerAssignment):
            for row in model._default_manager.filter(project=project):
                if row.period.lower != before and row.period.lower >= from_day:
                    continue
                if row.period.upper is not None and row.period.upper <= from_day:
                    raise Conflict(_("A fee or a manager ended before that day; correct it first."))
                row.period = DateRange(from_day, row.period.upper)
                row.save(update_fields=["period"])
    journal.record(
        actor=actor, action=REDATED, at=at, target=project, reason=reason,
        changes={"on_day": [str(before), str(from_day)]},
    )  # fmt: skip
    return project


@service
def manager_change(
    *, actor: Actor, manager: Manager, certificate_number: str, reason: str, at: datetime
) -> Manager:
    """Correct the number of a manager's certificate; the name follows the person."""
    may(actor, MANAGER, manager).require()
    manager = locked(manager)
    reason = required("reason", reason)
    before, manager.certificate_number = manager.certificate_number, certificate_number.strip()
    checked(manager)
    with told():
        manager.save(update_fields=["certificate_number"])
    journal.record(
        actor=actor, action=CERTIFIED, at=at, target=manager, reason=reason,
        changes={"certificate_number": [before, manager.certificate_number]},
    )  # fmt: skip
    return manager


@service
def manager_retire(*, actor: Actor, manager: Manager, reason: str, at: datetime) -> Manager:
    """Record that a manager left the trade; a new company brings the manager back.

    Raises:
        Conflict: the manager still works for a company, or left already.
    """
    may(actor, MANAGER, manager).require()
    manager = locked(manager)
    if manager.state == ManagerState.LEFT:
        raise Conflict(_("The manager has left the trade."))
    today = legal_day(at)
    if ManagerEmployment.objects.filter(manager=manager, period__endswith=None).exists() or (
        ManagerEmployment.objects.filter(manager=manager, period__endswith__gt=today).exists()
    ):
        raise Conflict(_("The manager works for a company; record that the manager left it first."))
    manager.state = ManagerState.LEFT
    with told():
        manager.save(update_fields=["state"])
        manager_index(manager)
    journal.record(
        actor=actor, action=RETIRED, at=at, target=manager, reason=required("reason", reason)
    )
    return manager


def _standing(building: Building) -> Building:
    building = locked(building)
    if building.state != BuildingState.ACTIVE:
        raise Conflict(_("The building is not in use any more."))
    return building


def _resort_units(building: Building) -> None:
    """Sort keys of the units of a building or stairwell that bears another number."""
    units = list(Unit.objects.filter(building=building).select_related("stairwell"))
    for unit in units:
        stairwell = unit.stairwell.number if unit.stairwell else ""
        unit.sort_key = rules.unit_key(building.sort_key, stairwell, unit.number)
    Unit.objects.bulk_update(units, ["sort_key"], batch_size=500)
