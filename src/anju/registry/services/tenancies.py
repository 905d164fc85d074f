"""Tenants: invited by an owner for a period, accepted with name and identity number."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.access.rules import phone_from_text
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.ports import MESSENGER
from anju.core.text import fold
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.flow.services import move_make

from .. import rules, vault
from ..models import HomeBinding, TenantInvitation
from ..policies import may, may_end_binding, may_invite_tenant
from ..states import INVITATION_FLOW, BindingKind, BindingMethod, IdKind, InvitationState
from .base import locked, required, told
from .bindings import NO_MATCH, _bind
from .people import person_found_or_entered

INVITED = journal.declare("registry.tenant_invite", _("Invited a tenant"))
WITHDRAWN = journal.declare("registry.tenant_withdraw", _("Withdrew the invitation of a tenant"))

SELF = perm("registry:binding_self")
LONGEST_DAYS = 20 * 366  # Civil Code, article 705: a lease runs for at most twenty years


@service
def tenant_invite(
    *,
    actor: Actor,
    binding: HomeBinding,
    tenant_name: str,
    phone: str,
    first_day: date,
    last_day: date,
    at: datetime,
) -> TenantInvitation:
    """Invite a tenant by name and phone for a period; the phone gets a message.

    Raises:
        InvalidInput: a phone or days that do not fit; Conflict: the phone is invited already.
    """
    may_invite_tenant(actor, binding).require()
    name = required("tenant_name", tenant_name, longest=60)
    normal = phone_from_text(phone)
    if normal is None:
        raise InvalidInput({"phone": [_("Give a mobile number of 11 digits.")]})
    if normal == binding.user.phone:
        raise InvalidInput({"phone": [_("This is your own phone. Give the tenant's.")]})
    if last_day < first_day or last_day < legal_day(at):
        raise InvalidInput(
            {"last_day": [_("The tenancy must end today or later, not before it begins.")]}
        )
    if (last_day - first_day).days > LONGEST_DAYS:
        raise InvalidInput({"last_day": [_("A lease runs for at most twenty years.")]})
    with told():
        invitation = TenantInvitation.objects.create(
            area_id=binding.unit.area_id, unit=binding.unit, binding=binding, tenant_name=name,
            phone_hash=vault.search_hash("phone", normal), phone_mask=rules.mask_phone(normal),
            first_day=first_day, last_day=last_day, created_at=at,
        )  # fmt: skip
    journal.record(actor=actor, action=INVITED, at=at, target=invitation)
    _text(normal, "registry.tenant_invited", binding, last_day)
    return invitation


@service
def invitation_withdraw(*, actor: Actor, invitation: TenantInvitation, at: datetime) -> None:
    """Take an invitation back before it is accepted."""
    may_end_binding(actor, invitation.binding).require()
    move_make(
        actor=actor, at=at, flow=INVITATION_FLOW, subject=invitation, name="withdraw",
        sets={"closed_at": at},
    )  # fmt: skip
    journal.record(actor=actor, action=WITHDRAWN, at=at, target=invitation)


@service
def invitation_accept(
    *,
    actor: Actor,
    user: User,
    invitation: TenantInvitation,
    name: str,
    id_number: str,
    at: datetime,
    id_kind: str = IdKind.RESIDENT,
) -> HomeBinding:
    """Accept with the invited phone, the invited name and an identity number.

    Raises:
        Refused: phone or name are not those invited; Conflict: it is over.
    """
    may(actor, SELF).require()
    if actor.user_id != user.pk:
        raise Refused(_("You may only bind your own account."))
    invitation = locked(invitation)
    phone = vault.search_hash("phone", rules.phone_normal(user.phone or ""))
    if bytes(invitation.phone_hash) != phone or fold(invitation.tenant_name) != fold(name):
        raise Refused(NO_MATCH)
    today = legal_day(at)
    if invitation.state != InvitationState.OPEN or invitation.last_day < today:
        raise Conflict(_("This invitation is over. Ask the owner for another one."))
    if invitation.first_day > today:
        raise Conflict(
            _("The tenancy begins on %(day)s. Accept from that day on.")
            % {"day": invitation.first_day.isoformat()}
        )
    binding = _bind(
        actor, at, user=user, unit=invitation.unit, kind=BindingKind.TENANT,
        person=person_found_or_entered(
            actor=actor, name=name, id_number=id_number, phone=user.phone or "",
            id_kind=id_kind, at=at,
        ),
        method=BindingMethod.INVITATION, reason=str(_("Invited by the owner")),
        rests_on=invitation.binding, last_day=invitation.last_day,
    )  # fmt: skip
    move_make(
        actor=actor, at=at, flow=INVITATION_FLOW, subject=invitation, name="accept",
        sets={"closed_at": at, "accepted": binding},
    )  # fmt: skip
    return binding


def _text(phone: str, template: str, binding: HomeBinding, last_day: date) -> None:
    MESSENGER.get()(
        channel="sms",
        to=phone,
        template=template,
        values={"home": binding.unit.address_words, "day": last_day.isoformat()},
        language=binding.user.language,
    )
