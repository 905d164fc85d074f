"""Who may do what in the register: the permission of the post, and the place it reaches."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.audit.models import AuditEvent
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.decisions import Allowed, Decision, Denied
from anju.core.gates import Gate
from anju.reference.models import Area

from .models import (
    ChangeRequest,
    Community,
    Company,
    HomeBinding,
    Person,
    Project,
    ReadComplaint,
)
from .states import COMPLAINT_FLOW, BindingKind, ChangeState, CommunityState

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


def may_contract(company: Company, on: date) -> Decision:
    """Whether the company may begin to serve an area on a day: what every gate says to it."""
    reasons = COMPANY_CONTRACTABLE.reasons(company=company, on=on)
    return Denied(" ".join(str(one.reason) for one in reasons)) if reasons else Allowed()


def may_lead_project(actor: Actor, project: Project) -> Decision:
    """Name the manager of a project: its company or the authority."""
    return may(actor, perm("registry:project_staff"), project)


def may_end_binding(actor: Actor, binding: HomeBinding) -> Decision:
    """End a binding: the account itself, the owner whose tenant it is, or a clerk of the place."""
    if actor.user_id is not None and actor.user_id == binding.user_id:
        return Allowed()
    if binding.kind == BindingKind.TENANT and owns_for(actor, binding.unit_id):
        return Allowed()
    return may(actor, perm("registry:binding_change"), binding)


def owns_for(actor: Actor, unit_id: int) -> bool:
    """Whether the actor's own account is bound to the home as an owner today."""
    if actor.user_id is None or actor.reach is not Reach.OWN:
        return False
    kinds = [BindingKind.OWNER, BindingKind.CO_OWNER]
    rows = HomeBinding.objects.active().filter(user_id=actor.user_id, unit_id=unit_id)
    return rows.filter(kind__in=kinds).exists()


def may_invite_tenant(actor: Actor, binding: HomeBinding) -> Decision:
    """Invite a tenant: an owner, by their own binding that runs."""
    if not actor.can(perm("registry:binding_self")) or actor.user_id != binding.user_id:
        return Denied(NO_RIGHT)
    if binding.kind == BindingKind.TENANT:
        return Denied(_("Only an owner of the home invites a tenant."))
    if binding.ended_at is not None:
        return Denied(_("The binding ended already."))
    return Allowed()


def may_complain(actor: Actor, event: AuditEvent, binding: HomeBinding) -> Decision:
    """Complain about a read of one's own data."""
    if actor.user_id is None or actor.user_id != binding.user_id or not event.personal:
        return Denied(NO_RIGHT)
    return Allowed()


def may_answer_complaint(actor: Actor, complaint: ReadComplaint) -> Decision:
    """Answer a complaint: the audit administrator, not about their own read."""
    if not actor.can(perm("audit:complaint_answer")):
        return Denied(NO_RIGHT)
    if actor.user_id == complaint.user_id:
        return Denied(_("Nobody answers their own complaint."))
    return COMPLAINT_FLOW.check(complaint.state, "uphold")


def may_review_change(actor: Actor, change: ChangeRequest) -> Decision:
    """Approve or refuse a proposed change: never one's own."""
    if actor.user_id is not None and actor.user_id == change.proposed_by_id:
        return Denied(_("Another person must review the change."))
    return may(actor, perm("registry:change_review"), change)


def may_add_evidence(actor: Actor, change: ChangeRequest) -> Decision:
    """The proposer brings the evidence, until it is decided."""
    if change.state != ChangeState.PROPOSED:
        return Denied(_("The change is decided: its evidence stays as it was."))
    if actor.user_id is not None and actor.user_id == change.proposed_by_id:
        return Allowed()
    return Denied(_("Only the person who proposed the change adds evidence or takes it back."))


def may_attach_to_community(actor: Actor, community: Community) -> Decision:
    """Whoever keeps the community's facts, while it is not closed."""
    if community.state == CommunityState.CLOSED:
        return Denied(_("The community is closed: its files stay as they were."))
    return may(actor, perm("registry:community_change"), community)


def may_withdraw_change(actor: Actor, change: ChangeRequest) -> Decision:
    """Withdraw a proposed change: its proposer."""
    if actor.user_id is not None and actor.user_id == change.proposed_by_id:
        return Allowed()
    return Denied(_("Only the person who proposed the change may withdraw it."))
