"""Chance that is the same everywhere: one stream per named thing, built on ``random()`` alone.

``random.Random(str).random()`` is fixed by Python's documentation across versions; the helpers of
``random`` that are not (``sample``, ``choices``, ``gauss``) are not used.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of chance named by the seed and a path, e.g. ``Dice(1, "community", 17)``."""

    __slots__ = ("next",)

    def __init__(self, seed: int, *path: object) -> None:
        name = "/".join(str(part) for part in ("anju", seed, *path))
        self.next = random.Random(name).random  # noqa: S311 - an invented city, not a secret

    def below(self, limit: int) -> int:
        """A whole number in [0, limit)."""
        return int(self.next() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int(self.next() * (high - low + 1))

    def real(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + self.next() * (high - low)

    def chance(self, ppm: int) -> bool:
        """True in ``ppm`` of a million cases."""
        return self.next() * 1_000_000 < ppm

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.next() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher and Yates)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = int(self.next() * (last + 1))
            out[last], out[other] = out[other], out[last]
        return out


def weighted(pairs: Sequence[tuple[T, int]]) -> list[T]:
    """A table to :meth:`Dice.pick` from: each item as often as its weight."""
    return [item for item, weight in pairs for _ in range(weight)]


def spread(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """``total`` split by weights so that the parts sum exactly, each at least ``least``.

    Raises:
        ValueError: the total cannot give everybody the least.
    """
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} cannot give {least} to each of {len(weights)}")
    whole = sum(weights)
    parts = [rest * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(rest * weights[i] % whole), i))
    for index in order[: rest - sum(parts)]:
        parts[index] += 1
    return [part + least for part in parts]
