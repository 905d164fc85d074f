"""The shape of the city: outline, river, rings, districts, sub-districts, committees, blocks.

Metres east and north of the centre on a grid of one metre, so that neighbours share their edges
exactly. The centre lies in the open North Pacific, two thousand kilometres from any coast: no real
place is meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.ops import polygonize, split

from .dice import Dice, spread
from .sizes import Size

ORIGIN = (165.0, 34.0)  # longitude and latitude (WGS-84) of the centre
_LAT_M = 110_922.0  # metres of a degree of latitude at 34° north
_LON_M = 92_385.0  # metres of a degree of longitude at 34° north

# Number, name and kind; the number is the position used by ``Size.subdistricts``.
DISTRICTS = (
    ("梧台区", "district"),
    ("澜北区", "district"),
    ("澜南区", "district"),
    ("曜江区", "district"),
    ("岱渚区", "district"),
    ("沧琅区", "district"),
    ("绛川县", "county"),
    ("稷原县", "county"),
    ("望朔市", "county_city"),
)
ZONES = ("云澜经济技术开发区", "霁川高新技术产业开发区")

# Where people live: east, north, spread in metres, weight.
_CENTRES = (
    (0, 0, 3_600, 46),
    (1_500, -2_500, 8_000, 60),
    (9_500, 800, 3_000, 10),
    (-8_500, -3_500, 2_800, 9),
    (1_500, 9_500, 3_000, 9),
    (-20_500, 13_500, 1_900, 7),
    (-18_500, -17_500, 1_900, 7),
    (24_500, 12_500, 2_000, 8),
    (15_500, -17_000, 1_900, 6),
    (0, 0, 26_000, 12),
)
_POINTS_PER_COMMITTEE = 60


@dataclass(slots=True)
class Place:
    """A committee's ground, its sub-district and district, and the blocks in it."""

    district: int
    subdistrict: int
    shape: Polygon
    points: list[tuple[float, float]]
    blocks: list[Polygon] = field(default_factory=list)


@dataclass(slots=True)
class Street:
    """A street as a line; level 1 ring or express, 2 main, 3 secondary, 4 lane."""

    level: int
    line: LineString
    name: str = ""


@dataclass(slots=True)
class Land:
    """The whole ground."""

    outline: Polygon
    river: Polygon
    districts: list[Polygon]
    subdistricts: list[Polygon]
    district_of: list[int]  # of each sub-district
    zone_of: list[int | None]  # zone number of each sub-district
    places: list[Place]  # committees
    streets: list[Street]
    parks: list[Polygon] = field(default_factory=list)


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point in metres, to about 0.1 m."""
    return round(ORIGIN[0] + x / _LON_M, 6), round(ORIGIN[1] + y / _LAT_M, 6)


def river_y(x: float) -> float:
    """The river's middle, metres north, at ``x`` metres east."""
    return (
        3_300
        + 2_300 * math.sin(x / 7_100 + 0.4)
        + 1_100 * math.sin(x / 3_050 + 1.9)
        + x * 0.06
        - 700
    )


def _outline(seed: int) -> list[tuple[float, float]]:
    dice = Dice(seed, "outline")
    waves = [(k, dice.real(0.3, 1.0) * 0.17 / k, dice.real(0, 6.283)) for k in range(2, 40)]
    out = []
    for step in range(480):
        turn = step * 2 * math.pi / 480
        size = 33_000 * (1 + sum(a * math.cos(k * turn + p) for k, a, p in waves))
        out.append((size * 1.12 * math.cos(turn), size * 0.92 * math.sin(turn)))
    return out


def _ring(radius: float, seed: int) -> list[tuple[float, float]]:
    """A ring road: between a circle and a square, as ring roads are."""
    dice = Dice(seed, "ring", int(radius))
    rough = 0.012 + radius / 600_000
    wave = [(k, dice.real(-rough, rough), dice.real(0, 6.283)) for k in (2, 3, 5, 7, 9)]
    out = []
    for step in range(121):
        turn = (step % 120) * 2 * math.pi / 120
        c, s = math.cos(turn), math.sin(turn)
        square = (abs(c) ** 4 + abs(s) ** 4) ** -0.25
        size = radius * square * (1 + sum(a * math.cos(k * turn + p) for k, a, p in wave))
        out.append((size * 1.08 * c, size * 0.94 * s))
    return out


