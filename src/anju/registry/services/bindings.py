"""Binding accounts to homes, and ending that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.access.permissions import OFFICIALS, perm
from anju.access.rules import phone_from_text
from anju.core import journal
from anju.core.actors import SYSTEM, Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.text import fold
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules, vault
from ..models import HomeBinding, Ownership, Person, PersonKey, TenantInvitation, Unit
from ..policies import may, may_end_binding
from ..states import BindingKind, BindingMethod, IdKind, InvitationState, PaperSeen, UnitState
from .base import locked, required, tell, told
from .people import NO_MATCH, person_found_or_entered

CLAIMED = journal.declare("registry.home_claim", _("Asked to be bound to a home"))
BOUND = journal.declare("registry.home_bind", _("Bound an account to a home"))
UNBOUND = journal.declare("registry.home_unbind", _("Ended the binding of a home"))

COUNTER = perm("registry:binding_change")
SELF = perm("registry:binding_self")
_CODE_IS_FRESH = timedelta(minutes=15)
WITNESS_ROLES = OFFICIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Who a tenant at the counter is, by the identity paper seen."""

    name: str
    id_number: str
    id_kind: str = IdKind.RESIDENT


def spell_matched(
    *, unit: Unit, name: str, id_number: str, id_kind: str, on_day: date
) -> Ownership | None:
    """The ownership of a day that fits home, name and identity number, or None.

    It fits only where the register holds a phone of this person and of nobody else: a code to a
    phone that two people share would prove neither.
    """
    number = rules.identity_normal(id_number)
    wanted = vault.search_hash("id", f"{id_kind}:{number}")
    spell = (
        Ownership.objects.on(on_day)
        .filter(unit=unit, unit__state=UnitState.ACTIVE, person__id_hash=wanted)
        .select_related("person")
        .first()
    )
    person = spell.person if spell is not None else None
    phone = person.phone_hash if person is not None else None
    shared = Person.objects.filter(phone_hash=phone or b"-")[:2]
    if person is None or phone is None or len(shared) > 1 or fold(person.name) != fold(name):
        return None
    return spell


@service
def home_claim(
    *,
    actor: Actor,
    user: User,
    unit: Unit,
    name: str,
    id_number: str,
    at: datetime,
    id_kind: str = IdKind.RESIDENT,
) -> Ownership | None:
    """Match name and identity number with the owners of a home; journals the try either way.

    Returns None for every kind of mismatch: which one it was is nobody's to know.
    """
    may(actor, SELF).require()
    _own(actor, user)
    spell = spell_matched(
        unit=unit, name=name, id_number=id_number, id_kind=id_kind, on_day=legal_day(at)
    )
    journal.record(
        actor=actor, action=CLAIMED, at=at, target=unit,
        result="done" if spell is not None else "refused",
    )  # fmt: skip
    return spell


def register_phone(person: Person) -> str:
    """The phone that the register holds of a person, in clear, for sending a code to it.

    Raises:
        Refused: it cannot be read.
    """
    key = PersonKey.objects.filter(person=person).first()
    if key is None or not person.phone_cipher:
        raise Refused(NO_MATCH)
    try:
        raw = vault.open_data_key(key.key_id, bytes(key.wrapped))
        return vault.unseal(raw, "phone", bytes(person.phone_cipher))
    except vault.KeyMissing as error:
        raise Refused(NO_MATCH) from error


def code_phone(person: Person) -> str:
    """The mobile phone a code goes to.

    Raises:
        Refused: the register holds a fixed telephone, or none that can be read.
    """
    phone = phone_from_text(register_phone(person))
    if phone is None:
        raise Refused(NO_MATCH)
    return phone


@service
def home_bind_match(
    *, actor: Actor, user: User, unit: Unit, person: Person, proved_at: datetime, at: datetime
) -> HomeBinding:
    """Bind one's own account as an owner that matched, once the code to the register's phone
    was given (``proved_at``, within fifteen minutes).

    Raises:
        Refused: no match any more; Conflict: phone of another owner.
    """
    if actor.kind is not ActorKind.SYSTEM:
        may(actor, SELF).require()
    _own(actor, user)
    if not timedelta() <= at - proved_at <= _CODE_IS_FRESH:
        raise Refused(_("Prove your phone with a code first."))
    spell = (
        Ownership.objects.on(legal_day(at))
        .filter(unit=unit, unit__state=UnitState.ACTIVE, person=person)
        .select_related("person")
        .first()
    )
    if spell is None or spell.person is None:
        raise Refused(NO_MATCH)
    return _bind(
        actor, at, user=user, unit=unit, person=spell.person, kind=kind_of(spell),
        method=BindingMethod.MATCH, reason=str(_("Register match")),
    )  # fmt: skip


