"""Pages that change the register: what they write, what they refuse, what stays unwritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.registry.models import ChangeRequest, Community, Ownership, Person, Project, Unit
from tests.factories import registry

FACTS = {"kind": "commercial", "address": "云山路10号", "built_year": "2009", "aliases": "老阳光"}


def url(name, *args):
    return reverse(f"registry:{name}", args=[getattr(a, "pk", a) for a in args])


def test_a_community_is_registered_and_found_in_the_list(city, signed_in):
    client = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {**FACTS, "name": "梧桐里", "code": "WT001", "area": str(city.committee.pk)}
    answer = client.post(url("community_new"), data, follow=True)
    assert answer.status_code == 200
    assert "梧桐里" in answer.content.decode()
    made = Community.objects.get(code="WT001")
    assert made.district_id == city.district.pk
    assert "梧桐里" in client.get(url("communities") + "?name=梧桐").content.decode()


def test_a_community_in_another_district_cannot_be_registered(city, signed_in):
    client = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {**FACTS, "name": "越界里", "code": "YJ001", "area": str(city.other_district.pk)}
    answer = client.post(url("community_new"), data)
    assert answer.status_code == 422
    assert not Community.objects.filter(code="YJ001").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "YG001"}, "已有相同记录"),
        ({"name": ""}, "名称"),
        ({"built_year": "18"}, "1900"),
        ({"longitude": "117"}, "经度和纬度要么都填"),
        ({"longitude": "500", "latitude": "3"}, "180"),
        ({"developer": "没有这家"}, "这里没有这个名称或编码"),
        ({"name": "坏\x00名"}, "名称"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_written(city, signed_in, change, words):
    client = signed_in(Role.DISTRICT_CLERK, area=city.district)
    before = Community.objects.count()
    data = {**FACTS, "name": "梧桐里", "code": "WT001", "area": str(city.committee.pk), **change}
    answer = client.post(url("community_new"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Community.objects.count() == before


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.AUDITOR, "community_change"),
        (Role.INSPECTOR, "community_close"),
        (Role.COMPANY_ADMIN, "community_change"),
        (Role.COMMITTEE_CLERK, "community_change"),
    ],
)
def test_a_post_without_the_right_writes_nothing(city, signed_in, role, name):
    area = city.community.committee if role is Role.COMMITTEE_CLERK else None
    client = signed_in(role, area=area)
    answer = client.post(url(name, city.community), {**FACTS, "address": "别处"})
    assert answer.status_code == 403
    city.community.refresh_from_db()
    assert city.community.address == "云山路8号"


def test_another_districts_clerk_writes_nothing(city, signed_in):
    client = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    answer = client.post(url("community_change", city.community), {**FACTS, "address": "别处"})
    assert answer.status_code == 404
    city.community.refresh_from_db()
    assert city.community.address == "云山路8号"


def test_a_name_changes_only_after_another_person_approves(city, signed_in):
    proposer = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {"name": "阳光家园", "on_day": "2026-01-01", "reason": "门牌已改"}
    proposer.post(url("community_rename", city.community), data)
    change = ChangeRequest.objects.get()
    city.community.refresh_from_db()
    assert city.community.name == "阳光花园"

    own = proposer.post(url("change", change), {"do": "approve"})
    assert own.status_code == 422
    assert "须由另一人复核" in own.content.decode()
    city.community.refresh_from_db()
    assert city.community.name == "阳光花园"

    other = signed_in(Role.DISTRICT_CLERK, area=city.district)
    other.post(url("change", change), {"do": "approve", "note": "属实"})
    city.community.refresh_from_db()
    assert city.community.name == "阳光家园"
    past = other.get(url("community", city.community) + "?on=2025-06-01").content.decode()
    assert "<h1>阳光花园</h1>" in past
    assert "阳光家园" in past  # today's value beside it
    again = other.post(url("change", change), {"do": "refuse", "note": "晚了"})
    assert again.status_code == 422


def test_a_refusal_needs_a_note(city, signed_in):
    proposer = signed_in(Role.DISTRICT_CLERK, area=city.district)
    proposer.post(url("community_recode", city.community), {"code": "YG009", "reason": "更正"})
    change = ChangeRequest.objects.get()
    other = signed_in(Role.DISTRICT_CLERK, area=city.district)
    assert other.post(url("change", change), {"do": "refuse"}).status_code == 422
    assert other.post(url("change", change), {"do": "refuse", "note": "不符"}).status_code == 303
    city.community.refresh_from_db()
    assert city.community.code == "YG001"


# A fee begins within a year of today.
A_MONTH_AGO = (legal_day(timezone.now()) - timedelta(days=30)).isoformat()


def owners(number, share="1", **more):
    return {
        "owner_1": number,
        "share_1": share,
        "source": "register",
        "on_day": "2024-05-01",
        "reason": "买卖",
        **more,
    }


def test_an_owner_changes_and_the_earlier_one_is_read_back(city, signed_in):
    number = registry.identity()
    buyer = registry.make_person("赵新", id_number=number)
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    answer = clerk.post(url("ownership_transfer", city.unit), owners(number))
    assert answer.status_code == 303
    change = ChangeRequest.objects.get()
    assert number not in str(change.after)
    other = signed_in(Role.DISTRICT_CLERK, area=city.district)
    other.post(url("change", change), {"do": "approve"})
    assert Ownership.objects.filter(unit=city.unit, person=buyer).exists()
    today = other.get(url("unit", city.unit)).content.decode()
    then = other.get(url("unit", city.unit) + "?on=2024-04-30").content.decode()
    owners_today = today.split("h-owners")[2].split("h-spells")[0]
    owners_then = then.split("h-owners")[2].split("h-spells")[0]
    assert "赵新" in owners_today
    assert "王小明" not in owners_today
    assert "王小明" in owners_then
    assert "赵新" not in owners_then


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"share_1": "1/2"}, "1/2"),
        ({"share_1": "3/2"}, "份额大于零"),
        ({"share_1": "一半"}, "份额写成"),
        ({"owner_1": "320301199001010000"}, "没有这个号码的人员"),
        ({"share_2": "1/2", "share_1": "1/2"}, "写明这一份额的业主"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(city, signed_in, data, words):
    number = registry.identity()
    registry.make_person("赵新", id_number=number)
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    answer = clerk.post(url("ownership_transfer", city.unit), owners(number, **data))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ChangeRequest.objects.exists()


def test_a_home_is_split_after_review_and_areas_must_add(city, signed_in):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {"parts": "501A 45.00\n501B 44.00", "on_day": "2026-06-01", "reason": "分户"}
    wrong = clerk.post(url("unit_split", city.unit), data)
    assert wrong.status_code == 422
    assert "89.00" in wrong.content.decode()
    assert "89.50" in wrong.content.decode()
    clerk.post(url("unit_split", city.unit), {**data, "parts": "501A 45.00\n501B 44.50"})
    other = signed_in(Role.DISTRICT_CLERK, area=city.district)
    other.post(url("change", ChangeRequest.objects.get()), {"do": "approve"})
    made = Unit.objects.filter(number__startswith="501", state="active")
    assert sorted(made.values_list("number", "area_dm2")) == [("501A", 4500), ("501B", 4450)]


def test_homes_are_merged_after_review(city, signed_in):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {
        "units": [str(city.unit.pk), str(city.second.pk)],
        "number": "501-502",
        "on_day": "2026-06-01",
        "reason": "打通",
    }
    assert (
        clerk.post(
            url("unit_merge", city.building), {**data, "units": [str(city.unit.pk)]}
        ).status_code
        == 422
    )
    clerk.post(url("unit_merge", city.building), data)
    other = signed_in(Role.DISTRICT_CLERK, area=city.district)
    other.post(url("change", ChangeRequest.objects.get()), {"do": "approve"})
    assert Unit.objects.get(number="501-502").area_dm2 == 17900


def test_fee_and_manager_are_read_back_as_of_a_past_day(city, signed_in):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    other = registry.make_manager(city.company, "周正")
    fee = {"unit_kind": "home", "fee_fen": "2.35", "from_day": A_MONTH_AGO, "reason": "调价"}
    assert clerk.post(url("project_fee", city.project), fee).status_code == 303
    second = signed_in(Role.DISTRICT_CLERK, area=city.district)
    change = ChangeRequest.objects.get()
    assert "2.35" in second.get(url("change", change)).content.decode()
    second.post(url("change", change), {"do": "approve"})
    named = {"manager": "周正", "from_day": A_MONTH_AGO}
    assert clerk.post(url("project_manager", city.project), named).status_code == 303
    assert other.pk
    where = url("project", city.project)
    today = clerk.get(where).content.decode().split("h-managers")[0]
    then = clerk.get(where + "?on=2025-12-31").content.decode().split("h-managers")[0]
    assert "2.35" in today
    assert "周正" in today
    assert "1.80" in then
    assert "李卫东" in then


def test_one_company_serves_an_area_at_a_time(city, signed_in):
    second = registry.make_company("云城清风物业有限公司")
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {"company": second.code, "code": "P002", "from_day": "2026-01-01", "fee_home": "1.20"}
    answer = clerk.post(url("project_start", city.area), data)
    assert answer.status_code == 422
    assert "这段时间另一企业在服务该区域" in answer.content.decode()
    assert Project.objects.count() == 1


def test_numbers_are_masked_until_a_reason_is_given(city, signed_in, journal_rows):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    page = clerk.get(url("person", city.person)).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page
    refused = clerk.post(url("person_reveal", city.person), {"reason": ""})
    assert refused.status_code == 422
    assert "13800138000" not in refused.content.decode()
    assert not [row for row in journal_rows if row.personal]
    shown = clerk.post(url("person_reveal", city.person), {"reason": "核对买卖合同"})
    assert "13800138000" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    row = next(row for row in journal_rows if row.personal)
    assert row.reason == "核对买卖合同"


def test_the_committee_may_not_see_numbers(city, signed_in, journal_rows):
    clerk = signed_in(Role.COMMITTEE_CLERK, area=city.committee)
    answer = clerk.post(url("person_reveal", city.person), {"reason": "想看看"})
    assert answer.status_code == 403
    assert "13800138000" not in answer.content.decode()


def test_a_person_is_registered_with_a_checked_number(city, signed_in):
    clerk = signed_in(Role.DESK_CLERK)
    before = Person.objects.count()
    data = {"name": "钱多", "id_kind": "resident", "id_number": "320301199001010001"}
    wrong = clerk.post(url("person_new"), data)
    assert wrong.status_code == 422
    assert "证件号码不对" in wrong.content.decode()
    assert Person.objects.count() == before


@pytest.mark.parametrize("on", ["2024-13-45", "abc", "0001-01-01", "9999-12-31", "2024-05-01"])
def test_any_day_is_answered(city, signed_in, on):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    for name, row in (
        ("community", city.community),
        ("building", city.building),
        ("area", city.area),
        ("project", city.project),
        ("unit", city.unit),
        ("person", city.person),
        ("company", city.company),
        ("manager", city.manager),
        ("company", city.developer),
    ):
        assert clerk.get(url(name, row), {"on": on}).status_code == 200
