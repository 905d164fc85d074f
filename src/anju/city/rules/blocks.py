"""Blocks between streets, and the outlines of communities in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely
import shapely.affinity
from shapely import MultiPolygon, Polygon

from .dice import Dice
from .land import Land, Street, divide


def cut_blocks(ground: Land, counts: Sequence[int], seed: int) -> None:
    """Cut every committee into blocks by lanes: one per community and some for schools and parks.

    ``counts`` gives the communities of each committee. Blocks keep clear of water and wide roads.
    The blocks of communities come first in ``Place.blocks``.
    """
    wide = shapely.union_all([s.line for s in ground.streets if s.level <= 2]).buffer(
        22, quad_segs=2
    )
    barrier = shapely.union_all([wide, ground.river.buffer(35, quad_segs=2)])
    shapely.prepare(barrier)
    lanes: list[Street] = []
    for number, place in enumerate(ground.places):
        dice = Dice(seed, "blocks", number)
        town = place.shape.area < 3_000_000
        count = counts[number] + (2 + dice.below(3) if town else 1)
        parts, cuts = divide(place.shape, place.points, count, dice)
        lanes.extend(Street(4, cut) for cut in cuts)
        blocks = []
        for part, points in parts:
            block = part.difference(barrier).buffer(-11, join_style="mitre", quad_segs=2)
            if isinstance(block, MultiPolygon):
                block = max(block.geoms, key=lambda g: (g.area, g.bounds))
            if not block.is_empty:
                blocks.append((len(points), round(block.area), block))
        blocks.sort(key=lambda b: (b[1] < 4_000, -b[0], -b[1]))
        place.blocks = [block for _, _, block in blocks[: counts[number]]]
        spare = [block for _, area, block in blocks[counts[number] :] if town and area > 30_000]
        if spare and dice.chance(220_000):
            ground.parks.append(shapely.set_precision(spare[0].simplify(4), 1.0))
        while len(place.blocks) < counts[number]:  # a corner between roads: they share a block
            place.blocks.append(place.blocks[-1] if place.blocks else place.shape.buffer(-30))
    ground.streets.extend(lanes)


def fit(block: Polygon, area: float) -> Polygon:
    """The part of a block that a community of ``area`` square metres fills, on the metre grid."""
    if block.area > area * 1.15:
        factor = math.sqrt(area / block.area)
        block = shapely.affinity.scale(block, factor, factor, origin=block.representative_point())
    out = shapely.set_precision(block.simplify(3), 1.0)
    if isinstance(out, MultiPolygon):
        out = max(out.geoms, key=lambda g: (g.area, g.bounds))
    return out
