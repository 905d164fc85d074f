"""Invented names of communities, firms and people. Places' names are given in ``plan.py``."""

from __future__ import annotations

from pypinyin import lazy_pinyin

from anju.core.text import initials

from .dice import Dice, weighted
from .words import WORDS

# Common surnames with their share per mille, rounded; the rest share what is left.
SURNAMES = weighted(
    [
        (item.rstrip("0123456789"), int(item[len(item.rstrip("0123456789")) :]))
        for item in WORDS["surnames"]
    ]
)
_GENERATION = 28  # given names per generation: before 1968, to 1992, after
# Given names by sex (0 woman, 1 man) and generation; half of them put together from two lists.
_GIVEN = tuple(
    tuple(
        [
            *(WORDS[f"given {sex}"][start : start + _GENERATION] * 4),
            *(
                first + second
                for first in WORDS["given first"][start // 4 : start // 4 + 18]
                for second in WORDS[f"given second {sex}"][start // 8 : start // 8 + 10]
            ),
        ]
        for start in (0, 22, 44)
    )
    for sex in ("female", "male")
)
_BRANDS, _THIRDS = WORDS["brands"], ["", *WORDS["brand thirds"][1:]]
_POEM, _WORKS = WORDS["poems"], WORDS["works"]
_TAIL = {
    "old": ("新村", "小区", "一村", "二村", "南苑", "北苑", "东里", "西里"),
    "mid": ("花园", "家园", "小区", "苑", "嘉园", "雅居", "新苑", "佳苑"),
    "high": ("府", "花园", "名邸", "公馆", "国际", "城", "壹号", "时代", "华府", "上郡"),
    "villa": ("别院", "山庄", "墅", "别苑"),
}


class CommunityNames:
    """Gives each community a name that no other in the city has."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._taken: set[str] = set()

    def give(self, number: int, kind: str, road: str, house: int, developer: str) -> str:
        """Name of community ``number``; ``developer`` is the builder's brand or empty."""
        dice = Dice(self._seed, "community name", number)
        for _ in range(200):
            name = self._try(dice, kind, road, house, developer)
            if name not in self._taken:
                self._taken.add(name)
                return name
        raise ValueError(f"no free name for community {number}")

    @staticmethod
    def _try(dice: Dice, kind: str, road: str, house: int, developer: str) -> str:
        tail = dice.pick(_TAIL[kind])
        if kind == "old":
            turn = dice.below(10)
            if turn < 3:
                return f"{road}{house + 2 * dice.below(12)}号院"
            if turn < 6:
                part = dice.pick(("宿舍", "家属院", "生活区", "东宿舍", "西宿舍"))
                return f"{dice.pick(_WORKS)}{part}"
            return f"{road.removesuffix('路').removesuffix('街').removesuffix('巷')}{tail}"
        poem = dice.pick(_POEM)
        brand = developer if dice.chance(550_000 if kind == "high" else 250_000) else ""
        phase = dice.pick(("", "", "", "一期", "二期", "三期", "东区", "西区", "南区", "北区"))
        return f"{brand}{poem}{tail}{phase}"


def brand(number: int) -> str:
    """An invented brand of a firm: two characters, then with a third when they are used up."""
    count = len(_BRANDS)
    return _BRANDS[number % count] + _THIRDS[number // count % len(_THIRDS)]


_CITIES = ("霁城", "岚州", "澄阳", "汀州湾", "筠安", "珩海")  # invented cities of out-of-town firms


def company_name(number: int, *, outsider: bool) -> str:
    """Registered name of a property company."""
    place = (
        f"{_CITIES[number % len(_CITIES)]}市" if outsider else ("云澜市", "云澜", "")[number % 3]
    )
    kind = ("物业服务有限公司", "物业管理有限公司", "物业服务集团有限公司", "城市服务有限公司")[
        number * 7 % 10 // 3
    ]
    return f"{place}{brand(number)}{kind}"


def developer_name(number: int) -> str:
    """Registered name of a developer."""
    kind = ("房地产开发有限公司", "置业有限公司", "城市建设开发有限公司")[number % 3]
    return f"云澜{brand(number)}{kind}"


def person_name(roll: float, other: float, male: int, year: int) -> tuple[str, str]:
    """Surname and given name as people born in that year were called; two rolls in [0, 1)."""
    given = _GIVEN[male][0 if year < 1968 else 1 if year < 1992 else 2]
    return SURNAMES[int(roll * len(SURNAMES))], given[int(other * len(given))]


_WRITTEN: dict[str, tuple[str, str]] = {}


def written(surname: str, given: str) -> tuple[str, str]:
    """Pinyin syllables with blanks, and first letters, of a name put together from the lists.

    The lists hold no name whose reading depends on its neighbour, so the parts are read alone.
    """
    one = _WRITTEN.get(surname) or _read(surname)
    two = _WRITTEN.get(given) or _read(given)
    return f"{one[0]} {two[0]}", one[1] + two[1]


def _read(text: str) -> tuple[str, str]:
    syllables = lazy_pinyin(text)
    _WRITTEN[text] = " ".join(syllables), initials(text)
    return _WRITTEN[text]
