"""Who may what with organisations, accounts, posts, elevations and keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.decisions import Allowed, Decision, Denied

from .models import ApiKey, Elevation, Post, User
from .permissions import perm
from .rules import ADMINISTRATORS
from .states import ElevationState

ORGANISATION_VIEW = perm("access:organisation_view")
ORGANISATION_CHANGE = perm("access:organisation_change")
ACCOUNT_VIEW = perm("access:account_view")
ACCOUNT_CREATE = perm("access:account_create")
ACCOUNT_LOCK = perm("access:account_lock")
POST_VIEW = perm("access:post_view")
POST_GRANT = perm("access:post_grant")
APPOINT = perm("access:administrator_appoint")
ROLE_VIEW = perm("access:role_view")
ELEVATION_ASK = perm("access:elevation_ask")
ELEVATION_DECIDE = perm("access:elevation_decide")
ELEVATION_VIEW = perm("access:elevation_view")
KEY_ISSUE = perm("access:key_issue")

NOT_YOURS = _("Your role does not include this.")


def _holds(actor: Actor, permission: str) -> Decision:
    return Allowed() if actor.can(permission) else Denied(NOT_YOURS)


def may_change_organisation(actor: Actor) -> Decision:
    """The system administrator enters organisations."""
    return _holds(actor, ORGANISATION_CHANGE)


def may_create_account(actor: Actor) -> Decision:
    """The system administrator opens accounts; they carry no right."""
    return _holds(actor, ACCOUNT_CREATE)


def may_lock_account(actor: Actor, user: User) -> Decision:
    """The security administrator locks accounts, not their own."""
    if not actor.can(ACCOUNT_LOCK):
        return Denied(NOT_YOURS)
    if user.pk == actor.user_id:
        return Denied(_("Nobody locks or unlocks their own account."))
    return Allowed()


def may_grant_post(actor: Actor, *, user: User, role: str) -> Decision:
    """Business posts by the security administrator, administrators by the bureau head."""
    if user.pk == actor.user_id:
        return Denied(_("Nobody grants a post to themselves."))
    if role in ADMINISTRATORS or role == "bureau_head":
        if role in ADMINISTRATORS and not actor.can(APPOINT):
            return Denied(_("The bureau head appoints the three administrators."))
        if role == "bureau_head" and not actor.can(POST_GRANT):
            return Denied(NOT_YOURS)
        return Allowed()
    return _holds(actor, POST_GRANT)


def may_end_post(actor: Actor, post: Post) -> Decision:
    """As granting."""
    if post.user_id == actor.user_id:
        return Denied(_("Nobody ends their own post."))
    if post.role in ADMINISTRATORS:
        return _holds(actor, APPOINT)
    return _holds(actor, POST_GRANT)


def may_ask_elevation(actor: Actor) -> Decision:
    """Operators ask."""
    return _holds(actor, ELEVATION_ASK)


def may_decide_elevation(actor: Actor, elevation: Elevation) -> Decision:
    """The security administrator decides once, and not what they asked themselves."""
    if not actor.can(ELEVATION_DECIDE):
        return Denied(NOT_YOURS)
    if elevation.asked_by_id == actor.user_id:
        return Denied(_("Another person decides than the one who asks."))
    if elevation.state != ElevationState.ASKED:
        return Denied(_("This elevation is decided already."))
    return Allowed()


def may_end_elevation(actor: Actor, elevation: Elevation) -> Decision:
    """Who asked or who decides may end it early."""
    if elevation.state != ElevationState.APPROVED:
        return Denied(_("This elevation does not run."))
    if elevation.asked_by_id == actor.user_id or actor.can(ELEVATION_DECIDE):
        return Allowed()
    return Denied(NOT_YOURS)


def may_issue_key(actor: Actor) -> Decision:
    """The security administrator issues partner keys."""
    return _holds(actor, KEY_ISSUE)


def may_revoke_key(actor: Actor, key: ApiKey) -> Decision:
    """Once."""
    if key.revoked_at is not None:
        return Denied(_("This key is revoked already."))
    return _holds(actor, KEY_ISSUE)
