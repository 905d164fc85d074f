"""Accounts bound to homes. An account is not a resident and not an owner."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import BindingKind, BindingMethod, InvitationState, PaperSeen
from .base import Today, place_indexes


class HomeBindingQuerySet(PlacedQuerySet):
    def of_owner(self, actor: Actor) -> Self:
        """The actor's own bindings."""
        return self.filter(user_id=actor.user_id or 0)

    def active(self) -> Self:
        """Bound today: not ended, and a tenancy's last day not over."""
        return self.filter(RUNNING)


# A tenancy ends with its last day, also when the job that writes the end runs late.
RUNNING = Q(ended_at=None) & (Q(last_day=None) | Q(last_day__gte=Today()))


class HomeBinding(PlacedModel):
    """An account acts for a home, bound for a reason and until an end.

    ``rests_on`` is the owner's binding that invited a tenant; ``last_day`` ends a tenancy.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="home_bindings")
    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="bindings")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="bindings")
    kind = models.CharField(_("kind"), max_length=16, choices=BindingKind)
    method = models.CharField(_("bound how"), max_length=16, choices=BindingMethod)
    witness = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("witness"),
    )
    witness_post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("post of the witness"),
    )
    papers = ArrayField(
        models.CharField(max_length=16, choices=PaperSeen),
        default=list,
        blank=True,
        verbose_name=_("papers seen"),
    )
    rests_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="tenancies"
    )
    last_day = models.DateField(_("last day"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    phone_hash = models.BinaryField(max_length=32, editable=False)
    bound_at = models.DateTimeField(_("bound at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HomeBindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("bound home")
        verbose_name_plural = _("bound homes")
        indexes = place_indexes("registry_binding", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"],
                condition=Q(ended_at=None),
                name="registry_binding_once",
                violation_error_message=_("This home is bound to the account already."),
            ),
            models.CheckConstraint(
                condition=Q(method__in=["match", "invitation"], witness=None)
                | Q(method="counter", witness__isnull=False),
                name="registry_binding_witness",
                violation_error_message=_("A binding at the counter needs a witness."),
            ),
            models.CheckConstraint(
                condition=~Q(method="counter") | Q(papers__len__gt=0),
                name="registry_binding_papers",
                violation_error_message=_("Say which papers were seen at the counter."),
            ),
            models.CheckConstraint(
                condition=~Q(method="invitation")
                | Q(kind="tenant", rests_on__isnull=False, last_day__isnull=False),
                name="registry_binding_invited",
                violation_error_message=_("An invitation binds a tenant until a last day."),
            ),
            models.CheckConstraint(
                condition=Q(kind="tenant") | Q(last_day=None, rests_on=None),
                name="registry_binding_tenant_ends",
                violation_error_message=_("Only a tenancy has a last day."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="registry_binding_end",
                violation_error_message=_("Say why the binding ends."),
            ),
            ExclusionConstraint(
                name="registry_binding_one_phone",
                expressions=[
                    ("phone_hash", RangeOperators.EQUAL),
                    ("person", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(ended_at=None),
                violation_error_message=_("This phone is bound to another owner."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.unit_id}"

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"


class TenantInvitationQuerySet(PlacedQuerySet):
    def of_owner(self, actor: Actor) -> Self:
        """Those the actor's own bindings gave out."""
        return self.filter(binding__user_id=actor.user_id or 0)

    def open(self) -> Self:
        """Waiting, and the tenancy not over."""
        return self.filter(state=InvitationState.OPEN, last_day__gte=Today())


class TenantInvitation(PlacedModel):
    """An owner asks a tenant, known by name and phone, to be bound for a period.

    The phone is kept as a keyed hash and a mask only: it is needed in clear once, for the message.
    """

    binding = models.ForeignKey(HomeBinding, models.PROTECT, related_name="invitations")
    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+")
    tenant_name = models.CharField(_("name of the tenant"), max_length=60)
    phone_hash = models.BinaryField(max_length=32, editable=False)
    phone_mask = models.CharField(_("phone of the tenant"), max_length=24)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=12, choices=InvitationState, default=InvitationState.OPEN
    )
    created_at = models.DateTimeField(_("invited"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    accepted = models.OneToOneField(
        HomeBinding, models.PROTECT, null=True, related_name="invitation"
    )

    objects = TenantInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of a tenant")
        verbose_name_plural = _("invitations of tenants")
        indexes = [
            models.Index(
                fields=["phone_hash"],
                name="registry_invitation_phone",
                condition=Q(state="open"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="registry_invitation_days",
                violation_error_message=_("The tenancy ends before it begins."),
            ),
            models.UniqueConstraint(
                fields=["unit", "phone_hash"],
                condition=Q(state="open"),
                name="registry_invitation_once",
                violation_error_message=_("This phone is invited to the home already."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="registry_invitation_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.tenant_name}"

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"
