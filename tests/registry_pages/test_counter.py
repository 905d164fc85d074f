"""The counter by pages: binding with a second official, ending, separating phones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.registry.models import HomeBinding, Person
from tests.factories import access, registry


@pytest.fixture(autouse=True)
def fresh_counters(db: Any) -> None:
    cache.clear()


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def witness(city: Any) -> Any:
    office = access.make_organisation(kind="committee", area=city.committee)
    post = access.make_post(role=Role.COMMITTEE_CLERK, area=city.committee, organisation=office)
    post.secret = generate_totp_secret()
    TOTP.activate(post.user, post.secret)
    return post


def bind(client: Any, city: Any, official: Any, **changed: Any) -> Any:
    data = {
        "phone": "13911112222",
        "person": str(city.person.pk),
        "papers": ["id_card", "title"],
        "witness": str(official.user_id),
        "witness_code": code(official.secret),
        "reason": "持证到窗口",
        "id_kind": "resident",
        **changed,
    }
    return client.post(f"/registry/units/{city.unit.pk}/bind/", data)


def clerk(signed_in: Any, city: Any, role: Role = Role.SUBDISTRICT_CLERK) -> Any:
    area = {
        Role.SUBDISTRICT_CLERK: city.committee.subdistrict,
        Role.COMMITTEE_CLERK: city.committee,
        Role.DESK_CLERK: None,
    }[role]
    return signed_in(role, area=area)


@pytest.mark.parametrize("role", [Role.SUBDISTRICT_CLERK, Role.COMMITTEE_CLERK, Role.DESK_CLERK])
def test_two_officials_bind_an_account_and_the_page_tells_the_papers(
    city, signed_in, witness, role
):
    user = access.make_user(phone="13911112222")
    client = clerk(signed_in, city, role)
    answer = bind(client, city, witness)
    binding = HomeBinding.objects.get()
    assert answer["Location"] == f"/registry/bindings/{binding.pk}/"
    assert (binding.user, binding.kind, binding.witness) == (user, "owner", witness.user)
    page = client.get(answer["Location"]).content.decode()
    assert witness.user.full_name in page
    assert "不动产权证" in page
    assert city.person.name in client.get("/registry/bindings/?running=yes").content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"witness_code": "000000"}, "witness_code"),
        ({"phone": "13911113333"}, "phone"),
        ({"papers": []}, "papers"),
        ({"person": "tenant", "tenant_name": ""}, "tenant_name"),
        ({"person": "999999"}, "person"),
        ({"reason": ""}, "reason"),
        ({"last_day": "2020-01-01", "person": "tenant", "tenant_name": "陈静",
          "id_number": registry.identity(903)}, "last_day"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_beside_its_field(city, signed_in, witness, changed, field):
    access.make_user(phone="13911112222")
    answer = bind(clerk(signed_in, city), city, witness, **changed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not HomeBinding.objects.exists()
    assert not Person.objects.filter(name="陈静").exists()


def test_a_witness_from_elsewhere_cannot_be_chosen(city, signed_in, witness):
    access.make_user(phone="13911112222")
    away = access.make_post(
        role=Role.DISTRICT_CLERK,
        area=city.other_district,
        organisation=access.make_organisation(kind="district", area=city.other_district),
    )
    answer = bind(clerk(signed_in, city), city, witness, witness=str(away.user_id))
    assert answer.status_code == 422
    assert not HomeBinding.objects.exists()


def test_a_tenant_is_bound_with_the_lease_until_its_last_day(city, signed_in, witness):
    access.make_user(phone="13911112222")
    last = legal_day(timezone.now()) + timedelta(days=90)
    answer = bind(
        clerk(signed_in, city), city, witness, person="tenant", tenant_name="陈静",
        id_number=registry.identity(903), papers=["id_card", "lease"], last_day=last.isoformat(),
    )  # fmt: skip
    assert answer.status_code == 303
    binding = HomeBinding.objects.get()
    assert (binding.kind, binding.last_day, binding.person.name) == ("tenant", last, "陈静")


def test_a_clerk_elsewhere_finds_neither_home_nor_binding(city, signed_in, witness):
    binding = registry.make_binding(city.unit, city.person)
    away = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    for path in (
        f"/registry/units/{city.unit.pk}/bind/",
        f"/registry/bindings/{binding.pk}/",
        f"/registry/bindings/{binding.pk}/end/",
    ):
        assert away.get(path).status_code == 404
    assert away.post(f"/registry/bindings/{binding.pk}/end/", {"reason": "x"}).status_code == 404
    binding.refresh_from_db()
    assert binding.ended_at is None


def test_a_binding_is_ended_with_a_reason(city, signed_in):
    binding = registry.make_binding(city.unit, city.person)
    client = clerk(signed_in, city)
    assert client.get(f"/registry/bindings/{binding.pk}/end/").status_code == 200
    assert client.post(f"/registry/bindings/{binding.pk}/end/", {"reason": ""}).status_code == 422
    answer = client.post(f"/registry/bindings/{binding.pk}/end/", {"reason": "本人申请"})
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "本人申请" in page
    assert "已结束" in page


def test_a_shared_phone_is_shown_and_separated(city, signed_in):
    client = clerk(signed_in, city)
    assert "13800138000" not in client.get("/registry/phones/").content.decode()
    other = registry.make_person("张丽", phone="13800138000")
    third = registry.make_unit(city.building, "503")
    registry.make_owner(third, other)
    page = client.get("/registry/phones/").content.decode()
    assert "138****8000" in page
    assert "张丽" in page
    where = f"/registry/people/{city.person.pk}/phone/"
    assert where in page or f"/registry/people/{other.pk}/phone/" in page
    wrong = client.post(where, {"keeper": "999999", "reason": "本人到场"})
    assert wrong.status_code == 422
    answer = client.post(where, {"keeper": str(other.pk), "reason": "本人到场"})
    assert answer["Location"] == "/registry/phones/"
    city.person.refresh_from_db()
    assert city.person.phone_hash is None
    assert "138****8000" not in client.get("/registry/phones/").content.decode()


def test_a_person_outside_the_place_hides_and_shuts_the_separation(city, signed_in):
    elsewhere = registry.make_unit(registry.make_building(city.elsewhere), "101")
    registry.make_owner(elsewhere, registry.make_person("李远", phone="13800138000"))
    client = clerk(signed_in, city)
    page = client.get("/registry/phones/").content.decode()
    assert "李远" not in page
    assert "/phone/" not in page
    where = f"/registry/people/{city.person.pk}/phone/"
    answer = client.post(where, {"keeper": str(city.person.pk), "reason": "本人到场"})
    assert answer.status_code == 422
    assert Person.objects.filter(phone_hash=city.person.phone_hash).count() == 2
