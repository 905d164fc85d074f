"""A city's divisions are loaded, renamed and moved."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from anju.core.errors import InvalidInput
from anju.reference import services
from anju.reference.models import Area, Boundary, Division
from anju.reference.queries import areas_without_boundary, boundaries
from tests.factories.reference import make_actor, make_area

pytestmark = pytest.mark.django_db
_BESIDE = (folder / "shared" / "data" for folder in Path(__file__).resolve().parents)
SHARED = next((folder for folder in _BESIDE if folder.is_dir()), Path("shared"))
CHANGE = "reference:area_change"

STREETS = """code,name,areaCode
990101001,河湾街道,990101
990101101,柳镇,990101
990171001,东湖街道,990171
"""
VILLAGES = """code,name,streetCode
990101001001,河湾社区居委会,990101001
990101001200,河湾村委会,990101001
990101101001,柳镇社区居委会,990101101
990171001001,东湖社区居委会,990171001
"""
RESPONSIBILITY = """as_of: 2023-01-01
units:
  - {code: "990100", name: 云州市}
  - {code: "990171", name: 东湖开发区, kind: zone}
parents: {"990101101": "990171"}
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    outline = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"adcode": 990101, "name": "河湾区"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[117, 34], [117.1, 34.1], [117.1, 34], [117, 34.1], [117, 34]]
                    ],
                },
            }
        ],
    }
    texts = {
        "streets": STREETS,
        "villages": VILLAGES,
        "responsibility": RESPONSIBILITY,
        "boundaries": json.dumps(outline),
    }
    paths = {}
    for name, text in texts.items():
        paths[name] = tmp_path / f"{name}.txt"
        paths[name].write_text(text, encoding="utf-8")
    return paths


def load(files: dict[str, Path], capsys, **more: str) -> str:
    call_command("load_divisions", **files, **more)
    return capsys.readouterr().out


def test_an_invented_city_is_loaded_with_its_areas(files, capsys, journal_rows) -> None:
    load(files, capsys)
    assert list(Area.objects.order_by("code").values_list("code", "kind", "level")) == [
        ("990100", "city", 0),
        ("990101", "district", 1),
        ("990101001", "subdistrict", 2),
        ("990101001001", "committee", 3),
        ("990101001200", "village", 3),
        ("990101101", "town", 2),
        ("990101101001", "committee", 3),
        ("990171", "zone", 1),
        ("990171001", "subdistrict", 2),
        ("990171001001", "committee", 3),
    ]
    # The town lies in the district by the state's tree; the zone answers for it.
    town = Area.objects.get(code="990101101")
    assert town.district is not None
    assert town.district.name == "东湖开发区"
    assert Division.objects.get(code="990101101").parent.name == "河湾区"
    committee = Area.objects.get(code="990101101001")
    assert committee.district.name == "东湖开发区"
    assert committee.search_key.split()[-1] == "lzsqjwh"
    boundary = Boundary.objects.get()
    assert boundary.area.name == "河湾区"
    assert boundary.repairs
    assert areas_without_boundary(day=date(2024, 1, 1)) == ["东湖开发区"]
    drawn = boundaries(day=date(2024, 1, 1))
    assert [one["properties"]["name"] for one in drawn["features"]] == ["河湾区"]
    assert journal_rows[0].action == "reference.divisions_load"


def test_a_second_load_changes_nothing(files, capsys, journal_rows) -> None:
    load(files, capsys)
    before = list(Area.objects.order_by("pk").values())
    load(files, capsys)
    assert list(Area.objects.order_by("pk").values()) == before
    assert Boundary.objects.count() == 1
    assert Division.objects.count() == 10