def _radial(angle: int, seed: int) -> list[tuple[float, float]]:
    """A road out of town, a little winding the farther out."""
    dice = Dice(seed, "radial", angle)
    bend, phase = dice.real(-0.09, 0.09), dice.real(0, 6.283)
    out = []
    for step in range(60):
        size = step * 900.0
        turn = math.radians(angle) + bend * math.sin(size / 9_000 + phase) * min(1, size / 15_000)
        out.append((size * math.cos(turn), size * math.sin(turn)))
    return out


def _frame(seed: int) -> tuple[Polygon, LineString, dict[str, LineString]]:
    outline = Polygon(_outline(seed))
    river = LineString([(x, river_y(x)) for x in range(-48_000, 48_001, 400)])
    lines = {
        f"ring{n}": LineString(_ring(r, seed)) for n, r in ((1, 3_500), (2, 8_000), (3, 14_000))
    }
    angles = (12, 42, 75, 105, 138, 168, -22, -48, -76, -100, -128, -155)
    for angle in angles:
        lines[f"radial{angle}"] = LineString(_radial(angle, seed))
    return outline, river, lines


def _district_at(x: float, y: float, rings: dict[str, Polygon], cut: dict[int, Polygon]) -> int:
    """Number of the district in which a point of a face lies."""
    north = y > river_y(x)
    if rings["ring1"].contains(Point(x, y)) and not north:
        return 0
    if rings["ring3"].contains(Point(x, y)):
        if north:
            return 1
        return 3 if cut[-48].contains(Point(x, y)) else 4 if cut[-128].contains(Point(x, y)) else 2
    if cut[75].contains(Point(x, y)):
        return 8
    if cut[-22].contains(Point(x, y)):
        return 5
    return 6 if north else 7


def _districts(
    seed: int,
) -> tuple[LineString, dict[str, LineString], list[Polygon]]:
    outline, river, lines = _frame(seed)
    cuts = [outline.exterior, river, lines["ring1"], lines["ring3"]]
    for angle in (75, -22, -48, -100, -128):
        cuts.append(LineString([(0, 0), *lines[f"radial{angle}"].coords[3:]]))
    faces = list(polygonize(shapely.union_all(cuts, grid_size=1.0)))
    rings = {name: Polygon(lines[name]) for name in ("ring1", "ring3")}
    far = 90_000
    wedge = {
        75: _sector(lines, 75, -22, far),
        -22: _sector(lines, -22, -100, far),
        -48: _sector(lines, 12, -48, far),
        -128: _sector(lines, -128, 168, far),
    }
    parts: list[list[Polygon]] = [[] for _ in DISTRICTS]
    small: list[Polygon] = []
    for face in faces:
        point = face.representative_point()
        if not outline.contains(point):
            continue
        if face.area < 400_000:
            small.append(face)
            continue
        parts[_district_at(point.x, point.y, rings, wedge)].append(face)
    shapes = [shapely.union_all(part, grid_size=1.0) for part in parts]
    # What is small or cut off goes to the neighbour with which it shares most of its edge.
    for number, shape in enumerate(shapes):
        if isinstance(shape, MultiPolygon):
            pieces = sorted(shape.geoms, key=lambda p: -p.area)
            shapes[number] = pieces[0]
            small.extend(pieces[1:])
    for face in sorted(small, key=lambda f: (-f.area, f.bounds)):
        shared = [face.boundary.intersection(s.boundary).length for s in shapes]
        best = max(range(len(shapes)), key=lambda i: shared[i])
        shapes[best] = shapely.union_all([shapes[best], face], grid_size=1.0)
    return river, lines, shapes


