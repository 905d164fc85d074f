"""Coordinates: from the shifted grid of Chinese map makers (GCJ-02) back to WGS-84."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

# Krasovsky 1940, on which the shift is built.
_AXIS = 6378245.0
_FLATNESS = 0.00669342162296594323


def outside_china(longitude: float, latitude: float) -> bool:
    """Whether the grid is not shifted there (a rough rectangle, as the map makers use)."""
    return not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271)


def wgs84_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """Shift a WGS-84 point to GCJ-02; degrees, longitude first."""
    if outside_china(longitude, latitude):
        return longitude, latitude
    east, north = _shift(longitude - 105.0, latitude - 35.0)
    slope = sin(latitude / 180.0 * pi)
    flat = 1 - _FLATNESS * slope * slope
    root = sqrt(flat)
    north = north * 180.0 / ((_AXIS * (1 - _FLATNESS)) / (flat * root) * pi)
    east = east * 180.0 / (_AXIS / root * cos(latitude / 180.0 * pi) * pi)
    return longitude + east, latitude + north


def gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """Undo the shift, to about a millimetre, by repeating it; degrees, longitude first."""
    if outside_china(longitude, latitude):
        return longitude, latitude
    x, y = longitude, latitude
    for _ in range(12):
        shifted_x, shifted_y = wgs84_to_gcj02(x, y)
        off_x, off_y = shifted_x - longitude, shifted_y - latitude
        x, y = x - off_x, y - off_y
        if abs(off_x) < 1e-9 and abs(off_y) < 1e-9:
            break
    return x, y


def _shift(x: float, y: float) -> tuple[float, float]:
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north
