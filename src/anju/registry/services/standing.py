"""What a proposal found on file: shown beside it, and compared when it is approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import models

from ..models import Project, Unit
from ..queries.asof import fee_on, name_on, owners_on
from ..states import PersonState

Found = dict[str, Any]


def _day(after: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(after.get("on_day")))
    except ValueError:
        return None


def _fields(target: models.Model, after: Mapping[str, Any]) -> Found:
    names = {field.name for field in target._meta.fields}
    return {name: getattr(target, name) for name in after if name in names}


def _name(target: Any, after: Mapping[str, Any]) -> Found:
    day = _day(after)
    return {"name": (day and name_on(target, day)) or target.name}


def _holders(unit: Unit, after: Mapping[str, Any]) -> list[Found]:
    day = _day(after)
    rows = owners_on(unit, day).order_by("person_id", "company_id") if day else []
    return [
        {"person": row.person_id, "num": row.share_num, "den": row.share_den}
        if row.person_id
        else {"company": row.company_id, "num": row.share_num, "den": row.share_den}
        for row in rows
    ]


def _owners(target: Unit, after: Mapping[str, Any]) -> Found:
    return {"holders": _holders(target, after)}


def _whole(target: Unit, after: Mapping[str, Any]) -> Found:
    return {
        "number": target.number,
        "area_dm2": target.area_dm2,
        "holders": _holders(target, after),
    }


def _several(target: Unit, after: Mapping[str, Any]) -> Found:
    units = Unit.objects.filter(pk__in=[target.pk, *after.get("units", [])]).order_by("pk")
    return {
        "units": [unit.number for unit in units],
        "area_dm2": sum(unit.area_dm2 or 0 for unit in units),
        "holders": [_holders(unit, after) for unit in units],
    }


def _fee(target: Project, after: Mapping[str, Any]) -> Found:
    day = _day(after)
    return {"fee_fen": fee_on(target, day, str(after.get("unit_kind", "home"))) if day else None}


def _start(target: Project, after: Mapping[str, Any]) -> Found:
    return {"on_day": target.period.lower.isoformat()}


def _identity(target: Any, after: Mapping[str, Any]) -> Found:
    return {"id_mask": target.id_mask}


def _erased(target: Any, after: Mapping[str, Any]) -> Found:
    return {"erase": target.state == PersonState.ERASED}


_READ: dict[str, Callable[[Any, Mapping[str, Any]], Found]] = {
    "community_rename": _name,
    "area_rename": _name,
    "company_rename": _name,
    "ownership_transfer": _owners,
    "unit_split": _whole,
    "unit_merge": _several,
    "project_fee_change": _fee,
    "project_redate": _start,
    "person_identity_change": _identity,
    "person_erase": _erased,
}


def standing(action: str, target: models.Model, after: Mapping[str, Any]) -> Found:
    """What the register holds now of the things a proposal would change, as plain JSON."""
    return _READ.get(action, _fields)(target, after)


def overtaken(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Fields that changed since the proposal found them."""
    return [name for name, value in before.items() if name in now and now[name] != value]
