"""Complaints of people about a read of their personal data."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import ComplaintState


class ReadComplaintQuerySet(PlacedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; every one for those who answer or audit."""
        if actor.elevation is not None:
            return super().visible_to(actor)
        if actor.can("audit:complaint_view"):
            return self
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class ReadComplaint(PlacedModel):
    """Somebody asks why their data was read; the audit administrator answers in words.

    ``event_id`` is the audit row of the read: append-only, by month, hence no foreign key.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="read_complaints")
    event_id = models.BigIntegerField(_("audit row"))
    text = models.CharField(_("complaint"), max_length=1000)
    state = models.CharField(
        _("state"), max_length=12, choices=ComplaintState, default=ComplaintState.RECEIVED
    )
    raised_at = models.DateTimeField(_("raised"))
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = ReadComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint about a read")
        verbose_name_plural = _("complaints about reads")
        indexes = [models.Index(fields=["state", "raised_at"], name="registry_complaint_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event_id"],
                name="registry_complaint_once",
                violation_error_message=_("You complained about this read already."),
            ),
            models.CheckConstraint(
                condition=Q(state="received", answered_at=None, answer="")
                | (~Q(state="received") & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="registry_complaint_answered",
                violation_error_message=_("Write the answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"