def _sector(lines: dict[str, LineString], first: int, second: int, far: float) -> Polygon:
    """Ground from one radial clockwise to another, closed far outside."""
    one = list(lines[f"radial{first}"].coords)[3:]
    two = list(lines[f"radial{second}"].coords)[3:]
    start, end = math.radians(first), math.radians(second)
    while end > start:
        end -= 2 * math.pi
    arc = [
        (
            far * math.cos(start + (end - start) * i / 40),
            far * math.sin(start + (end - start) * i / 40),
        )
        for i in range(41)
    ]
    return Polygon([(0, 0), *one, *arc, *reversed(two)]).buffer(0)


def _points(seed: int, outline: Polygon, river: Polygon, count: int) -> list[tuple[float, float]]:
    """Where people live, as points; deterministic."""
    dice = Dice(seed, "points")
    table = [centre for centre in _CENTRES for _ in range(centre[3])]
    shapely.prepare(outline)
    shapely.prepare(river)
    out: list[tuple[float, float]] = []
    while len(out) < count:
        xs, ys = [], []
        for _ in range(count):
            x, y, wide, _weight = dice.pick(table)
            size = wide * math.sqrt(-2 * math.log(1 - dice.next()))
            turn = dice.real(0, 6.283185)
            xs.append(round(x + size * math.cos(turn), 1))
            ys.append(round(y + size * math.sin(turn), 1))
        dry = shapely.contains_xy(outline, xs, ys) & ~shapely.contains_xy(river, xs, ys)
        out.extend((x, y) for x, y, good in zip(xs, ys, dry, strict=True) if good)
    return out[:count]


def _cut_line(
    shape: Polygon, points: Sequence[tuple[float, float]], ratio: float, dice: Dice
) -> LineString:
    """A line across the long side of the shape, with ``ratio`` of the points on its left."""
    box = shape.minimum_rotated_rectangle.exterior.coords
    sides = [(box[i + 1][0] - box[i][0], box[i + 1][1] - box[i][1]) for i in (0, 1)]
    long = max(sides, key=lambda s: (round(math.hypot(*s), 3), s))
    turn = math.atan2(long[1], long[0]) + dice.real(-0.09, 0.09)
    ux, uy = math.cos(turn), math.sin(turn)
    marks = sorted(x * ux + y * uy for x, y in points)
    if len(marks) > 3:
        at = marks[min(len(marks) - 1, max(1, int(len(marks) * ratio)))]
    else:
        centre = shape.centroid
        at = centre.x * ux + centre.y * uy
    ends = [x * ux + y * uy for x, y in shape.exterior.coords]
    low, high = min(ends), max(ends)
    at = min(max(at, low + 0.16 * (high - low)), high - 0.16 * (high - low))
    across = [-x * uy + y * ux for x, y in shape.exterior.coords]
    start, end = min(across) - 50, max(across) + 50
    middle = shape.centroid
    wild = min(1.0, max(0.0, (math.hypot(middle.x, middle.y) - 7_000) / 14_000))
    swing, phase = (end - start) * 0.035 * wild, dice.real(0, 6.283)
    line = []
    steps = 14 if wild else 1
    for step in range(steps + 1):
        t = start + (end - start) * step / steps
        a = at + swing * (math.sin(step * 0.9 + phase) + 0.5 * math.sin(step * 2.1 + phase * 2))
        line.append((round(a * ux - t * uy, 1), round(a * uy + t * ux, 1)))
    return LineString(line)


def _halve(
    shape: Polygon, points: list[tuple[float, float]], ratio: float, dice: Dice
) -> tuple[Polygon, Polygon, LineString] | None:
    line = _cut_line(shape, points, ratio, dice)
    pieces = sorted(split(shape, line).geoms, key=lambda p: -p.area)
    if len(pieces) < 2:
        return None
    first, second = pieces[0], pieces[1]
    for other in pieces[2:]:
        one = first.boundary.intersection(other.boundary).length
        two = second.boundary.intersection(other.boundary).length
        joined = shapely.union_all([first if one >= two else second, other])
        if isinstance(joined, Polygon):
            first, second = (joined, second) if one >= two else (first, joined)
    inside = line.intersection(shape)
    if inside.geom_type != "LineString":
        lines = [g for g in getattr(inside, "geoms", []) if g.geom_type == "LineString"]
        if not lines:
            return None
        inside = max(lines, key=lambda g: g.length)
    return first, second, inside


