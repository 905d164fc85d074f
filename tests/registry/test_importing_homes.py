"""A file of homes: previewed, imported, safe to repeat, every bad row named."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from django.db import connection
from django.utils import translation

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.registry import queries, services
from anju.registry.models import FieldProvenance, ImportBatch, Unit, UnitTally
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories.registry import (
    NOW,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_unit,
)

pytestmark = pytest.mark.django_db
HEAD = "小区编码,幢号,单元,房号,类型,楼层,登记面积,测绘面积,合同面积\n"


def building():
    return make_building(make_community(code="YG001"), "3", stairwells=("1", "2"))


def bring(text, name="homes.csv", actor=SYSTEM):
    content = text if isinstance(text, bytes) else text.encode()
    return services.import_preview(
        actor=actor,
        file_name=name,
        content=content,
        source="测绘院",
        as_of=date(2026, 5, 1),
        at=NOW,
    )


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.refused


def xlsx(rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def test_good_rows_come_in_and_the_same_file_changes_nothing():
    house = building()
    text = HEAD + "YG001,3,1,101,住宅,1,89.5,,\nYG001,3幢,2单元,1002室,,10层,,120.25,\n"
    batch = bring(text)
    assert counts(batch) == (2, 0, 0, 0)
    assert not Unit.objects.exists()
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    units = list(Unit.objects.order_by("sort_key"))
    assert [(u.number, u.area_dm2, u.area_source, u.floor) for u in units] == [
        ("101", 8950, "registered", 1),
        ("1002", 12025, "surveyed", 10),
    ]
    assert units[0].sort_key == f"{house.sort_key}|0001|0101"
    assert units[0].committee_id == house.committee_id
    assert UnitTally.objects.get(kind="home").units == 2
    origin = queries.origins(units[0])["registered_dm2"]
    assert (origin.source, origin.value, origin.as_of) == ("测绘院", 8950, date(2026, 5, 1))
    again = services.import_apply(actor=SYSTEM, batch=bring(text), at=NOW)
    assert counts(again) == (0, 0, 2, 0)
    assert Unit.objects.count() == 2
    assert FieldProvenance.objects.count() == 2


def test_an_empty_cell_keeps_what_is_on_file():
    unit = make_unit(building(), "101", floor=1)
    batch = bring(HEAD + "YG001,3,1,101,住宅,,90.00,,\n")
    assert counts(batch) == (0, 1, 0, 0)
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    unit.refresh_from_db()
    assert (unit.area_dm2, unit.floor) == (9000, 1)


def test_every_bad_row_is_named_with_row_column_and_what_to_do():
    building()
    rows = [
        ",3,1,101,住宅,1,89.5,,",
        "XX,3,1,101,住宅,1,89.5,,",
        "YG001,9,1,101,住宅,1,89.5,,",
        "YG001,3,7,101,住宅,1,89.5,,",
        "YG001,3,1,,住宅,1,89.5,,",
        "YG001,3,1,<b>,住宅,1,89.5,,",
        "YG001,3,1,101,飞船,1,89.5,,",
        "YG001,3,1,101,住宅,999,89.5,,",
        "YG001,3,1,101,住宅,1,89.555,,",
        "YG001,3,1,101,住宅,1,0,,",
        "YG001,3,1,101,住宅,1,89.5,,",
        "YG001,3,1,101,住宅,1,89.5,,",
        "YG001,3",
    ]
    batch = bring(HEAD + "\n".join(rows) + "\n\n")
    assert batch.rows == 13
    assert counts(batch) == (1, 0, 0, 12)
    with translation.override("en"):
        lines = dict(queries.refused_lines(batch))
    assert list(lines) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14]
    assert lines[2] == ["Row 2, Community code: Please fill in this field."]
    assert "Row 4, Building: Building “9” is not on file" in lines[4][0]
    assert "Stairwell" in lines[5][0]
    assert "row 12" in lines[13][0]
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    assert Unit.objects.count() == 1
    assert batch.lines.filter(outcome="created").count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_encodings_people_use_are_read(encoding):
    building()
    assert counts(bring((HEAD + "YG001,3,1,101,住宅,1,89.5,,\n").encode(encoding)))[0] == 1


def test_an_excel_table_with_numbers_is_read():
    building()
    head = ["Community code *", "Building *", "Stairwell", "Number *", "Kind", "Floor"]
    head += ["Registered area (m²)"]
    rows = [["YG001", 3, 1, 101, "home", 1, 89.5], ["YG001", 3.0, "2", "102", "garage", -1, 12]]
    batch = bring(xlsx([head, *rows]), "homes.xlsx")
    assert counts(batch) == (2, 0, 0, 0)
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    assert set(Unit.objects.values_list("number", "kind", "area_dm2")) == {
        ("101", "home", 8950),
        ("102", "garage", 1200),
    }


def test_the_template_is_read_back_in_both_languages():
    for language in ("en", "zh-hans"):
        with translation.override(language):
            content = template_xlsx(LAYOUTS["units"])
        assert bring(content, "template.xlsx").rows == 0


def test_the_template_explains_every_column_in_the_readers_language():
    import openpyxl

    with translation.override("zh-hans"):
        book = openpyxl.load_workbook(io.BytesIO(template_xlsx(LAYOUTS["units"])))
    cells = [cell for row in book.worksheets[1].iter_rows(values_only=True) for cell in row]
    heads = [cell.value.rstrip(" *") for cell in book.worksheets[0][1]]
    assert len(heads) == len(LAYOUTS["units"].columns)
    assert set(heads) <= set(cells)
    assert "小区编码" in heads


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,b,c\n1,2,3\n", "lacks"),
        ("a.xlsx", b"PK\x03\x04broken", "Excel"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        ("a.csv", b"\xff\x00\xfe\x81" * 20, "table|characters"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(name, content, words):
    with translation.override("en"), pytest.raises(InvalidInput) as refused:
        bring(content, name)
    import re

    assert re.search(words, str(refused.value))
    assert not ImportBatch.objects.exists()


def test_a_clerk_imports_only_within_the_place_of_the_post():
    mine = building()
    make_building(make_community(code="YG002", area=make_committee("东湖社区", "河东区")), "1")
    clerk = make_actor(Role.DISTRICT_CLERK, mine.area.district)
    batch = bring(HEAD + "YG001,3,1,101,,1,1,,\nYG002,1,1,101,,1,1,,\n", actor=clerk)
    assert counts(batch) == (1, 0, 0, 1)


def test_changed_areas_need_a_second_person():
    house = building()
    make_unit(house, "101")
    district = house.area.district
    first = make_actor(Role.DISTRICT_CLERK, district, organisation_id=7)
    second = make_actor(Role.DISTRICT_CLERK, district, organisation_id=7)
    batch = bring(HEAD + "YG001,3,1,101,,,90,,\n", actor=first)
    with pytest.raises(Refused, match="second person"):
        services.import_apply(actor=first, batch=batch, at=NOW)
    services.import_apply(actor=second, batch=batch, at=NOW)
    assert Unit.objects.get().area_dm2 == 9000


def test_a_file_is_imported_once():
    building()
    batch = bring(HEAD + "YG001,3,1,101,,1,89.5,,\n")
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    with pytest.raises(Conflict):
        services.import_apply(actor=SYSTEM, batch=batch, at=NOW)


def test_the_stage_is_gone_after_a_refusal():
    building()
    with pytest.raises(InvalidInput):
        bring("x")
    bring(HEAD + "YG001,3,1,101,,1,89.5,,\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('registry_stage')")
        assert cursor.fetchone() == (None,)
