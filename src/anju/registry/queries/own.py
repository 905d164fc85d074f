"""What an account may know of its own homes: invitations, who is bound, who read its data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from anju.access.models import Organisation, User
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.audit.queries import readings_of
from anju.core.actors import Actor
from anju.core.journal import ACTIONS

from .. import rules, vault
from ..models import HomeBinding, ReadComplaint, TenantInvitation, Unit
from ..states import BindingKind, InvitationState

ADDRESS = ("unit__community", "unit__building", "unit__stairwell")


def own_bindings(actor: Actor) -> QuerySet[HomeBinding]:
    """Bindings of the actor's own account that run."""
    return (
        HomeBinding.objects.visible_to(actor)
        .active()
        .filter(user_id=actor.user_id or 0)
        .select_related(*ADDRESS, "unit__district", "person")
        .order_by("bound_at", "pk")
    )


def housemates(bindings: list[HomeBinding]) -> dict[int, list[HomeBinding]]:
    """Everybody bound to homes of which these bindings are an owner's, by home; names masked."""
    homes = [b.unit_id for b in bindings if b.kind != BindingKind.TENANT]
    found: dict[int, list[HomeBinding]] = {}
    rows = HomeBinding.objects.active().filter(unit__in=homes).select_related("user", "person")
    for row in rows.order_by("bound_at", "pk"):
        row.masked = rules.mask_name(row.person.name)  # type: ignore[attr-defined]
        found.setdefault(row.unit_id, []).append(row)
    return found


def invitations_given(actor: Actor) -> dict[int, list[TenantInvitation]]:
    """Open invitations that the actor gave out, by home."""
    found: dict[int, list[TenantInvitation]] = {}
    for row in TenantInvitation.objects.visible_to(actor).open().order_by("created_at"):
        found.setdefault(row.unit_id, []).append(row)
    return found


def invitations_for(user: User, *, today: date) -> QuerySet[TenantInvitation]:
    """Open invitations to the phone of an account that proved it."""
    if not user.phone or user.phone_verified_at is None:
        return TenantInvitation.objects.none()
    return (
        TenantInvitation.objects.filter(
            phone_hash=vault.search_hash("phone", rules.phone_normal(user.phone)),
            state=InvitationState.OPEN,
            last_day__gte=today,
            binding__ended_at=None,
        )
        .select_related(*ADDRESS, "binding__user")
        .order_by("created_at")
    )


def readings_for(actor: Actor) -> QuerySet[AuditEvent]:
    """Each read in clear of the data of a person or a home bound to the actor, newest first.

    Reads of a home count from the day it was bound; one's own are left out.
    """
    wanted = Q(pk=None)
    for binding in own_bindings(actor):
        wanted |= Q(target_type="registry.person", target_id=str(binding.person_id))
        wanted |= Q(target_type="registry.homebinding", target_id=str(binding.pk))
        wanted |= Q(
            target_type="registry.unit",
            target_id=str(binding.unit_id),
            recorded_at__gte=binding.bound_at,
        )
    return readings_of(wanted).exclude(user_id=actor.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One read as its owner sees it: the office and the post, never the official's own name."""

    event: AuditEvent
    organisation: str
    post: str
    what: str
    whose: str
    complaint: ReadComplaint | None = field(default=None)


def readings_dressed(actor: Actor, events: list[AuditEvent]) -> list[Reading]:
    """Reads with the words a person needs."""
    offices = dict(
        Organisation.objects.filter(
            pk__in={e.organisation_id for e in events if e.organisation_id}
        ).values_list("pk", "name")
    )
    complaints = {
        c.event_id: c
        for c in ReadComplaint.objects.filter(
            user_id=actor.user_id or 0, event_id__in=[e.pk for e in events]
        )
    }
    bindings = list(own_bindings(actor))
    people = {str(b.person_id): b.person.name for b in bindings}
    homes = {str(b.unit_id): b.unit.address_words for b in bindings}
    roles: dict[str, Any] = dict(Role.choices)
    found = []
    for event in events:
        names = people if event.target_type == "registry.person" else homes
        found.append(
            Reading(
                event=event,
                organisation=offices.get(event.organisation_id or 0, ""),
                post=str(roles.get(event.role, event.role)),
                what=str(ACTIONS.get(event.action, event.action)),
                whose=names.get(event.target_id, ""),
                complaint=complaints.get(event.pk),
            )
        )
    return found


# An owner's part counts before a co-owner's, and a tenant's last.
_RANK = {BindingKind.OWNER: 0, BindingKind.CO_OWNER: 1, BindingKind.TENANT: 2}


def residences(*, user_id: int) -> list[tuple[int, str, str]]:
    """Homes an account is bound to today, an owner's before a tenant's: key, role, address."""
    bound = HomeBinding.objects.active().filter(user_id=user_id).select_related(*ADDRESS)
    rows = sorted(bound, key=lambda b: (_RANK[BindingKind(b.kind)], b.bound_at, b.pk))
    return [(b.unit_id, Role(b.kind).value, b.unit.address_words) for b in rows]


def data_owners(rows: list[str]) -> dict[int, list[str]]:
    """Account → words for those of the named rows (``app.model:pk``) that are its own data."""
    named: dict[str, list[int]] = {}
    for row in rows:
        label, _colon, key = row.partition(":")
        named.setdefault(label, []).append(int(key))
    bound = HomeBinding.objects.active().filter(
        Q(person__in=named.get("registry.person", []))
        | Q(unit__in=named.get("registry.unit", []))
        | Q(pk__in=named.get("registry.homebinding", []))
        | Q(invitations__in=named.get("registry.tenantinvitation", []))
    )
    found: dict[int, list[str]] = {}
    for binding in bound.select_related(*ADDRESS).order_by("pk").distinct():
        words = found.setdefault(binding.user_id, [])
        if binding.unit.address_words not in words:
            words.append(binding.unit.address_words)
    complaints = ReadComplaint.objects.filter(pk__in=named.get("registry.readcomplaint", []))
    for complaint in complaints:
        found.setdefault(complaint.user_id, []).append(complaint.journal_label)
    return found


def homes_to_bind(*, building_id: int, words: str) -> QuerySet[Unit]:
    """Numbers of a building for choosing one's own: nothing about who owns them."""
    rows = Unit.objects.active().filter(building_id=building_id).select_related("stairwell")
    if words:
        rows = rows.filter(number__icontains=words)
    return rows.order_by("sort_key", "pk")
