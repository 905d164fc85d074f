"""Reads of places: areas, what lies in them, outlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from anju.core.actors import Actor

from ..models import Area, Boundary
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


def boundaries(*, day: date, level: int = AreaLevel.DISTRICT) -> dict[str, Any]:
    """GeoJSON of the thinned outlines of one level, for drawing maps."""
    rows = Boundary.objects.filter(
        valid__contains=day, area__level=level, area__valid_from__lte=day
    ).exclude(area__valid_to__lte=day)
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
