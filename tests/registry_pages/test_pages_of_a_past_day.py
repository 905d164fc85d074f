"""Every page of the register reads back, as of the day before, what was changed today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.registry import services
from tests.factories import registry
from tests.factories.registry import SYSTEM


def entered_long_ago() -> None:
    """Make all that is on file forty days old, as if it had never been changed since."""
    old = timezone.now() - timedelta(days=40)
    with connection.cursor() as cursor:
        for model in apps.get_app_config("registry").get_models():
            if any(field.name == "created_at" for field in model._meta.fields):
                model._base_manager.update(created_at=old)
        cursor.execute("ALTER TABLE core_history DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_history")
        cursor.execute("ALTER TABLE core_history ENABLE TRIGGER USER")


def call(service: Callable[..., Any], **arguments: Any) -> Any:
    return service(actor=SYSTEM, at=timezone.now(), **arguments)


def today() -> Any:
    return legal_day(timezone.now())


@pytest.fixture
def town(city: Any) -> SimpleNamespace:
    """The small register with something of every kind, all of it forty days old."""
    more: dict[str, Any] = {}
    services.community_change(
        actor=SYSTEM, community=city.community, aliases=["老机械厂宿舍"], at=registry.NOW,
        fields={"developer": city.developer},
    )  # fmt: skip
    more["stairwell"] = city.building.stairwells.order_by("number").first()
    more["inside"] = registry.make_unit(city.building, "701", stairwell=more["stairwell"])
    more["branch"] = services.branch_add(
        actor=SYSTEM, parent=city.company, code=registry.uscc(), name="云城安居青川分公司",
        at=registry.NOW,
    )  # fmt: skip
    more["staff"] = services.staff_add(
        actor=SYSTEM, company=city.company, person=registry.make_person("周一文"), name="周一文",
        title="客服", from_day=registry.LONG_AGO, at=registry.NOW,
    )  # fmt: skip
    more["heir"] = registry.make_person("赵新主")
    more["second_manager"] = registry.make_manager(city.company, "陈接任")
    entered_long_ago()
    return SimpleNamespace(**{**vars(city), **more})


# (page, the thing of the page, where it stands, change, what stood there, what stands there now)
Case = tuple[str, str, tuple[str, str], Callable[[Any], Any], str, str]
CASES: dict[str, Case] = {
    "community name": (
        "community", "community", ("title", ""),
        lambda t: call(services.community_rename, community=t.community, name="和美家园",
                       on_day=today()),
        "阳光花园", "和美家园",
    ),
    "community address": (
        "community", "community", ("fact", "Address"),
        lambda t: call(services.community_change, community=t.community,
                       fields={"address": "云山路9号"}),
        "云山路8号", "云山路9号",
    ),
    "alias": (
        "community", "community", ("fact", "Other names"),
        lambda t: call(services.community_change, community=t.community, aliases=["新厂"]),
        "老机械厂宿舍", "新厂",
    ),
    "developer of a community": (
        "community", "community", ("fact", "Developer"),
        lambda t: call(services.company_rename, company=t.developer, name="云城新禾置业有限公司",
                       on_day=today()),
        "云城青禾置业有限公司", "云城新禾置业有限公司",
    ),
    "number of a building on its community": (
        "community", "community", ("part", "buildings"),
        lambda t: call(services.building_renumber, building=t.building, number="33", reason="门牌"),
        "3", "33",
    ),
    "area of a building on its community": (
        "community", "community", ("part", "buildings"),
        lambda t: call(services.area_rename, management_area=t.area, name="和美管理区",
                       on_day=today()),
        "阳光花园管理区", "和美管理区",
    ),
    "area name": (
        "area", "area", ("title", ""),
        lambda t: call(services.area_rename, management_area=t.area, name="和美管理区",
                       on_day=today()),
        "阳光花园管理区", "和美管理区",
    ),
    "company of an area": (
        "area", "area", ("fact", "Property company"),
        lambda t: call(services.company_rename, company=t.company, name="云城新居物业有限公司",
                       on_day=today()),
        "云城安居物业有限公司", "云城新居物业有限公司",
    ),
    "building floors": (
        "building", "building", ("fact", "Floors"),
        lambda t: call(services.building_change, building=t.building, fields={"floors": 19}),
        "", "19",
    ),
    "building number": (
        "building", "building", ("title", ""),
        lambda t: call(services.building_renumber, building=t.building, number="33", reason="门牌"),
        "阳光花园 3", "阳光花园 33",
    ),
    "area of a building": (
        "building", "building", ("fact", "Management area"),
        lambda t: call(services.building_release, management_area=t.area, buildings=[t.building],
                       on_day=today()),
        "阳光花园管理区", "None",
    ),
    "stairwell": (
        "building", "building", ("part", "stairwells"),
        lambda t: call(services.stairwell_renumber, stairwell=t.stairwell, number="甲",
                       reason="门牌"),
        "1", "甲",
    ),
    "stairwell of a unit": (
        "unit", "inside", ("fact", "Stairwell"),
        lambda t: call(services.stairwell_renumber, stairwell=t.stairwell, number="甲",
                       reason="门牌"),
        "1", "甲",
    ),
    "unit floor": (
        "unit", "unit", ("fact", "Floor"),
        lambda t: call(services.unit_change, unit=t.unit, fields={"floor": 6}),
        "", "6",
    ),
    "unit area": (
        "unit", "unit", ("fact", "Area that counts, m²"),
        lambda t: call(services.unit_measure, unit=t.unit, areas={"registered_dm2": 12_345}),
        "89.50", "123.45",
    ),
    "building of a unit": (
        "unit", "unit", ("fact", "Building"),
        lambda t: call(services.building_renumber, building=t.building, number="33", reason="门牌"),
        "3", "33",
    ),
    "ownership": (
        "unit", "unit", ("part", "owners"),
        lambda t: call(services.ownership_transfer, unit=t.unit,
                       holders=[services.Holder(person=t.heir)], on_day=today(),
                       source="register", reason="买卖"),
        "王小明", "赵新主",
    ),
    "name of an owner": (
        "unit", "unit", ("part", "owners"),
        lambda t: call(services.person_change, person=t.person, name="王晓明", reason="笔误"),
        "王小明", "王晓明",
    ),
    "person name": (
        "person", "person", ("title", ""),
        lambda t: call(services.person_change, person=t.person, name="王晓明", reason="笔误"),
        "王小明", "王晓明",
    ),
    "person phone": (
        "person", "person", ("fact", "Phone"),
        lambda t: call(services.person_change, person=t.person, phone="13900139000", reason="换号"),
        "138****8000", "139****9000",
    ),
    "units of a person": (
        "person", "person", ("part", "units"),
        lambda t: call(services.community_rename, community=t.community, name="和美家园",
                       on_day=today()),
        "阳光花园", "和美家园",
    ),
    "company telephone": (
        "company", "company", ("fact", "Published telephone"),
        lambda t: call(services.company_change, company=t.company,
                       fields={"phone": "0516-83719999"}),
        "", "0516-83719999",
    ),
    "company name": (
        "company", "company", ("title", ""),
        lambda t: call(services.company_rename, company=t.company, name="云城新居物业有限公司",
                       on_day=today()),
        "云城安居物业有限公司", "云城新居物业有限公司",
    ),
    "branch": (
        "company", "company", ("part", "branches"),
        lambda t: call(services.company_rename, company=t.branch, name="云城安居东风分公司",
                       on_day=today()),
        "云城安居青川分公司", "云城安居东风分公司",
    ),
    "staff": (
        "company", "company", ("part", "staff"),
        lambda t: call(services.staff_end, staff=t.staff, on_day=today()),
        "周一文", "",
    ),
    "manager on the page of the company": (
        "company", "company", ("part", "managers"),
        lambda t: call(services.person_change, person=t.manager.person, name="李维东",
                       reason="笔误"),
        "李卫东", "李维东",
    ),
    "developer": (
        "company", "developer", ("title", ""),
        lambda t: call(services.company_rename, company=t.developer, name="云城新禾置业有限公司",
                       on_day=today()),
        "云城青禾置业有限公司", "云城新禾置业有限公司",
    ),
    "manager name": (
        "manager", "manager", ("title", ""),
        lambda t: call(services.person_change, person=t.manager.person, name="李维东",
                       reason="笔误"),
        "李卫东", "李维东",
    ),
    "manager telephone": (
        "manager", "manager", ("fact", "Published telephone"),
        lambda t: call(services.manager_publish_phone, manager=t.manager, phone="0516-83669999"),
        "051683661234", "051683669999",
    ),
    "company of a manager": (
        "manager", "manager", ("fact", "Company"),
        lambda t: call(services.company_rename, company=t.company, name="云城新居物业有限公司",
                       on_day=today()),
        "云城安居物业有限公司", "云城新居物业有限公司",
    ),
    "manager who left": (
        "manager", "second_manager", ("fact", "Company"),
        lambda t: call(services.manager_leave, manager=t.second_manager, on_day=today(),
            reason="离职"),
        "云城安居物业有限公司", "None",
    ),
    "project fee": (
        "project", "project", ("fact", "Fee of homes, yuan a m² and month"),
        lambda t: call(services.project_fee_change, project=t.project, fee_fen=240,
                       from_day=today()),
        "1.80", "2.40",
    ),
    "project manager": (
        "project", "project", ("fact", "Project manager"),
        lambda t: call(services.project_manager_change, project=t.project,
                       manager=t.second_manager, from_day=today()),
        "李卫东", "陈接任",
    ),
    "project code": (
        "project", "project", ("fact", "Code"),
        lambda t: call(services.project_recode, project=t.project, code="P002", reason="笔误"),
        "P001", "P002",
    ),
    "company of a project": (
        "project", "project", ("title", ""),
        lambda t: call(services.company_rename, company=t.company, name="云城新居物业有限公司",
                       on_day=today()),
        "阳光花园管理区 · 云城安居物业有限公司", "阳光花园管理区 · 云城新居物业有限公司",
    ),
}  # fmt: skip


def standing(detail: Any, where: tuple[str, str]) -> list[str]:
    """The words at a place of the page."""
    kind, name = where
    if kind == "title":
        return [detail.title]
    if kind == "fact":
        return [str(fact.value) for fact in detail.facts if str(fact.label) == name]
    [part] = [part for part in detail.parts if part.key == name]
    return [str(cell.text) for row in part.rows for cell in row]


@pytest.fixture
def desk(signed_in: Any) -> Any:
    client = signed_in(Role.DESK_CLERK)
    client.cookies["anju_language"] = "en"
    return client


@pytest.mark.parametrize("case", list(CASES))
def test_the_day_before_a_change_reads_as_it_was(town, desk, case):
    name, thing, where, change, old, new = CASES[case]
    page = reverse(f"registry:{name}", args=[getattr(town, thing).pk])
    assert old in standing(desk.get(page).context["detail"], where) or not old
    change(town)
    after = standing(desk.get(page).context["detail"], where)
    assert new in after or not new, after
    assert old not in after or not old, after
    answer = desk.get(page, {"on": (today() - timedelta(days=1)).isoformat()})
    then = standing(answer.context["detail"], where)
    assert old in then or not old, then
    assert new not in then or not new, then
    text = answer.content.decode()
    assert old in text
    assert "This is how it was that day." in text
    assert "did not hold this yet" not in text


def test_what_was_added_today_was_not_there_the_day_before(town, desk):
    added = registry.make_building(town.community, "9")
    registry.make_community("新村", town.committee, code="XC1", developer=town.developer)
    call(services.stairwell_add, building=town.building, number="9")
    call(services.branch_add, parent=town.company, code=registry.uscc(), name="云城安居新分公司")
    call(services.staff_add, company=town.company, name="吴新人", title="客服", from_day=today())
    call(services.community_change, community=town.community, aliases=["老机械厂宿舍", "新厂"])
    day = (today() - timedelta(days=1)).isoformat()
    for name, thing, where, words in (
        ("community", town.community, ("part", "buildings"), added.number),
        ("building", town.building, ("part", "stairwells"), "9"),
        ("company", town.company, ("part", "branches"), "云城安居新分公司"),
        ("company", town.company, ("part", "staff"), "吴新人"),
    ):
        page = reverse(f"registry:{name}", args=[thing.pk])
        assert words in standing(desk.get(page).context["detail"], where), name
        then = standing(desk.get(page, {"on": day}).context["detail"], where)
        assert words not in then, name
        assert then, name
    page = reverse("registry:community", args=[town.community.pk])
    [then] = standing(desk.get(page, {"on": day}).context["detail"], ("fact", "Other names"))
    assert then == "老机械厂宿舍"


def test_what_was_struck_off_today_stood_the_day_before(town, desk):
    empty = registry.make_building(town.community, "9")
    gone = services.stairwell_add(
        actor=SYSTEM, building=town.building, number="8", at=timezone.now()
    )
    entered_long_ago()
    call(services.building_demolish, building=empty, on_day=today(), reason="拆除")
    call(services.stairwell_remove, stairwell=gone, reason="从未建成")
    day = (today() - timedelta(days=1)).isoformat()
    for name, thing, where, words in (
        ("community", town.community, ("part", "buildings"), "9"),
        ("building", town.building, ("part", "stairwells"), "8"),
    ):
        page = reverse(f"registry:{name}", args=[thing.pk])
        assert words not in standing(desk.get(page).context["detail"], where)
        assert words in standing(desk.get(page, {"on": day}).context["detail"], where)


def test_a_page_of_a_day_before_its_entry_shows_the_first_version(town, desk):
    day = (today() - timedelta(days=100)).isoformat()
    page = reverse("registry:community", args=[town.community.pk])
    registry.make_building(town.community, "9")
    answer = desk.get(page, {"on": day})
    assert "did not hold this yet" in answer.content.decode()
    assert "3" in standing(answer.context["detail"], ("part", "buildings"))
    assert "9" not in standing(answer.context["detail"], ("part", "buildings"))
