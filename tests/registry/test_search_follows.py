"""After each service of the register, the search holds what a rebuild would write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import AnjuError
from anju.registry import queries, services
from anju.registry.models import SearchEntry
from anju.registry.services.search import search_rebuild
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories import registry
from tests.factories.registry import NOW, make_actor, make_person, make_unit
from tests.factories.samples import DAY, World, every_service

pytestmark = pytest.mark.django_db
OURS = {
    name.removeprefix("registry."): service
    for name, service in every_service().items()
    if name.startswith("registry.")
}


def entries() -> list[tuple[Any, ...]]:
    fields = [f.attname for f in SearchEntry._meta.concrete_fields if f.attname != "id"]
    rows = SearchEntry.objects.order_by("kind", "object_id").values_list(*fields)
    return [tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in rows]


def call(world: World, service: str, /, **arguments: Any) -> Any:
    values = {"actor": SYSTEM, "at": NOW, **world.arguments(OURS[service]), **arguments}
    return OURS[service](**values)


def proposed(world: World) -> Any:
    return call(
        world,
        "change_propose",
        actor=make_actor(Role.DESK_CLERK),
        action="community_rename",
        target=world.community,
        after={"name": "新花园", "on_day": "2026-01-01"},
    )


def closed(world: World, what: str) -> Any:
    found = {"community": world.empty, "company": world.idle_company}.get(what, world.idle_area)
    call(world, f"{what}_close", **{"management_area" if what == "area" else what: found})
    found.refresh_from_db()
    return found


def batch(world: World) -> Any:
    return call(
        world,
        "import_preview",
        actor=make_actor(Role.DESK_CLERK),
        file_name="homes.xlsx",
        content=template_xlsx(LAYOUTS["units"]),
    )


def left(world: World) -> Any:
    call(world, "manager_leave", manager=world.idle_manager)
    return world.idle_manager


def again(world: World) -> Any:
    call(world, "manager_retire", manager=left(world))
    return world.idle_manager


# They write no name, code or place of what is searched, and need rows of their own; tried in the
# tests of bindings, complaints and shows.
ELSEWHERE = {
    "area_show",
    "complaint_answer",
    "complaint_raise",
    "home_bind_counter",
    "home_bind_match",
    "invitation_accept",
    "invitation_withdraw",
    "phone_separate",
    "tenant_invite",
}
Arguments = Callable[[World], dict[str, Any]]
# Arguments where those made from the types alone would be refused.
GIVEN: dict[str, Arguments] = {
    "area_close": lambda w: {"management_area": w.idle_area},
    "area_delimit": lambda w: {"buildings": [w.bare], "name": "新管理区"},
    "area_reopen": lambda w: {"management_area": closed(w, "area")},
    "branch_add": lambda w: {"code": registry.uscc()},
    "building_assign": lambda w: {"management_area": w.idle_area},
    "building_demolish": lambda w: {"building": w.bare},
    "building_move": lambda w: {"area": w.away},
    "building_release": lambda w: {"management_area": w.idle_area, "buildings": [w.bare]},
    "change_approve": lambda w: {
        "actor": make_actor(Role.DESK_CONFIRMER),
        "change": proposed(w),
    },
    "change_propose": lambda w: {
        "actor": make_actor(Role.DESK_CLERK),
        "action": "community_recode",
        "after": {"code": "N1"},
    },
    "change_refuse": lambda w: {"actor": make_actor(Role.DESK_CONFIRMER), "change": proposed(w)},
    "change_withdraw": lambda w: (lambda c: {"change": c, "actor": proposer(c)})(proposed(w)),
    "community_change": lambda w: {"aliases": ["新花园"], "fields": {"address": "云山路9号"}},
    "community_close": lambda w: {"community": w.empty},
    "community_move": lambda w: {"area": w.away},
    "community_register": lambda w: {"kind": "commercial"},
    "community_reopen": lambda w: {"community": closed(w, "community")},
    "company_change": lambda w: {"fields": {"phone": "0516-83661234"}},
    "company_close": lambda w: {"company": w.idle_company},
    "company_recode": lambda w: {"code": registry.uscc()},
    "company_register": lambda w: {"code": registry.uscc(), "kind": "property"},
    "company_reopen": lambda w: {"company": closed(w, "company")},
    "home_bind_counter": lambda w: {
        "unit": w.unit,
        "kind": "tenant",
        "user": registry.make_user(),
        "witness": registry.make_user(),
    },
    "import_apply": lambda w: (lambda b: {"batch": b, "actor": importer(b)})(batch(w)),
    "import_discard": lambda w: (lambda b: {"batch": b, "actor": importer(b)})(batch(w)),
    "import_preview": lambda w: {
        "actor": make_actor(Role.DESK_CLERK),
        "file_name": "homes.xlsx",
        "content": template_xlsx(LAYOUTS["units"]),
    },
    "manager_employ": lambda w: {"manager": again(w)},
    "manager_enter": lambda w: {"id_number": registry.identity()},
    "manager_leave": lambda w: {"manager": w.idle_manager},
    "manager_publish_phone": lambda w: {"phone": "0516-83665678"},
    "manager_register": lambda w: {"person": make_person("吴迪")},
    "manager_retire": lambda w: {"manager": left(w)},
    "ownership_record": lambda w: {
        "unit": make_unit(w.building, "888"),
        "holders": [services.Holder(person=w.person)],
        "source": "register",
    },
    "ownership_transfer": lambda w: {
        "holders": [services.Holder(person=make_person("吴迪"))],
        "source": "register",
    },
    "person_change": lambda w: {"person": w.manager.person, "name": "李维东"},
    "person_identity_change": lambda w: {"id_number": registry.identity()},
    "person_reveal_identity": lambda w: {"reason": "核对材料"},
    "project_manager_change": lambda w: {"manager": registry.make_manager(w.company, "吴迪")},
    "project_start": lambda w: {"management_area": w.idle_area},
    "stairwell_remove": lambda w: {"stairwell": w.building.stairwells.order_by("-pk").first()},
    "unit_change": lambda w: {"fields": {"number": "502"}},
    "unit_measure": lambda w: {"areas": {"registered_dm2": 9000}},
    "unit_merge": lambda w: {"units": [w.unit, twin(w)]},
    "unit_split": lambda w: {
        "parts": [services.Part(number=n, area_dm2=a) for n, a in (("A", 4000), ("B", 4950))]
    },
}


def proposer(change: Any) -> Any:
    return make_actor(Role.DESK_CLERK, user=change.proposed_by)


def importer(found: Any) -> Any:
    return make_actor(Role.DESK_CLERK)


def twin(world: World) -> Any:
    unit = make_unit(world.building, "503")
    registry.make_owner(unit, world.person)
    return unit


def test_the_search_follows_every_service():
    world = World()
    assert entries() == rebuilt()
    wrong: dict[str, str] = {}
    for name in sorted(set(OURS) - ELSEWHERE):
        with transaction.atomic():
            try:
                call(world, name, **GIVEN.get(name, lambda w: {})(world))
            except AnjuError as error:
                wrong[name] = f"could not be tried: {error}"
            else:
                left_by_it = entries()
                if left_by_it != rebuilt():
                    wrong[name] = f"{set(left_by_it) ^ set(entries())}"
            transaction.set_rollback(True)
    assert wrong == {}


def rebuilt() -> list[tuple[Any, ...]]:
    search_rebuild()
    return entries()


def found(text: str) -> list[str]:
    return [hit.label for group in queries.search_public(text) for hit in group.hits]


def test_what_is_closed_is_found_again_only_when_it_is_reopened():
    world = World()
    assert found("清风") == ["云城清风物业有限公司"]
    company = closed(world, "company")
    assert found("清风") == []
    services.company_rename(
        actor=SYSTEM, company=company, name="云城清风旧物业公司", on_day=DAY, at=NOW
    )
    assert found("清风") == []
    services.company_reopen(actor=SYSTEM, company=company, reason="误登注销", at=NOW)
    assert found("清风") == ["云城清风旧物业公司"]


def test_a_manager_without_a_project_is_not_public():
    world = World()
    assert found("李卫东") == ["李卫东"]
    assert found("周正") == []
    assert list(type(world.manager).objects.published()) == [world.manager]
    services.project_end(actor=SYSTEM, project=world.project, on_day=DAY, reason="到期", at=NOW)
    assert found("李卫东") == []


def test_a_manager_bears_the_name_of_the_person():
    world = World()
    person = world.manager.person
    services.person_change(actor=SYSTEM, person=person, name="李维东", reason="更正", at=NOW)
    world.manager.refresh_from_db()
    assert world.manager.name == "李维东"
    assert (found("李卫东"), found("liweidong")) == ([], ["李维东"])
