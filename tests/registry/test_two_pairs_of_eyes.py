"""Names, codes, owners and areas change only when a second person approves."""

from __future__ import annotations

from datetime import date

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.registry import queries, services
from anju.registry.models import ChangeRequest
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_owner,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_committee()


@pytest.fixture
def clerk(place):
    return make_actor(Role.SUBDISTRICT_CLERK, place.subdistrict)


@pytest.fixture
def reviewer(place):
    return make_actor(Role.DISTRICT_CLERK, place.district)


def propose(actor, target, action, after, **more):
    return services.change_propose(
        actor=actor, action=action, target=target, after=after, reason="按证更正", at=NOW, **more
    )


def test_a_name_changes_when_another_person_approves(place, clerk, reviewer, journal_rows):
    community = make_community("旧名", place)
    with pytest.raises(Refused, match="second person"):
        services.community_rename(
            actor=clerk, community=community, name="新名", on_day=date(2026, 1, 1), at=NOW
        )
    change = propose(clerk, community, "community_rename", {"name": "新名", "on_day": "2026-01-01"})
    community.refresh_from_db()
    assert (community.name, change.before) == ("旧名", {"name": "旧名"})
    services.change_approve(actor=reviewer, change=change, at=NOW)
    community.refresh_from_db()
    change.refresh_from_db()
    assert (community.name, change.state) == ("新名", "approved")
    assert [row.action for row in journal_rows][-2:] == [
        "registry.community_rename",
        "registry.change_approve",
    ]


def test_nobody_approves_the_own_proposal(place):
    both = make_actor(Role.DISTRICT_CLERK, place.district)
    change = propose(both, make_community("旧名", place), "community_recode", {"code": "N1"})
    with pytest.raises(Refused, match="Another person"):
        services.change_approve(actor=both, change=change, at=NOW)
    with pytest.raises(Refused):
        services.change_refuse(actor=both, change=change, note="不", at=NOW)


def test_an_approval_opens_only_its_own_change(place, clerk, reviewer):
    community = make_community("旧名", place)
    change = propose(clerk, community, "community_recode", {"code": "N1"})
    services.change_approve(actor=reviewer, change=change, at=NOW)
    change.refresh_from_db()
    with pytest.raises(Refused, match="second person"):
        services.community_rename(
            actor=reviewer,
            community=community,
            name="新名",
            on_day=date(2026, 1, 1),
            at=NOW,
            approved=change,
        )


def test_a_transfer_of_owner_goes_through_review(place, clerk, reviewer):
    unit = make_unit(make_building(make_community("花园", place)))
    make_owner(unit, on_day=date(2020, 1, 1))
    buyer = make_person("张丽")
    after = {"holders": [{"person": buyer.pk}], "on_day": "2026-02-01", "source": "register"}
    change = propose(clerk, unit, "ownership_transfer", after)
    services.change_approve(actor=reviewer, change=change, at=NOW)
    assert queries.owners_on(unit, date(2026, 2, 1)).get().person == buyer


def test_a_split_and_a_measure_go_through_review(place, clerk, reviewer):
    unit = make_unit(make_building(make_community("花园", place)))
    change = propose(clerk, unit, "unit_measure", {"registered_dm2": 9000})
    services.change_approve(actor=reviewer, change=change, at=NOW)
    parts = [{"number": "101", "area_dm2": 4000}, {"number": "102", "area_dm2": 5000}]
    change = propose(clerk, unit, "unit_split", {"parts": parts, "on_day": "2026-02-01"})
    services.change_approve(actor=reviewer, change=change, at=NOW)
    assert unit.building.units.filter(state="active").count() == 2


def test_a_change_that_cannot_be_made_stays_open(place, clerk, reviewer):
    make_community("别处", place, code="N1")
    community = make_community("花园", place)
    change = propose(clerk, community, "community_recode", {"code": "N1"})
    with pytest.raises(Conflict):
        services.change_approve(actor=reviewer, change=change, at=NOW)
    change.refresh_from_db()
    assert change.state == "proposed"


