"""Nobody puts anything into a place outside their reach, whatever calls the service."""

from __future__ import annotations

from datetime import date

import pytest

from anju.access.states import Role
from anju.core.decisions import Denied
from anju.core.errors import Refused
from anju.registry import services
from anju.registry.models import Building, ManagementArea, Project
from anju.registry.policies import COMPANY_CONTRACTABLE
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_management_area,
)

pytestmark = pytest.mark.django_db
OUT = "outside the place"


@pytest.fixture
def here():
    return make_committee("和平社区", "云山区")


@pytest.fixture
def away():
    return make_committee("东风社区", "青川区")


@pytest.fixture
def clerk(here):
    return make_actor(Role.SUBDISTRICT_CLERK, here.subdistrict)


def test_a_community_does_not_move_out_of_reach(here, away, clerk):
    community = make_community("花园", here)
    with pytest.raises(Refused, match=OUT):
        services.community_move(actor=clerk, community=community, area=away, at=NOW)
    community.refresh_from_db()
    assert community.area == here
    services.community_move(actor=clerk, community=community, area=here.subdistrict, at=NOW)
    community.refresh_from_db()
    assert community.area == here.subdistrict


def test_a_building_does_not_move_out_of_reach(here, away, clerk):
    building = make_building(make_community("花园", here))
    with pytest.raises(Refused, match=OUT):
        services.building_move(actor=clerk, building=building, area=away, at=NOW)
    building.refresh_from_db()
    assert building.area == here


def test_a_building_is_not_added_out_of_reach(here, away, clerk):
    community = make_community("花园", here)
    with pytest.raises(Refused, match=OUT):
        services.building_add(actor=clerk, community=community, number="9", area=away, at=NOW)
    assert not Building.objects.exists()
    services.building_add(actor=clerk, community=community, number="9", area=here, at=NOW)


@pytest.mark.parametrize("assigned", [False, True])
def test_an_area_takes_no_building_out_of_reach(here, away, clerk, assigned):
    near = make_building(make_community("花园", here))
    far = make_building(make_community("远村", away))
    day = date(2026, 1, 1)
    if assigned:
        area = make_management_area([near])
        with pytest.raises(Refused, match=OUT):
            services.building_assign(
                actor=clerk, management_area=area, buildings=[far], on_day=day, at=NOW
            )
        assert area.buildings.count() == 1
    else:
        with pytest.raises(Refused, match=OUT):
            services.area_delimit(
                actor=clerk, area=here, code="A1", name="区", buildings=[far], on_day=day, at=NOW
            )
        assert not ManagementArea.objects.exists()


def start(company, area):
    return services.project_start(
        actor=services_actor(),
        management_area=area,
        company=company,
        code="P1",
        from_day=date(2026, 1, 1),
        at=NOW,
    )


def services_actor():
    return make_actor(Role.DESK_CLERK)


def test_a_company_from_out_of_town_without_filing_does_not_start(here):
    area = make_management_area([make_building(make_community("花园", here))])
    with pytest.raises(Refused, match="out of town and has no filing"):
        start(make_company("外地物业有限公司", is_out_of_town=True), area)
    assert not Project.objects.exists()
    start(make_company(), area)


def test_every_reason_of_the_gate_is_told_at_once(here, monkeypatch):
    area = make_management_area([make_building(make_community("花园", here))])
    checks = {name: lambda name=name, **asked: Denied(f"No: {name}.") for name in ("one", "two")}
    monkeypatch.setattr(COMPANY_CONTRACTABLE, "checks", checks)
    with pytest.raises(Refused, match=r"No: one\. No: two\."):
        start(make_company(), area)
