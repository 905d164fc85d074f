"""Codes that pass every check digit and yet can belong to nobody.

* Division code 9901xx: no division begins with 99. In identity numbers a leading 9 marks a foreign
  resident, whose second and third digit are a province's: 90 is none.
* Phones begin with 154, a block that no operator has been given;
  messages of the demo go to its outbox page and to no network.
"""

from __future__ import annotations

from datetime import date, timedelta

CITY_CODE = "9901"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORIGIN = date(1930, 1, 1)
# Weighted sum of the day's eight digits, by day: 28,000 days, so that a million people are quick.
_DAYS: list[tuple[str, int]] = []


def _days() -> list[tuple[str, int]]:
    if not _DAYS:
        for offset in range(31_000):
            text = (_ORIGIN + timedelta(days=offset)).strftime("%Y%m%d")
            weight = sum(int(c) * w for c, w in zip(text, _ID_WEIGHTS[6:14], strict=True))
            _DAYS.append((text, weight))
    return _DAYS


def identity_number(district: int, birth: int, order: int) -> str:
    """Identity number of the person numbered ``order`` (below 1,000; odd = male) of a birth day.

    Args:
        district: 1 to 99, the last two digits of the division code.
        birth: days after 1930-01-01.
    """
    day, weight = _days()[birth]
    place = f"{CITY_CODE}{district:02d}"
    total = weight
    for digit, factor in zip(place, (7, 9, 10, 5, 8, 4), strict=True):
        total += int(digit) * factor
    total += order // 100 * 8 + order // 10 % 10 * 4 + order % 10 * 2
    return f"{place}{day}{order:03d}{_ID_CHECKS[total % 11]}"


def birth_day(birth: int) -> date:
    """The day ``birth`` days after 1930-01-01."""
    return _ORIGIN + timedelta(days=birth)


def credit_code(number: int, kind: str = "91") -> str:
    """Unified social credit code of firm ``number``: right check characters, division 990100."""
    digits = f"{number:08d}"
    body = "M" + digits[1:]  # organisation code of eight
    total = sum(_ORG_VALUE(c) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True))
    last = 11 - total % 11
    organisation = body + ("X" if last == 10 else "0" if last == 11 else str(last))
    code = f"{kind}{CITY_CODE}00{organisation}"
    total = sum(_CREDIT.index(c) * w for c, w in zip(code, _CREDIT_WEIGHTS, strict=True))
    return code + _CREDIT[(31 - total % 31) % 31]


def _ORG_VALUE(character: str) -> int:  # noqa: N802 - GB 11714 values: A is 10, Z is 35
    return int(character, 36)


def phone(number: int) -> str:
    """Telephone number of person ``number`` (below ten million)."""
    return f"154{number:08d}"
