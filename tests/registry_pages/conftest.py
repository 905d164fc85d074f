"""A small register, and a browser signed in at a post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from anju.access.states import Role
from anju.core.ports import JOURNAL
from anju.registry import services
from anju.registry.filters import forget_places
from tests.factories import access, registry


@pytest.fixture(autouse=True)
def secrets(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.getbasetemp() / "secrets"
    monkeypatch.setenv("ANJU_SECRETS", str(folder))
    forget_places()


@pytest.fixture
def journal_rows(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rows: list[Any] = []
    monkeypatch.setattr(JOURNAL, "_answer", lambda *, entry: rows.append(entry))
    return rows


@dataclass
class City:
    """What the pages are tried on: one district with everything, another with one community."""

    district: Any
    other_district: Any
    committee: Any
    community: Any
    elsewhere: Any
    building: Any
    unit: Any
    second: Any
    person: Any
    company: Any
    developer: Any
    manager: Any
    area: Any
    project: Any


@pytest.fixture
def city(db: Any) -> City:
    committee = registry.make_committee("和平社区", "云山区")
    away = registry.make_committee("东风社区", "青川区")
    developer = registry.make_company("云城青禾置业有限公司", kind="developer")
    community = registry.make_community(
        "阳光花园", committee, code="YG001", built_year=2008, address="云山路8号"
    )
    elsewhere = registry.make_community("东风新村", away, code="DF001")
    building = registry.make_building(community, "3")
    unit = registry.make_unit(building, "501")
    second = registry.make_unit(building, "502")
    person = registry.make_person("王小明", phone="13800138000")
    owners = {"on_day": registry.LONG_AGO, "source": "register", "at": registry.NOW}
    for one in (unit, second):
        services.ownership_record(
            actor=registry.SYSTEM, unit=one, holders=[services.Holder(person=person)], **owners
        )
    company = registry.make_company("云城安居物业有限公司")
    manager = registry.make_manager(company, "李卫东", published_phone="0516-83661234")
    area = registry.make_management_area([building], "阳光花园管理区")
    project = services.project_start(
        actor=registry.SYSTEM,
        management_area=area,
        company=company,
        code="P001",
        from_day=registry.LONG_AGO,
        fees={"home": 180},
        at=registry.NOW,
    )
    services.project_manager_change(
        actor=registry.SYSTEM,
        project=project,
        manager=manager,
        from_day=registry.LONG_AGO,
        at=registry.NOW,
    )
    forget_places()
    return City(
        district=committee.district,
        other_district=away.district,
        committee=committee,
        community=community,
        elsewhere=elsewhere,
        building=building,
        unit=unit,
        second=second,
        person=person,
        company=company,
        developer=developer,
        manager=manager,
        area=area,
        project=project,
    )


@pytest.fixture
def signed_in(db: Any) -> Callable[..., Client]:
    """``signed_in(Role.DISTRICT_CLERK, area=district)``: a browser at a post."""

    def sign_in(role: Role, area: Any = None, **fields: Any) -> Client:
        post = access.make_post(role=role, area=area, **fields)
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
        client.post_held = post  # type: ignore[attr-defined]
        return client

    return sign_in


@pytest.fixture
def server(committed_db: str) -> Any:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    thread.url = f"http://localhost:{thread.port}"
    yield thread
    thread.terminate()
