"""An account is bound to a home by match and phone code, or at the counter with a witness."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.time import legal_day
from anju.registry import services
from anju.registry.models import HomeBinding, Unit
from anju.registry.services import Holder
from tests.factories.access import make_organisation, make_post
from tests.factories.registry import (
    LONG_AGO,
    NOW,
    identity,
    make_actor,
    make_binding,
    make_building,
    make_committee,
    make_community,
    make_own_actor,
    make_owner,
    make_person,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"
OTHER_NUMBER = identity(777)
PHONE = "13800138000"


def owner_of(user):
    return make_own_actor(user)


def claim(unit, user=None, **changed):
    user = user or make_user()
    values = {"name": "王小明", "id_number": NUMBER, **changed}
    return services.home_claim(actor=owner_of(user), user=user, unit=unit, at=NOW, **values)


def match(unit, user=None, actor=None, proved_at=NOW):
    """Claim, then bind as if the code to the register's phone had been given."""
    user = user or make_user()
    spell = claim(unit, user)
    assert spell is not None
    return services.home_bind_match(
        actor=actor or owner_of(user), user=user, unit=unit, person=spell.person,
        proved_at=proved_at, at=NOW,
    )  # fmt: skip


def sell(unit, *holders):
    services.ownership_transfer(
        actor=SYSTEM, unit=unit, holders=list(holders), on_day=LONG_AGO.replace(year=2025),
        source="register", reason="买卖", at=NOW,
    )  # fmt: skip


@pytest.fixture
def unit():
    unit = make_unit()
    make_owner(unit, make_person("王小明", id_number=NUMBER, phone=PHONE))
    return unit


def test_the_owner_is_bound_by_match_and_sees_only_the_own_home(unit):
    make_unit(unit.building, "102")
    user = make_user()
    binding = match(unit, user)
    assert (binding.kind, binding.method) == ("owner", "match")
    assert binding.committee_id == unit.committee_id
    assert list(Unit.objects.visible_to(owner_of(user))) == [unit]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "王晓明"}, {"id_number": "110105194912310010"}, {"id_number": ""}, {"name": ""}],
)
def test_no_mismatch_tells_which_it_was_and_each_try_is_journaled(unit, wrong, journal_rows):
    journal_rows.clear()
    assert claim(unit, **wrong) is None
    assert [(r.action, r.result) for r in journal_rows] == [("registry.home_claim", "refused")]
    assert not HomeBinding.objects.exists()


def test_a_home_of_others_does_not_match(unit):
    assert claim(make_unit(unit.building, "102")) is None


def test_without_a_phone_of_ones_own_in_the_register_nothing_matches(unit):
    person = unit.ownerships.get().person
    assert services.bindings.code_phone(person) == PHONE
    make_person("张丽", phone=PHONE)  # the same phone in another file proves neither
    assert claim(unit) is None
    alone = make_unit(unit.building, "103")
    make_owner(alone, make_person("李强", id_number=OTHER_NUMBER))
    assert claim(alone, name="李强", id_number=OTHER_NUMBER) is None


def test_a_fixed_telephone_takes_no_code(unit):
    other = make_unit(unit.building, "104")
    person = make_owner(other, make_person("李强", phone="0516-83661234"))
    with pytest.raises(Refused, match="does not match"):
        services.bindings.code_phone(person)


@pytest.mark.parametrize("proved_at", [NOW - timedelta(minutes=16), NOW + timedelta(seconds=1)])
def test_without_a_fresh_phone_code_nothing_is_bound(unit, proved_at):
    with pytest.raises(Refused, match="phone with a code"):
        match(unit, proved_at=proved_at)
    assert not HomeBinding.objects.exists()


def test_a_sale_between_match_and_code_binds_nobody(unit):
    user, spell = make_user(), claim(unit)
    sell(unit, Holder(person=make_person("张丽")))
    with pytest.raises(Refused, match="does not match"):
        services.home_bind_match(
            actor=owner_of(user), user=user, unit=unit, person=spell.person, proved_at=NOW, at=NOW
        )


def test_nobody_binds_another_account(unit):
    user, other = make_user(), make_user()
    with pytest.raises(Refused, match="own account"):
        match(unit, user, actor=owner_of(other))
    clerk = make_actor(Role.DESK_CLERK)
    with pytest.raises(Refused):
        match(unit, user, actor=clerk)


