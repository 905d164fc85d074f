"""Who may show, withdraw, object and answer."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation
from anju.access.permissions import perm
from anju.access.states import OrganisationKind, Role
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.decisions import Allowed, Decision, Denied
from anju.reference.models import Area

from .models import Objection, Publicity
from .states import ObjectionState, PublicityState

START = perm("flow:publicity_start")
WITHDRAW = perm("flow:publicity_withdraw")
ANSWER = perm("flow:objection_answer")


# Who answers objections in each kind of body that may put something on show.
ANSWERING_ROLE: dict[str, Role] = {
    OrganisationKind.BUREAU: Role.DESK_CLERK,
    OrganisationKind.DISTRICT: Role.DISTRICT_CLERK,
    OrganisationKind.ZONE: Role.DISTRICT_CLERK,
    OrganisationKind.SUBDISTRICT: Role.SUBDISTRICT_CLERK,
}


def may_start(actor: Actor, *, area: Area, organiser: Organisation) -> Decision:
    """A post that holds the right shows what lies in its own place, in its own body's name."""
    if organiser.kind not in ANSWERING_ROLE:
        return Denied(_("This kind of body has no post that could answer objections."))
    if actor.kind is ActorKind.SYSTEM:
        return Allowed()
    if not actor.can(START):
        return Denied(_("Your post may not put a notice on show."))
    if organiser.pk != actor.organisation_id:
        return Denied(_("A notice is shown in the name of one's own body only."))
    path = (area.pk, area.district_id, area.subdistrict_id, area.committee_id)
    if actor.reach is not Reach.CITY and actor.area_id not in path:
        return Denied(_("This lies outside the place of your post."))
    return Allowed()


def may_withdraw(actor: Actor, publicity: Publicity) -> Decision:
    """A running notice may be taken down by its organiser, with a reason."""
    if not actor.can(WITHDRAW):
        return Denied(_("Your post may not withdraw a notice."))
    if publicity.organiser_id != actor.organisation_id:
        return Denied(_("Only the organiser may withdraw the notice."))
    if publicity.state != PublicityState.RUNNING:
        return Denied(_("The notice is no longer on show."))
    return Allowed()


def may_object(actor: Actor, publicity: Publicity, *, today: date) -> Decision:
    """Anybody who signed in may object until the end of the notice's last day."""
    if actor.user_id is None:
        return Denied(_("Sign in to object."))
    if publicity.state != PublicityState.RUNNING or today > publicity.ends_on:
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
