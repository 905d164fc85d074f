"""A file of communities and buildings: previewed, imported, safe to repeat, every bad row named."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from django.utils import translation

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Refused
from anju.registry import queries, services
from anju.registry.models import Building, Community, FieldProvenance, ImportBatch, Stairwell
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories.registry import NOW, make_actor, make_building, make_committee, make_community

pytestmark = pytest.mark.django_db
HEAD = "小区编码,小区名称,所在地,地址,类型,建成年份,幢号,单元,层数,电梯\n"


def bring(text, name="communities.csv", actor=SYSTEM):
    content = text if isinstance(text, bytes) else (HEAD + text).encode()
    return services.import_preview(
        actor=actor, file_name=name, content=content, source="民政部门名录",
        as_of=date(2026, 5, 1), kind="communities", at=NOW,
    )  # fmt: skip


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.refused


def problems(batch):
    with translation.override("en"):
        return dict(queries.refused_lines(batch))


def test_communities_come_in_with_buildings_and_the_same_file_changes_nothing(journal_rows):
    place = make_committee()
    text = (
        'YG001,阳光花园,云山区和平街道和平社区,和平路8号,商品房小区,2008年,1幢,"1单元,2单元",18层,有\n'
        f"YG001,阳光花园,{place.code},,,,2,1,6,无\n"
        "LY002,绿野新村,云城市 云山区 和平街道 和平社区,,老旧小区,,,,,\n"
    )
    batch = bring(text)
    assert counts(batch) == (3, 0, 0, 0)
    assert not Community.objects.exists()
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    first, second = Community.objects.order_by("code").reverse()
    assert (first.code, first.area_id, first.kind, first.built_year, first.address) == (
        "YG001", place.pk, "commercial", 2008, "和平路8号",
    )  # fmt: skip
    assert (second.name, second.kind) == ("绿野新村", "old")
    assert list(first.buildings.order_by("number").values_list("number", "floors", "has_lift")) == [
        ("1", 18, True),
        ("2", 6, False),
    ]
    assert Stairwell.objects.filter(building__number="1").count() == 2
    origin = queries.origins(first)["built_year"]
    assert (origin.source, origin.value, origin.as_of) == ("民政部门名录", 2008, date(2026, 5, 1))
    assert queries.origins(Building.objects.get(number="1"))["floors"].value == 18
    noted = FieldProvenance.objects.count()
    written = len(journal_rows)
    again = services.import_apply(actor=SYSTEM, batch=bring(text), at=NOW)
    assert counts(again) == (0, 0, 3, 0)
    assert FieldProvenance.objects.count() == noted
    assert [entry.action for entry in journal_rows[written:]] == [
        "registry.import_preview",
        "registry.import_apply",
    ]


def test_facts_change_and_stairwells_are_added_while_empty_cells_keep(journal_rows):
    house = make_building(
        make_community(code="YG001", address="旧路1号", built_year=1999), "3", floors=6
    )
    batch = bring(f'YG001,阳光花园,{house.area.code},新路2号,,,3幢,"1,2,3",7,\n')
    assert counts(batch) == (0, 1, 0, 0)
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    community = Community.objects.get()
    house.refresh_from_db()
    assert (community.address, community.built_year, house.floors) == ("新路2号", 1999, 7)
    assert sorted(house.stairwells.values_list("number", flat=True)) == ["1", "2", "3"]
    actions = {entry.action for entry in journal_rows}
    assert {"registry.community_change", "registry.building_change", "registry.stairwell_add"} <= (
        actions
    )


def test_every_bad_row_is_named_with_row_column_and_what_to_do():
    house = make_building(make_community(code="YG001"), "3")
    here = house.area.code
    make_committee("东湖社区", "河东区")
    make_committee("东湖社区", "河西区")
    rows = [
        f",甲苑,{here},,商品房,,1,,,",
        f"A_1,甲苑,{here},,商品房,,1,,,",
        "A1,甲苑,乌有社区,,商品房,,1,,,",
        "A1,甲苑,东湖社区,,商品房,,1,,,",
        f"A1,甲苑,{here},,飞船,,1,,,",
        f"A1,甲苑,{here},,商品房,1808,1,,,",
        f"A1,甲苑,{here},,商品房,,1,,0,",
        f"A1,甲苑,{here},,商品房,,1,,,也许",
        f"A1,甲苑,{here},,商品房,,,1,,",
        f"A1,甲苑,{here},,,,1,,,",
        f"YG001,月光花园,{here},,,,3,,,",
        "YG001,阳光花园,河东区东湖街道东湖社区,,,,3,,,",
        f"A1,甲苑,{here},,商品房,,1,,,",
        f"A1,甲苑,{here},,商品房,,1号楼,,,",
        f"A1,乙苑,{here},,商品房,,2,,,",
        f"A1,甲苑,{here},,老旧小区,,2,,,",
    ]
    batch = bring("\n".join(rows) + "\n")
    assert counts(batch) == (1, 0, 0, 15)
    lines = problems(batch)
    wanted = {
        2: "Community code: Please fill in", 3: "“A_1” is not a code",
        4: "“乌有社区” is not a place on file", 5: "Several places are called “东湖社区”",
        6: "“飞船” is not a kind of community", 7: "“1808” is not a year",
        8: "“0” is not a number of floors", 9: "“也许” says neither",
        10: "Say which building", 11: "Kind: Please fill in",
        12: "on file as “阳光花园”", 13: "on file in 云山区和平街道和平社区",
        15: "stands in row 14", 16: "Row 14 says otherwise", 17: "Row 14 says otherwise",
    }  # fmt: skip
    assert set(lines) == set(wanted)
    for number, words in wanted.items():
        assert lines[number][0].startswith(f"Row {number}, ")
        assert words in lines[number][0]
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    assert Community.objects.count() == 2


def test_a_sub_district_clerk_brings_nothing_into_another_place():
    mine = make_committee()
    other = make_committee("东湖社区", "河东区")
    make_community(code="DH001", area=other)
    clerk = make_actor(Role.SUBDISTRICT_CLERK, mine.subdistrict, organisation_id=7)
    batch = bring(
        f"A1,甲苑,{mine.code},,商品房,,1,,,\n"
        f"A2,乙苑,{other.code},,商品房,,1,,,\n"
        f"DH001,阳光花园,{mine.code},,商品房,,1,,,\n",
        actor=clerk,
    )
    assert counts(batch) == (1, 0, 0, 2)
    lines = problems(batch)
    assert "lies outside the place of your post" in lines[3][0]
    assert "community outside your place" in lines[4][0]
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert set(Community.objects.values_list("code", flat=True)) == {"A1", "DH001"}


def test_whoever_has_no_right_neither_brings_nor_sees_the_file():
    place = make_committee()
    reader = make_actor(Role.COMMITTEE_CLERK, place, organisation_id=7)
    with pytest.raises(Refused):
        bring(f"A1,甲苑,{place.code},,商品房,,1,,,\n", actor=reader)
    clerk = make_actor(Role.DISTRICT_CLERK, place.district, organisation_id=7)
    bring(f"A1,甲苑,{place.code},,商品房,,1,,,\n", actor=clerk)
    assert ImportBatch.objects.visible_to(clerk).count() == 1
    assert not ImportBatch.objects.visible_to(reader).exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_the_encodings_people_use_are_read(encoding):
    place = make_committee()
    text = f"{HEAD}A1,甲苑,{place.code},,商品房,,1,,,\n"
    assert counts(bring(text.encode(encoding)))[0] == 1


def test_an_excel_table_is_read_and_the_template_read_back():
    place = make_committee()
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Community code *", "Community name *", "Place *", "Kind", "Built in"])
    sheet.write_row(1, 0, ["A1", "甲苑", place.code, "Old community", 1998])
    book.close()
    assert counts(bring(buffer.getvalue(), "a.xlsx")) == (1, 0, 0, 0)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            content = template_xlsx(LAYOUTS["communities"])
        assert bring(content, "template.xlsx").rows == 0
