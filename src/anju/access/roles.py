"""The closed list of roles as rows, for the page and for docs/roles.md."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from anju.core.actors import Reach

from .permissions import GRANTS, PERMISSIONS
from .rules import LEVEL_NEEDED, REACH, ROLES_BY_AREA, SECOND_FACTOR
from .states import Role

REACHES = {
    Reach.NOTHING: _("No business row"),
    Reach.PUBLIC: _("What is public"),
    Reach.OWN: _("Own homes"),
    Reach.PROJECTS: _("Projects led"),
    Reach.COMPANY: _("Projects of the company"),
    Reach.COMMITTEE: _("Neighbourhood committee"),
    Reach.SUBDISTRICT: _("Sub-district"),
    Reach.DISTRICT: _("District"),
    Reach.CITY: _("City, or the place of the post"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """One role as people read it."""

    name: str
    label: str
    reach: str
    second_factor: str
    permissions: list[tuple[str, str]]  # (name, words)


def role_rows() -> list[RoleRow]:
    """Every role, in the order of the list."""
    rows = []
    for role in Role:
        reach = REACHES[REACH[role.value]]
        if REACH[role.value] is Reach.CITY and role.value not in ROLES_BY_AREA | set(LEVEL_NEEDED):
            reach = _("Whole city")
        needed = role.value in SECOND_FACTOR
        none = role in (Role.ANONYMOUS, Role.API_PARTNER)
        factor = _("none") if none else _("required") if needed else _("possible")
        rows.append(
            RoleRow(
                name=role.value,
                label=str(role.label),
                reach=str(reach),
                second_factor=str(factor),
                permissions=[(name, str(PERMISSIONS[name])) for name in sorted(GRANTS[role])],
            )
        )
    return rows


def document() -> str:
    """Text of docs/roles.md, in English."""
    from django.utils import translation

    with translation.override("en"):
        rows = role_rows()
        lines = [
            "# Roles",
            "",
            "Made by `python manage.py roles_document` from `access/permissions.py` and",
            "`access/rules.py`; a test keeps it current. The list is closed: an unknown permission",
            "fails at import. System, security and audit administrator are three different persons",
            "(kept by a trigger on `access_post`): the system administrator opens accounts without",
            "rights, the security administrator grants business posts, the bureau head appoints",
            "the administrators. None of the three reads a business row but by an elevation: named",
            "rows, approved by another person, 30 minutes, logged and told to those it concerns.",
            "",
            "| Role | Name | Reach | Second factor | Permissions |",
            "| --- | --- | --- | --- | --- |",
        ]
        for row in rows:
            names = ", ".join(f"`{name}`" for name, _words in row.permissions) or "none"
            lines.append(
                f"| {row.label} | `{row.name}` | {row.reach} | {row.second_factor} | {names} |"
            )
        lines += ["", "## Permissions", "", "| Name | Words |", "| --- | --- |"]
        lines += [f"| `{name}` | {words} |" for name, words in sorted(PERMISSIONS.items())]
    return "\n".join(lines) + "\n"