@service
def home_bind_counter(
    *,
    actor: Actor,
    user: User,
    unit: Unit,
    person: Person | None,
    kind: str,
    witness: User,
    papers: Sequence[str],
    reason: str,
    at: datetime,
    last_day: date | None = None,
    tenant: Tenant | None = None,
) -> HomeBinding:
    """Bind an account at the counter, the papers seen by the clerk and by a second official.

    ``person`` is the owner, or the tenant where on file; else ``tenant`` says who it is.

    Raises:
        InvalidInput: no papers, or the witness is the clerk, the account itself, no official, or
            holds the clerk's own post; a tenancy without a day to come.
    """
    may(actor, COUNTER, unit).require()
    if witness.pk in (actor.user_id, user.pk):
        raise InvalidInput({"witness": [_("The witness is a third person.")]})
    post = _witness_post(actor, witness, unit, at)
    papers = list(dict.fromkeys(papers))
    if not papers or not set(papers) <= set(PaperSeen.values) - {PaperSeen.UNRECORDED}:
        raise InvalidInput({"papers": [_("Tick the papers that you both saw in the original.")]})
    if kind not in BindingKind.values:
        raise InvalidInput({"kind": [_("Choose owner, co-owner or tenant.")]})
    if kind != BindingKind.TENANT:
        last_day = None
        spell = Ownership.objects.on(legal_day(at)).filter(unit=unit, person=person).first()
        if spell is None:
            raise Conflict(_("This person does not own the home according to the register."))
        kind = kind_of(spell)
    elif last_day is not None and last_day < legal_day(at):
        raise InvalidInput({"last_day": [_("The last day of the tenancy lies behind.")]})
    elif person is None and tenant is not None:
        person = person_found_or_entered(
            actor=actor, name=tenant.name, id_number=tenant.id_number, id_kind=tenant.id_kind,
            phone=user.phone or "", at=at,
        )  # fmt: skip
    if person is None:
        raise InvalidInput({"person": [_("Choose whom the account belongs to.")]})
    return _bind(
        actor, at, user=user, unit=unit, person=person, kind=kind,
        method=BindingMethod.COUNTER, reason=required("reason", reason), witness=witness,
        witness_post=post, papers=papers, last_day=last_day,
    )  # fmt: skip


@service
def home_unbind(*, actor: Actor, binding: HomeBinding, reason: str, at: datetime) -> HomeBinding:
    """End a binding with a reason; the tenancies that rest on it end with it."""
    may_end_binding(actor, binding).require()
    binding = locked(binding)
    if binding.ended_at is not None:
        raise Conflict(_("The binding ended already."))
    bindings_end(
        actor=actor, bindings=HomeBinding.objects.filter(pk=binding.pk),
        reason=required("reason", reason), at=at,
    )  # fmt: skip
    binding.refresh_from_db()
    return binding


def bindings_end(
    *, actor: Actor, bindings: QuerySet[HomeBinding], reason: str, at: datetime
) -> int:
    """End bindings that run, the tenancies and invitations resting on them; each is told.

    For services of this app, inside their transaction. Returns how many ended.
    """
    keys = list(bindings.filter(ended_at=None).values_list("pk", flat=True))
    rows = list(
        HomeBinding.objects.select_for_update(of=("self",))
        .filter(Q(pk__in=keys) | Q(rests_on__in=keys), ended_at=None)
        .select_related("user", "unit__community", "unit__building", "unit__stairwell")
        .order_by("pk")
    )
    for row in rows:
        row.ended_at, row.end_reason = at, reason
        with told():
            row.save(update_fields=["ended_at", "end_reason"])
        journal.record(actor=actor, action=UNBOUND, at=at, target=row, reason=reason)
        tell(row.user, "registry.home_unbound", _values(row.unit, at, reason=reason))
    TenantInvitation.objects.filter(binding__in=keys, state=InvitationState.OPEN).update(
        state=InvitationState.LAPSED, closed_at=at
    )
    return len(rows)


