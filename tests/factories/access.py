"""Organisations, accounts and posts for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.utils import timezone

from anju.access.models import Organisation, Post, User
from anju.access.queries import actor_for
from anju.access.rules import ADMINISTRATORS, HELD_IN
from anju.access.states import OrganisationKind, Role
from anju.core.actors import Actor

_numbers = count(1)
PASSWORD = "green-Lantern-88-river"
LONG_AGO = date(2020, 1, 1)


def make_organisation(**fields: Any) -> Organisation:
    n = next(_numbers)
    fields.setdefault("kind", OrganisationKind.BUREAU)
    fields.setdefault("name", f"试验机关{n}")
    return Organisation.objects.create(**fields)


def make_user(*, password: str | None = None, **fields: Any) -> User:
    """An account; hashing is slow, so a password is set only when asked for."""
    n = next(_numbers)
    fields.setdefault("username", f"person{n}")
    fields.setdefault("full_name", f"人员{n}")
    fields.setdefault("phone", f"139{n:08d}")
    return User.objects.create_user(password=password, **fields)


def make_post(*, role: Role = Role.DESK_CLERK, **fields: Any) -> Post:
    """A post held since 2020; an administrator's is granted by a bureau head made for it."""
    kinds = HELD_IN.get(role, frozenset({"bureau"}))
    if "user" not in fields:
        fields["user"] = make_user()
    if "organisation" not in fields:
        fields["organisation"] = make_organisation(kind=min(kinds))
    if role in ADMINISTRATORS and "granted_by" not in fields:
        fields["granted_by"] = make_post(role=Role.BUREAU_HEAD).user
    fields.setdefault("valid_from", LONG_AGO)
    return Post.objects.create(role=role, **fields)


def make_actor(*, role: Role = Role.DESK_CLERK, at: datetime | None = None, **fields: Any) -> Actor:
    """The actor of a fresh person at a fresh post (no post for owners)."""
    at = at or timezone.now()
    if role == Role.OWNER:
        return actor_for(fields.get("user") or make_user(), None, at)
    post = make_post(role=role, **fields)
    return actor_for(post.user, post, at)


def noon(day: date) -> datetime:
    """04:00 UTC, which is noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
