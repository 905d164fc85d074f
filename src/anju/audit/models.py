"""Audit rows, the blocks that seal them and the anchors outside the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, ActorKind, Reach

from .states import Result

VIEW = "audit:event_view"
_SCOPES = ("district", "subdistrict", "committee")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, actor: Actor) -> AuditEventQuerySet:
        """Every row of the actor's place with the right to see the audit; else one's own acts."""
        if actor.kind is not ActorKind.USER or actor.user_id is None:
            return self.none()
        if not actor.can(VIEW):
            return self.filter(user_id=actor.user_id)
        if actor.area_id is None or actor.reach is Reach.CITY:
            return self
        level = str(actor.reach)
        if level in _SCOPES:
            return self.filter(**{f"{level}_id": actor.area_id})
        return self.none()


class AuditEvent(models.Model):
    """Who did what to which thing. Append-only, by month of ``recorded_at`` (migration 0002)."""

    id = models.BigAutoField(primary_key=True)
    era = models.IntegerField(default=1)
    recorded_at = models.DateTimeField(_("recorded"))
    at = models.DateTimeField(_("time"))
    actor_kind = models.TextField()
    role = models.TextField(_("role"))
    user_id = models.BigIntegerField(_("account"), null=True)
    post_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    action = models.TextField(_("action"))
    target_type = models.TextField(_("kind of object"))
    target_id = models.TextField(_("object"))
    target_label = models.TextField()
    reason = models.TextField(_("reason"))
    changes = models.JSONField(_("changes"))
    personal = models.BooleanField(_("personal data in clear"))
    result = models.TextField(_("result"), choices=Result)
    district_id = models.BigIntegerField(null=True)
    subdistrict_id = models.BigIntegerField(null=True)
    committee_id = models.BigIntegerField(null=True)

    objects: ClassVar[AuditEventQuerySet] = AuditEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        managed = False
        db_table = "audit_event"
        verbose_name = _("audit row")
        verbose_name_plural = _("audit rows")

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class AuditBlock(models.Model):
    """A sealed block of committed rows; append-only.

    ``snapshot`` decides which rows belong: those visible in it and not in the block before.
    """

    number = models.BigIntegerField(_("block"), primary_key=True)
    era = models.IntegerField(default=1)
    algorithm = models.CharField(_("algorithm"), max_length=16)
    sealed_at = models.DateTimeField(_("sealed"))
    snapshot = models.TextField()
    first_id = models.BigIntegerField(_("first row"))
    last_id = models.BigIntegerField(_("last row"))
    row_count = models.IntegerField(_("rows"))
    oldest_at = models.DateTimeField(_("oldest row"))
    row_ids = models.JSONField()
    row_hashes = models.BinaryField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("sealed block")
        verbose_name_plural = _("sealed blocks")

    def __str__(self) -> str:
        return f"{self.number} {bytes(self.hash).hex()[:16]}"


class AuditAnchor(models.Model):
    """A head of the chain written down outside the database; append-only."""

    block_number = models.BigIntegerField(_("block"))
    block_hash = models.CharField(_("hash"), max_length=128)
    anchored_at = models.DateTimeField(_("anchored"))
    place = models.CharField(_("written to"), max_length=200)

    class Meta:
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")

    def __str__(self) -> str:
        return f"{self.block_number} {self.block_hash[:16]}"
