"""Each page that mends wrong data does so once, and offers itself where it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from anju.access.states import Role
from anju.registry import services
from anju.registry.models import ChangeRequest, Manager, Person
from tests.factories import registry

pytestmark = pytest.mark.django_db


def url(name: str, row: Any) -> str:
    return reverse(f"registry:{name}", args=[row.pk])


PAGES: dict[str, tuple[Callable[[Any], Any], str, dict[str, str], Callable[[Any], Any]]] = {
    # page → row, page that offers it, data, what must have become of it
    "building_renumber": (
        lambda c: c.building, "building", {"number": "33", "reason": "门牌更正"},
        lambda c: c.building.number == "33",
    ),
    "area_recode": (
        lambda c: c.area, "area", {"code": "A-77", "reason": "编号更正"},
        lambda c: ChangeRequest.objects.get().after == {"code": "A-77"},
    ),
    "project_recode": (
        lambda c: c.project, "project", {"code": "P-77", "reason": "编号更正"},
        lambda c: ChangeRequest.objects.get().after == {"code": "P-77"},
    ),
    "project_redate": (
        lambda c: c.project, "project", {"on_day": "2016-01-01", "reason": "合同日期更正"},
        lambda c: ChangeRequest.objects.get().after == {"on_day": "2016-01-01"},
    ),
    "manager_change": (
        lambda c: c.manager, "manager", {"certificate_number": "Z-1", "reason": "更正"},
        lambda c: c.manager.certificate_number == "Z-1",
    ),
    "person_erase": (
        lambda c: c.person, "person", {"reason": "本人申请"},
        lambda c: ChangeRequest.objects.get().after == {"erase": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_mends_one_thing(city, signed_in, name):
    row, offered_on, data, mended = PAGES[name]
    clerk = signed_in(Role.DESK_CLERK)
    target = row(city)
    assert url(name, target) in clerk.get(url(offered_on, target)).content.decode()
    assert clerk.post(url(name, target), {**data, "reason": ""}).status_code == 422
    assert not mended_now(mended, city, target)
    assert clerk.post(url(name, target), data).status_code == 303
    assert mended_now(mended, city, target)


def mended_now(mended: Callable[[Any], Any], city: Any, target: Any) -> bool:
    target.refresh_from_db()
    try:
        return bool(mended(city))
    except ChangeRequest.DoesNotExist:
        return False


def test_a_stairwell_is_renumbered_and_struck_off(city, signed_in):
    clerk = signed_in(Role.SUBDISTRICT_CLERK, area=city.committee.subdistrict)
    first, second = city.building.stairwells.order_by("number")
    page = clerk.get(url("building", city.building)).content.decode()
    assert url("stairwell_renumber", first) in page
    data = {"number": "8", "reason": "门牌更正"}
    assert clerk.post(url("stairwell_renumber", first), data).status_code == 303
    assert clerk.post(url("stairwell_remove", second), {"reason": "误登"}).status_code == 303
    assert [one.number for one in city.building.stairwells.all()] == ["8"]
    away = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    assert away.post(url("stairwell_renumber", first), data).status_code == 404


def test_a_building_is_struck_off_when_no_unit_is_in_use(city, signed_in):
    clerk = signed_in(Role.DISTRICT_CLERK, area=city.district)
    data = {"on_day": "2026-03-01", "reason": "整体拆除"}
    refused = clerk.post(url("building_demolish", city.building), data)
    assert refused.status_code == 409 or "先注销" in refused.content.decode()
    city.building.refresh_from_db()
    assert city.building.state == "active"


def test_a_closed_company_is_reopened_by_the_confirmer(city, signed_in):
    services.company_close(
        actor=registry.SYSTEM, company=city.developer, reason="误登", at=registry.NOW
    )
    head, clerk = signed_in(Role.DESK_CONFIRMER), signed_in(Role.DESK_CLERK)
    where = url("company_reopen", city.developer)
    assert where in head.get(url("company", city.developer)).content.decode()
    assert where not in clerk.get(url("company", city.developer)).content.decode()
    assert clerk.post(where, {"reason": "更正"}).status_code == 403
    assert head.post(where, {"reason": "更正"}).status_code == 303
    city.developer.refresh_from_db()
    assert city.developer.state == "active"


def test_an_identity_number_is_proposed_masked(city, signed_in):
    clerk, other = signed_in(Role.DESK_CLERK), signed_in(Role.DESK_CONFIRMER)
    number = registry.identity()
    where = url("person_identity", city.person)
    assert clerk.post(where, {"id_number": "1", "reason": "更正"}).status_code == 422
    assert clerk.post(where, {"id_number": number, "reason": "更正"}).status_code == 303
    change = ChangeRequest.objects.get()
    page = other.get(url("change", change)).content.decode()
    assert number not in page
    assert change.after["id_sealed"] not in page
    assert change.after["id_mask"] in page
    other.post(url("change", change), {"do": "approve"})
    assert Person.objects.get(pk=city.person.pk).id_mask == change.after["id_mask"]


def test_a_company_opens_a_managers_file_by_name_and_number(city, signed_in):
    boss = signed_in(Role.COMPANY_ADMIN, organisation=city.company.organisation)
    data = {
        "name": "赵新",
        "id_kind": "resident",
        "id_number": registry.identity(),
        "company": city.company.name,
        "from_day": "2026-03-01",
    }
    assert (
        reverse("registry:manager_enter") in boss.get(reverse("registry:managers")).content.decode()
    )
    answer = boss.post(reverse("registry:manager_enter"), data)
    assert answer.status_code == 303
    assert boss.get(answer["Location"]).status_code == 200
    assert Manager.objects.filter(name="赵新").exists()


def test_a_person_just_registered_is_seen_by_the_clerk_who_did_it(city, signed_in):
    clerk = signed_in(Role.SUBDISTRICT_CLERK, area=city.committee.subdistrict)
    data = {"name": "钱多", "id_kind": "resident", "id_number": registry.identity()}
    answer = clerk.post(reverse("registry:person_new"), data)
    assert "钱多" in clerk.get(answer["Location"]).content.decode()
