"""Who may issue and withdraw papers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation
from anju.core.actors import Actor, ActorKind
from anju.core.decisions import Allowed, Decision, Denied

from .models import Paper
from .states import MOVES, PaperState


def may_issue(actor: Actor, issuer: Organisation) -> Decision:
    """Whether the actor may issue papers in the name of an organisation."""
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    if not actor.can("documents:paper_issue"):
        return Denied(_("This post may not issue papers."))
    if actor.organisation_id != issuer.pk:
        return Denied(_("Papers are issued in the name of one's own organisation only."))
    return Allowed()


def may_withdraw(actor: Actor, paper: Paper) -> Decision:
    """Whether the actor may withdraw a paper."""
    if paper.state not in MOVES[PaperState.WITHDRAWN]:
        return Denied(_("The paper is not in force any more."))
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    if not actor.can("documents:paper_withdraw"):
        return Denied(_("This post may not withdraw papers."))
    if actor.organisation_id != paper.issuer_id:
        return Denied(_("Only the organisation that issued the paper may withdraw it."))
    return Allowed()
