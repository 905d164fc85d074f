"""Reads of places: areas, what lies in them, outlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Lower
from shapely import box as Box  # noqa: N812
from shapely import transform
from shapely.geometry import mapping, shape

from anju.core.actors import Actor

from ..models import Area, AreaChange, Backdrop, Boundary
from ..states import AreaLevel


def area_counts(actor: Actor, area: Area, *, day: date) -> dict[int, int]:
    """How many areas of each level lie in an area on a day."""
    rows = Area.objects.visible_to(actor).within(area).valid_on(day).exclude(pk=area.pk)
    found = rows.filter(level__gt=area.level).values_list("level").annotate(Count("pk"))
    return dict(found.order_by("level"))


def area_path(area: Area) -> list[Area]:
    """The areas above an area, the city first."""
    path: list[Area] = []
    above = area.parent
    while above is not None:
        path.insert(0, above)
        above = above.parent
    return path


def children_with_counts(actor: Actor, area: Area | None, *, day: date) -> QuerySet[Area]:
    """Areas right below one (or the roots), with how many lie below each."""
    rows = Area.objects.visible_to(actor).valid_on(day).filter(parent=area)
    return rows.annotate(below=Count("children")).order_by("level", "code")


def boundary_of(area: Area, *, day: date) -> Boundary | None:
    """The outline of an area on a day: its own, else that of its division."""
    own = area.boundaries.filter(valid__contains=day).first()
    if own is None and area.division_id:
        return Boundary.objects.filter(division_id=area.division_id, valid__contains=day).first()
    return own


def boundaries(
    *, day: date, level: int = AreaLevel.DISTRICT, within: int | None = None
) -> dict[str, Any]:
    """GeoJSON of the thinned outlines of one level, whole or within one area, for drawing maps."""
    rows = Boundary.objects.filter(
        valid__contains=day, area__level=level, area__valid_from__lte=day
    ).exclude(area__valid_to__lte=day)
    if within is not None:
        rows = rows.filter(
            Q(area__district_id=within) | Q(area__subdistrict_id=within) | Q(area_id=within)
        )
    found = rows.select_related("area").order_by("area__code")
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": row.area.pk,
                "code": row.area.code,
                "name": row.area.name,
                "kind": row.area.kind,
                "source": row.source,
                "as_of": row.as_of.isoformat(),
                "box": [row.west, row.south, row.east, row.north],
            },
            "geometry": row.simple_shape,
        }
        for row in found
        if row.area is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def boundaries_mark(level: int) -> str:
    """Changes whenever an outline of a level, or the name of an area, does."""
    rows = Boundary.objects.filter(area__level=level)
    found = rows.aggregate(n=Count("pk"), last=Max("pk"), start=Max(Lower("valid")))
    moved = AreaChange.objects.in_force().aggregate(n=Count("pk"), last=Max("pk"))
    return f"{found['n']}-{found['last']}-{found['start']}-{moved['n']}-{moved['last']}"


# Degrees by detail: a screen point of the whole city, of a district, of a neighbourhood.
_THIN = {1: 0.0006, 2: 0.00015, 3: 0.0}
_STREETS = {1: 2, 2: 3, 3: 4}  # detail → the finest level of streets


def backdrop(
    *, detail: int, box: tuple[float, float, float, float] | None = None
) -> dict[str, Any]:
    """GeoJSON of river, parks and streets in one of three details, whole or within a box."""
    row = Backdrop.objects.first()
    frame = Box(*box) if box else None
    features = []
    for one in row.features if row else ():
        if one["properties"]["level"] > _STREETS[detail]:
            continue
        if detail == 1 and one["properties"]["kind"] == "park":
            continue
        if frame is None and not _THIN[detail]:
            features.append(one)
            continue
        drawn = shape(one["geometry"])
        if frame is not None:
            drawn = drawn.intersection(frame)
        drawn = drawn.simplify(_THIN[detail])
        if not drawn.is_empty:
            thin = transform(drawn, lambda points: points.round(4 if detail < 3 else 5))
            features.append({**one, "geometry": dict(mapping(thin))})
    return {"type": "FeatureCollection", "features": features}


def backdrop_source() -> tuple[int, str, date] | None:
    """Number, source and day of the backdrop on file."""
    return Backdrop.objects.values_list("pk", "source", "as_of").first()


def outline_sources(*, day: date, level: int) -> list[tuple[str, date, bool]]:
    """Sources of the outlines of a level: words, day, whether one was mended."""
    rows = Boundary.objects.filter(valid__contains=day, area__level=level)
    found: dict[tuple[str, date], bool] = {}
    for source, as_of, repairs in rows.values_list("source", "as_of", "repairs").distinct():
        found[(source, as_of)] = found.get((source, as_of), False) or bool(repairs)
    return [(source, as_of, mended) for (source, as_of), mended in sorted(found.items())]


def too_small_to_label(drawn: dict[str, Any]) -> list[str]:
    """Names of outlines narrower than an eighth of the whole: their labels would overlap."""
    boxes = {one["properties"]["name"]: one["properties"]["box"] for one in drawn["features"]}
    if not boxes:
        return []
    whole = max(box[2] for box in boxes.values()) - min(box[0] for box in boxes.values())
    return [name for name, (west, _s, east, _n) in boxes.items() if east - west < whole / 8]


def areas_without_boundary(*, day: date, level: int = AreaLevel.DISTRICT) -> list[str]:
    """Names of areas of a level that no map can draw."""
    rows = Area.objects.valid_on(day).filter(level=level)
    drawn = Boundary.objects.filter(valid__contains=day, area__isnull=False).values("area_id")
    return list(rows.exclude(pk__in=drawn).order_by("code").values_list("name", flat=True))