def test_a_decided_change_stays_decided(place, clerk, reviewer):
    change = propose(clerk, make_community("花园", place), "community_recode", {"code": "N1"})
    services.change_refuse(actor=reviewer, change=change, note="材料不全", at=NOW)
    for verb in (services.change_approve,):
        with pytest.raises(Conflict, match="decided already"):
            verb(actor=reviewer, change=change, at=NOW)
    with pytest.raises(Conflict):
        services.change_withdraw(actor=clerk, change=change, at=NOW)


def test_only_the_proposer_withdraws(place, clerk, reviewer):
    change = propose(clerk, make_community("花园", place), "community_recode", {"code": "N1"})
    with pytest.raises(Refused):
        services.change_withdraw(actor=reviewer, change=change, at=NOW)
    services.change_withdraw(actor=clerk, change=change, at=NOW)
    change.refresh_from_db()
    assert change.state == "withdrawn"


def test_one_change_of_a_kind_waits_at_a_time(place, clerk):
    community = make_community("花园", place)
    propose(clerk, community, "community_recode", {"code": "N1"})
    with pytest.raises(Conflict, match="waits for review"):
        propose(clerk, community, "community_recode", {"code": "N2"})


def test_a_proposal_for_another_place_or_of_an_unknown_kind_is_refused(place, clerk):
    far = make_community("远", make_committee("东湖社区", "河东区"))
    with pytest.raises(Refused):
        propose(clerk, far, "community_recode", {"code": "N1"})
    with pytest.raises(InvalidInput):
        propose(clerk, make_community("近", place), "delete_everything", {})
    with pytest.raises(InvalidInput):
        propose(clerk, make_company(), "community_recode", {"code": "N1"})
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    "after", [{"name": "新"}, {"name": "", "on_day": "2026-01-01"}, {"on_day": "昨天"}]
)
def test_a_proposal_that_lacks_values_is_told_so(after, place, clerk, reviewer):
    change = propose(clerk, make_community("花园", place), "community_rename", after)
    with pytest.raises(InvalidInput):
        services.change_approve(actor=reviewer, change=change, at=NOW)


def test_a_proposal_overtaken_by_another_change_is_not_made(place, clerk, reviewer):
    unit = make_unit(make_building(make_community("花园", place)))
    change = propose(clerk, unit, "unit_measure", {"registered_dm2": 9000})
    services.unit_measure(actor=SYSTEM, unit=unit, areas={"registered_dm2": 12345}, at=NOW)
    with pytest.raises(Conflict, match=r"Registered area, m² \(89.50, now 123.45\)"):
        services.change_approve(actor=reviewer, change=change, at=NOW)
    unit.refresh_from_db()
    change.refresh_from_db()
    assert (unit.registered_dm2, change.state) == (12345, "proposed")


def test_a_transfer_is_not_made_when_others_own_the_home_by_now(place, clerk, reviewer):
    unit = make_unit(make_building(make_community("花园", place)))
    make_owner(unit, on_day=date(2020, 1, 1))
    after = {"holders": [{"person": make_person("张丽").pk}], "on_day": "2026-02-01"}
    change = propose(clerk, unit, "ownership_transfer", after)
    services.ownership_transfer(
        actor=SYSTEM,
        unit=unit,
        holders=[services.Holder(person=make_person("赵强"))],
        on_day=date(2026, 1, 1),
        source="court",
        reason="判决",
        at=NOW,
    )
    with pytest.raises(Conflict, match="Owners"):
        services.change_approve(actor=reviewer, change=change, at=NOW)
    assert queries.owners_on(unit, date(2026, 2, 1)).get().person.name == "赵强"


def test_a_split_is_not_made_when_the_owners_changed(place, clerk, reviewer):
    unit = make_unit(make_building(make_community("花园", place)))
    make_owner(unit)
    parts = [{"number": "101A", "area_dm2": 4000}, {"number": "101B", "area_dm2": 4950}]
    change = propose(clerk, unit, "unit_split", {"parts": parts, "on_day": "2026-02-01"})
    services.ownership_transfer(
        actor=SYSTEM,
        unit=unit,
        holders=[services.Holder(person=make_person("赵强"))],
        on_day=date(2026, 1, 1),
        source="court",
        reason="判决",
        at=NOW,
    )
    with pytest.raises(Conflict, match="Owners"):
        services.change_approve(actor=reviewer, change=change, at=NOW)
