"""The ground as GeoJSON: outlines of areas, and river, parks and streets for the map's backdrop."""

from __future__ import annotations

from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from . import land as ground
from .plan import Plan

_THIN = {0: 90.0, 1: 60.0, 2: 30.0}  # metres by level; committees are drawn as they are


def multipolygon(shape: Polygon | MultiPolygon) -> dict[str, Any]:
    """GeoJSON MultiPolygon in degrees."""
    parts = sorted(getattr(shape, "geoms", [shape]), key=lambda p: p.bounds)
    return {"type": "MultiPolygon", "coordinates": [ground.ring(part) for part in parts]}


def thinned(plan: Plan) -> dict[int, Polygon | MultiPolygon]:
    """A lighter outline of each area by its number; neighbours still share their edges."""
    out: dict[int, Polygon | MultiPolygon] = {}
    for level in range(4):
        areas = [a for a in plan.areas if a.level == level and a.shape is not None]
        shapes = [a.shape for a in areas]
        if level in _THIN:
            shapes = list(shapely.coverage_simplify(shapes, _THIN[level]))
            shapes = [shapely.set_precision(s, 1.0) for s in shapes]
        out.update({a.id: s for a, s in zip(areas, shapes, strict=True)})
    return out


def box(shape: Polygon | MultiPolygon) -> tuple[float, float, float, float]:
    """West, south, east and north in degrees."""
    west, south, east, north = shape.bounds
    return (*ground.degrees(west, south), *ground.degrees(east, north))


def backdrop(plan: Plan) -> dict[str, Any]:
    """River, parks and streets as a FeatureCollection; ``kind`` and ``level`` say what to draw."""
    land = plan.land
    features: list[dict[str, Any]] = [_feature("river", 0, "曜江", multipolygon(land.river))]
    features += [_feature("park", 0, "", multipolygon(park)) for park in land.parks]
    for street in land.streets:
        for line in getattr(street.line, "geoms", [street.line]):
            if line.geom_type == "LineString" and line.length > 30:
                corners = [list(ground.degrees(x, y)) for x, y in line.simplify(2).coords]
                shape = {"type": "LineString", "coordinates": corners}
                features.append(_feature("street", street.level, street.name, shape))
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, level: int, name: str, geometry: dict[str, Any]) -> dict[str, Any]:
    properties = {"kind": kind, "level": level, "name": name}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