def divide(
    shape: Polygon, points: list[tuple[float, float]], count: int, dice: Dice
) -> tuple[list[tuple[Polygon, list[tuple[float, float]]]], list[LineString]]:
    """Cut a shape into ``count`` parts with about as many points each; also the cutting lines."""
    if count <= 1:
        return [(shape, points)], []
    left = count // 2
    halves = None
    for _ in range(4):
        halves = _halve(shape, points, left / count, dice)
        if halves:
            break
    if not halves:
        raise ValueError("a shape could not be cut")
    first, second, line = halves
    shapely.prepare(first)
    if points:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        inside = shapely.contains_xy(first, xs, ys)
        one = [p for p, good in zip(points, inside, strict=True) if good]
        two = [p for p, good in zip(points, inside, strict=True) if not good]
    else:
        one, two = [], []
    # The side with more points gets the larger half of the count.
    counts = (left, count - left) if len(one) <= len(two) else (count - left, left)
    parts, lines = divide(first, one, counts[0], dice)
    more, others = divide(second, two, counts[1], dice)
    return parts + more, [line, *lines, *others]


def land(size: Size, seed: int) -> Land:
    """The ground of a city of this size from this seed."""
    middle, lines, shapes = _districts(seed)
    river = _river(middle)
    city = shapely.union_all(shapes, grid_size=1.0)
    points = _points(seed, city, river, size.committees * _POINTS_PER_COMMITTEE)
    streets = _main_roads(lines, city)
    subs: list[tuple[int, Polygon, list[tuple[float, float]]]] = []
    for number, shape in enumerate(shapes):
        shapely.prepare(shape)
        mine = _inside(shape, points)
        parts, cuts = divide(shape, mine, size.subdistricts[number], Dice(seed, "district", number))
        subs.extend((number, part, inner) for part, inner in parts)
        streets.extend(Street(2, cut) for cut in cuts)
    counts = spread(size.committees, [len(inner) + 8 for _, _, inner in subs], least=1)
    raw: list[tuple[int, int, Polygon, list[tuple[float, float]]]] = []
    for number, (district, shape, inner) in enumerate(subs):
        parts, cuts = divide(shape, inner, counts[number], Dice(seed, "subdistrict", number))
        raw.extend((district, number, part, mine) for part, mine in parts)
        streets.extend(Street(3, cut) for cut in cuts)
    places = _snap(raw)
    subshapes = [
        shapely.coverage_union_all([p.shape for p in places if p.subdistrict == n])
        for n in range(len(subs))
    ]
    districts = [
        shapely.coverage_union_all([p.shape for p in places if p.district == n])
        for n in range(len(DISTRICTS))
    ]
    return Land(
        outline=shapely.coverage_union_all(districts),
        river=river.intersection(city),
        districts=districts,
        subdistricts=subshapes,
        district_of=[district for district, _, _ in subs],
        zone_of=_zones(size, [d for d, _, _ in subs], subshapes),
        places=places,
        streets=[s for s in streets if not s.line.is_empty],
    )


def _main_roads(lines: dict[str, LineString], city: Polygon) -> list[Street]:
    """Rings, roads out of town from the first ring on, and the two axes of the old town."""
    old = Polygon(lines["ring1"])
    out = [
        Street(1, lines[f"ring{n}"].intersection(city), f"{_NUMERALS[n]}环路") for n in (1, 2, 3)
    ]
    for name in sorted(lines):
        if name.startswith("radial"):
            out.append(Street(1, lines[name].intersection(city).difference(old)))
    for axis in (((-90, -6_000), (60, 6_000)), ((-6_000, 140), (6_000, -40))):
        out.append(Street(2, LineString(axis).intersection(old)))
    return out


_NUMERALS = ("", "一", "二", "三")


