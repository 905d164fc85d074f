"""What maps draw: outlines of areas, and river, parks and streets under them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.core.errors import InvalidInput
from anju.core.time import legal_day
from anju.ui.geojson import geojson_response
from anju.ui.pages import page

from .. import queries
from ..states import AreaLevel

HOUR = 3600
WIDEST = 0.2  # degrees of a box of the finest detail


@page(public=True)
def boundaries(request: HttpRequest) -> HttpResponse:
    """Thinned outlines of one level as GeoJSON, whole or within one area."""
    try:
        level = AreaLevel(int(request.GET.get("level", AreaLevel.DISTRICT)))
    except ValueError as error:
        raise InvalidInput({"level": [_("The level is a number from 0 to 3.")]}) from error
    asked = request.GET.get("within", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 12):
        raise InvalidInput({"within": [_("Name the area by its number.")]})
    within = int(asked) if asked else None
    day = legal_day(timezone.now())
    return geojson_response(
        request,
        lambda: queries.boundaries(day=day, level=level, within=within),
        mark=f"boundaries {level} {within} {day} {queries.boundaries_mark(level)}",
        seconds=HOUR,
    )


@page(public=True)
def backdrop(request: HttpRequest) -> HttpResponse:
    """River, parks and streets as GeoJSON in three details; the finest within a box only."""
    detail = {"1": 1, "2": 2, "3": 3}.get(request.GET.get("detail", "1"))
    if detail is None:
        raise InvalidInput({"detail": [_("The detail is 1, 2 or 3.")]})
    box = _box(request.GET.get("box", ""))
    if detail == 3 and box is None:
        raise InvalidInput({"box": [_("The finest detail needs a box.")]})
    return geojson_response(
        request,
        lambda: queries.backdrop(detail=detail, box=box),
        mark=f"backdrop {detail} {box} {queries.backdrop_source()}",
        seconds=HOUR,
    )


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = (round(float(part), 3) for part in text.split(","))
        if 0 < east - west <= WIDEST and 0 < north - south <= WIDEST:
            return west, south, east, north
    except ValueError:
        pass
    raise InvalidInput({"box": [_("Write the box as west,south,east,north, 0.2 degrees at most.")]})
