"""The plan of a city: every community with its counts, fixed before any home is written.

Quotas are split exactly, so the first number of every row of every community is known, and any part
of the city can be written by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from . import land as ground
from .blocks import cut_blocks, fit
from .dice import Dice, spread, weighted
from .names import CommunityNames, brand
from .sizes import Size
from .words import WORDS

DAY = date(2026, 11, 1)  # the city is written as it stood in the morning of this day
CITY_NAME = "云澜市"
KINDS = weighted([("old", 33), ("mid", 27), ("high", 36), ("villa", 4)])
_YEARS = {"old": (1976, 2000), "mid": (1999, 2013), "high": (2007, 2025), "villa": (2003, 2022)}
_HOMES = {"old": (60, 720), "mid": (180, 1_150), "high": (320, 2_300), "villa": (30, 190)}
_PER_BUILDING = {"old": 24, "mid": 30, "high": 60, "villa": 3}
_LAND = {"old": 58, "mid": 66, "high": 48, "villa": 460}  # square metres of ground per home


@dataclass(slots=True)
class AreaPlan:
    """An area of responsibility."""

    id: int
    code: str
    kind: str
    level: int
    name: str
    parent: int | None
    shape: ground.Polygon | None = None
    division_code: str = ""  # of the state's own tree; a zone has none
    division_parent: int | None = None


@dataclass(slots=True)
class Community:
    """One community and how much of everything it holds. ``first_*`` are the first row numbers."""

    number: int  # from 1; also its row number
    area: AreaPlan
    district: int
    subdistrict: int
    division: int  # last two digits of the identity numbers of its people
    kind: str
    year: int
    homes: int
    name: str = ""
    old_name: str = ""
    renamed_on: date | None = None
    alias: str = ""
    address: str = ""
    centre: tuple[float, float] = (0.0, 0.0)
    outline: list[list[list[float]]] = field(default_factory=list)
    developer: int = 0
    buildings: int = 0
    stairwells: int = 0
    shops: int = 0
    garages: int = 0
    storages: int = 0
    people: int = 0
    first_building: int = 0
    first_stairwell: int = 0
    first_unit: int = 0
    first_person: int = 0
    first_spell: int = 0
    management_areas: list[int] = field(default_factory=list)

    @property
    def units(self) -> int:
        return self.homes + self.shops + self.garages + self.storages

    @property
    def unsold(self) -> int:
        """Homes the developer has not sold."""
        if self.year < 2019 or self.kind == "old":
            return 0
        return self.homes * (60 + (self.year - 2019) * 45) // 1_000

    @property
    def shared(self) -> int:
        """Homes of two owners."""
        return self.homes * 34 // 100 if self.kind != "old" else self.homes * 26 // 100

    @property
    def resold(self) -> int:
        """Homes with an earlier owner on file."""
        return self.homes * 11 // 100 if self.year < 2018 else 0

    @property
    def slots(self) -> int:
        """Places for owners who are people."""
        others = self.shops + self.garages + self.storages
        return self.homes - self.unsold + self.shared + self.resold + others

    @property
    def spells(self) -> int:
        """Ownership spells."""
        return self.slots + self.unsold


@dataclass(slots=True)
class Plan:
    """Everything about a city but its firms, homes and people."""

    size: Size
    seed: int
    land: ground.Land
    areas: list[AreaPlan]
    communities: list[Community]
    people_of_communities: int


def make(size: Size, seed: int = 1) -> Plan:
    """The plan of a city of this size from this seed."""
    land = ground.land(size, seed)
    areas, committees = _areas(land)
    counts = spread(
        size.communities, [3 + Dice(seed, "w", i).below(5) for i in range(len(land.places))]
    )
    cut_blocks(land, counts, seed)
    _name_streets(land, seed)
    communities = _communities(size, seed, land, committees, counts)
    _share_quotas(size, seed, communities)
    _describe(seed, land, communities, counts, size)
    _number(communities)
    _delimit(size, seed, communities)
    return Plan(
        size=size,
        seed=seed,
        land=land,
        areas=areas,
        communities=communities,
        people_of_communities=sum(c.people for c in communities),
    )


def _areas(land: ground.Land) -> tuple[list[AreaPlan], list[AreaPlan]]:
    """The tree of areas of responsibility, and the committees in the order of ``land.places``."""
    out = _upper_areas(land)
    first_zone = 1 + len(ground.DISTRICTS)
    next_id = len(out) + 1
    seen: dict[str, int] = {}
    subs = []
    for number, shape in enumerate(land.subdistricts):
        zone = land.zone_of[number]
        host = out[1 + land.district_of[number]]
        parent = host if zone is None else out[first_zone + zone]
        seen[parent.code] = seen.get(parent.code, 0) + 1
        town = parent.kind in ("county", "county_city") and seen[parent.code] > 2
        serial = seen[parent.code] + (0 if zone is None else 900)
        subs.append(
            AreaPlan(
                next_id + number,
                f"{parent.code[:6]}{seen[parent.code]:03d}000",
                "town" if town else "subdistrict",
                2,
                WORDS["subdistricts"][number] + ("镇" if town else "街道"),
                parent.id,
                shape,
                f"{host.code[:6]}{serial:03d}",
                host.id,
            )
        )
    out.extend(subs)
    next_id += len(subs)
    committees = []
    for number, place in enumerate(land.places):
        sub = subs[place.subdistrict]
        seen[sub.code] = seen.get(sub.code, 0) + 1
        village = sub.kind == "town" and place.shape.area > 9_000_000
        committees.append(
            AreaPlan(
                next_id + number,
                f"{sub.code[:9]}{seen[sub.code]:03d}",
                "village" if village else "committee",
                3,
                WORDS["committees"][number] + ("村委会" if village else "社区居委会"),
                sub.id,
                place.shape,
                f"{sub.division_code}{seen[sub.code]:03d}",
                sub.id,
            )
        )
    out.extend(committees)
    return out, committees


def _upper_areas(land: ground.Land) -> list[AreaPlan]:
    """City, districts and zones; who answers for a zone's ground is the zone, not its district."""

    def union(numbers: list[int]) -> ground.Polygon:
        return ground.shapely.coverage_union_all([land.subdistricts[n] for n in numbers])

    out = [AreaPlan(1, "990100000000", "city", 0, CITY_NAME, None, land.outline, "9901")]
    for number, (name, kind) in enumerate(ground.DISTRICTS):
        own = [
            n
            for n, zone in enumerate(land.zone_of)
            if zone is None and land.district_of[n] == number
        ]
        code = f"9901{number + 1:02d}"
        area = AreaPlan(2 + number, f"{code}000000", kind, 1, name, 1, union(own), code, 1)
        out.append(area)
    for number, name in enumerate(ground.ZONES):
        own = [n for n, zone in enumerate(land.zone_of) if zone == number]
        code = f"9901{71 + number}000000"
        out.append(AreaPlan(len(out) + 1, code, "zone", 1, name, 1, union(own)))
    return out


