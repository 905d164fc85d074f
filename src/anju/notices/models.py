"""Messages that leave the platform and messages inside it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, ActorKind

from .states import Channel, MessageState, ReceiptWay

OUTGOING = "notices:outgoing_view"


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def visible_to(self, actor: Actor) -> OutboxQuerySet:
        """Operators see every message, masked; in the demo everybody does."""
        if settings.DEMO or actor.can(OUTGOING):
            return self
        return self.none()


class OutboxMessage(models.Model):
    """A message on its way out. Address and values are encrypted."""

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    to_sealed = models.BinaryField()
    to_masked = models.CharField(_("recipient"), max_length=80)
    to_hash = models.CharField(max_length=64)
    template = models.CharField(_("message"), max_length=80)
    values_sealed = models.BinaryField()
    language = models.CharField(_("language"), max_length=8)
    state = models.CharField(
        _("state"), max_length=12, choices=MessageState, default=MessageState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    failure_code = models.CharField(_("the gateway's code"), max_length=40, blank=True)
    # Codes go out at night too; everything else by text message waits for the morning.
    urgent = models.BooleanField(_("also at night"), default=False)
    wanted_at = models.DateTimeField(_("should go from"), null=True)
    resends = models.PositiveSmallIntegerField(_("sent again"), default=0)
    receipt = models.CharField(_("receipt"), max_length=80, blank=True)
    alarmed_at = models.DateTimeField(null=True)

    objects: ClassVar[OutboxQuerySet] = OutboxQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["due_at"], name="outbox_due", condition=models.Q(state="waiting")),
            models.Index(fields=["-created_at"], name="outbox_newest"),
            models.Index(
                fields=["receipt"], name="outbox_receipt", condition=~models.Q(receipt="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.template}"


class GatewayCall(models.Model):
    """One word of the gateway, by call or when asked: how many receipts were taken or unknown.

    ``digest`` is the signature's hash, so that a call heard twice is one call. Append-only.
    """

    at = models.DateTimeField(_("time"))
    via = models.CharField(_("how"), max_length=8, choices=ReceiptWay)
    digest = models.CharField(max_length=64, unique=True, null=True)
    taken = models.PositiveIntegerField(_("taken"), default=0)
    repeated = models.PositiveIntegerField(_("heard before"), default=0)
    unknown = models.PositiveIntegerField(_("of no message of ours"), default=0)

    class Meta:
        verbose_name = _("call of the gateway")
        verbose_name_plural = _("calls of the gateway")
        indexes = [models.Index(fields=["-at"], name="gatewaycall_newest")]

    def __str__(self) -> str:
        return f"{self.pk} {self.via}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        """The actor's own inbox."""
        if actor.kind is not ActorKind.USER or actor.user_id is None:
            return self.none()
        return self.filter(user_id=actor.user_id)


class Notice(models.Model):
    """A message in somebody's inbox in the platform."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message = models.OneToOneField(OutboxMessage, models.SET_NULL, null=True, related_name="notice")
    template = models.CharField(_("message"), max_length=80)
    values_sealed = models.BinaryField()
    link = models.CharField(_("link"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("received"))
    read_at = models.DateTimeField(_("read"), null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_newest"),
            models.Index(
                fields=["user"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.template}"
