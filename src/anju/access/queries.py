"""Reads: the actor of a person at a post, and what one may work as."""

from __future__ import annotations

from datetime import datetime

from anju.core.actors import Actor, ActorKind, Reach
from anju.core.actors import Elevation as RunningElevation
from anju.core.ports import RESIDENCES
from anju.core.time import legal_day

from .models import ApiKey, Elevation, Post, User
from .permissions import GRANTS, PERMISSIONS
from .rules import ADMINISTRATORS, SECOND_FACTOR, phone_from_text, reach_of
from .states import Role

ANONYMOUS = Actor(
    kind=ActorKind.ANONYMOUS,
    role=Role.ANONYMOUS.value,
    reach=Reach.PUBLIC,
    permissions=GRANTS[Role.ANONYMOUS],
)


def posts_of(user: User, *, at: datetime) -> list[Post]:
    """Posts the person holds at an instant, by legal day, oldest first."""
    return list(
        Post.objects.filter(user=user, organisation__closed_on__isnull=True)
        .valid_on(legal_day(at))
        .select_related("organisation", "area", "organisation__area")
        .order_by("valid_from", "pk")
    )


def residence_role(user: User, home: int | None = None) -> Role:
    """The role of somebody who acts for a home of their own: as they are bound to it.

    Without a chosen ``home`` (the key of a unit) that runs, the strongest binding counts. Who is
    bound to none yet is an owner to be: the rights to bind a home are the owner's.
    """
    roles = {unit: role for unit, role, _words in RESIDENCES.get()(user_id=user.pk)}
    role = roles.get(home or 0) or next(iter(roles.values()), Role.OWNER.value)
    return Role(role)


def actor_for(user: User, post: Post | None, at: datetime, *, home: int | None = None) -> Actor:
    """The actor of a person at a post, or for the chosen home of their own without one.

    A post not held at ``at`` gives an actor that sees nothing and may nothing.
    """
    if post is None:
        role = residence_role(user, home)
        return Actor(
            kind=ActorKind.USER,
            role=role.value,
            reach=Reach.OWN,
            permissions=GRANTS[role],
            user_id=user.pk,
            name=user.full_name,
        )
    held = post.user_id == user.pk and post.is_valid_on(legal_day(at)) and user.is_active
    area = post.area or post.organisation.area
    elevation = running_elevation(user, at=at) if held and post.role == Role.SYSTEM_ADMIN else None
    permissions = GRANTS[Role(post.role)] if held else frozenset()
    if elevation is not None:
        permissions |= permissions_of_rows(elevation.rows)
    return Actor(
        kind=ActorKind.USER,
        role=post.role,
        reach=reach_of(post.role, level=area.level if area else None) if held else Reach.NOTHING,
        permissions=permissions,
        user_id=user.pk,
        post_id=post.pk,
        organisation_id=post.organisation_id,
        area_id=area.pk if area and area.level else None,
        area_name=area.name if area and area.level else "",
        area_unsettled=bool(area and area.unsettled),
        name=user.full_name,
        elevation=elevation,
    )


def permissions_of_rows(rows: frozenset[str]) -> frozenset[str]:
    """Rights to look (never to change or reveal) in the apps the rows belong to."""
    apps = {row.split(".")[0] for row in rows}
    return frozenset(
        name for name in PERMISSIONS if name.split(":")[0] in apps and name.endswith("_view")
    )


def running_elevation(user: User, *, at: datetime) -> RunningElevation | None:
    """The operator's elevation that runs at an instant, if any."""
    found = Elevation.objects.filter(asked_by=user).running_at(at).order_by("-decided_at").first()
    if found is None or found.ends_at is None:
        return None
    return RunningElevation(id=found.pk, rows=frozenset(found.rows), ends_at=found.ends_at)


def may_work_as_owner(posts: list[Post]) -> bool:
    """An administrator's account is for nothing else."""
    return not any(post.role in ADMINISTRATORS for post in posts)


def needs_second_factor(posts: list[Post]) -> bool:
    """Whether one of the posts asks for a second factor."""
    return any(post.role in SECOND_FACTOR for post in posts)


def partner_actor(key: ApiKey) -> Actor:
    """The actor of a partner's key: the public's reach and the key's scopes that still exist."""
    return Actor(
        kind=ActorKind.PARTNER,
        role=Role.API_PARTNER.value,
        reach=Reach.PUBLIC,
        permissions=frozenset(key.scopes) & GRANTS[Role.API_PARTNER],
        organisation_id=key.organisation_id,
        name=key.prefix,
    )


def user_of_name(name: str) -> User | None:
    """The account of a sign-in name or phone as typed."""
    phone = phone_from_text(name)
    found = (
        User.objects.filter(phone=phone) if phone else User.objects.filter(username=name.strip())
    )
    return found.first()
