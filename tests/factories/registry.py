"""Rows of the register for tests, written as the services write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from anju.access.models import Organisation, User
from anju.access.permissions import GRANTS
from anju.access.states import Role
from anju.core.actors import SYSTEM, Actor, ActorKind, Reach
from anju.core.text import sort_key
from anju.reference.models import Area
from anju.registry import models, rules, services

_numbers = count(1)
LONG_AGO = date(2015, 1, 1)
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def make_area(name: str, level: int, parent: Area | None = None) -> Area:
    kinds = {0: "city", 1: "district", 2: "subdistrict", 3: "committee"}
    area = Area.objects.create(
        code=f"T{next(_numbers):08d}",
        kind=kinds[level],
        level=level,
        name=name,
        sort_key=sort_key(name),
        parent=parent,
        valid_from=LONG_AGO,
    )
    area.refresh_from_db()
    return area


def make_committee(name: str = "和平社区", district: str = "云山区") -> Area:
    """A committee with its sub-district, district and city above it."""
    city = Area.objects.filter(level=0).first() or make_area("云城市", 0)
    above = Area.objects.filter(level=1, name=district).first() or make_area(district, 1, city)
    street = make_area(f"{name[:2]}街道", 2, above)
    return make_area(name, 3, street)


def make_user(**fields: Any) -> User:
    n = next(_numbers)
    values = {"username": f"user{n}", "full_name": "测试员", "phone": f"199{n:08d}", **fields}
    return User.objects.create(**values)


def make_actor(
    role: Role, area: Area | None = None, user: User | None = None, **fields: Any
) -> Actor:
    """A person at a post with the rights of the role."""
    reach = {None: Reach.CITY, 0: Reach.CITY, 1: Reach.DISTRICT, 2: Reach.SUBDISTRICT}.get(
        area.level if area else None, Reach.COMMITTEE
    )
    user = user or make_user()
    values = {
        "kind": ActorKind.USER,
        "role": role.value,
        "reach": reach,
        "permissions": GRANTS[role],
        "user_id": user.pk,
        "area_id": area.pk if area and area.level else None,
        **fields,
    }
    return Actor(**values)


def make_own_actor(user: User) -> Actor:
    """The actor of an account without a post: the owner it may be."""
    return Actor(
        kind=ActorKind.USER, role="owner", reach=Reach.OWN, permissions=GRANTS[Role.OWNER],
        user_id=user.pk, name=user.full_name,
    )  # fmt: skip


def uscc(n: int | None = None) -> str:
    """A credit code with right check characters (GB 11714 inside GB 32100)."""
    body = f"{next(_numbers) if n is None else n:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11) % 11
    first = "91320300" + body + ("X" if check == 10 else str(check))
    return first + rules.uscc_check(first)


def identity(n: int | None = None) -> str:
    """A resident identity number with a right check character."""
    n = next(_numbers) if n is None else n
    first = f"320301{1950 + n % 50}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
    return first + rules.identity_check(first)


def make_community(name: str = "阳光花园", area: Area | None = None, **fields: Any) -> Any:
    return services.community_register(
        actor=SYSTEM,
        area=area or make_committee(),
        code=fields.pop("code", f"C{next(_numbers):06d}"),
        name=name,
        kind=fields.pop("kind", "commercial"),
        named_from=fields.pop("named_from", LONG_AGO),
        aliases=fields.pop("aliases", ()),
        fields=fields,
        at=NOW,
    )


def make_building(community: Any = None, number: str = "1", **fields: Any) -> Any:
    stairwells = fields.pop("stairwells", ("1", "2"))
    return services.building_add(
        actor=SYSTEM,
        community=community or make_community(),
        number=number,
        stairwells=stairwells,
        area=fields.pop("area", None),
        fields=fields,
        at=NOW,
    )


def make_unit(building: Any = None, number: str = "101", **fields: Any) -> Any:
    building = building or make_building()
    fields.setdefault("stairwell", building.stairwells.order_by("number").first())
    fields.setdefault("registered_dm2", 8950)
    return services.unit_add(actor=SYSTEM, building=building, number=number, at=NOW, **fields)


def make_person(name: str = "王小明", **fields: Any) -> Any:
    fields.setdefault("id_number", identity())
    return services.person_register(actor=SYSTEM, name=name, at=NOW, **fields)


def make_company(name: str = "云城安居物业有限公司", kind: str = "property", **fields: Any) -> Any:
    organisation = fields.pop("organisation", None)
    if organisation is None and kind == "property":
        organisation = Organisation.objects.create(
            kind="company", name=name, sort_key=sort_key(name)
        )
    return services.company_register(
        actor=SYSTEM,
        code=fields.pop("code", None) or uscc(),
        name=name,
        kind=kind,
        named_from=LONG_AGO,
        fields={"organisation": organisation, **fields},
        at=NOW,
    )


def make_manager(company: Any = None, name: str = "李卫东", **fields: Any) -> Any:
    return services.manager_register(
        actor=SYSTEM,
        person=fields.pop("person", None) or make_person(name),
        company=company or make_company(),
        from_day=fields.pop("from_day", LONG_AGO),
        at=NOW,
        **fields,
    )


def make_management_area(buildings: Any = None, name: str = "阳光花园管理区", **fields: Any) -> Any:
    buildings = buildings or [make_building()]
    return services.area_delimit(
        actor=SYSTEM,
        area=fields.pop("area", None) or buildings[0].area,
        code=f"A{next(_numbers):06d}",
        name=name,
        buildings=buildings,
        on_day=fields.pop("on_day", LONG_AGO),
        at=NOW,
    )


def make_project(management_area: Any = None, company: Any = None, **fields: Any) -> Any:
    return services.project_start(
        actor=SYSTEM,
        management_area=management_area or make_management_area(),
        company=company or make_company(),
        code=f"P{next(_numbers):06d}",
        from_day=fields.pop("from_day", date(2020, 1, 1)),
        to_day=fields.pop("to_day", None),
        fees=fields.pop("fees", {"home": 185}),
        at=NOW,
    )


def make_owner(unit: Any, person: Any = None, on_day: date = LONG_AGO, **fields: Any) -> Any:
    """A sole owner on file; returns the person."""
    person = person or make_person()
    services.ownership_record(
        actor=SYSTEM,
        unit=unit,
        holders=[services.Holder(person=person)],
        on_day=on_day,
        source="register",
        at=NOW,
        **fields,
    )
    return person


def make_binding(unit: Any, person: Any, user: User | None = None, kind: str = "owner") -> Any:
    return services.home_bind_counter(
        actor=SYSTEM,
        user=user or make_user(),
        unit=unit,
        person=person,
        kind=kind,
        witness=make_user(),
        papers=["id_card", "title"],
        reason="到窗口办理",
        at=NOW,
    )


def period(low: date, high: date | None = None) -> DateRange:
    return DateRange(low, high)


__all__ = ["LONG_AGO", "NOW", "SYSTEM", "models"]
