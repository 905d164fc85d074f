"""Ownership spells: who owned which share of a unit, from day to day."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..states import OwnershipSource
from .base import DatedModel, DatedQuerySet


class Ownership(DatedModel):
    """A share of a unit held by a person or a company.

    The shares of a unit add to exactly one on every day from its first spell to its last
    (deferred constraint trigger). The developer's unsold stock is a spell flagged ``is_unsold``.
    """

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ownerships",
        verbose_name=_("person"),
    )
    company = models.ForeignKey(
        "registry.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ownerships",
        verbose_name=_("company"),
        db_index=False,
    )
    share_num = models.PositiveIntegerField(_("share"), default=1)
    share_den = models.PositiveIntegerField(_("of"), default=1)
    is_unsold = models.BooleanField(_("developer's unsold stock"), default=False)
    source = models.CharField(_("source"), max_length=16, choices=OwnershipSource)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        indexes = [
            models.Index(
                fields=["company"], name="registry_owner_company", condition=Q(person=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, company__isnull=False)
                | Q(person__isnull=False, company=None),
                name="registry_owner_one_party",
                violation_error_message=_("An owner is either a person or a company."),
            ),
            models.CheckConstraint(
                condition=Q(share_num__gte=1, share_num__lte=F("share_den"), share_den__lte=10_000),
                name="registry_owner_share",
                violation_error_message=_("A share lies above zero and up to one."),
            ),
            models.CheckConstraint(
                condition=Q(is_unsold=False) | Q(person=None),
                name="registry_owner_unsold",
                violation_error_message=_("Unsold stock belongs to a developer."),
            ),
            ExclusionConstraint(
                name="registry_owner_once",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (Coalesce(F("person_id"), -F("company_id")), RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This owner is on file for the unit in this period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.company} {self.share_num}/{self.share_den}"

    @property
    def owner(self) -> models.Model | None:
        """The person or the company."""
        return self.person or self.company
