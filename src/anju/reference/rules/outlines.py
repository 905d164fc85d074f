"""Outlines: read from GeoJSON, brought to WGS-84, mended, and thinned for drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import make_valid, transform
from shapely.geometry import MultiPolygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from .coordinates import gcj02_to_wgs84

DIGITS = 6  # about a tenth of a metre
SIMPLE_DEGREES = 0.0008  # about 80 m: one screen point of a city 1,000 points wide
GRIDS = ("wgs84", "gcj02")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A valid outline, its thinned copy, its box and what had to be mended."""

    shape: dict[str, Any]
    simple: dict[str, Any]
    box: tuple[float, float, float, float]  # west, south, east, north
    repairs: list[str]


def read_outline(geometry: Mapping[str, Any], *, grid: str) -> Outline:
    """Outline of a GeoJSON Polygon or MultiPolygon in ``wgs84`` or ``gcj02``.

    Raises:
        ValueError: no polygon, no area, or coordinates that are none.
    """
    if grid not in GRIDS:
        raise ValueError(f"unknown grid {grid}")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("the outline is not a Polygon or MultiPolygon")
    try:
        outline = shape(geometry)
    except Exception as broken:
        raise ValueError("the coordinates of the outline cannot be read") from broken
    west, south, east, north = outline.bounds or (999.0,) * 4
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("the outline lies outside longitude and latitude")
    if grid == "gcj02":
        outline = transform(
            outline, lambda points: [gcj02_to_wgs84(x, y) for x, y in points], include_z=False
        )
    repairs = []
    if not outline.is_valid:
        repairs.append(explain_validity(outline))
        outline = make_valid(outline)
    outline = _polygons(outline)
    if outline.is_empty or outline.area == 0:
        raise ValueError("the outline has no area")
    simple = _polygons(make_valid(outline.simplify(SIMPLE_DEGREES, preserve_topology=True)))
    return Outline(
        shape=_written(outline, DIGITS),
        simple=_written(simple, 4),
        box=outline.bounds,
        repairs=repairs,
    )


def _polygons(geometry: BaseGeometry) -> MultiPolygon:
    """Only the polygons: mending may leave lines and points behind."""
    parts = getattr(geometry, "geoms", [geometry])
    kept = []
    for part in parts:
        if part.geom_type == "Polygon":
            kept.append(part)
        elif part.geom_type == "MultiPolygon":
            kept.extend(part.geoms)
    return MultiPolygon(kept)


def _written(outline: MultiPolygon, digits: int) -> dict[str, Any]:
    rounded = transform(outline, lambda points: points.round(digits), include_z=False)
    return dict(mapping(rounded))
