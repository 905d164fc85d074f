"""Management areas and projects: delimiting, starting, fees, managers, ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import sort_key
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.reference.models import Area

from .. import rules
from ..models import (
    AreaBuilding,
    Building,
    ChangeRequest,
    Company,
    ManagementArea,
    ManagementAreaName,
    Manager,
    ManagerAssignment,
    ManagerEmployment,
    Project,
    ProjectFee,
)
from ..policies import may, may_contract, may_lead_project, may_place
from ..queries.asof import fee_on
from ..states import AreaState, CompanyKind, CompanyState
from .base import (
    checked,
    end_spell,
    locked,
    need_second_person,
    not_after_today,
    required,
    succeed,
    told,
)
from .search import area_index

DELIMITED = journal.declare("registry.area_delimit", _("Delimited a management area"))
AREA_RENAMED = journal.declare("registry.area_rename", _("Renamed a management area"))
ASSIGNED = journal.declare("registry.building_assign", _("Put buildings in a management area"))
RELEASED = journal.declare(
    "registry.building_release", _("Took buildings out of a management area")
)
AREA_CLOSED = journal.declare("registry.area_close", _("Closed a management area"))
AREA_REOPENED = journal.declare("registry.area_reopen", _("Reopened a management area"))
STARTED = journal.declare("registry.project_start", _("Started a project"))
ENDED = journal.declare("registry.project_end", _("Ended a project"))
FEE_CHANGED = journal.declare("registry.project_fee_change", _("Changed the fee of a project"))
MANAGER_CHANGED = journal.declare(
    "registry.project_manager_change", _("Changed the manager of a project")
)

AREA_CHANGE = perm("registry:area_change")
PROJECT_CHANGE = perm("registry:project_change")
REVIEW = perm("registry:change_review")


@service
def area_delimit(
    *,
    actor: Actor,
    area: Area,
    code: str,
    name: str,
    buildings: Sequence[Building],
    on_day: date,
    at: datetime,
) -> ManagementArea:
    """Delimit a management area: the buildings that belong to it from a day on."""
    may_place(actor, AREA_CHANGE, area).require()
    for building in buildings:
        may(actor, AREA_CHANGE, building).require()
    if not buildings:
        raise InvalidInput({"buildings": [_("Choose at least one building.")]})
    row = ManagementArea(
        area=area,
        code=required("code", code, longest=32),
        name=required("name", name, longest=80),
        delimited_on=on_day,
    )
    row.sort_key = sort_key(row.name)
    checked(row)
    not_after_today(on_day, at)
    with told():
        row.save()
        ManagementAreaName.objects.create(
            management_area=row, name=row.name, period=DateRange(on_day, None)
        )
        _assign(row, buildings, on_day)
        row.refresh_from_db()
        area_index(row)
    journal.record(
        actor=actor, action=DELIMITED, at=at, target=row,
        changes={"buildings": [[], [b.pk for b in buildings]]},
    )  # fmt: skip
    return row


@service
def area_rename(
    *,
    actor: Actor,
    management_area: ManagementArea,
    name: str,
    on_day: date,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> ManagementArea:
    """Give the area another name from a day on."""
    need_second_person(actor, approved, "area_rename")
    may(actor, AREA_CHANGE if approved is None else REVIEW, management_area).require()
    not_after_today(on_day, at)
    name = required("name", name, longest=80)
    row = locked(management_area)
    before = row.name
    with told():
        succeed(ManagementAreaName, {"management_area": row}, {"name": name}, on_day)
        row.name = ManagementAreaName.objects.on(legal_day(at)).get(management_area=row).name
        row.sort_key = sort_key(row.name)
        row.save(update_fields=["name", "sort_key"])
        area_index(row)
    journal.record(
        actor=actor, action=AREA_RENAMED, at=at, target=row, reason=reason,
        changes={"name": [before, name], "on_day": [None, str(on_day)]},
    )  # fmt: skip
    return row


@service
def building_assign(
    *,
    actor: Actor,
    management_area: ManagementArea,
    buildings: Sequence[Building],
    on_day: date,
    at: datetime,
) -> ManagementArea:
    """Put buildings in an area from a day on; each leaves the area it was in."""
    may(actor, AREA_CHANGE, management_area).require()
    for building in buildings:
        may(actor, AREA_CHANGE, building).require()
    row = locked(management_area)
    if row.state != AreaState.ACTIVE:
        raise Conflict(_("The management area is closed."))
    with told():
        _assign(row, buildings, on_day)
    journal.record(
        actor=actor, action=ASSIGNED, at=at, target=row,
        changes={"buildings": [[], [b.pk for b in buildings]], "on_day": [None, str(on_day)]},
    )  # fmt: skip
    return row


@service
def building_release(
    *,
    actor: Actor,
    management_area: ManagementArea,
    buildings: Sequence[Building],
    on_day: date,
    at: datetime,
) -> ManagementArea:
    """Take buildings out of an area from a day on."""
    may(actor, AREA_CHANGE, management_area).require()
    row = locked(management_area)
    with told():
        for building in sorted(buildings, key=lambda b: b.pk):
            end_spell(AreaBuilding, {"building": building, "management_area": row}, on_day)
    journal.record(
        actor=actor, action=RELEASED, at=at, target=row,
        changes={"buildings": [[b.pk for b in buildings], []], "on_day": [None, str(on_day)]},
    )  # fmt: skip
    return row


@service
def area_close(
    *, actor: Actor, management_area: ManagementArea, on_day: date, reason: str, at: datetime
) -> ManagementArea:
    """Close an area that no company serves from that day on; its buildings are free."""
    may(actor, AREA_CHANGE, management_area).require()
    not_after_today(on_day, at)
    row = locked(management_area)
    if row.projects.filter(period__overlap=DateRange(on_day, None)).exists():
        raise Conflict(_("A company still serves the area; end the project first."))
    with told():
        for member in row.buildings.filter(period__contains=on_day):
            end_spell(AreaBuilding, {"pk": member.pk}, on_day)
        row.state, row.closed_on = AreaState.CLOSED, on_day
        row.save(update_fields=["state", "closed_on"])
        area_index(row)
    journal.record(
        actor=actor, action=AREA_CLOSED, at=at, target=row, reason=required("reason", reason)
    )
    return row


@service
def area_reopen(
    *, actor: Actor, management_area: ManagementArea, reason: str, at: datetime
) -> ManagementArea:
    """Put a management area back in force; buildings are put in anew.

    Raises:
        Conflict: it is not closed.
    """
    may(actor, perm("registry:file_reopen"), management_area).require()
    row = locked(management_area)
    if row.state != AreaState.CLOSED:
        raise Conflict(_("The management area is not closed."))
    before = str(row.closed_on)
    row.state, row.closed_on = AreaState.ACTIVE, None
    with told():
        row.save(update_fields=["state", "closed_on"])
        area_index(row)
    journal.record(
        actor=actor, action=AREA_REOPENED, at=at, target=row, reason=required("reason", reason),
        changes={"closed_on": [before, None]},
    )  # fmt: skip
    return row


def _assign(row: ManagementArea, buildings: Sequence[Building], on_day: date) -> None:
    for building in sorted(buildings, key=lambda b: b.pk):
        succeed(AreaBuilding, {"building": building}, {"management_area": row}, on_day)


@service
def project_start(
    *,
    actor: Actor,
    management_area: ManagementArea,
    company: Company,
    code: str,
    from_day: date,
    at: datetime,
    to_day: date | None = None,
    fees: dict[str, int] | None = None,
) -> Project:
    """Start a company's service of an area; ``to_day`` is the first day without it.

    Raises:
        Conflict: another company serves the area in that period.
        Refused: out of reach, or the gate says why the company may not be contracted.
    """
    may(actor, PROJECT_CHANGE, management_area).require()
    may(actor, PROJECT_CHANGE, company).require()
    if company.kind != CompanyKind.PROPERTY or company.state != CompanyState.ACTIVE:
        raise Conflict(_("Only a property company in business may serve an area."))
    if to_day is not None and to_day <= from_day:
        raise InvalidInput({"to_day": [_("The end lies after the beginning.")]})
    may_contract(company, from_day).require()
    row = locked(management_area)
    if row.state != AreaState.ACTIVE:
        raise Conflict(_("The management area is closed."))
    with told():
        project = Project(
            area_id=row.area_id,
            code=required("code", code, longest=32),
            management_area=row,
            company=company,
            period=DateRange(from_day, to_day),
        )
        project.save()
        for unit_kind, fee_fen in (fees or {}).items():
            _set_fee(project, unit_kind, fee_fen, from_day)
        project.refresh_from_db()
    journal.record(actor=actor, action=STARTED, at=at, target=project)
    return project


@service
def project_end(
    *, actor: Actor, project: Project, on_day: date, reason: str, at: datetime
) -> Project:
    """End a project: ``on_day`` is the first day without service; fees and managers end too."""
    may(actor, PROJECT_CHANGE, project).require()
    project = locked(project)
    if on_day <= project.period.lower:
        raise InvalidInput({"on_day": [_("The end lies after the beginning.")]})
    if project.period.upper is not None and project.period.upper < on_day:
        raise Conflict(_("The project ended before that day."))
    with told():
        project.period = DateRange(project.period.lower, on_day)
        project.end_reason = required("reason", reason)
        project.save(update_fields=["period", "end_reason"])
        for model in (ProjectFee, ManagerAssignment):
            # What would begin after the end never begins; what runs past it ends with it.
            model._default_manager.filter(project=project, period__startswith__gte=on_day).delete()
            for row in model._default_manager.filter(project=project, period__contains=on_day):
                row.period = DateRange(row.period.lower, on_day)
                row.save(update_fields=["period"])
    journal.record(actor=actor, action=ENDED, at=at, target=project, reason=reason)
    return project


@service
def project_fee_change(
    *,
    actor: Actor,
    project: Project,
    fee_fen: int,
    from_day: date,
    at: datetime,
    unit_kind: str = "home",
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Project:
    """Change the fee (fen per m² and month) of a kind of unit from a day on.

    Raises:
        Refused: nobody else approved it; InvalidInput: more than a year back or ahead.
    """
    need_second_person(actor, approved, "project_fee_change")
    may(actor, PROJECT_CHANGE if approved is None else REVIEW, project).require()
    if actor.kind is not ActorKind.SYSTEM:
        fee_day_check(from_day, at)
    project = locked(project)
    before = fee_on(project, from_day, unit_kind)
    with told():
        _set_fee(project, unit_kind, fee_fen, from_day)
    journal.record(
        actor=actor, action=FEE_CHANGED, at=at, target=project, reason=reason,
        changes={unit_kind: [before, fee_fen], "on_day": [None, str(from_day)]},
    )  # fmt: skip
    return project


def fee_day_check(from_day: date, at: datetime) -> None:
    """Refuse a fee from a day too far from today.

    Raises:
        InvalidInput: more than a year back or ahead.
    """
    if not rules.fee_day_is_near(from_day, legal_day(at)):
        raise InvalidInput({"from_day": [_("A fee begins at most a year back or a year ahead.")]})


def _set_fee(project: Project, unit_kind: str, fee_fen: int, from_day: date) -> None:
    if not 0 < fee_fen <= 1_000_000:
        raise InvalidInput({"fee": [_("A fee lies above zero and up to 10,000 yuan.")]})
    _inside(project, from_day)
    succeed(
        ProjectFee, {"project": project, "unit_kind": unit_kind}, {"fee_fen": fee_fen}, from_day
    )


@service
def project_manager_change(
    *, actor: Actor, project: Project, manager: Manager, from_day: date, at: datetime
) -> Project:
    """Name the manager of a project from a day on; the manager works for its company then."""
    may_lead_project(actor, project).require()
    may(actor, perm("registry:project_staff"), manager).require()
    project = locked(project)
    _inside(project, from_day)
    works = ManagerEmployment.objects.filter(
        manager=manager, company_id=project.company_id, period__contains=from_day
    )
    if not works.exists():
        raise Conflict(_("The manager does not work for the company of this project on that day."))
    before = (
        ManagerAssignment.objects.filter(project=project, period__contains=from_day)
        .values_list("manager__name", flat=True)
        .first()
    )
    with told():
        succeed(ManagerAssignment, {"project": project}, {"manager": manager}, from_day)
    journal.record(
        actor=actor, action=MANAGER_CHANGED, at=at, target=project,
        changes={"manager": [before, manager.name], "on_day": [None, str(from_day)]},
    )  # fmt: skip
    return project


def _inside(project: Project, day: date) -> None:
    upper = project.period.upper
    if day < project.period.lower or (upper is not None and day >= upper):
        raise InvalidInput({"from_day": [_("The day lies outside the period of the project.")]})
