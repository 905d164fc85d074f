"""Lists find by part, pinyin and initials, in use and closed, former names and aliases too."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.registry import services
from anju.registry.queries import search
from tests.factories import registry

COMMUNITY = ["阳光", "光花", "阳 光花园", "yangguang", "YangGuang", "yghy", "gh", "YG001", "yg001"]
COMPANY = ["安居", "yuncheng", "anju", "ycaj"]
CASES = [
    *(("communities", "name", typed, "阳光花园") for typed in COMMUNITY),
    *(("areas", "name", typed, "阳光花园管理区") for typed in ("花园管理", "yangguang", "yghyglq")),
    *(("projects", "name", typed, "阳光花园管理区") for typed in ("花园", "yangguang", "yghy")),
    *(("projects", "company", typed, "阳光花园管理区") for typed in COMPANY),
    *(("buildings", "name", typed, "阳光花园") for typed in ("阳光", "yangguang", "yghy")),
    *(("units", "name", typed, "501") for typed in ("阳光", "yangguang", "yghy")),
    *(("companies", "name", typed, "云城安居物业有限公司") for typed in COMPANY),
    *(
        ("developers", "name", typed, "云城青禾置业有限公司")
        for typed in ("青禾", "qinghe", "ycqh")
    ),
    *(
        ("managers", "name", typed, "李卫东")
        for typed in ("卫东", "liweidong", "weidong", "lwd", "wd")
    ),
    *(("managers", "company", typed, "李卫东") for typed in COMPANY),
    *(
        ("people", "name", typed, "王小明")
        for typed in (
            "王小",
            "小明",
            "明",
            "wangxiaoming",
            "wang xiao",
            "xiaoming",
            "wxm",
            "wx",
            "xm",
        )
    ),
]


@pytest.fixture
def clerk(city, signed_in):
    return signed_in(Role.DESK_CLERK)


def count(client, name, /, **conditions):
    return client.get(reverse(f"registry:{name}"), conditions).context["listing"].count


@pytest.mark.parametrize(("name", "field", "typed", "found"), CASES)
def test_a_list_finds_by_part_pinyin_and_initials(city, clerk, name, field, typed, found):
    page = clerk.get(reverse(f"registry:{name}"), {field: typed})
    assert found in page.content.decode()
    assert page.context["listing"].count > 0


@pytest.mark.parametrize(
    ("name", "field"), sorted({(name, field) for name, field, _typed, _found in CASES})
)
@pytest.mark.parametrize("typed", ["不存在", "zzq", "%", "_", "\\", "'", "光阳", "%s"])
def test_a_list_finds_nothing_that_is_not_there(city, clerk, name, field, typed):
    assert count(clerk, name, **{field: typed}) == 0


def test_a_closed_community_and_company_are_found_in_their_lists(city, clerk):
    at = timezone.now()
    services.community_close(
        actor=registry.SYSTEM,
        community=city.elsewhere,
        on_day=timezone.localdate(at),
        reason="拆迁",
        at=at,
    )
    for typed in ("东风", "dongfeng", "dfxc", "fx", "df001"):
        assert count(clerk, "communities", name=typed, state="closed") == 1, typed
    assert count(clerk, "communities", name="dfx%") == 0


def test_a_former_name_and_an_alias_are_found(city, clerk):
    at = timezone.now()
    registry.make_community("安居里", city.committee, code="AJ1", aliases=["老机械厂宿舍"])
    services.community_rename(
        actor=registry.SYSTEM,
        community=city.community,
        name="和美家园",
        on_day=timezone.localdate(at),
        at=at,
    )
    assert count(clerk, "communities", name="yangguang") == 1
    assert count(clerk, "communities", name="jixiechang") == 1


@pytest.mark.parametrize("typed", ["明明", "xiaoming", "xmm", "oyxm", "ouyang"])
def test_a_given_name_behind_a_surname_of_two_characters_is_found(city, clerk, typed):
    registry.make_person("欧阳小明明")
    assert "欧阳小明明" in clerk.get(reverse("registry:people"), {"name": typed}).content.decode()
    hits = [hit.label for group in search(registry.SYSTEM, typed) for hit in group.hits]
    assert "欧阳小明明" in hits


def test_a_list_of_people_stays_within_the_place(city, signed_in):
    away = registry.make_building(city.elsewhere, "1")
    registry.make_owner(registry.make_unit(away, "101"), registry.make_person("王远"))
    far = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    assert count(far, "people", name="w") == 1
    assert count(far, "people", name="wxm") == 0
