"""A small register, and for any service arguments made from the types of its parameters."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models

import anju
from anju.access.models import User
from anju.core.actors import SYSTEM
from anju.reference.models import Area
from anju.registry import models as register
from anju.registry import services
from tests.factories import registry

DAY = date(2026, 3, 1)
ABSENT = 2_000_000_000
# Where the type alone says too little.
GIVEN: dict[str, dict[str, Any]] = {
    "anju.registry.services.changes.change_propose": {
        "action": "community_recode",
        "after": {"code": "N1"},
    },
}


def every_service() -> dict[str, Callable[..., Any]]:
    """``app.name`` → each ``@service`` of the code base, where it is written."""
    found = {}
    for module in pkgutil.walk_packages(anju.__path__, "anju."):
        if ".services" not in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for name, service in vars(loaded).items():
            if getattr(service, "is_service", False) and service.__module__ == module.name:
                found[f"{module.name.split('.')[1]}.{name}"] = service
    return found


class World:
    """One community with everything, and spare things for what a service ends or removes."""

    def __init__(self) -> None:
        self.place = registry.make_committee("和平社区", "云山区")
        self.away = registry.make_committee("东风社区", "青川区")
        self.community = registry.make_community("阳光花园", self.place, aliases=("老花园",))
        self.building = registry.make_building(self.community, "3")
        self.unit = registry.make_unit(self.building, "501")
        self.person = registry.make_owner(self.unit)
        self.company = registry.make_company()
        self.manager = registry.make_manager(self.company)
        self.management_area = registry.make_management_area([self.building])
        self.project = registry.make_project(self.management_area, self.company)
        services.project_manager_change(
            actor=SYSTEM,
            project=self.project,
            manager=self.manager,
            from_day=self.project.period.lower,
            at=registry.NOW,
        )
        self.staff = services.staff_add(
            actor=SYSTEM,
            company=self.company,
            name="钱多",
            title="会计",
            from_day=date(2025, 1, 1),
            at=registry.NOW,
        )
        self.user = registry.make_user()
        self.binding = registry.make_binding(self.unit, self.person, self.user)
        # What nothing hangs on: it may be closed, struck off, renamed.
        self.empty = registry.make_community("空置新村", self.place)
        self.bare = registry.make_building(self.empty, "9")
        self.idle_area = registry.make_management_area([self.bare], "空置区")
        self.idle_company = registry.make_company("云城清风物业有限公司")
        self.idle_manager = registry.make_manager(self.idle_company, "周正")
        # Read again: period and place as the database holds them.
        self.project.refresh_from_db()

    def sample(self, kind: Any) -> Any:
        """A value of a parameter's type; a row that is not on file where the register has none."""
        own = {
            Area: self.place,
            register.Community: self.community,
            register.Building: self.building,
            register.Stairwell: self.building.stairwells.order_by("pk").first(),
            register.Unit: self.unit,
            register.Person: self.person,
            register.Company: self.company,
            register.CompanyStaff: self.staff,
            register.Manager: self.manager,
            register.ManagementArea: self.management_area,
            register.Project: self.project,
            register.HomeBinding: self.binding,
            User: self.user,
            str: "文字",
            int: 1,
            bool: True,
            bytes: b"",
            date: DAY,
            datetime: registry.NOW,
        }
        if kind in own:
            return own[kind]
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if inner and type(None) in inner:
            return self.sample(next(one for one in inner if one is not type(None)))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {}
        if origin is not None:
            return [self.sample(inner[0])] if inner[0] in own else []
        if kind is models.Model or isinstance(kind, typing.TypeVar):
            return self.community
        if inspect.isclass(kind) and issubclass(kind, models.Model):
            return kind(pk=ABSENT)
        return None

    def arguments(self, service: Callable[..., Any]) -> dict[str, Any]:
        """The arguments a service cannot do without, but for ``actor`` and ``at``."""
        hints = typing.get_type_hints(inspect.unwrap(service))
        found = {
            name: self.sample(hints[name])
            for name, parameter in inspect.signature(service).parameters.items()
            if parameter.default is inspect.Parameter.empty and name not in ("actor", "at")
        }
        return found | GIVEN.get(f"{service.__module__}.{service.__name__}", {})
