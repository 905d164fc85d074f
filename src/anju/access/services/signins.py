"""Sign-ins: begun, refused and ended."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.transactions import service

from ..models import SignIn, User

BEGUN = journal.declare("access.signin_begin", _("Signed in"))
REFUSED = journal.declare("access.signin_refuse", _("Tried to sign in"))
ENDED = journal.declare("access.signin_end", _("Ended a sign-in"))


@service
def signin_begin(
    *,
    actor: Actor,
    user: User,
    session_key: str,
    way: str,
    device: str,
    address: str | None,
    at: datetime,
) -> SignIn:
    """Note a sign-in so that its person can see and end it."""
    SignIn.objects.filter(session_key=session_key).update(session_key=None, ended_at=at)
    signin = SignIn.objects.create(
        user=user,
        session_key=session_key,
        way=way,
        device=device[:120],
        address=address,
        started_at=at,
        seen_at=at,
    )
    journal.record(actor=actor, action=BEGUN, at=at, target=signin)
    return signin


@service
def signin_refuse(*, actor: Actor, user: User | None, way: str, at: datetime) -> None:
    """Note a refused attempt; whom it meant only when the account exists."""
    journal.record(
        actor=actor, action=REFUSED, at=at, target=user, reason=str(way), result="refused"
    )


@service
def signins_end(
    *, actor: Actor, user: User, at: datetime, only: int | None = None, but: str | None = None
) -> int:
    """End a person's sign-ins at once: ``only`` one by its number, or all ``but`` a session.

    Returns how many were ended.
    """
    found = SignIn.objects.visible_to(actor).select_for_update().filter(user=user, ended_at=None)
    if only is not None:
        found = found.filter(pk=only)
    if but is not None:
        found = found.exclude(session_key=but)
    ended = list(found)
    Session.objects.filter(session_key__in=[s.session_key for s in ended if s.session_key]).delete()
    for signin in ended:
        signin.ended_at, signin.session_key = at, None
        signin.save(update_fields=["ended_at", "session_key"])
        journal.record(actor=actor, action=ENDED, at=at, target=signin)
    return len(ended)
