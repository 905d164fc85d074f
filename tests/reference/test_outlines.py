"""Coordinates and outlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from anju.reference.rules.coordinates import gcj02_to_wgs84, outside_china, wgs84_to_gcj02
from anju.reference.rules.divisions import county_kind, level_of, parent_code
from anju.reference.rules.outlines import read_outline

SQUARE = [[[117.0, 34.0], [117.1, 34.0], [117.1, 34.1], [117.0, 34.1], [117.0, 34.0]]]
BOW_TIE = [[[117.0, 34.0], [117.1, 34.1], [117.1, 34.0], [117.0, 34.1], [117.0, 34.0]]]


def test_a_known_point_is_brought_back() -> None:
    # Tiananmen: 116.391349, 39.907375 in WGS-84 stands at 116.397593, 39.908776 on the maps.
    x, y = gcj02_to_wgs84(116.397593, 39.908776)
    assert x == pytest.approx(116.391349, abs=3e-5)
    assert y == pytest.approx(39.907375, abs=3e-5)


@given(x=st.floats(73.5, 135), y=st.floats(3.5, 53.5))
def test_forth_and_back_is_the_same_point(x: float, y: float) -> None:
    back_x, back_y = gcj02_to_wgs84(*wgs84_to_gcj02(x, y))
    assert back_x == pytest.approx(x, abs=1e-7)
    assert back_y == pytest.approx(y, abs=1e-7)


@given(x=st.floats(-180, 72), y=st.floats(-90, 90))
def test_outside_the_country_nothing_is_shifted(x: float, y: float) -> None:
    assert outside_china(x, y)
    assert gcj02_to_wgs84(x, y) == (x, y)


def test_an_outline_is_read_with_its_box() -> None:
    outline = read_outline({"type": "Polygon", "coordinates": SQUARE}, grid="wgs84")
    assert outline.box == (117.0, 34.0, 117.1, 34.1)
    assert outline.repairs == []
    assert outline.shape["type"] == outline.simple["type"] == "MultiPolygon"


def test_an_outline_of_the_shifted_grid_moves_some_hundred_metres() -> None:
    outline = read_outline({"type": "Polygon", "coordinates": SQUARE}, grid="gcj02")
    west, south, _east, _north = outline.box
    assert 0.003 < 117.0 - west < 0.008
    assert abs(34.0 - south) < 0.003


def test_a_self_intersection_is_mended_and_told() -> None:
    outline = read_outline({"type": "Polygon", "coordinates": BOW_TIE}, grid="wgs84")
    assert outline.repairs
    assert outline.repairs[0].startswith("Self-intersection")
    mended = shape(outline.shape)
    assert mended.is_valid
    assert mended.area == pytest.approx(0.005, rel=1e-3)


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [117, 34]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[117, 34], [117, 34]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[1170, 34], [1171, 34], [1171, 35], [1170, 34]]]},
        {"type": "Polygon", "coordinates": [[[117, 34], [118, 34], [119, 34], [117, 34]]]},
    ],
)
def test_what_is_no_outline_is_refused(geometry: dict) -> None:
    with pytest.raises(ValueError, match="outline"):
        read_outline(geometry, grid="wgs84")


def test_codes_tell_level_and_parent() -> None:
    assert [level_of(code) for code in ("32", "3203", "320300", "320302", "320302001")] == [
        1,
        2,
        2,
        3,
        4,
    ]
    assert parent_code("320302001002") == "320302001"
    assert parent_code("320302") == "320300"
    assert county_kind("999971", "东湖经济开发区") == "zone"
    assert county_kind("999981", "云州市") == "county_city"
    with pytest.raises(ValueError, match="not the code"):
        level_of("32030")