def test_a_co_owner_is_bound_as_such():
    unit, person = make_unit(), make_person("王小明", id_number=NUMBER, phone=PHONE)
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
    user = make_user()
    match(unit, user)
    other = make_unit(unit.building, "102")
    make_owner(other, make_person("张丽"))
    with pytest.raises(Conflict, match="bound to another owner"):
        make_binding(other, other.ownerships.get().person, user)


def at_the_counter(unit, clerk, witness, **changed):
    values = {
        "user": make_user(),
        "person": unit.ownerships.get().person,
        "kind": "owner",
        "papers": ["id_card", "title"],
        "reason": "持证到窗口",
        **changed,
    }
    return services.home_bind_counter(actor=clerk, unit=unit, witness=witness, at=NOW, **values)


def official(role, area, kind):
    return make_post(
        role=role, area=area, organisation=make_organisation(kind=kind, area=area)
    ).user


def test_the_counter_needs_a_second_official_as_witness(unit):
    clerk_user, user = make_user(), make_user()
    clerk = make_actor(Role.SUBDISTRICT_CLERK, unit.subdistrict, clerk_user)
    for witness in (clerk_user, user):
        with pytest.raises(InvalidInput, match="third person"):
            at_the_counter(unit, clerk, witness, user=user)
    away = make_committee("东风社区", "青川区")
    for witness in (
        make_user(),  # nobody's official
        make_post(role=Role.COMPANY_ADMIN).user,
        official(Role.COMMITTEE_CLERK, away, "committee"),  # of another place
    ):
        with pytest.raises(InvalidInput, match="second official"):
            at_the_counter(unit, clerk, witness)
    witness = official(Role.COMMITTEE_CLERK, unit.committee, "committee")
    binding = at_the_counter(unit, clerk, witness)
    assert (binding.method, binding.papers) == ("counter", ["id_card", "title"])
    assert binding.witness_post.user == witness


def test_a_witness_of_the_clerks_own_post_is_none(unit):
    post = make_post(
        role=Role.COMMITTEE_CLERK, area=unit.committee,
        organisation=make_organisation(kind="committee", area=unit.committee),
    )  # fmt: skip
    clerk = make_actor(Role.COMMITTEE_CLERK, unit.committee, make_user(), post_id=post.pk)
    with pytest.raises(InvalidInput, match="second official"):
        at_the_counter(unit, clerk, post.user)


@pytest.mark.parametrize("papers", [[], ["unrecorded"], ["id_card", "passport of the moon"]])
def test_papers_are_recorded(unit, papers):
    clerk = make_actor(Role.COMMITTEE_CLERK, unit.committee)
    witness = official(Role.SUBDISTRICT_CLERK, unit.subdistrict, "subdistrict")
    with pytest.raises(InvalidInput, match="Tick the papers"):
        at_the_counter(unit, clerk, witness, papers=papers)


def test_the_database_takes_no_counter_binding_without_papers(unit):
    binding = match(unit)
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeBinding.objects.filter(pk=binding.pk).update(method="counter", witness=make_user())


def test_a_counter_far_away_binds_nobody(unit):
    clerk = make_actor(Role.COMMITTEE_CLERK, make_committee("东风社区", "青川区"))
    witness = official(Role.SUBDISTRICT_CLERK, unit.subdistrict, "subdistrict")
    with pytest.raises(Refused):
        at_the_counter(unit, clerk, witness)


def test_only_a_tenant_is_bound_without_owning(unit):
    person = make_person("陈静")
    with pytest.raises(Conflict, match="does not own"):
        make_binding(unit, person)
    assert make_binding(unit, person, kind="tenant").kind == "tenant"


def test_a_binding_ends_with_a_reason_and_the_home_is_gone(unit):
    user = make_user()
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


def invite(unit, owner_user, tenant_user, **changed):
    binding = HomeBinding.objects.get(unit=unit, user=owner_user)
    values = {
        "tenant_name": "陈静",
        "phone": tenant_user.phone,
        "first_day": date(2026, 5, 1),
        "last_day": date(2026, 8, 31),
        **changed,
    }
    return services.tenant_invite(actor=owner_of(owner_user), binding=binding, at=NOW, **values)


def accept(invitation, user, at=NOW, **changed):
    values = {"name": "陈静", "id_number": OTHER_NUMBER, **changed}
    return services.invitation_accept(
        actor=owner_of(user), user=user, invitation=invitation, at=at, **values
    )


