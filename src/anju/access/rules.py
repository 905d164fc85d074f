"""Law and arithmetic of access: reach of roles, passwords, phones. No Django, no clock."""

from __future__ import annotations

import re

from anju.core.actors import Reach

ELEVATION_MINUTES = 30
PASSWORD_LENGTH = 10
PASSWORDS_KEPT = 5
CODE_DIGITS = 6
CODE_MINUTES = 5
CODE_TRIES = 5

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})

# Reach of each role; ROLES_BY_AREA follow the level of the post's place.
REACH: dict[str, Reach] = {
    "bureau_head": Reach.CITY,
    "desk_clerk": Reach.CITY,
    "desk_confirmer": Reach.CITY,
    "desk_signer": Reach.CITY,
    "district_clerk": Reach.DISTRICT,
    "subdistrict_clerk": Reach.SUBDISTRICT,
    "committee_clerk": Reach.COMMITTEE,
    "inspector": Reach.CITY,
    "police_member": Reach.CITY,
    "urban_member": Reach.CITY,
    "company_admin": Reach.COMPANY,
    "project_manager": Reach.PROJECTS,
    "owner": Reach.OWN,
    "co_owner": Reach.OWN,
    "tenant": Reach.OWN,
    "committee_member": Reach.OWN,
    "bid_expert": Reach.PUBLIC,
    "contractor": Reach.COMPANY,
    "association": Reach.CITY,
    "auditor": Reach.CITY,
    "system_admin": Reach.NOTHING,
    "security_admin": Reach.NOTHING,
    "audit_admin": Reach.NOTHING,
    "api_partner": Reach.PUBLIC,
    "anonymous": Reach.PUBLIC,
}
ROLES_BY_AREA = frozenset(
    {
        "bureau_head",
        "desk_clerk",
        "desk_confirmer",
        "desk_signer",
        "inspector",
        "police_member",
        "urban_member",
        "auditor",
        "association",
    }
)
# A role that only makes sense at a place of one level.
LEVEL_NEEDED = {"district_clerk": 1, "subdistrict_clerk": 2, "committee_clerk": 3}
BY_LEVEL = {0: Reach.CITY, 1: Reach.DISTRICT, 2: Reach.SUBDISTRICT, 3: Reach.COMMITTEE}

# Roles of the state and the three administrators: a second factor is required.
SECOND_FACTOR = frozenset(
    {
        "bureau_head",
        "desk_clerk",
        "desk_confirmer",
        "desk_signer",
        "district_clerk",
        "subdistrict_clerk",
        "committee_clerk",
        "inspector",
        "police_member",
        "urban_member",
        "auditor",
        "system_admin",
        "security_admin",
        "audit_admin",
    }
)

# Kinds of organisation a role is held in.
HELD_IN: dict[str, frozenset[str]] = {
    "bureau_head": frozenset({"bureau"}),
    "desk_clerk": frozenset({"bureau"}),
    "desk_confirmer": frozenset({"bureau"}),
    "desk_signer": frozenset({"bureau"}),
    "district_clerk": frozenset({"district", "zone"}),
    "subdistrict_clerk": frozenset({"subdistrict"}),
    "committee_clerk": frozenset({"committee"}),
    "inspector": frozenset({"bureau", "district", "zone", "subdistrict"}),
    "police_member": frozenset({"agency"}),
    "urban_member": frozenset({"agency"}),
    "company_admin": frozenset({"company"}),
    "project_manager": frozenset({"company"}),
    "committee_member": frozenset({"committee"}),
    "bid_expert": frozenset({"bureau", "association", "agency"}),
    "contractor": frozenset({"contractor"}),
    "association": frozenset({"association"}),
    "auditor": frozenset({"bureau", "agency"}),
    "system_admin": frozenset({"bureau"}),
    "security_admin": frozenset({"bureau"}),
    "audit_admin": frozenset({"bureau"}),
}

_PHONE = re.compile(r"^1[3-9]\d{9}$")
_ROW = re.compile(r"^[a-z_]+\.[a-z]+:[1-9]\d{0,17}$")


def reach_of(role: str, *, level: int | None) -> Reach:
    """Reach of a role at a place of a level (None: no place named).

    A role that needs a place of one level sees nothing elsewhere: closed by default.
    """
    needed = LEVEL_NEEDED.get(role)
    if needed is not None and level != needed:
        return Reach.NOTHING
    if role in ROLES_BY_AREA and level is not None:
        return BY_LEVEL.get(level, Reach.NOTHING)
    return REACH.get(role, Reach.NOTHING)


def phone_from_text(text: str) -> str | None:
    """Eleven digits of a mainland mobile number as people type it, or None.

    Takes full-width digits, blanks, hyphens and +86 in front: ``+86 138-0013-8000``.
    """
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    kept = "".join(c for c in text if not (c.isdecimal() or c in " -–()（）+＋　\u00a0"))
    if kept:
        return None
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 15 and digits.startswith("0086"):
        digits = digits[4:]
    return digits if _PHONE.match(digits) else None


def code_from_text(text: str) -> str:
    """Digits of a code as people type it, full-width ones too."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def is_row_name(text: str) -> bool:
    """Whether it names a row as ``app.model:pk``."""
    return bool(_ROW.match(text))


def password_faults(
    password: str, *, name: str = "", username: str = "", phone: str = ""
) -> list[str]:
    """Names of the rules a password breaks: ``short``, ``own``, ``plain``."""
    faults = []
    folded = password.casefold()
    if len(password) < PASSWORD_LENGTH:
        faults.append("short")
    for part in (name, username, phone, phone[-8:]):
        if len(part) >= 2 and part.casefold() in folded:
            faults.append("own")
            break
    if len(set(folded)) < 5:
        faults.append("plain")
    return faults


def device_from_agent(agent: str) -> str:
    """A short word for a browser and its system, e.g. ``Chrome · Windows``."""
    systems = (
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browsers = (
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("QQBrowser", "QQ"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    found = [
        next((name for mark, name in table if mark in agent), "") for table in (browsers, systems)
    ]
    return " · ".join(part for part in found if part)
