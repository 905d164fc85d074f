"""Wrong data is mended with a reason; what was recorded before stays in the history."""

from __future__ import annotations

from datetime import date

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.history import row_versions
from anju.registry import services
from anju.registry.models import Building, ManagementArea, Manager, Project, Stairwell, Unit
from tests.factories.registry import NOW, make_actor
from tests.factories.samples import DAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def mend(verb, actor=SYSTEM, **arguments):
    return verb(actor=actor, reason="登记有误", at=NOW, **arguments)


def test_a_building_with_a_wrong_number_sorts_its_units_anew(world):
    before = Unit.objects.get(pk=world.unit.pk).sort_key
    mend(services.building_renumber, building=world.building, number="12")
    unit = Unit.objects.get(pk=world.unit.pk)
    assert unit.building.number == "12"
    assert unit.sort_key != before
    assert unit.sort_key.startswith(unit.building.sort_key)
    assert row_versions(Building, world.building.pk)[0].columns["number"] == "3"
    services.building_add(actor=SYSTEM, community=world.community, number="3", at=NOW)
    with pytest.raises(Conflict, match="building with this number"):
        mend(services.building_renumber, building=world.building, number="3")


def test_a_stairwell_with_a_wrong_number_sorts_its_units_anew(world):
    stairwell = world.unit.stairwell
    before = Unit.objects.get(pk=world.unit.pk).sort_key
    mend(services.stairwell_renumber, stairwell=stairwell, number="7")
    assert Stairwell.objects.get(pk=stairwell.pk).number == "7"
    assert Unit.objects.get(pk=world.unit.pk).sort_key != before


def test_a_stairwell_is_struck_off_only_without_units(world):
    first, second = world.building.stairwells.order_by("number")
    with pytest.raises(Conflict, match="Units are recorded"):
        mend(services.stairwell_remove, stairwell=first)
    mend(services.stairwell_remove, stairwell=second)
    assert list(world.building.stairwells.all()) == [first]


def test_a_building_is_struck_off_only_without_units_in_use(world):
    strike = {"building": world.building, "on_day": DAY}
    with pytest.raises(Conflict, match="still in use"):
        mend(services.building_demolish, **strike)
    mend(services.unit_demolish, unit=world.unit, on_day=DAY)
    mend(services.building_demolish, **strike)
    assert Building.objects.get(pk=world.building.pk).state == "demolished"
    assert not world.building.memberships.filter(period__contains=DAY).exists()
    with pytest.raises(Conflict, match="not in use any more"):
        mend(services.building_demolish, **strike)


@pytest.mark.parametrize(
    ("action", "model"), [("area_recode", ManagementArea), ("project_recode", Project)]
)
def test_codes_change_by_two_people(world, action, model):
    target = world.management_area if model is ManagementArea else world.project
    clerk, reviewer = make_actor(Role.DESK_CLERK), make_actor(Role.DESK_CONFIRMER)
    keyword = "management_area" if model is ManagementArea else "project"
    with pytest.raises(Refused, match="second person"):
        mend(getattr(services, action), actor=clerk, code="N1", **{keyword: target})
    change = mend(
        services.change_propose, actor=clerk, action=action, target=target, after={"code": "N1"}
    )
    assert change.before == {"code": target.code}
    services.change_approve(actor=reviewer, change=change, at=NOW)
    assert model.objects.get(pk=target.pk).code == "N1"


@pytest.mark.parametrize("first", [date(2019, 6, 1), date(2021, 6, 1)])
def test_the_first_day_of_a_project_takes_fee_and_manager_along(world, first):
    clerk, reviewer = make_actor(Role.DESK_CLERK), make_actor(Role.DESK_CONFIRMER)
    change = mend(
        services.change_propose,
        actor=clerk,
        action="project_redate",
        target=world.project,
        after={"on_day": first.isoformat()},
    )
    services.change_approve(actor=reviewer, change=change, at=NOW)
    project = Project.objects.get(pk=world.project.pk)
    assert project.period.lower == first
    assert project.fees.get().period.lower == first
    assert project.assignments.get().period.lower == first


def test_a_first_day_after_a_fee_that_ended_is_refused(world):
    services.project_fee_change(
        actor=SYSTEM, project=world.project, fee_fen=200, from_day=date(2022, 1, 1), at=NOW
    )
    with pytest.raises(Conflict, match="ended before that day"):
        mend(services.project_redate, project=world.project, from_day=date(2023, 1, 1))
    services.project_end(actor=SYSTEM, project=world.project, on_day=DAY, reason="到期", at=NOW)
    with pytest.raises(InvalidInput):
        mend(services.project_redate, project=world.project, from_day=DAY)


def test_a_manager_leaves_the_trade_after_the_company_and_comes_back(world):
    manager = world.idle_manager
    with pytest.raises(Conflict, match="works for a company"):
        mend(services.manager_retire, manager=manager)
    mend(services.manager_leave, manager=manager, on_day=DAY)
    mend(services.manager_retire, manager=manager)
    assert Manager.objects.get(pk=manager.pk).state == "left"
    services.manager_employ(
        actor=SYSTEM, manager=manager, company=world.company, from_day=DAY, at=NOW
    )
    assert Manager.objects.get(pk=manager.pk).state == "active"


def test_a_certificate_is_corrected(world):
    mend(services.manager_change, manager=world.manager, certificate_number=" 2024-77 ")
    assert Manager.objects.get(pk=world.manager.pk).certificate_number == "2024-77"


@pytest.mark.parametrize("what", ["community", "management_area", "company"])
def test_what_was_closed_by_mistake_is_reopened_with_its_own_right(world, what):
    thing = {"community": world.empty, "company": world.idle_company}.get(what, world.idle_area)
    name = "area" if what == "management_area" else what
    close, reopen = getattr(services, f"{name}_close"), getattr(services, f"{name}_reopen")
    with pytest.raises(Conflict):
        mend(reopen, **{what: thing})
    mend(close, **{what: thing}, **({} if what == "company" else {"on_day": DAY}))
    thing = type(thing).objects.get(pk=thing.pk)
    assert thing.state == "closed"
    with pytest.raises(Refused):
        mend(reopen, actor=make_actor(Role.DESK_CLERK), **{what: thing})
    mend(reopen, actor=make_actor(Role.DESK_CONFIRMER), **{what: thing})
    thing.refresh_from_db()
    assert thing.state == "active"


def test_mending_needs_a_reason(world):
    with pytest.raises(InvalidInput, match="fill in"):
        services.building_renumber(
            actor=SYSTEM, building=world.building, number="8", reason=" ", at=NOW
        )
    assert Building.objects.get(pk=world.building.pk).number == "3"
