"""An account is bound to a home by match and phone code, or at the counter with a witness."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM, Actor, ActorKind, Reach
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.registry import services
from anju.registry.models import HomeBinding, Unit
from anju.registry.services import Holder
from tests.factories.registry import (
    LONG_AGO,
    NOW,
    make_actor,
    make_binding,
    make_building,
    make_community,
    make_owner,
    make_person,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def owner_of(user):
    return Actor(
        kind=ActorKind.USER, role="owner", reach=Reach.OWN, user_id=user.pk, name=user.full_name
    )


def match(unit, user=None, actor=None, **changed):
    user = user or make_user(phone_verified_at=NOW)
    values = {"name": "王小明", "id_number": NUMBER, **changed}
    return services.home_bind_match(
        actor=actor or owner_of(user), user=user, unit=unit, at=NOW, **values
    )


@pytest.fixture
def unit():
    unit = make_unit()
    make_owner(unit, make_person("王小明", id_number=NUMBER))
    return unit


def test_the_owner_is_bound_by_match_and_sees_only_the_own_home(unit):
    make_unit(unit.building, "102")
    user = make_user(phone_verified_at=NOW)
    binding = match(unit, user)
    assert (binding.kind, binding.method) == ("owner", "match")
    assert binding.committee_id == unit.committee_id
    assert list(Unit.objects.visible_to(owner_of(user))) == [unit]


@pytest.mark.parametrize(
    "wrong", [{"name": "王晓明"}, {"id_number": "110105194912310010"}, {"id_number": ""}]
)
def test_every_mismatch_is_told_in_the_same_words(unit, wrong):
    with pytest.raises(Refused, match="does not match the register"):
        match(unit, **wrong)
    assert not HomeBinding.objects.exists()


def test_a_home_of_others_is_told_in_the_same_words(unit):
    with pytest.raises(Refused, match="does not match the register"):
        match(make_unit(unit.building, "102"))


@pytest.mark.parametrize("verified_at", [None, NOW - timedelta(minutes=16)])
def test_without_a_fresh_phone_code_nothing_is_bound(unit, verified_at):
    with pytest.raises(Refused, match="phone with a code"):
        match(unit, make_user(phone_verified_at=verified_at))


def test_nobody_binds_another_account(unit):
    user, other = make_user(phone_verified_at=NOW), make_user()
    with pytest.raises(Refused, match="own account"):
        match(unit, user, actor=owner_of(other))


def test_a_co_owner_is_bound_as_such():
    unit, person = make_unit(), make_person("王小明", id_number=NUMBER)
    services.ownership_record(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=person, num=1, den=2), Holder(person=make_person(), num=1, den=2)],
        on_day=LONG_AGO,
        source="register",
        at=NOW,
    )
    assert match(unit).kind == "co_owner"


def test_one_phone_on_two_owners_is_refused(unit):
    user = make_user(phone_verified_at=NOW)
    match(unit, user)
    other = make_unit(unit.building, "102")
    make_owner(other, make_person("张丽"))
    with pytest.raises(Conflict, match="bound to another owner"):
        make_binding(other, other.ownerships.get().person, user)


def test_the_counter_needs_a_witness_who_is_a_third_person(unit):
    clerk_user, user = make_user(), make_user()
    clerk = make_actor(Role.SUBDISTRICT_CLERK, unit.area.subdistrict, clerk_user)
    person = unit.ownerships.get().person

    def bind(witness):
        return services.home_bind_counter(
            actor=clerk,
            user=user,
            unit=unit,
            person=person,
            kind="owner",
            witness=witness,
            reason="持证到窗口",
            at=NOW,
        )

    for witness in (clerk_user, user):
        with pytest.raises(InvalidInput, match="third person"):
            bind(witness)
    assert bind(make_user()).method == "counter"


def test_only_a_tenant_is_bound_without_owning(unit):
    person = make_person("陈静")
    with pytest.raises(Conflict, match="does not own"):
        make_binding(unit, person)
    assert make_binding(unit, person, kind="tenant").kind == "tenant"


def test_a_binding_ends_with_a_reason_and_the_home_is_gone(unit):
    user = make_user(phone_verified_at=NOW)
    binding = match(unit, user)
    with pytest.raises(InvalidInput):
        services.home_unbind(actor=owner_of(user), binding=binding, reason=" ", at=NOW)
    services.home_unbind(actor=owner_of(user), binding=binding, reason="已出售", at=NOW)
    assert not Unit.objects.visible_to(owner_of(user))
    with pytest.raises(Conflict, match="ended already"):
        services.home_unbind(actor=owner_of(user), binding=binding, reason="再次", at=NOW)


def test_a_stranger_cannot_end_a_binding(unit):
    binding = match(unit)
    with pytest.raises(Refused):
        services.home_unbind(actor=owner_of(make_user()), binding=binding, reason="玩", at=NOW)


def test_a_sale_ends_the_sellers_binding(unit):
    binding = match(unit)
    services.ownership_transfer(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=make_person("张丽"))],
        on_day=LONG_AGO.replace(year=2025),
        source="register",
        reason="买卖",
        at=NOW,
    )
    binding.refresh_from_db()
    assert binding.ended_at == NOW
    assert binding.end_reason


def test_a_home_is_bound_once_to_an_account(unit):
    user = make_user(phone_verified_at=NOW)
    match(unit, user)
    with pytest.raises(Conflict, match="bound to the account already"):
        match(unit, user)


def test_homes_of_one_owner_are_bound_to_one_account(unit):
    person = unit.ownerships.get().person
    second = make_unit(make_building(make_community("和平里")))
    make_owner(second, person)
    user = make_user(phone_verified_at=NOW)
    match(unit, user)
    match(second, user)
    assert Unit.objects.visible_to(owner_of(user)).count() == 2
