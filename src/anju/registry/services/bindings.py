"""Binding accounts to homes, and ending that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.text import fold
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules, vault
from ..models import HomeBinding, Ownership, Person, Unit
from ..policies import may, may_end_binding
from ..states import BindingKind, BindingMethod, IdKind, UnitState
from .base import locked, required, told

BOUND = journal.declare("registry.home_bind", _("Bound an account to a home"))
UNBOUND = journal.declare("registry.home_unbind", _("Ended the binding of a home"))

COUNTER = perm("registry:binding_change")
_CODE_IS_FRESH = timedelta(minutes=15)


@service
def home_bind_match(
    *,
    actor: Actor,
    user: User,
    unit: Unit,
    name: str,
    id_number: str,
    at: datetime,
    id_kind: str = IdKind.RESIDENT,
) -> HomeBinding:
    """Bind one's own account: name and identity number match an owner in the register, and the
    phone of the account was proved by a code within fifteen minutes.

    Raises:
        Refused: no match, in one sentence for every cause; Conflict: phone of another owner.
    """
    if actor.kind is not ActorKind.SYSTEM and actor.user_id != user.pk:
        raise Refused(_("You may only bind your own account."))
    verified = user.phone_verified_at
    if not user.phone or verified is None or at - verified > _CODE_IS_FRESH:
        raise Refused(_("Prove your phone with a code first."))
    number = rules.identity_normal(id_number)
    spell = (
        Ownership.objects.on(legal_day(at))
        .filter(
            unit=unit,
            unit__state=UnitState.ACTIVE,
            person__id_hash=vault.search_hash("id", f"{id_kind}:{number}"),
        )
        .select_related("person")
        .first()
    )
    if spell is None or fold(spell.person.name) != fold(name):
        raise Refused(
            _("This does not match the register. Check the home, the name and the number, or"
              " come to the counter with your papers.")
        )  # fmt: skip
    sole = (spell.share_num, spell.share_den) == (1, 1) or spell.share_num == spell.share_den
    return _bind(
        actor, user, unit, spell.person,
        BindingKind.OWNER if sole else BindingKind.CO_OWNER,
        BindingMethod.MATCH, None, str(_("Register match")), at,
    )  # fmt: skip


@service
def home_bind_counter(
    *,
    actor: Actor,
    user: User,
    unit: Unit,
    person: Person,
    kind: str,
    witness: User,
    reason: str,
    at: datetime,
) -> HomeBinding:
    """Bind an account at the counter, seen by a witness who is not the clerk.

    Raises:
        InvalidInput: the witness is the clerk or the account itself.
    """
    may(actor, COUNTER, unit).require()
    if witness.pk in (actor.user_id, user.pk):
        raise InvalidInput({"witness": [_("The witness is a third person.")]})
    if kind not in BindingKind.values:
        raise InvalidInput({"kind": [_("Choose owner, co-owner or tenant.")]})
    owns = Ownership.objects.on(legal_day(at)).filter(unit=unit, person=person).exists()
    if kind != BindingKind.TENANT and not owns:
        raise Conflict(_("This person does not own the home according to the register."))
    return _bind(
        actor, user, unit, person, kind, BindingMethod.COUNTER, witness,
        required("reason", reason), at,
    )  # fmt: skip


@service
def home_unbind(*, actor: Actor, binding: HomeBinding, reason: str, at: datetime) -> HomeBinding:
    """End a binding with a reason."""
    may_end_binding(actor, binding).require()
    binding = locked(binding)
    if binding.ended_at is not None:
        raise Conflict(_("The binding ended already."))
    binding.ended_at, binding.end_reason = at, required("reason", reason)
    with told():
        binding.save(update_fields=["ended_at", "end_reason"])
    journal.record(actor=actor, action=UNBOUND, at=at, target=binding, reason=binding.end_reason)
    return binding


def _bind(
    actor: Actor,
    user: User,
    unit: Unit,
    person: Person,
    kind: str,
    method: str,
    witness: User | None,
    reason: str,
    at: datetime,
) -> HomeBinding:
    if not user.phone:
        raise Conflict(_("The account has no sign-in phone."))
    if unit.state != UnitState.ACTIVE:
        raise Conflict(_("The unit is not in use any more."))
    with told():
        binding = HomeBinding.objects.create(
            area_id=unit.area_id, user=user, unit=unit, person=person, kind=kind,
            method=method, witness=witness, reason=reason, bound_at=at,
            phone_hash=vault.search_hash("phone", rules.phone_normal(user.phone)),
        )  # fmt: skip
        binding.refresh_from_db()
    journal.record(actor=actor, action=BOUND, at=at, target=binding, reason=reason)
    return binding
