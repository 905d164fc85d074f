"""Who may show, withdraw, object and answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied

from .models import Objection, Publicity
from .states import ObjectionState, PublicityState

START = perm("flow:publicity_start")
WITHDRAW = perm("flow:publicity_withdraw")
ANSWER = perm("flow:objection_answer")


def may_start(actor: Actor) -> Decision:
    """Only posts that hold the right put something on show."""
    if actor.kind is ActorKind.SYSTEM or actor.can(START):
        return Allowed()
    return Denied(_("Your post may not put a notice on show."))


def may_withdraw(actor: Actor, publicity: Publicity) -> Decision:
    """A running notice may be taken down by its organiser, with a reason."""
    if not actor.can(WITHDRAW):
        return Denied(_("Your post may not withdraw a notice."))
    if publicity.organiser_id != actor.organisation_id:
        return Denied(_("Only the organiser may withdraw the notice."))
    if publicity.state != PublicityState.RUNNING:
        return Denied(_("The notice is no longer on show."))
    return Allowed()


def may_object(actor: Actor, publicity: Publicity) -> Decision:
    """Anybody who signed in may object while the notice is on show."""
    if actor.user_id is None:
        return Denied(_("Sign in to object."))
    if publicity.state != PublicityState.RUNNING:
        return Denied(_("The show has ended; objections are no longer taken."))
    return Allowed()


def may_answer(actor: Actor, objection: Objection) -> Decision:
    """The organiser answers, once; not the person who objected."""
    if not actor.can(ANSWER):
        return Denied(_("Your post may not answer objections."))
    if objection.publicity.organiser_id != actor.organisation_id:
        return Denied(_("Only the organiser answers the objection."))
    if objection.raised_by_id == actor.user_id:
        return Denied(_("Nobody answers their own objection."))
    if objection.state != ObjectionState.RECEIVED:
        return Denied(_("The objection is answered already."))
    return Allowed()
