"""Law and arithmetic of the register: shares, areas, numbers, masks and keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd

from stdnum.cn import uscc

from anju.core.text import fold, initials, pinyin

# --- shares ---------------------------------------------------------------------------------

Share = tuple[int, int]  # numerator, denominator


def shares_sum(shares: Iterable[Share]) -> Share:
    """Exact sum of fractions in lowest terms; ``(0, 1)`` of nothing.

    Raises:
        ValueError: a share is not above zero and up to one.
    """
    num, den = 0, 1
    for n, d in shares:
        if not 0 < n <= d:
            raise ValueError("a share lies above zero and up to one")
        num, den = num * d + n * den, den * d
        divisor = gcd(num, den)
        num, den = num // divisor, den // divisor
    return num, den


def shares_are_whole(shares: Iterable[Share]) -> bool:
    """Whether the shares add to exactly one."""
    return shares_sum(shares) == (1, 1)


# --- split and merge ------------------------------------------------------------------------


def split_is_exact(whole_dm2: int, parts_dm2: Sequence[int]) -> bool:
    """Whether two or more parts, each above zero, add to the whole area exactly (dm²)."""
    return len(parts_dm2) >= 2 and min(parts_dm2) > 0 and sum(parts_dm2) == whole_dm2


def merged_area(parts_dm2: Sequence[int]) -> int:
    """Area of the unit made of the parts (dm²).

    Raises:
        ValueError: fewer than two parts, or a part without area.
    """
    if len(parts_dm2) < 2 or min(parts_dm2) <= 0:
        raise ValueError("a merger needs two or more units with a known area")
    return sum(parts_dm2)


def owners_agree(ownerships: Sequence[frozenset[tuple[str, int, int, int, date | None]]]) -> bool:
    """Whether all units have the same owners with the same shares, so that they may be merged.

    Each set holds ``(kind of owner, id, numerator, denominator, first day without it)``, the
    share in lowest terms.
    """
    return len(set(ownerships)) <= 1


FEE_DAYS = 366  # how far back and ahead a change of fee may begin


def fee_day_is_near(from_day: date, today: date) -> bool:
    """Whether a changed fee may begin on that day: within a year of today, either way."""
    return abs((from_day - today).days) <= FEE_DAYS


# --- numbers --------------------------------------------------------------------------------

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PHONE = re.compile(r"^(?:\+?86)?(1[3-9]\d{9})$")
_LANDLINE = re.compile(r"^(0\d{2,3})?([2-8]\d{6,7})(\d{1,4})?$|^(400|800)\d{7}$|^1\d{4}$")


def uscc_check(first17: str) -> str:
    """Check character of a unified social credit code (GB 32100-2015, modulus 31).

    Raises:
        ValueError: not 17 characters of the code's alphabet.
    """
    if len(first17) != 17 or any(c not in _USCC_ALPHABET for c in first17):
        raise ValueError("17 characters of the alphabet of GB 32100 are needed")
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def uscc_is_valid(code: str) -> bool:
    """Whether the code is a unified social credit code with a right check character."""
    code = code.strip().upper()
    if len(code) != 18 or any(c not in _USCC_ALPHABET for c in code):
        return False
    return uscc_check(code[:17]) == code[17] and bool(uscc.is_valid(code))


def identity_check(first17: str) -> str:
    """Check character of a resident identity number (GB 11643-1999, modulus 11-2).

    Raises:
        ValueError: not 17 digits.
    """
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError("17 digits are needed")
    total = sum(int(c) * w for c, w in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def identity_is_valid(number: str) -> bool:
    """Whether the number is a resident identity number: date of birth and check character."""
    number = identity_normal(number)
    body = number[:17]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[6:10] >= "1800" and identity_check(body) == number[17]


def identity_normal(number: str) -> str:
    """The number as it is hashed: folded, upper case, without blanks and hyphens."""
    return fold(number).upper().replace("-", "")


def phone_normal(phone: str) -> str:
    """The phone as it is stored and hashed: digits, a mobile without its country code."""
    digits = re.sub(r"[\s\-()（）转,]", "", fold(phone))
    mobile = _PHONE.match(digits)
    return mobile.group(1) if mobile else digits


def phone_is_valid(phone: str) -> bool:
    """Whether it is a mobile or a fixed telephone of mainland China."""
    digits = phone_normal(phone)
    return bool(_PHONE.match(digits) or _LANDLINE.match(digits))


# --- masks ----------------------------------------------------------------------------------


def mask_middle(text: str, head: int, tail: int) -> str:
    """Keep ``head`` and ``tail`` characters; short texts keep only the first."""
    if not text:
        return ""
    if len(text) < head + tail + 2:
        return text[0] + "*" * (len(text) - 1)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def mask_identity(number: str) -> str:
    """``320301199001011234`` → ``3203************34``."""
    return mask_middle(number, 4, 2)


def mask_phone(phone: str) -> str:
    """``13800138000`` → ``138****8000``."""
    return mask_middle(phone, 3, 4)


def mask_name(name: str) -> str:
    """``王小明`` → ``王*明``; two characters keep the first."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


