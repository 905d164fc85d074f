"""Who may correct the calendar and the places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied


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
