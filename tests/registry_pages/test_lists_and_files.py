"""Lists: exact counts, order, pages, chips, saved filters; files read back by another library."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.access.states import Role
from anju.registry.models import Community, ImportBatch, Unit
from anju.ui.models import SavedFilter
from tests.factories import registry

LISTS = [
    "communities",
    "areas",
    "projects",
    "buildings",
    "units",
    "people",
    "companies",
    "developers",
    "managers",
    "changes",
    "imports",
]


@pytest.fixture
def clerk(city, signed_in):
    return signed_in(Role.DISTRICT_CLERK, area=city.district)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_needs_few_queries_however_long_it_is(city, clerk, name):
    where = reverse(f"registry:{name}")
    clerk.get(where)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert clerk.get(where).status_code == 200
    own = [
        q["sql"]
        for q in asked.captured_queries
        if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET TRANSACTION"))
        and "django_session" not in q["sql"]
        and "access_" not in q["sql"]
        and "flow_task" not in q["sql"]
    ]
    assert len(own) <= 8, "\n".join(own)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["?sort=nothing&page=0&size=7", "?page=99999&size=100&state=%00"])
def test_nonsense_in_the_address_is_answered(city, clerk, name, query):
    answer = clerk.get(reverse(f"registry:{name}") + query)
    assert answer.status_code in (200, 422)


def test_the_count_is_exact_and_chips_take_conditions_away(city, clerk):
    for n in range(25):
        registry.make_unit(city.building, f"6{n:02d}")
    where = reverse("registry:units")
    page = clerk.get(where).content.decode()
    assert "27户" in page
    found = clerk.get(where + "?number=605&kind=home").content.decode()
    assert "<b>1户</b>" in found
    assert f'href="{where}?kind=home"' in found
    second = clerk.get(where + "?page=2").content.decode()
    assert second.count("data-aj-pick>") == 7


def test_pages_from_the_end_hold_the_same_rows(city, clerk):
    for n in range(45):
        registry.make_unit(city.building, f"7{n:02d}")
    where = reverse("registry:units")
    seen = []
    for number in (1, 2, 3):
        listing = clerk.get(where, {"page": number}).context["listing"]
        seen += [row.pk for row in listing.rows]
    expected = list(Unit.objects.order_by("sort_key", "pk").values_list("pk", flat=True))
    assert seen == expected


def test_a_swap_returns_the_part_the_page_is_made_of(city, clerk):
    where = reverse("registry:communities")
    part = clerk.get(where, headers={"HX-Request": "true", "HX-Target": "list"})
    assert part.content.decode().lstrip().startswith('<div id="list"')
    assert "<html" not in part.content.decode()
    assert "阳光花园" in part.content.decode()
    whole = clerk.get(where, headers={"HX-Target": "list", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()


def test_an_export_holds_the_rows_of_the_conditions_and_is_recorded(city, clerk, journal_rows):
    registry.make_community("=HYPERLINK(1)", city.committee, code="X1")
    where = reverse("registry:communities")
    answer = clerk.post(where + "?kind=commercial", {"export_all": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "小区"
    names = {row[0] for row in rows[1:]}
    assert names == {"阳光花园", "=HYPERLINK(1)"}
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    row = next(row for row in journal_rows if row.action == "ui.list_export")
    assert row.changes["rows"] == 2


def test_csv_is_safe_for_spreadsheets_and_holds_the_ticked_rows_only(city, clerk):
    bad = registry.make_community("=1+1", city.committee, code="X1")
    where = reverse("registry:communities")
    answer = clerk.post(where, {"export": "csv", "id": [bad.pk, city.elsewhere.pk]})
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert [row[0] for row in rows[1:]] == ["'=1+1"]  # the other district's row is not given out


def test_people_leave_the_platform_masked(city, clerk):
    answer = clerk.post(reverse("registry:people"), {"export_all": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "138****8000" in text
    assert "13800138000" not in text


def test_an_export_without_the_right_is_refused_and_not_recorded(city, signed_in, journal_rows):
    client = signed_in(Role.AUDITOR)
    answer = client.post(reverse("registry:people"), {"export_all": "csv"})
    assert answer.status_code == 403
    assert not [row for row in journal_rows if row.action == "ui.list_export"]


def test_a_filter_is_kept_shared_and_removed(city, signed_in, clerk):
    where = reverse("registry:communities")
    clerk.post(where + "?kind=old", {"keep": "1", "name": "老旧", "shared": "1"})
    kept = SavedFilter.objects.get()
    assert kept.query == "kind=old"
    colleague = signed_in(
        Role.DISTRICT_CLERK, area=city.district, organisation=clerk.post_held.organisation
    )
    stranger = signed_in(Role.DISTRICT_CLERK, area=city.district)
    assert "老旧</span>" in colleague.get(where).content.decode()
    assert "老旧</span>" not in stranger.get(where).content.decode()
    colleague.post(where, {"remove": kept.pk})
    assert SavedFilter.objects.exists()
    clerk.post(where, {"remove": kept.pk})
    assert not SavedFilter.objects.exists()


HEAD = "小区编码,幢号,单元,房号,类型,楼层,登记面积\n"


def upload(client, text):
    file = SimpleUploadedFile("homes.csv", text.encode())
    data = {"file": file, "source": "测绘院", "as_of": "2026-05-01"}
    return client.post(reverse("registry:import_new"), data)


def test_a_file_is_previewed_every_bad_row_named_and_safe_to_repeat(city, clerk):
    text = (
        HEAD
        + "YG001,3,1,801,住宅,8,90.5\n"
        + "DF001,1,1,101,住宅,1,80\n"
        + "YG001,3,1,802,住宅,八层,90.5\n"
        + "YG001,3,1,803,住宅,8,很大\n"
    )
    answer = upload(clerk, text)
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("registry:import", args=[batch.pk])
    preview = clerk.get(answer.url).content.decode()
    for words in ("第3行", "DF001", "第4行", "“八”", "第5行", "很大"):
        assert words in preview
    assert not Unit.objects.filter(number="801").exists()
    lines = clerk.get(reverse("registry:import_problems", args=[batch.pk])).content.decode()
    assert len(lines.splitlines()) == 3
    clerk.post(answer.url, {"do": "apply"})
    assert Unit.objects.get(number="801").area_dm2 == 9050
    assert clerk.post(answer.url, {"do": "apply"}).status_code == 409
    upload(clerk, text)
    again = ImportBatch.objects.latest("pk")
    assert (again.created, again.unchanged) == (0, 1)


def test_a_file_that_is_no_table_is_refused(city, clerk):
    answer = upload(clerk, "\x89PNG\r\n")
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()
    data = {"source": "测绘院", "as_of": "2026-05-01"}
    assert clerk.post(reverse("registry:import_new"), data).status_code == 422


def test_the_template_is_read_by_the_import(city, clerk):
    answer = clerk.get(reverse("registry:import_new_template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.max_column >= 7


def test_another_organisations_import_is_not_there(city, clerk, signed_in):
    upload(clerk, HEAD + "YG001,3,1,801,住宅,8,90.5\n")
    batch = ImportBatch.objects.get()
    stranger = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    where = reverse("registry:import", args=[batch.pk])
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, {"do": "apply"}).status_code == 404
    assert not Unit.objects.filter(number="801").exists()


def test_search_and_suggestions_stay_within_the_place(city, clerk):
    page = clerk.get(reverse("registry:find"), {"q": "yang"}).content.decode()
    assert "阳光花园" in page
    assert "东风新村" not in clerk.get(reverse("registry:find"), {"q": "东风"}).content.decode()
    few = clerk.get(reverse("registry:suggest"), {"q": "ygh"})
    assert "阳光花园" in few.content.decode()
    assert clerk.get(reverse("registry:find"), {"q": "\x00'%_\\"}).status_code == 200
    assert Community.objects.count() == 2


def test_the_page_of_homes_needs_eight_statements_in_all(city, clerk):
    where = reverse("registry:units")
    clerk.get(where)
    with CaptureQueriesContext(connection) as asked:
        answer = clerk.get(where)
    assert city.unit.number in answer.text
    own = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(own) <= 8, "\n".join(own)


@pytest.mark.parametrize(
    ("name", "role", "personal"),
    [
        ("people", Role.DISTRICT_CLERK, True),
        ("bindings", Role.DISTRICT_CLERK, True),
        ("units", Role.DISTRICT_CLERK, True),
        ("units", Role.INSPECTOR, False),
        ("communities", Role.DISTRICT_CLERK, False),
        ("companies", Role.DISTRICT_CLERK, False),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_file_that_names_people_is_logged_as_personal(
    city, signed_in, journal_rows, name, role, personal, whole
):
    binding = registry.make_binding(city.unit, city.person)
    client = signed_in(role, area=city.district)
    rows = {"people": city.person, "bindings": binding, "units": city.unit}
    rows |= {"communities": city.community, "companies": city.company}
    asked = {"export_all": "csv"} if whole else {"export": "csv", "id": [rows[name].pk]}
    answer = client.post(reverse(f"registry:{name}"), asked)
    text = b"".join(answer.streaming_content).decode()
    row = next(row for row in journal_rows if row.action == "ui.list_export")
    assert row.personal is personal
    assert ("王小明" in text) is personal


KINDS = {
    "communities": ("小区编码,小区名称,所在地,类型,幢号\n", "JX001,锦绣苑,{place},商品房,1\n"),
    "owners": (
        "小区编码,幢号,单元,房号,业主,证件号码,起始日期\n",
        "NONE,1,1,101,王小明,{number},2018-06-01\n",
    ),
    "companies": ("统一社会信用代码,企业名称\n", "X,乌有物业有限公司\n"),
    "areas": (
        "管理区域编码,名称,所在地,小区编码,幢号,划定日期\n",
        "WQ9,锦绣区域,{place},NONE,1,2018-06-01\n",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_sheet_has_its_page_template_and_preview(city, clerk, kind):
    place, number = city.district.code, registry.identity(333)
    where = reverse(f"registry:import_{kind}")
    page = clerk.get(where).content.decode()
    template = reverse(f"registry:import_{kind}_template")
    assert template in page
    book = openpyxl.load_workbook(io.BytesIO(b"".join(clerk.get(template).streaming_content)))
    assert len(book.worksheets) == 2
    head, line = KINDS[kind]
    text = head + line.format(place=place, number=number)
    file = SimpleUploadedFile("sheet.csv", text.encode())
    answer = clerk.post(where, {"file": file, "source": "街道台账", "as_of": "2026-05-01"})
    assert answer.status_code == 303, answer.content.decode()
    batch = ImportBatch.objects.get()
    assert batch.kind == kind
    preview = clerk.get(answer.url).content.decode()
    listed = clerk.get(reverse("registry:imports")).content.decode()
    lines = clerk.get(reverse("registry:import_problems", args=[batch.pk])).content.decode()
    for shown in (preview, lines, listed):
        assert number not in shown
    assert batch.get_kind_display() in listed
    assert (batch.created, batch.refused) == ((1, 0) if kind == "communities" else (0, 1))
    assert len(lines.splitlines()) == batch.refused
