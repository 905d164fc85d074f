"""Keys of its own, an empty cache, and an owner's home in a small register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from anju.core.ports import MESSENGER
from anju.registry import services
from anju.registry.filters import forget_places
from tests.factories import access, registry

NUMBER = "11010519491231002X"
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def sentences_in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def secrets(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path_factory.getbasetemp() / "secrets"))
    forget_places()


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Messages put in the outbox during the test."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(MESSENGER, "_answer", lambda **message: sent.append(message))
    return sent


@dataclass
class Home:
    """A home of 王小明, whose phone the register holds, in a served building."""

    unit: Any
    person: Any
    project: Any


@pytest.fixture
def home(db: Any) -> Home:
    cache.clear()
    committee = registry.make_committee("和平社区", "云山区")
    building = registry.make_building(registry.make_community("阳光花园", committee), "3")
    unit = registry.make_unit(building, "501")
    person = registry.make_owner(
        unit, registry.make_person("王小明", id_number=NUMBER, phone=PHONE)
    )
    registry.make_unit(building, "502")
    company = registry.make_company()
    project = registry.make_project(registry.make_management_area([building]), company)
    manager = registry.make_manager(company, published_phone="0516-83661234")
    services.project_manager_change(
        actor=registry.SYSTEM,
        project=project,
        manager=manager,
        from_day=date(2020, 1, 1),
        at=registry.NOW,
    )
    forget_places()
    return Home(unit, person, project)


@pytest.fixture
def signed_in(db: Any) -> Callable[..., Client]:
    """A browser of an account without a post; ``client.user`` is the account."""

    def sign_in(user: Any = None) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.user = user or access.make_user()  # type: ignore[attr-defined]
        client.force_login(
            client.user,  # type: ignore[attr-defined]
            backend="django.contrib.auth.backends.ModelBackend",
        )
        client.cookies["anju_language"] = "en"
        return client

    return sign_in
