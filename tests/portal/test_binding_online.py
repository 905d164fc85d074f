"""Binding one's own home by pages: found, matched, proved by the register's phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.time import legal_day
from anju.registry.models import HomeBinding, TenantInvitation
from anju.registry.services.bindings import NO_MATCH
from tests.factories import access, registry

from .conftest import NUMBER, PHONE

pytestmark = pytest.mark.django_db
WHO = {"full_name": "王小明", "id_kind": "resident", "id_number": NUMBER}
TENANT_NUMBER = registry.identity(901)


def words(answer):
    return answer.content.decode()


def claim(client, unit, **changed):
    return client.post(f"/my/bind/{unit.pk}/", {**WHO, **changed})


def code_of(messages):
    return [m for m in messages if m["template"] == "registry.binding_code"][-1]["values"]["code"]


def bind(client, home, messages):
    assert claim(client, home.unit).status_code == 302
    return client.post(f"/my/bind/{home.unit.pk}/code/", {"code": code_of(messages)})


def test_the_home_is_found_by_community_building_and_number(home, signed_in):
    client = signed_in()
    unit = home.unit
    for text in ("阳光", "yangguang"):
        assert f"?community={unit.community_id}" in words(client.get(f"/my/bind/?q={text}"))
    page = words(client.get(f"/my/bind/?community={unit.community_id}"))
    assert f"?building={unit.building_id}" in page
    page = words(client.get(f"/my/bind/?building={unit.building_id}&number=501"))
    assert f"/my/bind/{unit.pk}/" in page
    assert "502" not in page
    assert "王小明" not in page


@pytest.mark.parametrize("asked", ["q=%00", "q=nobody", "building=9" + "9" * 30, "community=x"])
def test_a_search_for_nothing_says_so(home, signed_in, asked):
    assert signed_in().get(f"/my/bind/?{asked}").status_code == 200


def test_the_code_goes_to_the_registers_phone_and_binds(home, signed_in, messages):
    client = signed_in()
    answer = claim(client, home.unit)
    assert answer["Location"] == f"/my/bind/{home.unit.pk}/code/"
    sent = messages[-1]
    assert (sent["channel"], sent["to"]) == ("sms", PHONE)
    page = words(client.get(answer["Location"]))
    assert "138****8000" in page
    assert PHONE not in page
    wrong = client.post(answer["Location"], {"code": "000000"})
    assert wrong.status_code == 422
    assert not HomeBinding.objects.exists()
    answer = client.post(answer["Location"], {"code": code_of(messages)})
    assert answer["Location"] == "/my/"
    binding = HomeBinding.objects.get()
    assert (binding.user, binding.person, binding.method) == (client.user, home.person, "match")
    # The code is used up, and so is the claim.
    assert client.post(f"/my/bind/{home.unit.pk}/code/", {"code": "1"}).status_code == 302


def test_every_mismatch_looks_the_same_and_says_what_to_bring(home, signed_in, messages):
    other = registry.make_unit(home.unit.building, "503")
    company_owned = registry.make_unit(home.unit.building, "504")
    silent = registry.make_owner(other, registry.make_person("李强", id_number=TENANT_NUMBER))
    pages = set()
    for unit, changed in (
        (home.unit, {"full_name": "王晓明"}),
        (home.unit, {"id_number": "110105194912310010"}),
        (home.unit, {"id_kind": "passport"}),
        (other, {}),
        (company_owned, {}),
        (other, {"full_name": silent.name, "id_number": TENANT_NUMBER}),  # no phone on file
    ):
        answer = claim(signed_in(), unit, **changed)
        assert answer.status_code == 422
        page = words(answer)
        assert str(NO_MATCH) in page
        assert "certificate of real estate title" in page
        main = page[page.index("<h2") : page.index("</main>")]
        for typed in (*WHO.values(), *changed.values(), unit.number, str(unit.pk)):
            main = main.replace(typed, "…")
        pages.add(main.count("aj-error"))
    assert len(pages) == 1
    assert not [m for m in messages if m["channel"] == "sms"]
    assert AuditEvent.objects.filter(action="registry.home_claim", result="refused").count() == 6


def test_after_five_tries_the_account_waits_whatever_it_says(home, signed_in, messages):
    client = signed_in()
    for _turn in range(5):
        claim(client, home.unit, full_name="王晓明")
    answer = claim(client, home.unit)
    assert answer.status_code == 422
    assert "Too many attempts" in words(answer)
    assert claim(signed_in(), home.unit).status_code == 302  # another account is free


def test_one_home_takes_only_so_many_tries_a_day_from_all_accounts(home, signed_in, monkeypatch):
    from anju.portal.views import binding

    monkeypatch.setattr(binding, "UNIT_TRIES_A_DAY", 3)
    for _turn in range(3):
        claim(signed_in(), home.unit, full_name="王晓明")
    assert "Too many attempts today" in words(claim(signed_in(), home.unit))


def test_a_claim_is_good_for_ten_minutes_and_for_its_own_session(home, signed_in, messages):
    client = signed_in()
    where = claim(client, home.unit)["Location"]
    assert signed_in().post(where, {"code": code_of(messages)}).status_code == 302
    session = client.session
    unit, person, at = session["anju_claim"]
    session["anju_claim"] = [unit, person, at - 601]
    session.save()
    assert client.post(where, {"code": code_of(messages)})["Location"] == where.removesuffix(
        "code/"
    )
    assert not HomeBinding.objects.exists()


def test_an_official_at_a_post_binds_no_home(home):
    from django.test import Client

    post = access.make_post(role=Role.DESK_CLERK)
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/my/bind/").status_code == 403
    assert claim(client, home.unit).status_code == 403
    assert client.get("/my/").status_code == 200


def test_my_home_tells_who_serves_it_and_what_that_costs(home, signed_in, messages):
    client = signed_in()
    bind(client, home, messages)
    page = words(client.get("/my/"))
    assert "tel:051683661234" in page
    assert "165.58" in page  # 1.85 yuan × 89.50 m² = 165.575, half up
    assert home.project.company.name in page


def test_a_tenant_is_invited_accepts_sees_and_leaves(home, signed_in, messages):
    owner, tenant = signed_in(), signed_in()
    access.User.objects.filter(pk=tenant.user.pk).update(phone_verified_at=timezone.now())
    bind(owner, home, messages)
    binding = HomeBinding.objects.get()
    today = legal_day(timezone.now())
    invited = owner.post(
        f"/my/bindings/{binding.pk}/invite/",
        {
            "tenant_name": "陈静",
            "phone": tenant.user.phone,
            "first_day": today.isoformat(),
            "last_day": (today + timedelta(days=30)).isoformat(),
        },
    )
    assert invited.status_code == 303
    invitation = TenantInvitation.objects.get()
    assert tenant.user.phone not in words(owner.get("/my/"))
    where = f"/my/invitations/{invitation.pk}/"
    assert where in words(tenant.get("/my/"))
    assert owner.get(where).status_code == 404  # not to the owner's phone
    wrong = tenant.post(where, {**WHO, "full_name": "陈晶", "id_number": TENANT_NUMBER})
    assert str(NO_MATCH) in words(wrong)
    who = {**WHO, "full_name": "陈静", "id_number": TENANT_NUMBER}
    assert tenant.post(where, who)["Location"] == "/my/"
    page = words(tenant.get("/my/"))
    assert home.project.company.name in page
    assert "王小明" not in page
    assert "陈*" in words(owner.get("/my/"))
    tenancy = HomeBinding.objects.get(kind="tenant")
    assert tenant.get(f"/my/bindings/{tenancy.pk}/invite/").status_code == 403
    assert tenant.get(f"/my/bindings/{binding.pk}/end/").status_code == 404
    assert owner.post(f"/my/bindings/{tenancy.pk}/end/", {"reason": ""}).status_code == 422
    assert owner.post(f"/my/bindings/{tenancy.pk}/end/", {"reason": "退租"}).status_code == 303
    assert "No home is bound" in words(tenant.get("/my/"))


def test_an_invitation_is_taken_back_by_its_owner_alone(home, signed_in, messages):
    owner, other = signed_in(), signed_in()
    bind(owner, home, messages)
    invitation = registry.services.tenant_invite(
        actor=registry.make_own_actor(owner.user),
        binding=HomeBinding.objects.select_related("user").get(),
        tenant_name="陈静", phone="13911112222", first_day=legal_day(timezone.now()),
        last_day=legal_day(timezone.now()), at=timezone.now(),
    )  # fmt: skip
    where = f"/my/invitations/{invitation.pk}/withdraw/"
    assert other.post(where).status_code == 404
    assert owner.post(where).status_code == 303
    assert owner.post(where).status_code == 403  # once
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"
