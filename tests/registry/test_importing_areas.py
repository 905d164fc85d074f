"""A file of management areas with their buildings: previewed, imported, safe to repeat."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.registry import queries, services
from anju.registry.models import AreaBuilding, ManagementArea
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_management_area,
)

pytestmark = pytest.mark.django_db
HEAD = "管理区域编码,管理区域名称,所在地,小区编码,幢号,划定日期\n"


@pytest.fixture
def houses():
    community = make_community(code="YG001")
    return [make_building(community, number) for number in ("1", "2", "3")]


def bring(text, actor=SYSTEM):
    content = text if isinstance(text, bytes) else (HEAD + text).encode()
    return services.import_preview(
        actor=actor, file_name="areas.csv", content=content, source="街道台账",
        as_of=date(2026, 5, 1), kind="areas", at=NOW,
    )  # fmt: skip


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.refused


def problems(batch):
    with translation.override("en"):
        return dict(queries.refused_lines(batch))


def numbers(area):
    rows = AreaBuilding.objects.filter(management_area=area).order_by("building__number")
    return list(rows.values_list("building__number", flat=True))


def test_areas_come_in_with_their_buildings_and_the_same_file_changes_nothing(houses):
    place = houses[0].area
    other = make_building(make_community("绿野新村", area=place, code="LY001"), "8")
    text = (
        f'WQ1,阳光区域,{place.code},YG001,"1幢、2幢",2018-06-01\n'
        f"WQ1,阳光区域,{place.code},LY001,8,2018/6/1\n"
    )
    batch = bring(text)
    assert counts(batch) == (2, 0, 0, 0)
    assert not ManagementArea.objects.exists()
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    area = ManagementArea.objects.get()
    assert (area.code, area.area_id, area.delimited_on) == ("WQ1", place.pk, date(2018, 6, 1))
    assert numbers(area) == ["1", "2", other.number]
    assert queries.origins(area)["name"].source == "街道台账"
    assert counts(services.import_apply(actor=SYSTEM, batch=bring(text), at=NOW)) == (0, 0, 2, 0)
    assert AreaBuilding.objects.count() == 3
    more = services.import_apply(
        actor=SYSTEM, at=NOW, batch=bring(f"WQ1,阳光区域,{place.code},YG001,3,2020-01-01\n")
    )
    assert counts(more) == (0, 1, 0, 0)
    assert numbers(area) == ["1", "2", "3", "8"]


def test_every_bad_row_is_named_with_row_column_and_what_to_do(houses):
    here = houses[0].area.code
    held = make_management_area([houses[2]], name="旧区域")
    rows = [
        (f",甲,{here},YG001,1,2018-06-01", "Area code: Please fill in"),
        (f"A1,甲,{here},YG001,,2018-06-01", "Buildings: Please fill in"),
        (f"A1,甲,{here},YG001,1,去年", "“去年” is not a day"),
        (f"A1,甲,{here},YG001,1,2027-01-01", "must not lie in the future"),
        ("A1,甲,乌有社区,YG001,1,2018-06-01", "“乌有社区” is not a place"),
        (f"A1,甲,{here},XX,1,2018-06-01", "not a community within your place"),
        (f"A1,甲,{here},YG001,9,2018-06-01", "Building “9” is not on file"),
        (f"A1,甲,{here},YG001,3,2018-06-01", "in another management area"),
        (f"{held.code},乙,{here},YG001,3,2018-06-01", "on file as “旧区域”"),
    ]
    batch = bring("".join(f"{line}\n" for line, _words in rows))
    assert counts(batch) == (0, 0, 0, len(rows))
    lines = problems(batch)
    for number, (_line, words) in enumerate(rows, start=2):
        assert lines[number][0].startswith(f"Row {number}, ")
        assert words in lines[number][0]
    clash = bring(
        f"A1,甲,{here},YG001,1,2018-06-01\nA1,乙,{here},YG001,2,2018-06-01\n"
        f"A2,丙,{here},YG001,1,2018-06-01\n"
    )
    assert "Row 2 says otherwise" in problems(clash)[3][0]
    assert "stands in row 2 too" in problems(clash)[4][0]


def test_a_sub_district_clerk_delimits_nothing_in_another_place(houses):
    mine = houses[0].area
    other = make_committee("东湖社区", "河东区")
    make_building(make_community("东湖花园", area=other, code="DH001"), "1")
    clerk = make_actor(Role.SUBDISTRICT_CLERK, mine.subdistrict, organisation_id=7)
    batch = bring(
        f"A1,甲,{mine.code},YG001,1,2018-06-01\nA2,乙,{other.code},YG001,2,2018-06-01\n"
        f"A3,丙,{mine.code},DH001,1,2018-06-01\n",
        actor=clerk,
    )
    assert counts(batch) == (1, 0, 0, 2)
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert ManagementArea.objects.get().code == "A1"


def test_gbk_and_the_template_are_read(houses):
    text = f"{HEAD}A1,甲,{houses[0].area.code},YG001,1,2018-06-01\n"
    assert counts(bring(text.encode("gbk"))) == (1, 0, 0, 0)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            content = template_xlsx(LAYOUTS["areas"])
        assert bring(content).rows == 0
