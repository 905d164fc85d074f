"""Data of maps that pages of several apps share: the neighbourhood of one point, an area."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

HALF_LON, HALF_LAT = 0.013, 0.009  # degrees from the point to the edge: about a kilometre
WIDER = 3.0  # the streets reach farther than the frame: a map may be wide


def map_words() -> dict[str, str]:
    """Words of the buttons on a map."""
    return {"in": _("Zoom in"), "out": _("Zoom out"), "whole": _("Whole map")}


def neighbourhood(*, latitude: Any, longitude: Any, name: str, within: int | None) -> Any:
    """Data of the small map round one point; None without coordinates.

    Args:
        latitude: degrees, WGS-84.
        longitude: degrees, WGS-84.
        name: what stands there.
        within: the area whose committees are outlined.
    """
    if latitude is None or longitude is None:
        return None
    lat, lon = float(latitude), float(longitude)
    reach = [
        lon - HALF_LON * WIDER,
        lat - HALF_LAT * WIDER,
        lon + HALF_LON * WIDER,
        lat + HALF_LAT * WIDER,
    ]
    box = ",".join(f"{edge:.3f}" for edge in reach)
    return {
        "base": f"{reverse('reference:boundaries')}?level=3&within={within or 0}",
        "streets": [f"{reverse('reference:backdrop')}?detail=3&box={box}"],
        "box": [[lat - HALF_LAT, lon - HALF_LON], [lat + HALF_LAT, lon + HALF_LON]],
        "here": {"at": [lat, lon], "name": name},
        "words": map_words(),
    }
