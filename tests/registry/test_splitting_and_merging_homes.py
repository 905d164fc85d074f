"""Homes are split and merged with their areas and owners carried over exactly."""

from __future__ import annotations

from datetime import date

import pytest

from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput
from anju.registry import queries, services
from anju.registry.models import HomeBinding, Unit, UnitTally
from anju.registry.services import Holder, Part
from tests.factories.registry import (
    NOW,
    make_binding,
    make_building,
    make_owner,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


def split(unit, *parts, day=DAY):
    return services.unit_split(
        actor=SYSTEM,
        unit=unit,
        parts=[Part(number=n, area_dm2=a) for n, a in parts],
        on_day=day,
        reason="分户",
        at=NOW,
    )


def merge(units, number="101", day=DAY):
    return services.unit_merge(
        actor=SYSTEM, units=units, number=number, on_day=day, reason="合户", at=NOW
    )


def test_a_split_keeps_area_owners_and_bound_accounts():
    unit = make_unit()
    wife, husband = make_person("张丽"), make_person("王明")
    services.ownership_record(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=wife, num=2, den=3), Holder(person=husband, num=1, den=3)],
        on_day=date(2020, 1, 1),
        source="register",
        at=NOW,
    )
    make_binding(unit, wife)
    parts = split(unit, ("101", 5000), ("101A", 3950))
    unit.refresh_from_db()
    assert unit.state == "split"
    assert sum(part.area_dm2 for part in parts) == unit.area_dm2
    for part in parts:
        owners = queries.owners_on(part, DAY)
        assert [(o.person, o.share_num, o.share_den) for o in owners] == [
            (wife, 2, 3),
            (husband, 1, 3),
        ]
        assert part.origins.get().predecessor == unit
        assert HomeBinding.objects.active().get(unit=part).person == wife
    assert not queries.owners_on(unit, DAY)
    assert queries.owners_on(unit, date(2025, 2, 28)).count() == 2
    assert not HomeBinding.objects.active().filter(unit=unit)


@pytest.mark.parametrize(
    "parts", [(("101", 5000), ("102", 3949)), (("101", 8950),), (("101", 8951), ("102", -1))]
)
def test_parts_that_do_not_add_to_the_whole_are_refused(parts):
    unit = make_unit()
    with pytest.raises(InvalidInput, match="add to the whole"):
        split(unit, *parts)
    assert Unit.objects.get().state == "active"


def test_a_part_with_a_taken_number_leaves_all_as_it_was():
    unit = make_unit()
    make_unit(unit.building, "102")
    with pytest.raises(Conflict, match="this kind and number"):
        split(unit, ("101", 5000), ("102", 3950))
    unit.refresh_from_db()
    assert unit.state == "active"
    assert Unit.objects.count() == 2


def test_a_split_before_the_owners_bought_is_refused():
    unit = make_unit()
    make_owner(unit, on_day=date(2025, 6, 1))
    with pytest.raises(Conflict, match="later day"):
        split(unit, ("101", 5000), ("102", 3950))
    unit.refresh_from_db()
    assert unit.state == "active"


def test_a_split_unit_cannot_be_split_again():
    unit = make_unit()
    split(unit, ("101", 5000), ("102", 3950))
    with pytest.raises(Conflict, match="not in use"):
        split(unit, ("103", 5000), ("104", 3950))


def test_homes_of_the_same_owner_are_merged():
    house = make_building()
    owner = make_person()
    units = [make_unit(house, number) for number in ("101", "102")]
    for unit in units:
        make_owner(unit, owner)
    merged = merge(units)
    assert (merged.area_dm2, merged.number) == (17900, "101")
    assert [o.person for o in queries.owners_on(merged, DAY)] == [owner]
    assert {o.predecessor for o in merged.origins.all()} == set(units)
    tallies = dict(UnitTally.objects.values_list("state", "units"))
    assert tallies == {"active": 1, "merged": 2}


def test_homes_of_different_owners_are_not_merged():
    house = make_building()
    units = [make_unit(house, number) for number in ("101", "102")]
    for unit in units:
        make_owner(unit, make_person())
    with pytest.raises(Conflict, match="different owners"):
        merge(units)


def test_the_weakest_source_of_the_areas_stands():
    house = make_building()
    one = make_unit(house, "101")
    two = make_unit(house, "102", registered_dm2=None, contract_dm2=1000)
    merged = merge([one, two])
    assert (merged.area_dm2, merged.area_source) == (9950, "contract")


def test_a_demolished_home_ends_its_ownership():
    unit = make_unit()
    make_owner(unit)
    services.unit_demolish(actor=SYSTEM, unit=unit, on_day=DAY, reason="拆除", at=NOW)
    assert not queries.owners_on(unit, DAY)
    assert queries.owners_on(unit, date(2025, 2, 28)).count() == 1