def test_a_new_name_of_a_later_day_keeps_the_old_one(files, capsys, journal_rows) -> None:
    load(files, capsys)
    files["streets"].write_text(STREETS.replace("河湾街道", "新湾街道"), encoding="utf-8")
    load(files, capsys, as_of="2024-05-01")
    area = Area.objects.get(code="990101001")
    names = [(n.name, n.period.lower) for n in area.names.order_by("period")]
    assert names == [("河湾街道", date(2023, 1, 1)), ("新湾街道", date(2024, 5, 1))]
    old, new = Division.objects.filter(code="990101001").order_by("valid")
    assert (old.name, old.valid.upper) == ("河湾街道", date(2024, 5, 1))
    assert (new.name, new.valid.upper) == ("新湾街道", None)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("streets", STREETS + "99010,新湾街道,990101\n", "streets.txt:5.99010"),
        ("streets", STREETS + "990101001,别的街道,990101\n", "streets.txt:5.*streets.txt:2"),
        ("streets", STREETS + "990101002,,990101\n", "streets.txt:5.990101002"),
        ("villages", VILLAGES + "990101777001,某居委会,1\n", "villages.txt:6.*990101777001"),
        ("streets", "nummer,name\n1,a\n", "code"),
        ("responsibility", "units: [{code: 1}]", "responsibility.txt"),
        ("responsibility", "units: [", "responsibility.txt"),
        ("responsibility", RESPONSIBILITY.replace("zone}", "castle}"), "castle"),
        ("responsibility", RESPONSIBILITY.replace('"990171"}', '"990199"}'), "990199"),
        ("responsibility", RESPONSIBILITY.replace("2023-01-01", "yesterday"), "YYYY-MM-DD"),
        ("boundaries", "{}", "boundaries.txt"),
        ("boundaries", "not json", "boundaries.txt"),
    ],
)
def test_a_bad_file_is_refused_whole(name, text, words, files, capsys, journal_rows) -> None:
    files[name].write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        load(files, capsys)
    assert not Area.objects.exists()
    assert not Division.objects.exists()


def test_a_unit_without_a_name_is_named_by_its_code(files, capsys, journal_rows) -> None:
    files["responsibility"].write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match="990100"):
        load(files, capsys)


def test_xuzhou_is_loaded_whole(capsys, journal_rows) -> None:
    streets = SHARED / "divisions" / "streets_xuzhou_3203.csv"
    if not streets.exists():
        pytest.skip("the shared data of Xuzhou is not beside the project")
    example = Path(services.__file__).parents[1] / "examples" / "xuzhou.yaml"
    out = load(
        {
            "streets": streets,
            "villages": SHARED / "divisions" / "villages_xuzhou_3203.csv",
            "boundaries": SHARED / "boundaries" / "320300.json",
            "responsibility": example,
        },
        capsys,
    )
    counts = [Area.objects.filter(level=level).count() for level in range(4)]
    assert counts == [1, 11, 186, 2812]
    assert Area.objects.filter(level=1, kind="zone").count() == 1
    assert Boundary.objects.count() == 10
    mended = Boundary.objects.exclude(repairs=[]).values_list("area__code", flat=True)
    assert sorted(mended) == ["320302", "320312"]
    assert not Area.objects.filter(level=3, district=None).exists()
    assert "2812" in out


def test_a_later_boundary_ends_the_earlier(journal_rows) -> None:
    area = make_area(parent=make_area())
    square = {
        "type": "Polygon",
        "coordinates": [[[117, 34], [117.1, 34], [117.1, 34.1], [117, 34.1], [117, 34]]],
    }
    values = {"actor": make_actor(CHANGE), "area": area, "grid": "wgs84", "at": timezone.now()}
    for year in (2023, 2025):
        services.boundary_set(
            geometry=square, source=f"map {year}", as_of=date(year, 1, 1), **values
        )
    assert area.boundaries.get(valid__contains=date(2024, 6, 1)).source == "map 2023"
    assert area.boundaries.get(valid__contains=date(2025, 6, 1)).source == "map 2025"
    with pytest.raises(InvalidInput):
        services.boundary_set(geometry=square, source="x", as_of=date(2024, 1, 1), **values)
    with pytest.raises(InvalidInput):
        services.boundary_set(geometry={}, source="x", as_of=date(2026, 1, 1), **values)
