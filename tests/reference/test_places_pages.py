"""Pages of places and days, as officials open them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anju.access.states import Role
from anju.reference.models import CalendarYear
from anju.reference.queries import day_statements, working_calendar
from tests.factories.access import make_post
from tests.factories.reference import make_city

pytestmark = pytest.mark.django_db


def client_as(role: Role, language: str = "en") -> Client:
    client = Client()
    client.cookies["anju_language"] = language
    client.force_login(make_post(role=role).user)
    return client


def test_the_city_opens_its_districts(client_clerk: Client) -> None:
    places = make_city()
    page = client_clerk.get(reverse("reference:area_list"))
    assert page.status_code == 200
    assert "河湾区" in page.text
    detail = client_clerk.get(reverse("reference:area_detail", args=[places["district_a"].pk]))
    assert "河湾街道" in detail.text
    assert "石桥街道" not in detail.text


@pytest.fixture
def client_clerk() -> Client:
    return client_as(Role.DESK_CLERK)


@pytest.mark.parametrize(
    ("words", "found"), [("河湾", 3), ("hwjd", 1), ("shiqiao", 3), ("nichts", 0), ("%", 0)]
)
def test_areas_are_found_by_part_pinyin_and_initials(client_clerk, words, found) -> None:
    make_city()
    page = client_clerk.get(reverse("reference:area_list"), {"q": words})
    assert page.context["total"] == found


def test_the_list_of_divisions_and_changes_open(client_clerk) -> None:
    for name in ("division_list", "change_list"):
        assert client_clerk.get(reverse(f"reference:{name}")).status_code == 200


def test_boundaries_are_public_and_a_wrong_level_is_told(client) -> None:
    answer = client.get(reverse("reference:boundaries"))
    assert answer.status_code == 200
    assert answer.json() == {"type": "FeatureCollection", "features": []}
    assert "max-age=3600" in answer.headers["Cache-Control"]
    for level in ("9", "x", ""):
        assert client.get(reverse("reference:boundaries"), {"level": level}).status_code == 422


def test_a_year_shows_every_day_once(client_clerk) -> None:
    page = client_clerk.get(reverse("reference:calendar_year", args=[2026]))
    assert page.status_code == 200
    assert page.text.count('data-kind="holiday"') == 33 + 1  # and the key
    assert page.text.count('data-kind="makeup"') == 6 + 1
    assert "Published" in page.text
    later = client_clerk.get(reverse("reference:calendar_year", args=[2031]))
    assert "Provisional" in later.text


@pytest.mark.parametrize("year", ["1900", "2101", "99999999"])
def test_a_year_outside_is_not_found(client_clerk, year) -> None:
    assert client_clerk.get(f"/calendar/{year}/").status_code == 404


def test_an_address_that_is_no_day_is_not_found(client_clerk) -> None:
    assert client_clerk.get("/calendar/day/2026-02-30/").status_code == 404


def test_a_confirmer_corrects_a_day(client) -> None:
    confirmer = client_as(Role.DESK_CONFIRMER)
    day = date(2026, 5, 9)  # a Saturday that works
    address = reverse("reference:day_correct", args=[day])
    refused = confirmer.post(address, {"working": "rest", "reason": ""})
    assert refused.status_code == 422
    assert working_calendar().is_working(day)
    done = confirmer.post(address, {"working": "rest", "reason": "市政府通知", "name": ""})
    assert done.status_code == 303
    assert not working_calendar().is_working(day)
    page = confirmer.get(reverse("reference:calendar_day", args=[day]))
    assert "市政府通知" in page.text
    assert day_statements(day).count() == 2


def test_a_clerk_may_not_correct_a_day(client_clerk, client) -> None:
    address = reverse("reference:day_correct", args=[date(2026, 5, 9)])
    assert client_clerk.post(address, {"working": "rest", "reason": "x"}).status_code == 403
    assert client.post(address, {"working": "rest", "reason": "x"}).status_code == 302
    assert working_calendar().is_working(date(2026, 5, 9))


def workbook(rows: list[list[str]]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


ROWS = [["日期", "班休", "名称"], ["2027-01-01", "休", "元旦"], ["2027/1/3", "班", "元旦"]]
CSV = "\n".join(",".join(row) for row in ROWS)


@pytest.mark.parametrize("data", [CSV.encode(), CSV.encode("gb18030"), workbook(ROWS)])
def test_a_published_year_is_loaded_from_a_file(data: bytes) -> None:
    confirmer = client_as(Role.DESK_CONFIRMER)
    answer = confirmer.post(
        reverse("reference:year_load"),
        {"year": 2027, "source_name": "国办发明电", "file": SimpleUploadedFile("y", data)},
    )
    assert answer.status_code == 303
    calendar = working_calendar()
    assert not calendar.is_working(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 1, 3))
    assert 2027 in calendar.published
    assert day_statements(date(2027, 1, 1)).get().name == "new_year"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "row 1"),
        (b"\xff\xfe\x00", "neither CSV"),
        (b"PK\x03\x04broken", "cannot be opened"),
        ("日期,班休\n2027-02-30,休\n".encode(), "Row 2"),
        ("日期,班休\n2027-02-03,maybe\n".encode(), "Row 2"),
        ("日期,班休\n2026-02-03,休\n".encode(), "does not lie in 2027"),
        ("日期,班休\n2027-02-03,休\n2027-02-03,班\n".encode(), "twice"),
        ("日期,班休\n".encode(), "no days"),
    ],
)
def test_a_wrong_file_is_told_row_by_row_and_nothing_is_saved(data: bytes, words: str) -> None:
    confirmer = client_as(Role.DESK_CONFIRMER)
    answer = confirmer.post(
        reverse("reference:year_load"),
        {"year": 2027, "source_name": "x", "file": SimpleUploadedFile("y.csv", data)},
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert not CalendarYear.objects.filter(year=2027).exists()
