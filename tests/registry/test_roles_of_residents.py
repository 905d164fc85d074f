"""A resident's role comes from the home bound, a manager's reach from the projects led."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from anju.access.models import User
from anju.access.queries import actor_for
from anju.access.services.accounts import phone_change
from anju.access.services.posts import post_grant
from anju.access.states import OrganisationKind, Role
from anju.core.actors import SYSTEM, Reach
from anju.core.errors import Conflict
from anju.registry import models, services
from tests.factories import access
from tests.factories.registry import (
    LONG_AGO,
    NOW,
    make_binding,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_management_area,
    make_manager,
    make_own_actor,
    make_owner,
    make_person,
    make_project,
    make_unit,
    make_user,
    period,
)

pytestmark = pytest.mark.django_db


def bound(kind: str, number: str, user: User) -> models.HomeBinding:
    unit = make_unit(make_building(make_community(f"花园{number}"), "1"), number)
    owner = make_person(f"王{number}")
    if kind == "co_owner":
        halves = [services.Holder(person=p, num=1, den=2) for p in (owner, make_person("周同"))]
        services.ownership_record(
            actor=SYSTEM, unit=unit, holders=halves, on_day=LONG_AGO, source="register", at=NOW
        )
    else:
        make_owner(unit, owner)
    person = owner if kind != "tenant" else make_person(f"李{number}")
    binding: models.HomeBinding = make_binding(unit, person, user, kind)
    return binding


def role_of(user: User, home: int | None = None) -> str:
    return actor_for(user, None, timezone.now(), home=home).role


def test_somebody_bound_to_no_home_is_an_owner_to_be():
    assert role_of(make_user()) == "owner"


@pytest.mark.parametrize("kind", ["owner", "co_owner", "tenant"])
def test_the_role_is_that_of_the_binding_and_ends_with_it(kind):
    user = make_user()
    binding = bound(kind, "101", user)
    assert role_of(user) == kind
    services.home_unbind(actor=SYSTEM, binding=binding, reason="不再居住", at=timezone.now())
    assert role_of(user) == "owner"


def test_the_chosen_home_decides_and_the_page_offers_each():
    user = make_user()
    person = make_person("王小明")
    homes = {}
    for kind, number in (("tenant", "101"), ("owner", "102")):
        unit = make_unit(make_building(make_community(f"花园{number}"), "1"), number)
        make_owner(unit, person if kind == "owner" else make_person("房东"))
        homes[kind] = make_binding(unit, person, user, kind).unit_id
    assert role_of(user) == "owner"  # the strongest, while none is chosen
    assert role_of(user, homes["tenant"]) == "tenant"
    assert role_of(user, make_unit().pk) == "owner"  # a home of somebody else is no choice
    client = Client()
    client.force_login(user)
    page = client.get("/account/post").content.decode()
    assert f"home-{homes['tenant']}" in page
    assert client.post("/account/post", {"post": f"home-{homes['tenant']}"}).status_code == 302
    assert client.session["anju_home"] == homes["tenant"]
    assert client.post("/account/post", {"post": "home-999999"}).status_code == 404
    assert client.session["anju_home"] == homes["tenant"]
    assert client.post("/account/post", {"post": "owner"}).status_code == 302
    assert "anju_home" not in client.session


def test_a_member_of_an_owners_committee_is_granted_a_post():
    committee = make_committee()
    office = access.make_organisation(kind=OrganisationKind.COMMITTEE, area=committee)
    user, at = make_user(), timezone.now()
    post = post_grant(
        actor=access.make_actor(role=Role.SECURITY_ADMIN), user=user, organisation=office,
        role="committee_member", area=committee, valid_from=at.date(), valid_to=None,
        reason="业主大会选举", at=at,
    )  # fmt: skip
    actor = actor_for(user, post, timezone.now())
    assert (actor.role, actor.reach) == ("committee_member", Reach.OWN)


# Project managers


def test_a_project_manager_sees_the_projects_led_and_not_all_of_the_company():
    company = make_company("云城安居物业有限公司")
    user = make_user()
    manager = make_manager(company)
    models.Manager.objects.filter(pk=manager.pk).update(user=user)
    projects, homes = [], []
    for name in ("甲", "乙"):
        house = make_building(make_community(f"{name}花园"))
        homes.append(make_unit(house))
        area = make_management_area([house], name=f"{name}区")
        projects.append(make_project(area, company))
    models.ManagerAssignment.objects.create(
        project=projects[0], manager=manager, period=period(NOW.date())
    )
    office = company.organisation
    leader = access.make_post(role=Role.PROJECT_MANAGER, user=user, organisation=office)
    admin = access.make_post(role=Role.COMPANY_ADMIN, organisation=office)
    led, whole = (actor_for(p.user, p, timezone.now()) for p in (leader, admin))
    assert led.reach is Reach.PROJECTS
    for model, mine in (
        (models.Project, projects[0]),
        (models.ManagementArea, projects[0].management_area),
        (models.Community, homes[0].community),
        (models.Building, homes[0].building),
        (models.Unit, homes[0]),
    ):
        assert list(model.objects.visible_to(led)) == [mine], model
        assert model.objects.visible_to(whole).count() == 2, model
    assert list(models.Company.objects.visible_to(led)) == [company]
    # Who leads none sees none, whatever the company serves.
    idle = access.make_post(role=Role.PROJECT_MANAGER, organisation=office)
    assert not models.Project.objects.visible_to(actor_for(idle.user, idle, timezone.now()))


# Phones


def test_a_phone_that_was_given_up_is_free_for_its_next_holder():
    first, second = make_user(), make_user()
    bound("owner", "101", first)
    given_up = first.phone
    phone_change(actor=make_own_actor(first), user=first, phone="13900000077", at=timezone.now())
    phone_change(actor=make_own_actor(second), user=second, phone=given_up, at=timezone.now())
    assert bound("owner", "102", second).user == second


def test_a_phone_bound_to_another_owner_is_not_taken_over():
    """The number in use stays refused: two people behind one phone are separated first."""
    first, second = make_user(), make_user()
    held = bound("owner", "101", first)
    bound("owner", "102", second)
    phone_change(actor=make_own_actor(second), user=second, phone="13900000078", at=timezone.now())
    other = models.HomeBinding.objects.get(user=second)
    assert bytes(other.phone_hash) != bytes(held.phone_hash)
    with pytest.raises(Conflict):
        phone_change(
            actor=make_own_actor(second), user=second, phone=first.phone, at=timezone.now()
        )
    assert User.objects.get(pk=second.pk).phone == "13900000078"
