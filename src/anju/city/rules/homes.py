"""Buildings, stairwells, units, people and ownership of one community, as lines of COPY text.

A line is tab-separated, a null is ``\\N``; the columns are in ``tables.py``. Nothing written here
holds a tab, a line end or a backslash, so nothing needs escaping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from anju.registry.rules import building_key

from . import codes
from .dice import Dice, spread
from .names import person_name, written
from .plan import DAY, Community

NULL = "\\N"
_DOORS = {"old": (2, 3), "mid": (2, 2), "high": (2, 4), "villa": (1, 2)}
_AREA_DM2 = {
    "old": (4_200, 8_600),
    "mid": (7_400, 14_200),
    "high": (7_000, 16_800),
    "villa": (17_000, 42_000),
}
_STRUCTURE = {"old": "brick", "mid": "frame", "high": "shear", "villa": "frame"}
_EPOCH = date(1976, 1, 1).toordinal()
_LAST = DAY.toordinal()
_ISO = [date.fromordinal(n).isoformat() for n in range(_EPOCH, _LAST + 1)]
# Birthdays run over a prime number of days, so that (day, order) is different for every person.
_DAYS = 21_911
_FIRST_BIRTH = 4_900  # days after 1930-01-01


@dataclass(slots=True)
class Lines:
    """Lines of one community by table."""

    building: list[str] = field(default_factory=list)
    stairwell: list[str] = field(default_factory=list)
    areabuilding: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    person: list[str] = field(default_factory=list)
    ownership: list[str] = field(default_factory=list)


def write(seed: int, community: Community, delimited: dict[int, str]) -> Lines:
    """All lines of a community; ``delimited`` gives the day each management area was drawn."""
    out = Lines()
    _buildings(seed, community, delimited, out)
    _owners(seed, community, out)
    _people(seed, community, out)
    return out


def _buildings(seed: int, c: Community, delimited: dict[int, str], out: Lines) -> None:
    dice = Dice(seed, "buildings", c.number)
    homes = spread(c.homes, [6 + dice.below(5) for _ in range(c.buildings)])
    wells = c.stairwells // c.buildings
    others = [
        spread(count, [1 + dice.below(4) for _ in range(c.buildings)])
        for count in (c.shops, c.garages, c.storages)
    ]
    unit, well = c.first_unit, c.first_stairwell
    half = c.buildings // 2
    path = f"{c.area.id}\t{c.district}\t{c.subdistrict}\t{c.area.id}"
    for index in range(c.buildings):
        number = f"{index + 1}幢"
        key = building_key(c.name, c.number, number)
        building = c.first_building + index
        per_floor = dice.between(*_DOORS[c.kind])
        counts = spread(homes[index], [1] * wells)
        floors = max(1, -(-max(counts) // per_floor))
        areas = [dice.between(*_AREA_DM2[c.kind]) for _ in range(per_floor)]
        lift = floors > 7 or (c.kind == "mid" and floors > 6)
        out.building.append(
            f"{building}\t{path}\t{c.number}\t{number}\t{key}\t{floors}\t"
            f"{1 if c.year > 2005 and c.kind != 'villa' else 0}\t{'t' if lift else 'f'}\t"
            f"{_STRUCTURE[c.kind]}\t{'mixed' if others[0][index] else 'homes'}\t{c.year}\n"
        )
        part = 1 if len(c.management_areas) > 1 and index >= half else 0
        area = c.management_areas[part]
        out.areabuilding.append(f"{area}\t{building}\t[{delimited[area]},)\n")
        place = f"{path}\t{c.number}\t{building}"
        for step, count in enumerate(counts):
            out.stairwell.append(f"{well}\t{building}\t{step + 1}单元\t{'t' if lift else 'f'}\n")
            _homes(dice, out, unit, count, (place, well, f"{key}|{step + 1:04d}单元|"), areas)
            unit += count
            well += 1
        _extras(dice, out, unit, [o[index] for o in others], place, key)
        unit += sum(o[index] for o in others)


def _homes(
    dice: Dice, out: Lines, unit: int, count: int, where: tuple[str, int, str], areas: list[int]
) -> None:
    place, well, key = where
    per_floor = len(areas)
    roll = dice.next
    lines = out.unit
    for index in range(count):
        floor = index // per_floor + 1
        door = index % per_floor
        number = floor * 100 + door + 1
        area = areas[door]
        chance = roll()
        # Most areas come from the property register, some from a survey or a contract.
        if chance < 0.88:
            known = f"{area}\t{area if chance < 0.5 else NULL}\t{NULL}"
        elif chance < 0.965:
            known = f"{NULL}\t{area + 12}\t{area}"
        elif chance < 0.995:
            known = f"{NULL}\t{NULL}\t{area}"
        else:
            known = f"{NULL}\t{NULL}\t{NULL}"
        lines.append(
            f"{unit + index}\t{place}\t{well}\thome\t{number}\t{floor}\t{known}\t"
            f"{key}{number:04d}\n"
        )


_EXTRAS = (
    ("commercial", "商铺", 1, 2_500, 16_000),
    ("garage", "车库", -1, 1_250, 2_600),
    ("storage", "储藏室", -1, 400, 1_500),
)


def _extras(dice: Dice, out: Lines, unit: int, counts: list[int], place: str, key: str) -> None:
    for (kind, word, floor, low, high), count in zip(_EXTRAS, counts, strict=True):
        for index in range(1, count + 1):
            area = dice.between(low, high)
            out.unit.append(
                f"{unit}\t{place}\t{NULL}\t{kind}\t{word}{index}\t{floor}\t{area}\t{NULL}\t{NULL}\t"
                f"{key}||{word}{index:04d}\n"
            )
            unit += 1


def _owners(seed: int, c: Community, out: Lines) -> None:
    """Spells of every unit. Each quota is met by drawing without putting back."""
    dice = Dice(seed, "owners", c.number)
    roll = dice.next
    spell = c.first_spell
    homes, unsold, shared, resold = c.homes, c.unsold, c.shared, c.resold
    picker = _Picker(dice, c)
    sold = homes - unsold
    first = max(date(c.year, 6, 1).toordinal(), date(1998, 1, 1).toordinal()) - _EPOCH
    today = _LAST - _EPOCH
    first = min(first, today - 200)
    wide = min(today - first - 60, 1_500)
    lines = out.ownership
    source = "register" if c.year < 2022 else "contract"
    for line in out.unit:
        unit, _, _, _, _, _, _, _, kind, _ = line.split("\t", 9)
        start = first + int(roll() ** 2 * wide)
        picker.unit_begins()
        if kind == "home":
            if roll() * homes < unsold:
                homes, unsold = homes - 1, unsold - 1
                lines.append(
                    f"{spell}\t{unit}\t{NULL}\t{{developer}}\t1\t1\tt\tdeveloper\t[{_ISO[first]},)\n"
                )
                spell += 1
                continue
            homes -= 1
            if roll() * sold < resold:
                resold -= 1
                later = start + 30 + int(roll() * (today - start - 31))
                period = f"[{_ISO[start]},{_ISO[later]})"
                lines.append(_spell(spell, unit, picker.take(), "1\t1", source, period))
                spell += 1
                start = later
            period = f"[{_ISO[start]},)"
            if roll() * sold < shared:
                shared -= 1
                part = ("1\t2", "1\t2") if roll() < 0.86 else ("7\t10", "3\t10")
                for share in part:
                    lines.append(_spell(spell, unit, picker.take(), share, source, period))
                    spell += 1
            else:
                lines.append(_spell(spell, unit, picker.take(), "1\t1", source, period))
                spell += 1
            sold -= 1
        else:
            period = f"[{_ISO[start]},)"
            lines.append(_spell(spell, unit, picker.take(), "1\t1", "register", period))
            spell += 1


def _spell(spell: int, unit: str, person: int, share: str, source: str, period: str) -> str:
    return f"{spell}\t{unit}\t{person}\t{NULL}\t{share}\tf\t{source}\t{period}\n"


class _Picker:
    """Gives each place for an owner a new person of the community or one who owns already."""

    __slots__ = ("base", "left", "mine", "new", "roll", "used")

    def __init__(self, dice: Dice, c: Community) -> None:
        self.roll = dice.next
        self.base = c.first_person
        self.used = 0
        self.new = c.people
        self.left = c.slots
        self.mine: list[int] = []

    def unit_begins(self) -> None:
        self.mine.clear()

    def take(self) -> int:
        """Row number of the owner; never twice for one unit."""
        roll = self.roll
        person = 0
        if self.used > 4 and roll() * self.left >= self.new:
            far = self.base > 2_000 and roll() < 0.3
            person = (
                1 + int(roll() * (self.base - 1)) if far else self.base + int(roll() * self.used)
            )
            while person in self.mine:
                person = self.base + int(roll() * self.used)
        else:
            person = self.base + self.used
            self.used += 1
            self.new -= 1
        self.left -= 1
        self.mine.append(person)
        return person


def _people(seed: int, c: Community, out: Lines) -> None:
    roll = Dice(seed, "people", c.number).next
    division = c.division
    lines = out.person
    for person in range(c.first_person, c.first_person + c.people):
        lines.append(person_line(person, division, roll))


def person_line(person: int, division: int, roll: object) -> str:
    """Number, name, sort key, pinyin, initials, identity number and phone of a person."""
    draw = roll  # typed as object at the edge: a function of no arguments giving [0, 1)
    male = 1 if draw() < 0.5 else 0  # type: ignore[operator]
    birth = _FIRST_BIRTH + person * 7_919 % _DAYS
    order = person // _DAYS * 37 % 499 * 2 + male
    year = 1930 + birth * 100 // 36_525
    surname, given = person_name(draw(), draw(), male, year)  # type: ignore[operator]
    syllables, letters = written(surname, given)
    name = surname + given
    number = codes.identity_number(division, birth, order)
    phone = codes.phone(person) if draw() < 0.93 else NULL  # type: ignore[operator]
    return f"{person}\t{name}\t{syllables} | {name}\t{syllables}\t{letters}\t{number}\t{phone}\n"