@service
def tenancies_end_due(*, actor: Actor, at: datetime) -> int:
    """End bindings whose last day is over, and let invitations lapse; returns how many ended."""
    today = legal_day(at)
    TenantInvitation.objects.filter(state=InvitationState.OPEN, last_day__lt=today).update(
        state=InvitationState.LAPSED, closed_at=at
    )
    due = HomeBinding.objects.filter(last_day__lt=today)
    return bindings_end(actor=actor, bindings=due, reason=str(_("The tenancy is over")), at=at)


def bindings_follow_owners(
    *, actor: Actor, unit: Unit, spells: Iterable[Ownership], reason: str, at: datetime
) -> None:
    """After a change of owner: bindings of former owners end the same day, and the tenancies
    they invited; who stays is bound as what they are now. Tenants bound with a filed lease stay
    (Civil Code, article 725)."""
    now = {spell.person_id: kind_of(spell) for spell in spells if spell.person_id}
    owners = HomeBinding.objects.filter(
        unit=unit, ended_at=None, kind__in=[BindingKind.OWNER, BindingKind.CO_OWNER]
    )
    bindings_end(actor=actor, bindings=owners.exclude(person_id__in=now), reason=reason, at=at)
    for person, kind in now.items():
        owners.filter(person_id=person).exclude(kind=kind).update(kind=kind)


def kind_of(spell: Ownership) -> str:
    """Owner of the whole, or co-owner."""
    return BindingKind.OWNER if spell.share_num == spell.share_den else BindingKind.CO_OWNER


def _own(actor: Actor, user: User) -> None:
    if actor.kind is not ActorKind.SYSTEM and actor.user_id != user.pk:
        raise Refused(_("You may only bind your own account."))


def _witness_post(actor: Actor, witness: User, unit: Unit, at: datetime) -> Post | None:
    """A post of the witness that is an official's and reaches the home."""
    if actor == SYSTEM:
        return None
    places = [unit.area_id, unit.committee_id, unit.subdistrict_id, unit.district_id]
    posts = (
        Post.objects.valid_on(legal_day(at))
        .filter(user=witness, role__in=WITNESS_ROLES, user__is_active=True)
        .exclude(pk=actor.post_id or 0)
        .filter(
            Q(area_id__in=[p for p in places if p])
            | Q(area__level=0)
            | Q(area=None, organisation__area_id__in=[p for p in places if p])
            | Q(area=None, organisation__area__level=0)
        )
    )
    post = posts.order_by("pk").first()
    if post is None:
        raise InvalidInput(
            {"witness": [_("The witness is a second official whose post reaches this home.")]}
        )
    return post


def _values(unit: Unit, at: datetime, **more: Any) -> dict[str, Any]:
    return {"home": unit.address_words, "day": legal_day(at).isoformat(), **more}


def _bind(
    actor: Actor,
    at: datetime,
    *,
    user: User,
    unit: Unit,
    person: Person,
    kind: str,
    method: str,
    reason: str,
    **more: Any,
) -> HomeBinding:
    if not user.phone:
        raise Conflict(_("The account has no sign-in phone."))
    if unit.state != UnitState.ACTIVE:
        raise Conflict(_("The unit is not in use any more."))
    phone = vault.search_hash("phone", rules.phone_normal(user.phone))
    # A tenancy that is over but not yet written as ended must not stand in the way.
    over = HomeBinding.objects.filter(user=user, unit=unit, last_day__lt=legal_day(at))
    bindings_end(actor=SYSTEM, bindings=over, reason=str(_("The tenancy is over")), at=at)
    with told():
        binding = HomeBinding.objects.create(
            area_id=unit.area_id, user=user, unit=unit, person=person, kind=kind,
            method=method, reason=reason, bound_at=at, phone_hash=phone, **more,
        )  # fmt: skip
        binding.refresh_from_db()
    journal.record(
        actor=actor, action=BOUND, at=at, target=binding, reason=reason,
        changes={"papers": [None, list(binding.papers)]} if binding.papers else None,
    )  # fmt: skip
    tell(user, "registry.home_bound", _values(unit, at))
    others = (
        HomeBinding.objects.active()
        .filter(unit=unit, kind__in=[BindingKind.OWNER, BindingKind.CO_OWNER])
        .exclude(user=user)
        .select_related("user")
    )
    for other in others:
        values = _values(unit, at, kind=BindingKind(kind).label)
        tell(other.user, "registry.owner_told_bound", values)
    return binding
