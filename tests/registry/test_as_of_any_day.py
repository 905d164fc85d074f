"""Owner, manager, fee and name of everything can be read back as of a past day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput
from anju.registry import queries, services
from tests.factories.registry import (
    NOW,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_management_area,
    make_manager,
    make_project,
    make_unit,
)

pytestmark = pytest.mark.django_db


def now_in_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("kind", ["community", "company", "management_area"])
def test_a_name_is_read_back_on_the_day_and_as_it_was_known(kind):
    make, rename = {
        "community": (make_community, services.community_rename),
        "company": (make_company, services.company_rename),
        "management_area": (
            lambda name: make_management_area(name=name),
            services.area_rename,
        ),
    }[kind]
    thing = make(name="旧名")
    known = now_in_database()
    rename(actor=SYSTEM, **{kind: thing}, name="新名", on_day=date(2022, 7, 1), at=NOW)
    assert queries.name_on(thing, date(2022, 6, 30)) == "旧名"
    assert queries.name_on(thing, date(2022, 7, 1)) == "新名"
    assert queries.name_on(thing, date(1990, 1, 1)) is None
    assert queries.name_known_at(thing, date(2023, 1, 1), known) == "旧名"
    thing.refresh_from_db()
    assert thing.name == "新名"
    assert queries.known_at(thing, known)["name"] == "旧名"


def test_renaming_a_community_sorts_its_homes_under_the_new_name():
    building = make_building(make_community("阳光花园"))
    unit = make_unit(building, "501")
    services.community_rename(
        actor=SYSTEM, community=building.community, name="安居里", on_day=date(2024, 1, 1), at=NOW
    )
    unit.refresh_from_db()
    building.refresh_from_db()
    assert unit.sort_key.startswith("anjuli")
    assert unit.sort_key == f"{building.sort_key}|0001|0501"


def test_fee_and_manager_of_a_project_are_read_back():
    project = make_project(from_day=date(2020, 1, 1), fees={"home": 150, "commercial": 400})
    first, second = make_manager(project.company), make_manager(project.company, "陈静")
    for manager, day in ((first, date(2020, 1, 1)), (second, date(2023, 5, 1))):
        services.project_manager_change(
            actor=SYSTEM, project=project, manager=manager, from_day=day, at=NOW
        )
    known = now_in_database()
    services.project_fee_change(
        actor=SYSTEM, project=project, fee_fen=185, from_day=date(2023, 1, 1), at=NOW
    )
    assert queries.fee_on(project, date(2022, 12, 31)) == 150
    assert queries.fee_on(project, date(2023, 1, 1)) == 185
    assert queries.fee_on(project, date(2023, 1, 1), "commercial") == 400
    assert queries.manager_on(project, date(2023, 4, 30)) == first
    assert queries.manager_on(project, date(2023, 5, 1)) == second
    fees = queries.fees_known_at(project, date(2024, 1, 1), known)
    assert {row["unit_kind"]: row["fee_fen"] for row in fees} == {"home": 150, "commercial": 400}
    rows = queries.manager_known_at(project, date(2021, 1, 1), known)
    assert [row["manager_id"] for row in rows] == [first.pk]


def test_the_file_of_a_manager_follows_from_company_to_company():
    one, two = make_company("甲物业有限公司"), make_company("乙物业有限公司")
    manager = make_manager(one, from_day=date(2018, 1, 1))
    services.manager_employ(
        actor=SYSTEM, manager=manager, company=two, from_day=date(2024, 1, 1), at=NOW
    )
    assert queries.company_of_manager_on(manager, date(2023, 12, 31)) == one
    assert queries.company_of_manager_on(manager, date(2024, 1, 1)) == two


def test_buildings_move_between_areas_on_a_day():
    community = make_community()
    first, second = make_building(community, "1"), make_building(community, "2")
    old = make_management_area([first, second], name="全区")
    new = make_management_area([make_building(community, "3")], name="新区")
    services.building_assign(
        actor=SYSTEM, management_area=new, buildings=[second], on_day=date(2023, 1, 1), at=NOW
    )
    assert queries.management_area_on(second, date(2022, 12, 31)) == old
    assert queries.management_area_on(second, date(2023, 1, 1)) == new
    assert list(queries.buildings_on(old, date(2023, 1, 1))) == [first]


def test_one_company_serves_an_area_at_a_time():
    project = make_project()
    with pytest.raises(Conflict, match="Another company"):
        make_project(project.management_area, make_company("乙物业有限公司"))
    services.project_end(
        actor=SYSTEM, project=project, on_day=date(2025, 1, 1), reason="合同到期", at=NOW
    )
    other = make_project(
        project.management_area, make_company("丙物业有限公司"), from_day=date(2025, 1, 1)
    )
    assert queries.project_on(project.management_area, date(2024, 12, 31)) == project
    assert queries.project_on(project.management_area, date(2025, 1, 1)) == other
    assert queries.fee_on(project, date(2025, 1, 1)) is None


def test_a_manager_of_another_company_cannot_lead_the_project():
    project = make_project()
    stranger = make_manager(make_company("乙物业有限公司"))
    with pytest.raises(Conflict, match="does not work"):
        services.project_manager_change(
            actor=SYSTEM, project=project, manager=stranger, from_day=date(2024, 1, 1), at=NOW
        )


@pytest.mark.parametrize(
    ("make", "change", "column", "before"),
    [
        (
            make_community,
            lambda c: services.community_change(
                actor=SYSTEM, community=c, fields={"address": "中山路9号"}, at=NOW
            ),
            "address",
            "",
        ),
        (
            make_building,
            lambda b: services.building_change(
                actor=SYSTEM, building=b, fields={"floors": 18}, at=NOW
            ),
            "floors",
            None,
        ),
        (
            make_unit,
            lambda u: services.unit_measure(
                actor=SYSTEM, unit=u, areas={"registered_dm2": 9000}, at=NOW
            ),
            "area_dm2",
            8950,
        ),
        (
            make_company,
            lambda c: services.company_change(
                actor=SYSTEM, company=c, fields={"phone": "0516-83712345"}, at=NOW
            ),
            "phone",
            "",
        ),
        (
            make_manager,
            lambda m: services.manager_publish_phone(
                actor=SYSTEM, manager=m, phone="0516-83712345", at=NOW
            ),
            "published_phone",
            "",
        ),
    ],
)
def test_any_change_is_read_back_and_shown_as_a_step(make, change, column, before):
    thing = make()
    known = now_in_database()
    change(thing)
    thing.refresh_from_db()
    assert queries.known_at(thing, known)[column] == before
    assert queries.row_steps(thing)[0].changes[column] == (before, getattr(thing, column))
    assert queries.row_steps(thing)[0].actor == SYSTEM.label


def test_a_name_of_tomorrow_and_a_field_that_needs_review_are_refused():
    community = make_community()
    with pytest.raises(InvalidInput, match="future"):
        services.community_rename(
            actor=SYSTEM, community=community, name="新", on_day=date(2026, 6, 2), at=NOW
        )
    with pytest.raises(InvalidInput):
        services.community_change(actor=SYSTEM, community=community, fields={"name": "x"}, at=NOW)


def test_a_moved_community_takes_its_homes_along():
    unit = make_unit()
    there = make_committee("光明社区", "河东区")
    services.community_move(actor=SYSTEM, community=unit.community, area=there, at=NOW)
    unit.refresh_from_db()
    assert (unit.committee_id, unit.subdistrict_id) == (there.pk, there.subdistrict_id)
    assert unit.district_id == there.district_id
    tally = unit.building.tallies.get()
    assert (tally.committee_id, tally.district_id, tally.units) == (
        there.pk,
        there.district_id,
        1,
    )
