"""Accounts bound to homes. An account is not a resident and not an owner."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import BindingKind, BindingMethod
from .base import place_indexes


class HomeBindingQuerySet(PlacedQuerySet):
    def of_owner(self, actor: Actor) -> Self:
        """The actor's own bindings."""
        return self.filter(user_id=actor.user_id or 0)

    def active(self) -> Self:
        return self.filter(ended_at=None)


class HomeBinding(PlacedModel):
    """An account acts for a home, bound for a reason and until an end."""

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
                condition=Q(method="match", witness=None)
                | Q(method="counter", witness__isnull=False),
                name="registry_binding_witness",
                violation_error_message=_("A binding at the counter needs a witness."),
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
