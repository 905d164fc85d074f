"""The search box: by part, pinyin, initials and address, within the actor's place."""

from __future__ import annotations

import pytest
from django.utils import timezone

from anju.access.states import Role
from anju.core.actors import SYSTEM, Actor, ActorKind, Reach
from anju.registry import services
from anju.registry.models import SearchEntry
from anju.registry.queries import search, search_public
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_manager,
    make_owner,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.django_db


def labels(groups, kind):
    return [hit.label for group in groups if group.kind == kind for hit in group.hits]


@pytest.mark.parametrize("typed", ["阳光", "光花", "园", "yangguang", "yghy", "gh", "Y", "阳 光"])
def test_a_community_is_found_by_part_pinyin_and_initials(typed):
    make_community("阳光花园")
    make_community("和平里")
    assert labels(search(SYSTEM, typed), "community") == ["阳光花园"]


@pytest.mark.parametrize("typed", ["不存在", "zzq", "%", "_", "\\", "'", "光阳"])
def test_what_does_not_exist_is_not_found(typed):
    make_community("阳光花园")
    make_owner(make_unit(), make_person("王小明"))
    groups = search(SYSTEM, typed)
    assert [g for g in groups if g.kind != "community" or typed != "光阳"] == []


def test_aliases_and_former_names_are_found():
    from datetime import date

    community = make_community("阳光花园", aliases=["老机械厂宿舍"])
    services.community_rename(
        actor=SYSTEM, community=community, name="安居里", on_day=date(2024, 1, 1), at=NOW
    )
    for typed in ("机械厂", "阳光", "安居", "ajl"):
        assert labels(search(SYSTEM, typed), "community") == ["安居里"]


@pytest.mark.parametrize(
    "typed", ["王小明", "王", "小明", "明", "wang", "wxm", "xm", "wangxiao", "xiaom", "w"]
)
def test_a_person_is_found_by_part_pinyin_and_initials(typed):
    make_person("王小明")
    make_person("李")
    assert labels(search(SYSTEM, typed), "person") == ["王小明"]


def test_long_names_are_found_by_any_part():
    make_person("阿卜杜拉·买买提")
    make_person("欧阳明月")
    for typed, name in (("买买", "阿卜杜拉·买买提"), ("月", "欧阳明月"), ("明月", "欧阳明月")):
        assert labels(search(SYSTEM, typed), "person") == [name]


def test_a_person_is_shown_masked():
    make_person("王小明", id_number="11010519491231002X")
    [group] = search(SYSTEM, "王小明")
    assert group.hits[0].note == "1101************2X"


@pytest.mark.parametrize(
    "typed",
    ["阳光花园3-2-501", "阳光3幢2单元501室", "yghy3-2-501", "阳光花园 3 2 501", "阳光3-501"],
)
def test_a_home_is_found_by_its_address(typed):
    house = make_building(make_community("阳光花园"), "3")
    make_unit(house, "501", stairwell=house.stairwells.get(number="2"))
    make_unit(house, "101", stairwell=house.stairwells.get(number="1"))
    assert labels(search(SYSTEM, typed), "unit") == ["阳光花园 3-2-501"]


def test_companies_and_managers_are_found():
    company = make_company("云城安居物业有限公司")
    make_manager(company, "李卫东", published_phone="0516-83712345")
    assert labels(search(SYSTEM, "安居物业"), "company") == ["云城安居物业有限公司"]
    assert labels(search(SYSTEM, company.code[:10]), "company") == ["云城安居物业有限公司"]
    assert labels(search(SYSTEM, "lwd"), "manager") == ["李卫东"]


def test_each_clerk_finds_what_lies_in_the_own_place():
    here, there = make_committee("和平社区", "云山区"), make_committee("东湖社区", "河东区")
    for area, person in ((here, "王一"), (there, "王二")):
        unit = make_unit(make_building(make_community(f"花园{person}", area)))
        make_owner(unit, make_person(person))
    for role, area in (
        (Role.DISTRICT_CLERK, here.district),
        (Role.SUBDISTRICT_CLERK, here.subdistrict),
        (Role.COMMITTEE_CLERK, here),
    ):
        actor = make_actor(role, area)
        for typed in ("王", "w"):
            assert labels(search(actor, typed), "person") == ["王一"]
        assert labels(search(actor, "花园"), "community") == ["花园王一"]


def test_a_common_name_is_found_in_the_place_beyond_the_candidates(monkeypatch):
    import sys

    from anju.registry.queries import search as module_name  # noqa: F401

    monkeypatch.setattr(sys.modules["anju.registry.queries.search"], "_CANDIDATES", 2)
    here, there = make_committee("和平社区", "云山区"), make_committee("东湖社区", "河东区")
    far = make_building(make_community("远", there))
    for n in range(3):
        make_owner(make_unit(far, f"10{n}"), make_person("王远"))
    make_owner(make_unit(make_building(make_community("近", here))), make_person("王近"))
    actor = make_actor(Role.DISTRICT_CLERK, here.district)
    for typed in ("王", "w", "wang"):
        assert labels(search(actor, typed), "person") == ["王近"]


def test_who_may_not_see_people_finds_none():
    make_person("王小明")
    inspector = make_actor(Role.INSPECTOR)
    nobody = Actor(kind=ActorKind.ANONYMOUS, role="anonymous", reach=Reach.PUBLIC)
    assert search(inspector, "王") == []
    assert search(nobody, "王") == []
    assert search_public("王") == []


def test_a_closed_community_is_not_found_and_a_rebuild_gives_the_same_entries():
    community = make_community("阳光花园")
    make_company("云城安居物业有限公司")
    before = set(SearchEntry.objects.values_list("kind", "object_id", "text"))
    assert services.search_rebuild() == len(before)
    assert set(SearchEntry.objects.values_list("kind", "object_id", "text")) == before
    services.community_close(
        actor=SYSTEM,
        community=community,
        on_day=timezone.localdate(NOW),
        reason="拆迁",
        at=NOW,
    )
    assert search(SYSTEM, "阳光") == []


def test_a_company_finds_what_it_may_open():
    from tests.factories.registry import make_management_area, make_project

    mine = make_building(make_community("阳光花园"))
    make_community("阳光里")
    company = make_company("阳光物业有限公司")
    make_company("阳光二物业有限公司")
    make_project(make_management_area([mine], name="阳光一区"), company)
    actor = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=company.organisation_id
    )
    groups = search(actor, "阳光")
    assert labels(groups, "community") == ["阳光花园"]
    assert labels(groups, "area") == ["阳光一区"]
    assert labels(groups, "company") == ["阳光物业有限公司"]
