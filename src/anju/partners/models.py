"""Partners' reports, the calls they repeat, and what their webhooks are told."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import ApiKey, Organisation, User
from anju.core.actors import Actor, ActorKind
from anju.reference.models import PlacedModel, PlacedQuerySet
from anju.registry.models import ChangeRequest

from .rules import OLD_SECRET_GOOD
from .states import DeliveryState, EndpointState, EventKind, Failure, ReportState, SubjectKind

WEBHOOK_VIEW = "partners:webhook_view"


class ReportQuerySet(PlacedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Officials by place; a partner its own organisation's."""
        if actor.kind is ActorKind.PARTNER:
            return self.filter(organisation_id=actor.organisation_id or 0)
        return super().visible_to(actor)


class CorrectionReport(PlacedModel):
    """A partner's word that a value of the register is wrong, and what became of it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    reference = models.CharField(_("partner's reference"), max_length=60)
    subject_kind = models.CharField(_("kind"), max_length=12, choices=SubjectKind)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(_("of"), max_length=200)
    field = models.CharField(_("field"), max_length=30)
    stated_value = models.CharField(_("stated value"), max_length=300, blank=True)
    right_value = models.CharField(_("right value"), max_length=300)
    held_value = models.CharField(_("value held at receipt"), max_length=300, blank=True)
    evidence = models.TextField(_("evidence"), max_length=2000)
    state = models.CharField(
        _("state"), max_length=12, choices=ReportState, default=ReportState.RECEIVED
    )
    received_at = models.DateTimeField(_("received"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    change = models.ForeignKey(
        ChangeRequest, models.PROTECT, null=True, related_name="+", verbose_name=_("change")
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner's report")
        verbose_name_plural = _("partners' reports")
        indexes = [
            models.Index(fields=["organisation", "id"], name="partners_report_own"),
            models.Index(fields=["-received_at"], name="partners_report_newest"),
            models.Index(fields=["district", "state"], name="partners_report_dist"),
            models.Index(fields=["subdistrict", "state"], name="partners_report_subd"),
            models.Index(fields=["committee", "state"], name="partners_report_comm"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reference"],
                name="partners_report_reference_once",
                violation_error_message=_("A report with this reference is on file."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "withdrawn"], decided_at=None)
                | Q(state__in=["accepted", "corrected", "refused"], decided_at__isnull=False),
                name="partners_report_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""),
                name="partners_report_refused_with_reason",
                violation_error_message=_("Say why the report is refused."),
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(change__isnull=False),
                name="partners_report_accepted_with_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} · {self.reference}"

    @property
    def journal_label(self) -> str:
        return str(self)


class RepeatableCall(models.Model):
    """The answer to one unsafe call of a partner, so that a repeated call does nothing twice."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    idempotency_key = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null only inside the transaction
    answer = models.TextField(blank=True)  # the bytes of the answer, which are JSON
    called_at = models.DateTimeField()

    class Meta:
        verbose_name = _("repeatable call")
        verbose_name_plural = _("repeatable calls")
        indexes = [models.Index(fields=["called_at"], name="partners_call_old")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "idempotency_key"], name="partners_call_once_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for who keeps them."""
        return self if actor.can(WEBHOOK_VIEW) else self.none()


class Endpoint(models.Model):
    """An address of a partner that is told of events. Its secrets are sealed."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    name = models.CharField(_("used for"), max_length=80)
    address = models.CharField(_("address"), max_length=300)
    kinds = ArrayField(
        models.CharField(max_length=30, choices=EventKind), verbose_name=_("is told of")
    )
    secret_sealed = models.BinaryField()
    old_secret_sealed = models.BinaryField(null=True)
    rotated_at = models.DateTimeField(_("secret changed"), null=True)
    state = models.CharField(
        _("state"), max_length=12, choices=EndpointState, default=EndpointState.ACTIVE
    )
    disabled_at = models.DateTimeField(_("switched off"), null=True)
    disabled_reason = models.CharField(_("why it is off"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("entered"))
    delivered_at = models.DateTimeField(_("last delivery"), null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "address"],
                name="partners_endpoint_once",
                violation_error_message=_("This organisation has an endpoint at this address."),
            ),
            models.CheckConstraint(
                condition=Q(state="active", disabled_at=None)
                | Q(state="disabled", disabled_at__isnull=False),
                name="partners_endpoint_disabled",
            ),
            models.CheckConstraint(
                condition=Q(kinds__len__gt=0),
                name="partners_endpoint_kinds",
                violation_error_message=_("Choose what the endpoint is told of."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return f"{self.organisation_id} {self.name}"

    def old_secret_runs(self, at: datetime) -> bool:
        """Whether messages still carry a signature by the secret before."""
        return (
            self.old_secret_sealed is not None
            and self.rotated_at is not None
            and at < self.rotated_at + OLD_SECRET_GOOD
        )


class Event(models.Model):
    """Something partners may be told of, written in the transaction in which it happened.

    ``sequence`` is given by the one dispatcher after the commit: a row that commits late is
    found late, and never passed over. Rows of the register's tables come from triggers.
    """

    uid = models.CharField(max_length=40, unique=True)
    kind = models.CharField(_("event"), max_length=30, choices=EventKind)
    subject_type = models.CharField(max_length=60)  # app.model
    subject_id = models.BigIntegerField()
    data = models.JSONField()
    organisation = models.ForeignKey(  # told to this one's endpoints alone; null: to everybody's
        Organisation, models.PROTECT, null=True, related_name="+"
    )
    happened_at = models.DateTimeField(_("happened"))
    sequence = models.BigIntegerField(_("sequence"), null=True, unique=True)
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(
                fields=["id"], name="partners_event_new", condition=Q(sequence__isnull=True)
            ),
            models.Index(fields=["dispatched_at"], name="partners_event_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for who keeps endpoints."""
        return self if actor.can(WEBHOOK_VIEW) else self.none()


class Delivery(models.Model):
    """One event on its way to one endpoint."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    state = models.CharField(
        _("state"), max_length=12, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("written"))
    first_tried_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("next try"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(
                fields=["due_at"], name="partners_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["endpoint", "-id"], name="partners_delivery_of"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="partners_delivery_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False, ended_at=None)
                | (~Q(state="waiting") & Q(due_at=None, ended_at__isnull=False)),
                name="partners_delivery_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")),
                name="partners_delivery_order",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"


class DeliveryTry(models.Model):
    """One try of a delivery and what came back."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    tried_at = models.DateTimeField(_("tried"))
    status = models.PositiveSmallIntegerField(_("answer's status"), null=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    failure = models.CharField(_("why it failed"), max_length=12, choices=Failure, blank=True)
    answer = models.CharField(_("answer, cut"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self) -> str:
        return f"{self.delivery} {self.tried_at}"
