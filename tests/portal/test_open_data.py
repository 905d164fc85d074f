"""Open data: every row fits the published schema; nothing personal, closed or unpublished."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.core.time import legal_day
from anju.portal.opendata import DATASETS, LICENCE
from anju.registry import services
from tests.factories import registry

from .conftest import NUMBER, PHONE

NAMES = list(DATASETS)
PERSONAL = ("王小明", "欧阳法人", NUMBER, NUMBER[-4:], PHONE, PHONE[-4:], "138****", "云山路8号501")


def body(name: str, form: str) -> bytes:
    answer = Client().get(reverse("portal:open_data_file", args=[name, form]))
    assert answer.status_code == 200
    return answer.content


def document(name: str) -> dict[str, Any]:
    return json.loads(body(name, "json"))


def schema(name: str) -> dict[str, Any]:
    return Client().get(reverse("portal:open_data_schema", args=[name])).json()


def typed(text: str, kinds: Any) -> Any:
    """A cell of a CSV file as the schema's type: an empty cell is null where that is allowed."""
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if text == "" and "null" in kinds:
        return None
    if "integer" in kinds:
        return int(text)
    if "number" in kinds:
        return float(text)
    return {"True": True, "False": False}[text] if "boolean" in kinds else text


@pytest.fixture
def published(home):
    """The served home, and beside it what must not be published."""
    committee = home.unit.community.committee
    registry.make_community(
        "有点里", committee, code="PT1", built_year=1999, longitude=117.2, latitude=34.2
    )
    closed = registry.make_community("已拆新村", committee, code="CC1")
    services.community_close(
        actor=registry.SYSTEM,
        community=closed,
        on_day=registry.NOW.date(),
        reason="拆迁",
        at=registry.NOW,
    )
    registry.make_company("云城青禾置业有限公司", kind="developer", legal_representative="欧阳法人")
    services.company_change(
        actor=registry.SYSTEM,
        company=home.project.company,
        fields={"legal_representative": "欧阳法人", "phone": "0516-83660000"},
        at=registry.NOW,
    )
    registry.make_manager(home.project.company, "孙未任", published_phone="0516-83661111")
    ended = registry.make_project(
        registry.make_management_area(
            [registry.make_building(registry.make_community("旧里", committee), "1")], "旧管理区"
        ),
        home.project.company,
    )
    services.project_end(
        actor=registry.SYSTEM,
        project=ended,
        on_day=legal_day(timezone.now()) - timedelta(days=1),
        reason="期满",
        at=timezone.now(),
    )
    return home


@pytest.mark.parametrize("name", NAMES)
def test_the_json_file_fits_its_schema(published, name):
    rules = schema(name)
    jsonschema_rs.meta.validate(rules)
    found = document(name)
    jsonschema_rs.Draft202012Validator(rules, validate_formats=True).validate(found)
    assert found["count"] == len(found["rows"]) > 0
    assert found["licence"] == LICENCE


@pytest.mark.parametrize("name", NAMES)
def test_each_row_of_the_csv_file_fits_the_schema_and_is_the_json_row(published, name):
    row_rules = schema(name)["$defs"]["row"]
    check = jsonschema_rs.Draft202012Validator(row_rules, validate_formats=True)
    text = body(name, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    kinds = {field: rule["type"] for field, rule in row_rules["properties"].items()}
    assert rows
    assert list(rows[0]) == list(kinds)
    cells = [{field: typed(row[field], kinds[field]) for field in kinds} for row in rows]
    for row in cells:
        check.validate(row)
    assert cells == document(name)["rows"]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_that_does_not_fit_is_refused_by_the_schema(published, name):
    check = jsonschema_rs.Draft202012Validator(schema(name))
    good = document(name)
    for spoil in (
        lambda row: row.update(owner="王小明"),
        lambda row: row.pop("code"),
        lambda row: row.update(code=7),
    ):
        bad = json.loads(json.dumps(good))
        spoil(bad["rows"][0])
        assert not check.is_valid(bad)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_no_personal_data_and_nothing_unpublished_is_in_a_file(published, name, form):
    text = body(name, form).decode("utf-8-sig")
    for words in (*PERSONAL, "已拆新村", "CC1", "青禾置业", "孙未任", "83661111", "旧管理区"):
        assert words not in text, words


def test_the_files_hold_what_is_published(published):
    communities = {row["name"]: row for row in document("communities")["rows"]}
    assert set(communities) == {"阳光花园", "有点里", "旧里"}
    assert communities["有点里"]["built_year"] == 1999
    assert communities["有点里"]["longitude"] == 117.2
    [company] = document("companies")["rows"]
    assert company["name"] == "云城安居物业有限公司"
    assert company["telephone"] == "0516-83660000"
    [project] = document("projects")["rows"]
    assert project["code"] == published.project.code
    assert project["manager"] == "李卫东"
    assert project["telephone"] == "051683661234"
    assert project["since"] == published.project.period.lower.isoformat()


def test_a_project_without_a_manager_is_in_the_file(published):
    building = registry.make_building(published.unit.community, "8")
    area = registry.make_management_area([building], "无经理管理区")
    registry.make_project(area, published.project.company)
    rows = {row["area_name"]: row for row in document("projects")["rows"]}
    assert rows["无经理管理区"]["manager"] is None
    assert rows["无经理管理区"]["telephone"] is None
    assert len(rows) == 2


def test_a_manager_of_before_makes_no_second_row(published):
    successor = registry.make_manager(published.project.company, "陈接任")
    services.project_manager_change(
        actor=registry.SYSTEM,
        project=published.project,
        manager=successor,
        from_day=date(2024, 1, 1),
        at=registry.NOW,
    )
    [row] = document("projects")["rows"]
    assert row["manager"] == "陈接任"


def test_names_do_not_become_formulas(published):
    registry.make_community("=HYPERLINK(1)", published.unit.community.committee, code="FX1")
    assert ",'=HYPERLINK(1)," in body("communities", "csv").decode("utf-8-sig")
    assert "=HYPERLINK(1)" in {row["name"] for row in document("communities")["rows"]}


@pytest.mark.parametrize("address", ["/open-data/people.json", "/open-data/communities.xml"])
def test_what_is_not_published_is_not_there(published, address):
    assert Client().get(address).status_code == 404
