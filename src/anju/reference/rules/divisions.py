"""What a division is, read off its code and its name."""

from __future__ import annotations

PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 1, 2, 3, 4, 5

# The statistics bureau writes a code as short as it can: 2, 4, 6, 9 and 12 digits.
_LEVELS = {2: PROVINCE, 4: CITY, 6: COUNTY, 9: TOWN, 12: VILLAGE}


def level_of(code: str) -> int:
    """Level of a code; a six-digit one that ends in 00 is a city.

    Raises:
        ValueError: not such a code.
    """
    if not (code.isascii() and code.isdigit()) or len(code) not in _LEVELS:
        raise ValueError(f"{code!r} is not the code of a division")
    if len(code) == 6 and code.endswith("0000"):
        return PROVINCE
    if len(code) == 6 and code.endswith("00"):
        return CITY
    return _LEVELS[len(code)]


def parent_code(code: str) -> str:
    """Code of the division above, in six digits for a city: 320302001 → 320302 → 320300."""
    match level_of(code):
        case 5:
            return code[:9]
        case 4:
            return code[:6]
        case 3:
            return code[:4] + "00"
        case 2:
            return code[:2]
    return ""


def county_kind(code: str, name: str) -> str:
    """Kind of a county-level unit: district, county, county_city or zone.

    Codes 71 to 79 are units that only the statistics bureau counts, such as development zones.
    """
    if name.endswith(("开发区", "新区", "园区", "示范区", "高新区")) or code[4:5] == "7":
        return "zone"
    if name.endswith("市"):
        return "county_city"
    return "county" if name.endswith(("县", "旗")) else "district"


def town_kind(name: str) -> str:
    """Kind of a township-level unit: subdistrict or town."""
    return "town" if name.endswith(("镇", "乡", "苏木")) else "subdistrict"


def village_kind(name: str) -> str:
    """Kind of a village-level unit: village or committee."""
    return "village" if name.endswith(("村委会", "村民委员会", "村")) else "committee"
