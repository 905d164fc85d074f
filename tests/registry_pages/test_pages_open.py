"""Every page of the register opens for the posts that may, and is 404 for another's object."""

from __future__ import annotations

import pytest
from django.urls import get_resolver, reverse

from anju.access.states import Role
from anju.registry import urls
from anju.registry.services import change_propose
from tests.factories import access, registry

OBJECTS = {
    "community": "community",
    "building": "building",
    "area": "area",
    "project": "project",
    "unit": "unit",
    "person": "person",
    "company": "company",
    "manager": "manager",
    "stairwell": "building",
    "ownership": "unit",
    "branch": "company",
    "staff_add": "company",
}
SPECIAL = {
    "building_add": "community",
    "unit_add": "building",
    "unit_merge": "building",
    "project_start": "area",
    "manager_register": "person",
    "manager_employ": "manager",
    "phone_separate": "person",
}
NAMES = [pattern.name for pattern in urls.urlpatterns]
WITHOUT = {"staff_end", "change", "import", "import_problems"}
# Opened with rows of their own in tests/portal and test_counter.
WITHOUT |= {"binding", "binding_end", "complaint", "complaint_answer"}


def address(city, name):
    if "<int:pk>" not in next(str(p.pattern) for p in urls.urlpatterns if p.name == name):
        return reverse(f"registry:{name}")
    if name in ("stairwell_renumber", "stairwell_remove"):
        return reverse(f"registry:{name}", args=[city.building.stairwells.first().pk])
    key = SPECIAL.get(name) or OBJECTS.get(name) or OBJECTS[name.split("_")[0]]
    return reverse(f"registry:{name}", args=[getattr(city, key).pk])


@pytest.mark.parametrize("name", [n for n in NAMES if n not in WITHOUT])
def test_every_page_opens_for_a_clerk_of_the_city_and_never_fails(city, signed_in, name):
    client = signed_in(Role.DESK_CLERK)
    answer = client.get(address(city, name))
    view = next(p.callback for p in urls.urlpatterns if p.name == name)
    rule = view.page
    from anju.access.permissions import GRANTS

    able = rule.signed_in or rule.permission in GRANTS[Role.DESK_CLERK]
    assert answer.status_code == (200 if able else 403)
    assert answer["Cache-Control"] == "no-store, private" or "private" in answer["Cache-Control"]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in WITHOUT])
def test_a_visitor_is_asked_to_sign_in(city, client, name):
    answer = client.get(address(city, name))
    assert answer.status_code == 302
    assert "next=" in answer.url


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in NAMES
        if n not in WITHOUT
        and "<int:pk>" in next(str(p.pattern) for p in urls.urlpatterns if p.name == n)
    ],
)
def test_another_districts_object_is_not_there(city, signed_in, name):
    view = next(p.callback for p in urls.urlpatterns if p.name == name)
    from anju.access.permissions import GRANTS

    client = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    answer = client.get(address(city, name))
    public = {"company", "manager", "branch", "staff"}  # companies and managers have no place
    if view.page.permission not in GRANTS[Role.DISTRICT_CLERK]:
        assert answer.status_code == 403
    elif name.split("_")[0] in public and name != "manager_register":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_read_no_business_rows(city, signed_in, role):
    client = signed_in(role)
    for name in ("communities", "units", "people", "companies", "changes", "find"):
        assert client.get(reverse(f"registry:{name}")).status_code == 403


def test_every_address_carries_its_rule():
    for pattern in urls.urlpatterns:
        assert hasattr(pattern.callback, "page"), pattern.name
    assert get_resolver().reverse_dict is not None


def test_a_committee_clerk_sees_the_committee_only(city, signed_in):
    client = signed_in(Role.COMMITTEE_CLERK, area=city.committee)
    page = client.get(reverse("registry:communities")).content.decode()
    assert "阳光花园" in page
    assert "东风新村" not in page


def test_the_change_page_is_for_its_place(city, signed_in):
    proposer = access.make_actor(role=Role.DISTRICT_CLERK, area=city.district)
    change = change_propose(
        actor=proposer,
        action="community_rename",
        target=city.community,
        after={"name": "阳光家园", "on_day": "2026-06-01"},
        reason="门牌已改",
        at=registry.NOW,
    )
    near = signed_in(Role.DISTRICT_CLERK, area=city.district)
    far = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    where = reverse("registry:change", args=[change.pk])
    assert "阳光家园" in near.get(where).content.decode()
    assert far.get(where).status_code == 404


def test_a_part_that_shows_its_beginning_says_how_many_there_are(city, signed_in, monkeypatch):
    from anju.registry.views import parts, places

    for module in (parts, places):
        monkeypatch.setattr(module, "SHOWN", 2)
    for number in ("4", "5"):
        registry.make_building(city.community, number)
    client = signed_in(Role.DISTRICT_CLERK, area=city.district)
    answer = client.get(reverse("registry:community", args=[city.community.pk]))
    [part] = [one for one in answer.context["detail"].parts if one.key == "buildings"]
    assert [row[0].text for row in part.rows] == ["3", "4"]
    assert "3" in part.note
    whole = f"{reverse('registry:buildings')}?community={city.community.pk}"
    assert [address for _words, address in part.links] == [whole]
    assert client.get(whole).context["listing"].count == 3