# --- sort keys ------------------------------------------------------------------------------

_DIGITS = re.compile(r"\d+")


def natural_key(number: str) -> str:
    """Key in which 2 comes before 10: each run of digits padded to four places."""
    return _DIGITS.sub(lambda m: m.group().lstrip("0").rjust(4, "0"), fold(number))[:24]


def building_key(community_name: str, community_id: int, number: str) -> str:
    """Sort key of a building: pinyin of the community, its id (names may repeat), the number."""
    return f"{pinyin(community_name)[:24]} {community_id:06x}|{natural_key(number)}"


def unit_key(building: str, stairwell: str, number: str) -> str:
    """Sort key of a unit below its building's key."""
    return f"{building}|{natural_key(stairwell)}|{natural_key(number)}"


# --- search ---------------------------------------------------------------------------------


def grams(text: str) -> set[str]:
    """All one- and two-character parts of a folded text."""
    text = fold(text)
    return set(text) | {text[i : i + 2] for i in range(len(text) - 1)}


def search_keys(names: Iterable[str]) -> list[str]:
    """Keys of a findable thing: grams of its names, of their pinyin and of their initials.

    Pinyin grams are marked ``~`` and initials ``^``, so that the three never mix.
    """
    keys: set[str] = set()
    for name in names:
        keys |= grams(name)
        keys |= {"~" + g for g in grams(pinyin(name))}
        keys |= {"^" + g for g in grams(initials(name))}
    keys.discard("")
    return sorted(keys)


def query_keys(text: str) -> list[list[str]]:
    """Alternatives to look up for what was typed: each a list of keys that must all be there."""
    text = fold(text)
    if not text:
        return []
    pieces = [text] if len(text) == 1 else [text[i : i + 2] for i in range(len(text) - 1)]
    found = [pieces]
    if text.isascii():
        found.append(["~" + piece for piece in pieces])
        found.append(["^" + piece for piece in pieces])
    return found


@dataclass(frozen=True, slots=True)
class Address:
    """What was typed as an address: words of the community, then numbers from large to small."""

    place: str
    numbers: tuple[str, ...]


_TAIL = re.compile(
    r"^(?P<place>.*?)(?P<tail>(?:(?<![a-z])[a-z])?[0-9][0-9a-z]*(?:号楼|号|幢|栋|座|单元|室|楼|#|-|/|,|，|、|\.|期)?"
    r"(?:[a-z]?[0-9][0-9a-z]*(?:号楼|号|幢|栋|座|单元|室|楼|#|-|/|,|，|、|\.)?)*)$"
)


def address_parts(text: str) -> Address:
    """Split ``阳光花园3幢2单元501`` into the community's part and ``("3", "2", "501")``.

    Without numbers at the end all of it is the community's part.
    """
    # Blanks part numbers ("3 2 501") but join words.
    spaced = re.sub(r"(?<=[0-9a-zA-Z])\s+(?=[0-9])", "-", text.strip())
    folded = fold(spaced)
    match = _TAIL.match(folded)
    if not match:
        return Address(folded, ())
    numbers = tuple(re.findall(r"[a-z]?[0-9][0-9a-z]*", match["tail"]))
    return Address(match["place"].rstrip("-/,，、. "), numbers)
