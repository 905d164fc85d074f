"""Homes, tallies and the search follow an area that moves, at once or batch by batch."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.time import day_start
from anju.reference import services
from anju.reference import tasks as reference_tasks
from anju.reference.models import Area
from anju.reference.services import moving
from anju.reference.services.changes import Draft
from anju.reference.states import AreaChangeState
from anju.registry.models import Building, Community, SearchEntry, Unit, UnitTally
from anju.registry.queries.tallies import unit_count
from tests.factories.registry import (
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = day_start(date(2026, 6, 1))


@pytest.fixture
def city() -> dict[str, Any]:
    """Twelve homes in 云山区; 石桥区 is empty but for a committee of its own."""
    committee = make_committee("和平社区", "云山区")
    other = make_committee("石桥社区", "石桥区")
    building = make_building(make_community(area=committee))
    for number in range(12):
        make_unit(building, f"{number + 101}")
    return {"committee": committee, "street": committee.parent, "to": other.district}


def move(city: dict[str, Any]) -> Any:
    clerk = make_actor(Role.DESK_CLERK, user=make_user(), name="陈一")
    confirmer = make_actor(Role.DESK_CONFIRMER, user=make_user(), name="林二")
    change = services.change_propose(
        actor=clerk,
        draft=Draft(
            kind="moved",
            area=city["street"],
            plan={"parent": city["to"].pk},
            effective_on=date(2026, 5, 1),
            document="云政发〔2026〕3号",
            source="市政府",
        ),
        at=NOW,
    )
    assert change.affected["registry.unit"] == 12
    assert change.affected["registry.community"] == 1
    return services.change_confirm(actor=confirmer, change=change, at=NOW)


def clerk_of(area: Area) -> Any:
    area.refresh_from_db()
    return make_actor(Role.DISTRICT_CLERK, area=area, area_unsettled=area.unsettled)


def seen(area: Area) -> tuple[int, int, int]:
    actor = clerk_of(area)
    return (
        Unit.objects.visible_to(actor).count(),
        unit_count(actor),
        SearchEntry.objects.visible_to(actor).filter(kind="community").count(),
    )


def test_a_small_move_is_made_at_once(city) -> None:
    old = city["committee"].district
    assert (seen(old), seen(city["to"])) == ((12, 12, 1), (0, 0, 0))
    change = move(city)
    assert change.state == AreaChangeState.IN_FORCE
    assert (seen(old), seen(city["to"])) == ((0, 0, 0), (12, 12, 1))
    rows = (Community, Building, Unit, UnitTally)
    assert all(set(m.objects.values_list("district_id")) == {(city["to"].pk,)} for m in rows)
    assert sum(UnitTally.objects.values_list("units", flat=True)) == 12


def test_a_large_move_goes_in_batches_and_reads_are_right_in_between(city, monkeypatch) -> None:
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 5)
    put: list[dict[str, int]] = []
    monkeypatch.setattr(reference_tasks.rows_move_all, "defer", lambda **kw: put.append(kw))
    old = city["committee"].district
    change = move(city)
    assert change.state == AreaChangeState.MOVING
    assert put == [{"change_id": change.pk}]
    assert Unit.objects.filter(district=old).count() == 12
    whole = ((0, 0, 0), (12, 12, 1))
    assert (seen(old), seen(city["to"])) == whole
    for left in (7, 2):
        assert services.rows_move(actor=SYSTEM, change_id=change.pk, at=NOW, limit=5) == 5
        assert Unit.objects.filter(district=old).count() == left
        assert (seen(old), seen(city["to"])) == whole
    # A home entered meanwhile stands in its new district at once.
    late = make_unit(Building.objects.get(), "999")
    assert late.district_id == city["to"].pk or Unit.objects.get(pk=late.pk).district == city["to"]
    # The worker dies here; another one begins anew and finishes.
    assert reference_tasks.rows_move_all(change_id=change.pk) == 2
    assert reference_tasks.rows_move_all(change_id=change.pk) == 0
    change.refresh_from_db()
    assert (change.state, change.percent) == (AreaChangeState.IN_FORCE, 100)
    assert not Area.objects.filter(unsettled=True).exists()
    assert (seen(old), seen(city["to"])) == ((0, 0, 0), (13, 13, 1))


def test_a_lagging_row_is_told_apart_from_one_that_stays(city, monkeypatch) -> None:
    """Rows of the same district that do not move stay with the clerk who had them."""
    stays = make_community("桂花里", area=Area.objects.get(level=3, name="和平社区"))
    street = Area.objects.create(
        code="99001",
        kind="subdistrict",
        level=2,
        name="桂花街道",
        parent=city["committee"].district,
        valid_from=date(2015, 1, 1),
    )
    stays.area = street
    stays.save()
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(reference_tasks.rows_move_all, "defer", lambda **kw: None)
    move(city)
    old = city["committee"].district
    assert list(Community.objects.visible_to(clerk_of(old))) == [stays]
    assert stays not in Community.objects.visible_to(clerk_of(city["to"]))


def test_rows_of_a_merged_committee_belong_to_its_heir_and_return(city) -> None:
    heir = make_committee("文苑社区", "云山区")
    clerk = make_actor(Role.DESK_CLERK, user=make_user(), name="陈一")
    confirmer = make_actor(Role.DESK_CONFIRMER, user=make_user(), name="林二")
    draft = Draft(
        kind="merged",
        area=city["committee"],
        plan={"into": heir.pk},
        effective_on=date(2026, 4, 1),
        document="1号",
        source="市政府",
    )
    change = services.change_propose(actor=clerk, draft=draft, at=NOW)
    change = services.change_confirm(actor=confirmer, change=change, at=NOW)
    assert seen_by(heir) == 12
    assert set(Unit.objects.values_list("subdistrict_id")) == {(heir.parent_id,)}
    back = services.undo_draft(
        change, effective_on=date(2026, 5, 1), document="2号", source="市政府"
    )
    change = services.change_propose(actor=clerk, draft=back, at=NOW)
    services.change_confirm(actor=confirmer, change=change, at=NOW)
    assert (seen_by(heir), seen_by(city["committee"])) == (0, 12)


def seen_by(committee: Area) -> int:
    actor = make_actor(Role.COMMITTEE_CLERK, area=committee)
    return Unit.objects.visible_to(actor).count()