def _name_streets(land: ground.Land, seed: int) -> None:
    """Names for all streets but lanes; a lane is called after its number in the old town only."""
    names = Dice(seed, "streets").shuffled(WORDS["roads"])
    order = sorted(
        (s for s in land.streets if not s.name), key=lambda s: (s.level, -round(s.line.length))
    )
    for number, street in enumerate(order):
        if street.level > 3 or number >= len(names):
            continue
        tail = "大道" if street.level == 1 else "路"
        if street.level == 3:
            tail = ("路", "街", "路", "巷")[number % 4]
        street.name = names[number] + tail


def _communities(
    size: Size,
    seed: int,
    land: ground.Land,
    committees: Sequence[AreaPlan],
    counts: Sequence[int],
) -> list[Community]:
    """Kinds and years by how far out, and homes so that they add to the quota."""
    out: list[Community] = []
    parents = {}
    for index, place in enumerate(land.places):
        area = committees[index]
        zone = land.zone_of[place.subdistrict]
        district = 2 + place.district if zone is None else 2 + len(ground.DISTRICTS) + zone
        parents[index] = district
        middle = place.shape.centroid
        far = (middle.x**2 + middle.y**2) ** 0.5
        for block in range(counts[index]):
            dice = Dice(seed, "community", index, block)
            kind = dice.pick(KINDS)
            if far < 4_000 and kind in ("high", "villa") and dice.chance(650_000):
                kind = "old"
            elif 4_500 < far < 15_000 and kind == "old" and dice.chance(450_000):
                kind = "high"
            low, high = _YEARS[kind]
            out.append(
                Community(
                    number=len(out) + 1,
                    area=area,
                    district=district,
                    subdistrict=area.parent or 0,
                    division=place.district + 1,
                    kind=kind,
                    year=dice.between(low, high),
                    homes=dice.between(*_HOMES[kind]),
                )
            )
    homes = spread(size.homes, [c.homes for c in out], least=6)
    for community, count in zip(out, homes, strict=True):
        community.homes = count
    return out


