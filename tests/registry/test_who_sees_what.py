"""Scope comes first: each sees the own place, company or home, and the public little."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM, Actor, ActorKind, Elevation, Reach
from anju.core.errors import Conflict
from anju.registry import models, queries, services
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_management_area,
    make_manager,
    make_owner,
    make_project,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
PLACED = [models.Community, models.Building, models.Unit, models.ManagementArea, models.Project]
ANYBODY = Actor(kind=ActorKind.ANONYMOUS, role="anonymous", reach=Reach.PUBLIC)


@pytest.fixture
def two_places():
    """One home, area and project in each of two districts, served by two companies."""
    found = []
    for street, district, name in (
        ("和平社区", "云山区", "甲"),
        ("东湖社区", "河东区", "乙"),
    ):
        house = make_building(make_community(f"{name}花园", make_committee(street, district)))
        unit = make_unit(house)
        make_owner(unit)
        project = make_project(
            make_management_area([house], name=f"{name}区"), make_company(f"{name}物业有限公司")
        )
        found.append((unit, project))
    return found


def of(model, unit, project):
    return {
        models.Community: unit.community,
        models.Building: unit.building,
        models.Unit: unit,
        models.ManagementArea: project.management_area,
        models.Project: project,
    }[model]


@pytest.mark.parametrize("model", PLACED)
@pytest.mark.parametrize("level", ["district", "subdistrict", "committee"])
def test_officials_see_their_place(two_places, model, level):
    (unit, project), _other = two_places
    actor = make_actor(Role.DISTRICT_CLERK, getattr(unit, level))
    assert list(model.objects.visible_to(actor)) == [of(model, unit, project)]


@pytest.mark.parametrize("model", PLACED)
def test_a_company_sees_what_it_serves_today(two_places, model):
    (unit, project), _other = two_places
    actor = make_actor(
        Role.COMPANY_ADMIN,
        reach=Reach.COMPANY,
        organisation_id=project.company.organisation_id,
    )
    assert list(model.objects.visible_to(actor)) == [of(model, unit, project)]
    services.project_end(
        actor=SYSTEM,
        project=project,
        on_day=datetime(2021, 1, 1, tzinfo=UTC).date(),
        reason="到期",
        at=NOW,
    )
    left = list(model.objects.visible_to(actor))
    assert left == ([project] if model is models.Project else [])


@pytest.mark.parametrize("model", [*PLACED, models.Person, models.HomeBinding])
def test_nobody_and_a_fresh_operator_see_nothing(two_places, model):
    for reach in (Reach.NOTHING,):
        actor = Actor(kind=ActorKind.USER, role="system_admin", reach=reach)
        assert not model.objects.visible_to(actor).exists()


def test_an_elevation_opens_only_the_named_rows(two_places):
    (unit, _project), (_other, _p) = two_places
    actor = Actor(
        kind=ActorKind.USER,
        role="system_admin",
        reach=Reach.NOTHING,
        elevation=Elevation(id=1, rows=frozenset({f"registry.unit:{unit.pk}"}), ends_at=NOW),
    )
    assert list(models.Unit.objects.visible_to(actor)) == [unit]
    assert not models.Community.objects.visible_to(actor).exists()
    assert not models.Person.objects.visible_to(actor).exists()


def test_the_public_sees_no_home_and_no_person(two_places):
    assert not models.Unit.objects.visible_to(ANYBODY).exists()
    assert not models.Person.objects.visible_to(ANYBODY).exists()
    assert models.Community.objects.visible_to(ANYBODY).count() == 2
    assert models.Company.objects.visible_to(ANYBODY).count() == 2


def test_people_are_seen_where_they_own(two_places):
    (unit, _p), (_other, _q) = two_places
    actor = make_actor(Role.COMMITTEE_CLERK, unit.committee)
    assert list(models.Person.objects.visible_to(actor)) == [unit.ownerships.get().person]


def test_counts_from_the_tallies_equal_counts_of_rows(two_places):
    (unit, _p), _other = two_places
    make_unit(unit.building, "102")
    make_unit(unit.building, "1", kind="garage", stairwell=None, registered_dm2=1200)
    for actor in (SYSTEM, *(make_actor(Role.DESK_CLERK, a) for a in (unit.district, unit.area))):
        for equal in ({}, {"kind": "home"}, {"community_id": unit.community_id}, {"floor": 1}):
            rows = models.Unit.objects.visible_to(actor).filter(**equal).count()
            assert queries.unit_count(actor, **equal) == rows
    total = queries.community_total(unit.community)
    assert (total.units, total.area_dm2) == (2, 17900)
    area = models.AreaBuilding.objects.get(building=unit.building).management_area
    assert queries.management_area_total(area, NOW.date()).units == 3


def test_a_tally_follows_every_way_a_unit_changes(two_places):
    (unit, _p), _other = two_places

    def check():
        rows = models.Unit.objects.all()
        for tally in models.UnitTally.objects.all():
            same = rows.filter(building=tally.building, kind=tally.kind, state=tally.state)
            assert tally.units == same.count()
            assert tally.area_dm2 == sum(u.area_dm2 for u in same)
        assert sum(models.UnitTally.objects.values_list("units", flat=True)) == rows.count()

    services.unit_measure(actor=SYSTEM, unit=unit, areas={"registered_dm2": 7777}, at=NOW)
    check()
    services.unit_change(actor=SYSTEM, unit=unit, fields={"kind": "commercial"}, at=NOW)
    check()
    extra = make_unit(unit.building, "103")
    check()
    extra.delete()
    check()


def test_a_published_telephone_is_never_a_sign_in_phone():
    user = make_user(phone="13800138000")
    manager = make_manager()
    with pytest.raises(Conflict, match="signs in"):
        services.manager_publish_phone(actor=SYSTEM, manager=manager, phone="138 0013 8000", at=NOW)
    services.manager_publish_phone(actor=SYSTEM, manager=manager, phone="13900139000", at=NOW)
    from django.db import IntegrityError, transaction

    user.phone = "13900139000"
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        user.save()


def test_a_wrong_credit_code_and_a_taken_one_are_told():
    from anju.core.errors import InvalidInput

    with pytest.raises(InvalidInput) as refused:
        make_company(code="91350100M000100Y4Z")
    assert list(refused.value.errors) == ["code"]
    make_company("甲公司", code="91350100M000100Y43")
    with pytest.raises(Conflict, match="on file already"):
        make_company("乙公司", code="91350100m000100y43")


def test_a_branch_belongs_to_its_company():
    parent = make_company("甲物业有限公司")
    branch = services.branch_add(
        actor=SYSTEM, parent=parent, code="91330100799655058B", name="甲物业云城分公司", at=NOW
    )
    assert branch.parent == parent
    with pytest.raises(Conflict, match="no branches"):
        services.branch_add(
            actor=SYSTEM, parent=branch, code="914403001922038216", name="丙", at=NOW
        )


@pytest.mark.parametrize("model", [*PLACED, models.Company, models.Manager, models.Person])
def test_an_actor_without_an_organisation_or_a_home_sees_nothing(two_places, model):
    make_company("云城置业有限公司", kind="developer")
    actor = make_actor(Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=None)
    assert not model.objects.visible_to(actor).exists()
    if model in PLACED or model is models.Person:
        owner = make_actor(Role.OWNER, reach=Reach.OWN)
        assert not model.objects.visible_to(owner).exists()


def test_a_clerk_without_the_place_cannot_register_there(two_places):
    from anju.core.errors import Refused

    (unit, _p), (other, _q) = two_places
    for actor in (
        make_actor(Role.SUBDISTRICT_CLERK, unit.subdistrict),
        make_actor(Role.SUBDISTRICT_CLERK, reach=Reach.SUBDISTRICT),
        make_actor(Role.INSPECTOR),
    ):
        with pytest.raises(Refused):
            services.community_register(
                actor=actor, area=other.area, code="N1", name="新", kind="old", at=NOW
            )
