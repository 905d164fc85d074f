"""Who may ask for, stop, repeat and fetch an export."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.access.queries import actor_for
from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied
from anju.core.time import legal_day
from anju.ui.lists import list_named

from .models import ListExport
from .states import AGAIN, ExportState, Reason

MAX_ACTIVE = 3


def scope_of(actor: Actor) -> str:
    """What an actor reaches, in one line: role, reach, place, organisation."""
    return f"{actor.role}:{actor.reach}:{actor.area_id or '-'}:{actor.organisation_id or '-'}"


def may_ask(actor: Actor, *, active: int) -> Decision:
    """Anybody who may open the list and has an account; three at a time."""
    if actor.kind is not ActorKind.USER or actor.user_id is None:
        return Denied(_("The list is too long for this. Narrow the conditions, or sign in."))
    if actor.elevation is not None:
        return Denied(_("During an elevation lists are not exported. Narrow the conditions."))
    if active >= MAX_ACTIVE:
        words = _("Three of your exports are not finished yet. Wait for one, or cancel one.")
        return Denied(words)
    return Allowed()


def may_cancel(export: ListExport) -> Decision:
    """While it waits or is written."""
    return Allowed() if export.is_active else Denied(_("It is finished already."))


def may_repeat(export: ListExport) -> Decision:
    """After a failure, a cancellation, or when the file was removed."""
    if export.state in AGAIN:
        return Allowed()
    return Denied(_("Only an export that failed, was cancelled or was removed is written again."))


def may_fetch(export: ListExport) -> Decision:
    """When the file is there."""
    if export.state == ExportState.READY:
        return Allowed()
    if export.reason:
        return Denied(Reason(export.reason).label)
    if export.is_active:
        return Denied(_("The file is still being written."))
    return Denied(_("The file was removed. Have it written again."))


def standing(export: ListExport, *, at: datetime) -> tuple[Actor, Reason | None]:
    """The actor of the post the export was asked from, and why it may not have the rows now."""
    user = User.objects.get(pk=export.user_id)
    post = (
        Post.objects.select_related("area", "organisation__area").get(pk=export.post_id)
        if export.post_id
        else None
    )
    actor = actor_for(user, post, at)
    gone = post is not None and (
        not post.is_valid_on(legal_day(at)) or post.organisation.closed_on is not None
    )
    if gone or not user.is_active:
        return actor, Reason.POST_ENDED
    try:
        _declared, rule = list_named(export.list_name)
    except LookupError:
        return actor, Reason.NO_RIGHT
    if not rule.admits(actor):
        return actor, Reason.NO_RIGHT
    return actor, None if scope_of(actor) == export.scope else Reason.OTHER_SCOPE