def _river(middle: LineString) -> Polygon:
    """Water, 460 m wide; its middle is the border of the districts on its banks."""
    return middle.buffer(230, quad_segs=4)


def _inside(shape: Polygon, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    good = shapely.contains_xy(shape, [p[0] for p in points], [p[1] for p in points])
    return [p for p, yes in zip(points, good, strict=True) if yes]


def _snap(raw: list[tuple[int, int, Polygon, list[tuple[float, float]]]]) -> list[Place]:
    """Committees on the metre grid, with every corner of a neighbour as a corner of one's own."""
    edges = shapely.union_all([shape.exterior for _, _, shape, _ in raw], grid_size=1.0)
    faces = list(polygonize(edges))
    tree = shapely.STRtree([shape for _, _, shape, _ in raw])
    parts: list[list[Polygon]] = [[] for _ in raw]
    loose: list[Polygon] = []
    for face in faces:
        point = face.representative_point()
        found = sorted(int(i) for i in tree.query(point, predicate="within"))
        if found:
            parts[found[0]].append(face)
        else:
            loose.append(face)
    shapes = [shapely.union_all(part, grid_size=1.0) for part in parts]
    for number, shape in enumerate(shapes):
        if isinstance(shape, MultiPolygon):
            pieces = sorted(shape.geoms, key=lambda p: -p.area)
            shapes[number] = pieces[0]
            loose.extend(pieces[1:])
    for face in sorted(loose, key=lambda f: (-f.area, f.bounds)):
        near = sorted(int(i) for i in tree.query(face.buffer(2)))
        best = max(near, key=lambda i: (face.boundary.intersection(shapes[i].boundary).length, -i))
        joined = shapely.union_all([shapes[best], face], grid_size=1.0)
        if isinstance(joined, Polygon):
            shapes[best] = joined
    return [
        Place(district, subdistrict, shapes[number], points)
        for number, (district, subdistrict, _, points) in enumerate(raw)
    ]


def _zones(size: Size, district_of: list[int], shapes: list[Polygon]) -> list[int | None]:
    """Which sub-districts answer to a functional zone.

    The first zone takes neighbours on both sides of the border of two districts, the second lies
    within one.
    """
    out: list[int | None] = [None] * len(shapes)
    (left, some), (right, others), (host, more) = size.zone_parts

    def shared(one: int, two: int) -> float:
        return float(shapes[one].boundary.intersection(shapes[two].boundary).length)

    def grow(zone: int, district: int, count: int, near: Polygon | Point) -> None:
        """Give the zone ``count`` sub-districts of a district, each touching those it has."""
        for _ in range(count):
            have = [i for i, z in enumerate(out) if z == zone]
            free = [i for i, d in enumerate(district_of) if d == district and out[i] is None]
            free.sort(
                key=lambda i: (
                    -round(sum(shared(i, h) for h in have) > 200),
                    round(shapes[i].distance(near)),
                    -round(shapes[i].area),
                )
            )
            out[free[0]] = zone

    pairs = [
        (one, two)
        for one, d in enumerate(district_of)
        for two, other in enumerate(district_of)
        if d == left and other == right and shapes[one].intersects(shapes[two])
    ]
    first, second = max(pairs, key=lambda pair: (round(shared(*pair)), pair))
    out[first] = out[second] = 0
    grow(0, left, some - 1, shapes[second])
    grow(0, right, others - 1, shapes[first])
    grow(1, host, more, Point(-10_500, -4_500))
    return out


def ring(shape: Polygon) -> list[list[list[float]]]:
    """GeoJSON coordinates of a polygon, in degrees, counter-clockwise from its smallest corner."""
    return [_round(hole) for hole in (shape.exterior, *shape.interiors)]


def _round(line: shapely.LinearRing) -> list[list[float]]:
    corners = list(line.coords)[:-1]
    if not line.is_ccw:
        corners.reverse()
    start = corners.index(min(corners))
    corners = corners[start:] + corners[:start]
    return [list(degrees(x, y)) for x, y in [*corners, corners[0]]]
