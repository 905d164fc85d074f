"""Who may correct the calendar and the places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied

from .models import AreaChange
from .states import AreaChangeState


def may_correct_calendar(actor: Actor) -> Decision:
    """Whether the actor may correct a day or load a published year."""
    if actor.kind is ActorKind.SYSTEM or actor.can("reference:calendar_correct"):
        return Allowed()
    return Denied(_("Only a desk confirmer may change the calendar."))


def may_change_places(actor: Actor) -> Decision:
    """Whether the actor may load divisions, rename and move areas, and record changes."""
    if actor.kind is ActorKind.SYSTEM or actor.can("reference:area_change"):
        return Allowed()
    return Denied(_("Only a desk confirmer may change places."))


def may_propose_change(actor: Actor) -> Decision:
    """Whether the actor may propose a dated change of an area."""
    if actor.kind is ActorKind.SYSTEM or actor.can("reference:area_propose"):
        return Allowed()
    return Denied(_("Only the desk may propose changes of areas."))


def may_decide_change(actor: Actor, change: AreaChange) -> Decision:
    """Whether the actor may confirm or refuse a proposed change: another person than proposed."""
    if change.state != AreaChangeState.PROPOSED:
        return Denied(_("The change is decided already."))
    if actor.user_id is not None and actor.user_id == change.proposed_by:
        return Denied(_("You proposed it: another person must confirm."))
    return may_change_places(actor)


def may_withdraw_change(actor: Actor, change: AreaChange) -> Decision:
    """Whether the actor may take a proposal back before it is made."""
    if change.state not in (AreaChangeState.PROPOSED, AreaChangeState.CONFIRMED):
        return Denied(_("The change is made or decided already."))
    if actor.user_id != change.proposed_by:
        return Denied(_("Only who proposed the change may withdraw it."))
    return may_propose_change(actor)
