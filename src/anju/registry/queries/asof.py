"""The register as of any past day: what was true that day, and what was known at an instant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models
from django.utils.dateparse import parse_datetime

from anju.core.history import Version, row_as_of, row_versions

from ..models import (
    AreaBuilding,
    Building,
    Community,
    CommunityName,
    Company,
    CompanyName,
    CompanyStaff,
    ManagementArea,
    ManagementAreaName,
    Manager,
    ManagerAssignment,
    ManagerEmployment,
    Ownership,
    Project,
    ProjectFee,
    Unit,
)

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_NAMES: dict[type[models.Model], tuple[type[models.Model], str]] = {
    Community: (CommunityName, "community"),
    Company: (CompanyName, "company"),
    ManagementArea: (ManagementAreaName, "management_area"),
}


def has_names(thing: models.Model) -> bool:
    """Whether the names of a thing are dated facts; others change as their row does."""
    return type(thing) in _NAMES


def name_on(thing: Community | Company | ManagementArea, day: date) -> str | None:
    """The name borne on a day; None before the first name on file."""
    model, field = _NAMES[type(thing)]
    found = model._default_manager.filter(**{field: thing}, period__contains=day).first()
    return found.name if found else None  # type: ignore[attr-defined]


def owners_on(unit: Unit, day: date) -> models.QuerySet[Ownership]:
    """Spells of ownership true on a day, with their owners."""
    return (
        Ownership.objects.on(day)
        .filter(unit=unit)
        .select_related("person", "company")
        .order_by("-share_num", "pk")
    )


def manager_on(project: Project, day: date) -> Manager | None:
    """The manager of a project on a day."""
    found = (
        ManagerAssignment.objects.on(day).filter(project=project).select_related("manager").first()
    )
    return found.manager if found else None


def fee_on(project: Project, day: date, unit_kind: str = "home") -> int | None:
    """The fee (fen per m² and month) of a kind of unit on a day."""
    return (
        ProjectFee.objects.on(day)
        .filter(project=project, unit_kind=unit_kind)
        .values_list("fee_fen", flat=True)
        .first()
    )


def project_on(management_area: ManagementArea, day: date) -> Project | None:
    """The project that served an area on a day."""
    return (
        Project.objects.filter(management_area=management_area, period__contains=day)
        .select_related("company")
        .first()
    )


def management_area_on(building: Building, day: date) -> ManagementArea | None:
    """The management area a building belonged to on a day."""
    found = (
        AreaBuilding.objects.on(day)
        .filter(building=building)
        .select_related("management_area")
        .first()
    )
    return found.management_area if found else None


def buildings_on(management_area: ManagementArea, day: date) -> models.QuerySet[Building]:
    """The buildings of an area on a day."""
    members = AreaBuilding.objects.on(day).filter(management_area=management_area)
    return Building.objects.filter(pk__in=members.values("building_id")).order_by("sort_key")


def company_of_manager_on(manager: Manager, day: date) -> Company | None:
    """The company a manager worked for on a day."""
    found = (
        ManagerEmployment.objects.on(day).filter(manager=manager).select_related("company").first()
    )
    return found.company if found else None


def staff_on(company: Company, day: date) -> models.QuerySet[CompanyStaff]:
    """The staff of a company on a day."""
    return CompanyStaff.objects.on(day).filter(company=company).order_by("pk")


def known_at(instance: models.Model, at: datetime) -> dict[str, Any] | None:
    """Columns of a row as the register held them at an instant; None when it was not on file."""
    columns = row_as_of(type(instance), instance.pk, at)
    return columns if columns and _existed(columns, at) else None


def rows_known_at(
    model: type[models.Model], column: str, value: int, at: datetime
) -> list[dict[str, Any]]:
    """Rows of a dated table that belonged to a thing, as the register held them at an instant.

    ``column`` is the database column that names the thing, e.g. ``unit_id``. Rows deleted since
    are read back from history.
    """
    table = model._meta.db_table
    quoted = connection.ops.quote_name(table)
    # The first version written after the instant is what stood then; without one, today's row.
    sql = f"""
        WITH named AS (
            SELECT id FROM {quoted} WHERE {connection.ops.quote_name(column)} = %(value)s
            UNION SELECT row_id FROM core_history WHERE table_name = %(table)s
                AND operation = 'delete' AND old_row ->> %(column)s = %(text)s)
        SELECT coalesce(h.old_row, to_jsonb(t)) FROM named n
        LEFT JOIN {quoted} t ON t.id = n.id
        LEFT JOIN LATERAL (SELECT old_row FROM core_history WHERE table_name = %(table)s
            AND row_id = n.id AND changed_at > %(at)s ORDER BY changed_at, id LIMIT 1) h ON true
        ORDER BY n.id"""  # noqa: S608
    asked: dict[str, Any] = {
        "value": value,
        "text": str(value),
        "table": table,
        "column": column,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        found = [row[0] for row in cursor.fetchall()]
    rows = (json.loads(one) if isinstance(one, str) else one for one in found)
    return [columns for columns in rows if columns and _existed(columns, at)]


def owners_known_at(unit: Unit, day: date, at: datetime) -> list[dict[str, Any]]:
    """Who owned a unit on a day, as the register knew it at an instant (both times)."""
    return _on_day(rows_known_at(Ownership, "unit_id", unit.pk, at), day)


def manager_known_at(project: Project, day: date, at: datetime) -> list[dict[str, Any]]:
    """Who managed a project on a day, as known at an instant."""
    return _on_day(rows_known_at(ManagerAssignment, "project_id", project.pk, at), day)


def fees_known_at(project: Project, day: date, at: datetime) -> list[dict[str, Any]]:
    """The fees of a project on a day, as known at an instant."""
    return _on_day(rows_known_at(ProjectFee, "project_id", project.pk, at), day)


def name_known_at(
    thing: Community | Company | ManagementArea, day: date, at: datetime
) -> str | None:
    """The name borne on a day, as known at an instant."""
    model, field = _NAMES[type(thing)]
    rows = _on_day(rows_known_at(model, f"{field}_id", thing.pk, at), day)
    return rows[0]["name"] if rows else None


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the life of a row: when it was written, by whom, field → (before, after)."""

    at: datetime
    actor: str
    operation: str
    changes: dict[str, tuple[Any, Any]]


_SILENT = frozenset(
    {"sort_key", "pinyin", "initials", "id_cipher", "id_hash", "phone_cipher", "phone_hash"}
)


def row_steps(instance: models.Model) -> list[Step]:
    """All changes of a row, newest first, for the timeline of its page; no sealed columns."""
    versions: list[Version] = row_versions(type(instance), instance.pk)
    newer = row_as_of(type(instance), instance.pk, _FAR) or {}
    steps = []
    for version in versions:
        older = version.columns
        changes = {
            name: (older[name], newer.get(name))
            for name in older
            if name not in _SILENT and older[name] != newer.get(name)
        }
        steps.append(Step(version.until, version.actor, version.operation, changes))
        newer = older
    return steps


def _existed(columns: dict[str, Any], at: datetime) -> bool:
    written = parse_datetime(str(columns.get("created_at", "")).replace(" ", "T"))
    return written is None or written <= at


def _on_day(rows: Iterable[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    text = day.isoformat()
    found = []
    for row in rows:
        low, high = str(row["period"]).strip("[)").split(",")
        if low <= text and (not high or text < high):
            found.append(row)
    return found
