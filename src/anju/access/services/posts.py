"""Posts: granted from day to day with a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.reference.models import Area

from .. import policies
from ..models import Organisation, Post, User
from ..rules import HELD_IN, LEVEL_NEEDED
from .refusals import refused_by_database

GRANTED = journal.declare("access.post_grant", _("Granted a post"))
ENDED = journal.declare("access.post_end", _("Ended a post"))


def _reason(text: str) -> str:
    text = clean(text)
    if not text or len(text) > 300:
        raise InvalidInput({"reason": [_("Give a reason of at most 300 characters.")]})
    return text


@service
def post_grant(
    *,
    actor: Actor,
    user: User,
    organisation: Organisation,
    role: str,
    area: Area | None,
    valid_from: date,
    valid_to: date | None,
    reason: str,
    at: datetime,
) -> Post:
    """Grant a post. ``valid_to`` is the first day it is no longer held.

    Raises:
        Refused: the actor may not grant this role.
        InvalidInput: role, organisation and place do not fit, or the days.
        Conflict: the person holds it already, or administrators would meet in one person.
    """
    policies.may_grant_post(actor, user=user, role=role).require()
    if organisation.kind not in HELD_IN.get(role, frozenset()):
        raise InvalidInput({"role": [_("This role is not held in an organisation of this kind.")]})
    place = area or organisation.area
    needed = LEVEL_NEEDED.get(role)
    if needed is not None and (place is None or place.level != needed):
        raise InvalidInput({"area": [_("Choose a place of the level of this role.")]})
    if organisation.closed_on is not None and organisation.closed_on <= valid_from:
        raise InvalidInput({"organisation": [_("This organisation is closed.")]})
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidInput({"valid_to": [_("A post ends after the day it begins.")]})
    if valid_from < legal_day(at):
        raise InvalidInput({"valid_from": [_("A post begins today at the earliest.")]})
    post = Post(
        user=user,
        organisation=organisation,
        area=area,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=_reason(reason),
        granted_by_id=actor.user_id,
        granted_at=at,
    )
    with refused_by_database():
        post.save()
    journal.record(actor=actor, action=GRANTED, at=at, target=post, reason=post.reason)
    return post


@service
def post_end(*, actor: Actor, post: Post, last_day: date, reason: str, at: datetime) -> Post:
    """End a post after ``last_day``; yesterday ends it at once.

    Raises:
        InvalidInput: the day lies before yesterday or after the end already set.
    """
    from datetime import timedelta

    policies.may_end_post(actor, post).require()
    post = Post.objects.select_for_update().get(pk=post.pk)
    today = legal_day(at)
    if last_day < today - timedelta(days=1):
        raise InvalidInput({"last_day": [_("The last day is yesterday at the earliest.")]})
    valid_to = max(last_day + timedelta(days=1), post.valid_from)
    if post.valid_to is not None and post.valid_to <= valid_to:
        raise InvalidInput({"last_day": [_("The post ends earlier already.")]})
    before = str(post.valid_to or "")
    post.valid_to, post.end_reason, post.ended_by_id = valid_to, _reason(reason), actor.user_id
    with refused_by_database():
        post.save(update_fields=["valid_to", "end_reason", "ended_by"])
    journal.record(
        actor=actor,
        action=ENDED,
        at=at,
        target=post,
        reason=post.end_reason,
        changes={"valid_to": [before, str(valid_to)]},
    )
    return post