def test_an_owner_invites_a_tenant_who_accepts_and_is_no_owner(unit, messages):
    owner, tenant = make_user(), make_user()
    match(unit, owner)
    invitation = invite(unit, owner, tenant)
    sms = [m for m in messages if m["template"] == "registry.tenant_invited"]
    assert [(m["channel"], m["to"]) for m in sms] == [("sms", tenant.phone)]
    binding = accept(invitation, tenant)
    assert (binding.kind, binding.method) == ("tenant", "invitation")
    assert binding.last_day == date(2026, 8, 31)
    assert not binding.person.ownerships.exists()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.accepted) == ("accepted", binding)
    told = {m["to"] for m in messages if m["template"] == "registry.owner_told_bound"}
    assert told == {str(owner.pk), owner.phone}
    with pytest.raises(Conflict, match="over"):
        accept(invitation, tenant)


def test_only_the_invited_phone_and_name_accept(unit):
    owner, tenant = make_user(), make_user()
    match(unit, owner)
    invitation = invite(unit, owner, tenant)
    with pytest.raises(Refused, match="does not match"):
        accept(invitation, make_user())
    with pytest.raises(Refused, match="does not match"):
        accept(invitation, tenant, name="陈晶")
    with pytest.raises(Refused, match="does not match"):  # somebody else's number
        accept(invitation, tenant, id_number=NUMBER)
    with pytest.raises(InvalidInput, match="not an identity number"):
        accept(invitation, tenant, id_number="123")
    assert HomeBinding.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": "12"}, "11 digits"),
        ({"last_day": date(2026, 4, 30)}, "not before it begins"),
        ({"first_day": date(2025, 1, 1), "last_day": date(2026, 5, 31)}, "today or later"),
        ({"last_day": date(2056, 5, 31)}, "twenty years"),
        ({"tenant_name": " "}, "fill in"),
    ],
)
def test_an_invitation_that_does_not_fit_names_the_field(unit, changed, words):
    owner = make_user()
    match(unit, owner)
    with pytest.raises(InvalidInput, match=words):
        invite(unit, owner, make_user(), **changed)


def test_a_tenant_invites_nobody_and_accepts_not_before_the_first_day(unit):
    owner, tenant = make_user(), make_user()
    match(unit, owner)
    with pytest.raises(Conflict, match="begins on"):
        accept(invite(unit, owner, tenant, first_day=date(2026, 6, 2)), tenant)
    other = make_user()
    accept(invite(unit, owner, other), other)
    with pytest.raises(Refused, match="Only an owner"):
        invite(unit, other, make_user())


def test_a_tenancy_ends_with_its_last_day_also_before_the_job_ran(unit):
    owner, tenant = make_user(), make_user()
    match(unit, owner)
    last = legal_day(timezone.now()) - timedelta(days=1)
    binding = make_binding(unit, make_person("陈静"), tenant, kind="tenant")
    HomeBinding.objects.filter(pk=binding.pk).update(last_day=last)
    assert not Unit.objects.visible_to(owner_of(tenant))
    assert services.tenancies_end_due(actor=SYSTEM, at=timezone.now()) == 1
    assert services.tenancies_end_due(actor=SYSTEM, at=timezone.now()) == 0
    binding.refresh_from_db()
    assert binding.end_reason
    assert HomeBinding.objects.active().get().user == owner


def test_the_last_day_itself_still_counts(unit):
    tenant = make_user()
    binding = make_binding(unit, make_person("陈静"), tenant, kind="tenant")
    HomeBinding.objects.filter(pk=binding.pk).update(last_day=legal_day(timezone.now()))
    assert list(Unit.objects.visible_to(owner_of(tenant))) == [unit]
    assert services.tenancies_end_due(actor=SYSTEM, at=timezone.now()) == 0


def test_an_owner_ends_a_tenants_binding_and_a_tenant_not_the_owners(unit):
    owner, tenant = make_user(), make_user()
    own = match(unit, owner)
    tenancy = accept(invite(unit, owner, tenant), tenant)
    with pytest.raises(Refused):
        services.home_unbind(actor=owner_of(tenant), binding=own, reason="搬走", at=NOW)
    services.home_unbind(actor=owner_of(owner), binding=tenancy, reason="退租", at=NOW)
    tenancy.refresh_from_db()
    assert tenancy.end_reason == "退租"


