"""The demo city, made once in a clone of the test database, and a client for each role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from anju.access.models import User
from anju.access.queries import ANONYMOUS, actor_for, posts_of
from anju.core.actors import Actor
from tests.commits import cloned

from .addresses import ROLE_ACCOUNTS


@pytest.fixture(scope="package", autouse=True)
def demo_city(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[None]:
    """Everything the demo shows; the tests of this folder read it and write nothing."""
    patch = pytest.MonkeyPatch()
    patch.setenv("ANJU_SECRETS", str(tmp_path_factory.mktemp("secrets")))
    from django.conf import settings

    patch.setattr(settings, "DEMO", True)
    patch.setattr(settings, "VAR", tmp_path_factory.mktemp("var"))
    with django_db_blocker.unblock():
        clones = cloned("matrix")
        next(clones)
        call_command("make_demo", verbosity=0)
        connection.close()
    yield
    with django_db_blocker.unblock():
        next(clones, None)
    patch.undo()


@pytest.fixture(scope="package")
def opened(demo_city: None, django_db_blocker: Any) -> list[Any]:
    """What opens for whom, found out once in a transaction that is taken back."""
    from .openings import Desk, openings

    with django_db_blocker.unblock(), transaction.atomic():
        found = openings(Desk())
        transaction.set_rollback(True)
    return found


@pytest.fixture(params=sorted(ROLE_ACCOUNTS))
def role(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def actor(role: str, db: Any) -> Actor:
    return actor_of(role)


@pytest.fixture
def client(role: str, db: Any) -> Client:
    return client_of(role)


def actor_of(role: str) -> Actor:
    """The demo's actor in a role."""
    if role == "anonymous":
        return ANONYMOUS
    user = User.objects.get(username=ROLE_ACCOUNTS[role])
    at = timezone.now()
    posts = posts_of(user, at=at)
    return actor_for(user, posts[0] if posts else None, at)


def client_of(role: str) -> Client:
    """A browser signed in at the role's post; the sign-in itself is tested elsewhere."""
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(User.objects.get(username=ROLE_ACCOUNTS[role]))
    return client
