"""Drawing rules of the row of houses. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TALLEST = 40  # windows of the tallest house


def window_size(largest: int) -> int:
    """Communities a window stands for, given the largest district: 1, 10, 100 …"""
    size = 1
    while largest > TALLEST * size:
        size *= 10
    return size


def windows(*, communities: int, served: int, size: int) -> tuple[int, int]:
    """Lit windows and all windows of a district's house.

    Every started ``size`` communities are a window. A window is lit only for as many served ones
    (or the last part of a fully served district), so the picture never claims more than is so.

    Raises:
        ValueError: more served than there are, or a negative count.
    """
    if not 0 <= served <= communities:
        raise ValueError("served communities lie between none and all")
    whole = -(-communities // size)
    return (whole if served == communities else served // size), whole


@dataclass(frozen=True, slots=True)
class House:
    """Squares (x, y, lit) of one house, its left edge and the y of its roof."""

    squares: list[tuple[int, int, bool]]
    left: int
    roof: int


def house(*, lit: int, whole: int, left: int, ground: int) -> House:
    """Squares of one house, two windows a storey, from the ground up.

    Args:
        lit: lit windows; they fill from the ground.
        whole: all windows.
        left: x of the house's left window.
        ground: y of the ground line.
    """
    squares = [(left + 13 * (n % 2), ground - 13 * (n // 2 + 1), n < lit) for n in range(whole)]
    return House(squares=squares, left=left, roof=ground - 13 * (-(-whole // 2)) - 12)


def monthly_fee(*, rate_fen: int | None, area_dm2: int | None) -> int | None:
    """Fen a month for a home: fen per m² times area, rounded half up; None where one is unknown."""
    if not rate_fen or not area_dm2:
        return None
    return (rate_fen * area_dm2 + 50) // 100


def days_left(*, last_day: date | None, today: date) -> int | None:
    """Days until a last day is over, today included; 0 when it lies behind."""
    return None if last_day is None else max((last_day - today).days + 1, 0)