def _share_quotas(size: Size, seed: int, communities: list[Community]) -> None:
    def split(total: int, weights: list[int], name: str, least: int = 0) -> None:
        for community, part in zip(communities, spread(total, weights, least), strict=True):
            setattr(community, name, part)

    per = [_PER_BUILDING[c.kind] for c in communities]
    split(
        size.buildings,
        [1 + c.homes // p for c, p in zip(communities, per, strict=True)],
        "buildings",
        1,
    )
    for community in communities:
        each = {"old": 2, "mid": 3, "high": 1, "villa": 1}[community.kind]
        community.stairwells = community.buildings * each
    new = {"old": 0, "mid": 5, "high": 10, "villa": 30}
    split(size.shops, [c.homes * (2 if c.kind == "old" else 3) for c in communities], "shops")
    split(size.garages, [c.homes * new[c.kind] + 1 for c in communities], "garages")
    split(
        size.storages,
        [c.homes if c.kind != "old" else c.homes // 4 for c in communities],
        "storages",
    )
    people = size.people - size.managers - size.companies
    split(people, [c.slots for c in communities], "people")
    for community in communities:
        if community.people > community.slots:
            raise ValueError(f"community {community.number} has more people than places for owners")


def _describe(
    seed: int, land: ground.Land, communities: list[Community], counts: Sequence[int], size: Size
) -> None:
    """Names, addresses, outlines, developers and former names."""
    named = [s for s in land.streets if s.level in (2, 3) and s.name]
    tree = ground.shapely.STRtree([s.line for s in named])
    giver = CommunityNames(seed)
    blocks = [block for place in land.places for block in place.blocks]
    for community, block in zip(communities, blocks, strict=True):
        dice = Dice(seed, "describe", community.number)
        shape = fit(block, community.homes * _LAND[community.kind] + 1_500)
        middle = shape.representative_point()
        community.outline = ground.ring(shape)
        community.centre = ground.degrees(round(middle.x), round(middle.y))
        road = named[int(tree.nearest(middle))].name
        house = dice.between(1, 380)
        community.address = f"{road}{house}号"
        developer = dice.below(size.developers) if community.kind != "old" else -1
        community.developer = developer + 1
        community.name = giver.give(
            community.number,
            community.kind,
            road,
            house,
            brand(developer) if developer >= 0 else "",
        )
        if dice.chance(60_000) and community.kind != "old":
            community.old_name = giver.give(
                community.number + 100_000, community.kind, road, house, ""
            )
            first = date(max(community.year + 2, 2010), 1, 1)
            span = max(30, (DAY - first).days)
            community.renamed_on = first + timedelta(days=dice.below(span))
            if community.renamed_on >= DAY:
                community.renamed_on = DAY - timedelta(days=40)
        if dice.chance(160_000):
            community.alias = dice.pick(("老", "大", "小")) + community.name[:4]


def _number(communities: list[Community]) -> None:
    building = stairwell = unit = person = spell = 1
    for community in communities:
        community.first_building, building = building, building + community.buildings
        community.first_stairwell, stairwell = stairwell, stairwell + community.stairwells
        community.first_unit, unit = unit, unit + community.units
        community.first_person, person = person, person + community.people
        community.first_spell, spell = spell, spell + community.spells


def _delimit(size: Size, seed: int, communities: list[Community]) -> None:
    """Management areas: mostly one per community; some have two, some share their neighbour's."""
    dice = Dice(seed, "delimit")
    neighbours = [
        i for i in range(1, len(communities)) if communities[i].area is communities[i - 1].area
    ]
    joined: set[int] = set()
    for index in dice.shuffled(neighbours):
        if len(joined) == size.joined_communities:
            break
        if index - 1 not in joined and index + 1 not in joined:
            joined.add(index)
    if len(joined) < size.joined_communities:
        for index in range(1, len(communities)):
            if len(joined) < size.joined_communities and not {index - 1, index, index + 1} & joined:
                joined.add(index)
    apart = [
        i
        for i in range(len(communities))
        if i not in joined and i + 1 not in joined and communities[i].buildings > 3
    ]
    split = set(dice.shuffled(apart)[: size.split_communities])
    if len(split) < size.split_communities or len(joined) < size.joined_communities:
        raise ValueError("too few communities to split or join")
    next_id = 1
    for index, community in enumerate(communities):
        if index in joined:
            community.management_areas = [communities[index - 1].management_areas[0]]
            continue
        count = 2 if index in split else 1
        community.management_areas = list(range(next_id, next_id + count))
        next_id += count
