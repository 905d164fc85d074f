"""Changes that need two pairs of eyes, and where a value came from."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import ChangeState
from .base import place_indexes


class ChangeRequestQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """What the company itself proposed."""
        return self.filter(organisation_id=actor.organisation_id or 0)


class ChangeRequest(PlacedModel):
    """A proposed change of named fields, made when a second person approves it."""

    action = models.CharField(_("change"), max_length=40)  # a service of the register
    target_type = models.CharField(max_length=60)  # app.model
    target_id = models.BigIntegerField()
    target_label = models.CharField(_("of"), max_length=200)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    organisation_id = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(_("proposed at"))
    reviewed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_note = models.CharField(_("note of the reviewer"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=ChangeState, default=ChangeState.PROPOSED
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="registry_change_target"),
            *place_indexes("registry_change", "state", "proposed_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("proposed_by")),
                name="registry_change_two_people",
                violation_error_message=_("Another person must review the change."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn"], reviewed_by=None)
                | Q(state__in=["approved", "refused"], reviewed_by__isnull=False),
                name="registry_change_reviewed",
                violation_error_message=_("A decided change names its reviewer."),
            ),
            models.UniqueConstraint(
                fields=["target_type", "target_id", "action"],
                condition=Q(state="proposed"),
                name="registry_change_one_open",
                violation_error_message=_("A change of this kind waits for review already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"

    @property
    def journal_label(self) -> str:
        return str(self)


class FieldProvenance(models.Model):
    """Where the values of a row came from: source, values by field, and the day they were true."""

    target_type = models.CharField(max_length=60)  # app.model
    target_id = models.BigIntegerField()
    source = models.CharField(_("source"), max_length=120)
    values = models.JSONField(_("values"))  # field → value as the source wrote it
    as_of = models.DateField(_("as of"))
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("provenance")
        verbose_name_plural = _("provenance")
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="registry_provenance_target")
        ]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}: {self.source}"
