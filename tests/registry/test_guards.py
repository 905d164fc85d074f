"""What stands in the way of an end or a change, one test each."""

from __future__ import annotations

from datetime import date

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM, Reach
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.registry import services
from anju.registry.models import AreaBuilding, ChangeRequest, ManagerAssignment, Ownership, Person
from tests.factories import registry
from tests.factories.registry import NOW, make_actor, make_owner, make_person, make_unit, period
from tests.factories.samples import DAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_a_manager_who_leads_a_project_does_not_leave_the_company(world):
    with pytest.raises(Conflict, match="still leads a project"):
        services.manager_leave(
            actor=SYSTEM, manager=world.manager, on_day=DAY, reason="离职", at=NOW
        )
    services.manager_leave(
        actor=SYSTEM, manager=world.idle_manager, on_day=DAY, reason="离职", at=NOW
    )
    assert not world.idle_manager.employments.filter(period__contains=DAY).exists()


def test_a_manager_who_leads_anothers_project_does_not_change_company(world):
    with pytest.raises(Conflict, match="leads a project of another company"):
        services.manager_employ(
            actor=SYSTEM, manager=world.manager, company=world.idle_company, from_day=DAY, at=NOW
        )
    services.manager_employ(
        actor=SYSTEM, manager=world.idle_manager, company=world.company, from_day=DAY, at=NOW
    )


def test_a_manager_of_another_company_does_not_lead_the_project(world):
    with pytest.raises(Conflict, match="does not work for the company"):
        services.project_manager_change(
            actor=SYSTEM, project=world.project, manager=world.idle_manager, from_day=DAY, at=NOW
        )
    assert ManagerAssignment.objects.get().manager == world.manager


@pytest.mark.parametrize("begun", [True, False])
def test_a_company_that_serves_or_will_serve_is_not_closed(world, begun):
    company = world.company
    if not begun:
        company = world.idle_company
        registry.make_project(world.idle_area, company, from_day=date(2030, 1, 1), fees={})
    with pytest.raises(Conflict, match="still serves a project"):
        services.company_close(actor=SYSTEM, company=company, reason="注销", at=NOW)


def test_a_community_with_units_in_use_is_not_closed(world):
    with pytest.raises(Conflict, match="still in use"):
        services.community_close(
            actor=SYSTEM, community=world.community, on_day=DAY, reason="拆除", at=NOW
        )
    services.community_close(actor=SYSTEM, community=world.empty, on_day=DAY, reason="拆除", at=NOW)
    with pytest.raises(Conflict, match="closed"):
        services.building_add(actor=SYSTEM, community=_again(world.empty), number="7", at=NOW)


def _again(row):
    return type(row).objects.get(pk=row.pk)


def test_an_area_that_is_served_is_not_closed(world):
    area = world.management_area
    with pytest.raises(Conflict, match="still serves the area"):
        services.area_close(actor=SYSTEM, management_area=area, on_day=DAY, reason="撤销", at=NOW)
    services.area_close(
        actor=SYSTEM, management_area=world.idle_area, on_day=DAY, reason="撤销", at=NOW
    )
    assert not AreaBuilding.objects.filter(building=world.bare, period__contains=DAY).exists()


def test_a_person_on_file_is_erased_by_two_people(world):
    clerk, reviewer = make_actor(Role.DESK_CLERK), make_actor(Role.DESK_CONFIRMER)
    with pytest.raises(Refused, match="second person"):
        services.person_erase(actor=clerk, person=world.person, reason="申请", at=NOW)
    change = services.change_propose(
        actor=clerk, action="person_erase", target=world.person, after={"erase": True},
        reason="本人申请", at=NOW,
    )  # fmt: skip
    services.change_approve(actor=reviewer, change=change, at=NOW)
    assert Person.objects.get(pk=world.person.pk).state == "erased"


def test_a_fee_changes_by_two_people_and_within_a_year(world):
    clerk, reviewer = make_actor(Role.DESK_CLERK), make_actor(Role.DESK_CONFIRMER)

    def propose(day):
        return services.change_propose(
            actor=clerk, action="project_fee_change", target=world.project, reason="调价", at=NOW,
            after={"unit_kind": "home", "fee_fen": 220, "on_day": day},
        )  # fmt: skip

    with pytest.raises(Refused, match="second person"):
        services.project_fee_change(
            actor=clerk, project=world.project, fee_fen=999, from_day=DAY, at=NOW
        )
    for day in ("2021-01-01", "2028-01-01"):
        with pytest.raises(InvalidInput, match="at most a year"):
            propose(day)
    change = propose("2026-07-01")
    assert change.before == {"fee_fen": 185}
    services.change_approve(actor=reviewer, change=change, at=NOW)
    fees = world.project.fees.order_by("period").values_list("fee_fen", flat=True)
    assert list(fees) == [185, 220]


