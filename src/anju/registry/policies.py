"""Who may do what in the register: the permission of the post, and the place it reaches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.decisions import Allowed, Decision, Denied
from anju.core.gates import Gate
from anju.reference.models import Area

from .models import ChangeRequest, HomeBinding, Person, Project

NO_RIGHT = _("Your post does not allow this.")
OUT_OF_REACH = _("This lies outside the place of your post.")

# "May this company be contracted?" Asked here and by contracts; higher apps register the checks
# (filing of companies from out of town, later credit and enforcement).
COMPANY_CONTRACTABLE = Gate("registry.company_contractable")


def may(actor: Actor, permission: str, target: models.Model | None = None) -> Decision:
    """Whether the actor holds the permission and the target lies within reach."""
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    if not actor.can(permission):
        return Denied(NO_RIGHT)
    if target is not None and target.pk is not None:
        manager = type(target)._default_manager
        if not manager.visible_to(actor).filter(pk=target.pk).exists():  # type: ignore[attr-defined]
            return Denied(OUT_OF_REACH)
    return Allowed()


def may_place(actor: Actor, permission: str, area: Area) -> Decision:
    """Whether the actor may put something new at this place."""
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    if not actor.can(permission):
        return Denied(NO_RIGHT)
    path = (area.pk, area.district_id, area.subdistrict_id, area.committee_id)
    inside = actor.reach is Reach.CITY or (actor.area_id is not None and actor.area_id in path)
    return Allowed() if inside else Denied(OUT_OF_REACH)


def may_reveal_identity(actor: Actor, person: Person) -> Decision:
    """See a person's numbers in clear."""
    return may(actor, perm("registry:person_reveal"), person)


def may_lead_project(actor: Actor, project: Project) -> Decision:
    """Name the manager of a project: its company or the authority."""
    return may(actor, perm("registry:project_staff"), project)


def may_end_binding(actor: Actor, binding: HomeBinding) -> Decision:
    """End a binding: the account itself, or a clerk of the place."""
    if actor.user_id is not None and actor.user_id == binding.user_id:
        return Allowed()
    return may(actor, perm("registry:binding_change"), binding)


def may_review_change(actor: Actor, change: ChangeRequest) -> Decision:
    """Approve or refuse a proposed change: never one's own."""
    if actor.user_id is not None and actor.user_id == change.proposed_by_id:
        return Denied(_("Another person must review the change."))
    return may(actor, perm("registry:change_review"), change)


def may_withdraw_change(actor: Actor, change: ChangeRequest) -> Decision:
    """Withdraw a proposed change: its proposer."""
    if actor.user_id is not None and actor.user_id == change.proposed_by_id:
        return Allowed()
    return Denied(_("Only the person who proposed the change may withdraw it."))
