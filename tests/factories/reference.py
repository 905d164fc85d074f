"""Invented places and days."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from anju.core.actors import Actor, ActorKind, Reach
from anju.reference.models import Area
from anju.reference.states import AreaKind, AreaLevel

_codes = count(1)
_KINDS = {
    AreaLevel.CITY: AreaKind.CITY,
    AreaLevel.DISTRICT: AreaKind.DISTRICT,
    AreaLevel.SUBDISTRICT: AreaKind.SUBDISTRICT,
    AreaLevel.COMMITTEE: AreaKind.COMMITTEE,
}


def make_area(*, parent: Area | None = None, name: str = "", **fields: Any) -> Area:
    """An area one level below ``parent``, or a city."""
    level = fields.pop("level", AreaLevel.CITY if parent is None else AreaLevel(parent.level + 1))
    values = {
        "code": f"99{next(_codes):08d}",
        "kind": _KINDS[AreaLevel(level)],
        "name": name or f"{AreaLevel(level).name.title()} {next(_codes)}",
        "valid_from": date(2020, 1, 1),
    }
    area = Area.objects.create(parent=parent, level=level, **(values | fields))
    area.refresh_from_db()
    return area


def make_city() -> dict[str, Area]:
    """云州市 with two districts, each with one sub-district and one committee."""
    city = make_area(name="云州市")
    places = {"city": city}
    for key, district, subdistrict, committee in (
        ("a", "河湾区", "河湾街道", "河湾社区"),
        ("b", "石桥区", "石桥街道", "石桥社区"),
    ):
        places[f"district_{key}"] = make_area(parent=city, name=district)
        places[f"subdistrict_{key}"] = make_area(parent=places[f"district_{key}"], name=subdistrict)
        places[f"committee_{key}"] = make_area(parent=places[f"subdistrict_{key}"], name=committee)
    return places


def make_actor(*permissions: str, **fields: Any) -> Actor:
    """An official who sees the whole city and holds the permissions named."""
    values: dict[str, Any] = {
        "kind": ActorKind.USER,
        "role": "desk_confirmer",
        "reach": Reach.CITY,
        "permissions": frozenset(permissions),
        "name": "王敏",
    }
    return Actor(**(values | fields))