def test_a_company_proposes_the_fee_of_its_own_project_only(world):
    own = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=world.company.organisation_id
    )
    other = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=world.idle_company.organisation_id
    )
    after = {"unit_kind": "home", "fee_fen": 220, "on_day": "2026-07-01"}
    common = {"action": "project_fee_change", "target": world.project, "after": after}
    with pytest.raises(Refused):
        services.change_propose(actor=other, reason="调价", at=NOW, **common)
    services.change_propose(actor=own, reason="调价", at=NOW, **common)
    with pytest.raises(Refused):
        services.change_propose(
            actor=own, action="person_erase", target=world.manager.person, after={"erase": True},
            reason="离职", at=NOW,
        )  # fmt: skip


def test_an_identity_number_changes_by_two_people_and_is_sealed_meanwhile(world):
    clerk, reviewer = make_actor(Role.DESK_CLERK), make_actor(Role.DESK_CONFIRMER)
    number = registry.identity()
    with pytest.raises(Refused, match="second person"):
        services.person_identity_change(
            actor=clerk, person=world.person, id_number=number, reason="更正", at=NOW
        )
    with pytest.raises(InvalidInput, match="check every digit"):
        services.identity_proposal(world.person, number[:-2] + "00")
    change = services.change_propose(
        actor=clerk, action="person_identity_change", target=world.person, reason="更正", at=NOW,
        after=services.identity_proposal(world.person, number),
    )  # fmt: skip
    kept = str(ChangeRequest.objects.values().get())
    assert number not in kept
    services.change_approve(actor=reviewer, change=change, at=NOW)
    shown = services.person_reveal_identity(
        actor=SYSTEM, person=_again(world.person), reason="核对材料", at=NOW
    )
    assert shown.id_number == number


def test_an_end_of_ownership_on_file_stays_with_the_parts(world):
    spell = Ownership.objects.get(unit=world.unit)
    spell.period = period(spell.period.lower, date(2027, 1, 1))
    spell.save()
    parts = [services.Part(number=n, area_dm2=a) for n, a in (("A", 4000), ("B", 4950))]
    made = services.unit_split(
        actor=SYSTEM, unit=world.unit, parts=parts, on_day=DAY, reason="分户", at=NOW
    )
    assert {one.ownerships.get().period.upper for one in made} == {date(2027, 1, 1)}


def test_units_whose_owners_end_on_other_days_are_not_merged(world):
    twin = make_unit(world.building, "503")
    make_owner(twin, world.person)
    spell = Ownership.objects.get(unit=world.unit)
    spell.period = period(spell.period.lower, date(2027, 1, 1))
    spell.save()
    with pytest.raises(Conflict, match="different owners"):
        services.unit_merge(
            actor=SYSTEM, units=[world.unit, twin], number="5", on_day=DAY, reason="打通", at=NOW
        )


def test_a_merger_over_stairwells_and_floors_says_where_it_lies(world):
    first, second = world.building.stairwells.order_by("number")
    units = [
        make_unit(world.building, "601", stairwell=first, floor=6),
        make_unit(world.building, "702", stairwell=second, floor=7),
    ]
    for unit in units:
        make_owner(unit, world.person)
    common = {"units": units, "number": "601-702", "on_day": DAY, "reason": "打通", "at": NOW}
    with pytest.raises(InvalidInput, match="several stairwells"):
        services.unit_merge(actor=SYSTEM, floor=6, **common)
    with pytest.raises(InvalidInput, match="several floors"):
        services.unit_merge(actor=SYSTEM, stairwell=second, **common)
    made = services.unit_merge(actor=SYSTEM, stairwell=second, floor=6, **common)
    assert (made.stairwell, made.floor) == (second, 6)


def test_who_registers_a_person_sees_the_person(world):
    clerk = make_actor(Role.SUBDISTRICT_CLERK, world.place.subdistrict)
    person = services.person_register(actor=clerk, name="赵新", at=NOW)
    above = make_actor(Role.DISTRICT_CLERK, world.place.district)
    away = make_actor(Role.DISTRICT_CLERK, world.away.district)
    seen = [
        Person.objects.visible_to(a).filter(pk=person.pk).exists() for a in (clerk, above, away)
    ]
    assert seen == [True, True, False]


def test_officials_see_who_leads_a_project_in_their_place(world):
    person = world.manager.person
    here = make_actor(Role.DISTRICT_CLERK, world.place.district)
    away = make_actor(Role.DISTRICT_CLERK, world.away.district)
    assert Person.objects.visible_to(here).filter(pk=person.pk).exists()
    assert not Person.objects.visible_to(away).filter(pk=person.pk).exists()


def test_a_company_opens_a_managers_file_with_the_person_in_one_step(world):
    boss = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=world.company.organisation_id
    )
    number = registry.identity()
    enter = {"company": world.company, "from_day": DAY, "id_number": number, "at": NOW}
    manager = services.manager_enter(actor=boss, name="赵新", **enter)
    assert Person.objects.visible_to(boss).filter(manager=manager).exists()
    with pytest.raises(Conflict, match="file already"):
        services.manager_enter(actor=boss, name="赵新", **enter)
    with pytest.raises(Conflict, match="another name"):
        services.manager_enter(actor=boss, name="赵旧", **enter)
    known = make_person("钱多", id_number=(other := registry.identity()))
    made = services.manager_enter(actor=boss, name="钱多", **{**enter, "id_number": other})
    assert made.person == known