def test_an_owner_does_not_end_a_co_owners_binding(unit):
    husband, wife = make_user(), make_user()
    match(unit, husband)
    sell(
        unit,
        Holder(person=unit.ownerships.get().person, num=1, den=2),
        Holder(person=make_person("张丽"), num=1, den=2),
    )
    other = make_binding(unit, unit.ownerships.get(person__name="张丽").person, wife)
    assert other.kind == "co_owner"
    with pytest.raises(Refused):
        services.home_unbind(actor=owner_of(husband), binding=other, reason="争执", at=NOW)


def test_a_sale_ends_the_sellers_binding_and_who_was_invited_and_tells_both(unit, messages):
    owner, tenant, leaseholder = make_user(), make_user(), make_user()
    binding = match(unit, owner)
    tenancy = accept(invite(unit, owner, tenant), tenant)
    waiting = invite(unit, owner, make_user())
    lease = make_binding(unit, make_person("周杰"), leaseholder, kind="tenant")
    sell(unit, Holder(person=make_person("张丽")))
    for ended in (binding, tenancy):
        ended.refresh_from_db()
        assert ended.ended_at == NOW
        assert ended.end_reason
    waiting.refresh_from_db()
    assert waiting.state == "lapsed"
    lease.refresh_from_db()
    assert lease.ended_at is None  # a filed lease outlives the sale
    told = {m["to"] for m in messages if m["template"] == "registry.home_unbound"}
    assert told == {str(owner.pk), owner.phone, str(tenant.pk), tenant.phone}


def test_who_keeps_a_share_stays_bound_as_co_owner(unit):
    binding = match(unit)
    half = Holder(person=unit.ownerships.get().person, num=1, den=2)
    sell(unit, half, Holder(person=make_person("张丽"), num=1, den=2))
    binding.refresh_from_db()
    assert (binding.ended_at, binding.kind) == (None, "co_owner")


def test_a_home_is_bound_once_to_an_account(unit):
    user = make_user()
    match(unit, user)
    with pytest.raises(Conflict, match="bound to the account already"):
        match(unit, user)


def test_homes_of_one_owner_are_bound_to_one_account(unit):
    person = unit.ownerships.get().person
    second = make_unit(make_building(make_community("和平里")))
    make_owner(second, person)
    user = make_user()
    match(unit, user)
    match(second, user)
    assert Unit.objects.visible_to(owner_of(user)).count() == 2


def shared_phone(unit):
    """Two people of one building with one phone; the first is bound with it."""
    user = make_user(phone=PHONE)
    binding = make_binding(unit, unit.ownerships.get().person, user)
    other_unit = make_unit(unit.building, "102")
    make_owner(other_unit, make_person("张丽", phone=PHONE))
    return binding, other_unit.ownerships.get().person


def test_a_phone_of_two_people_goes_to_one_and_both_are_told(unit, messages):
    binding, other = shared_phone(unit)
    mine = make_user()
    make_binding(other.ownerships.get().unit, other, mine)
    clerk = make_actor(Role.SUBDISTRICT_CLERK, unit.subdistrict)
    messages.clear()
    assert services.phone_separate(actor=clerk, keeper=other, reason="本人到场", at=NOW) == 1
    first = binding.person
    first.refresh_from_db()
    assert (first.phone_hash, first.phone_cipher, first.phone_mask) == (None, None, "")
    binding.refresh_from_db()
    assert binding.ended_at == NOW
    kept = [m["to"] for m in messages if m["template"] == "registry.phone_kept"]
    taken = [m["to"] for m in messages if m["template"] == "registry.phone_taken"]
    assert (kept, taken) == ([PHONE], [str(binding.user_id)])
    with pytest.raises(Conflict, match="Nobody else"):
        services.phone_separate(actor=clerk, keeper=other, reason="再次", at=NOW)


def test_a_phone_is_not_separated_from_somebody_out_of_reach(unit):
    away = make_unit(
        make_building(make_community("东风新村", make_committee("东风社区", "青川区")))
    )
    make_owner(away, make_person("张丽", phone=PHONE))
    clerk = make_actor(Role.SUBDISTRICT_CLERK, unit.subdistrict)
    keeper = unit.ownerships.get().person
    with pytest.raises(Refused, match="outside the place"):
        services.phone_separate(actor=clerk, keeper=keeper, reason="本人到场", at=NOW)
    with pytest.raises(Refused):
        services.phone_separate(
            actor=make_actor(Role.COMMITTEE_CLERK, unit.committee),
            keeper=keeper,
            reason="x",
            at=NOW,
        )
