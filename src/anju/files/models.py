"""Attached files. The bytes lie in storage under their hash, once however often they were sent."""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor

from .purposes import PURPOSES
from .states import FileKind, ScanState


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, actor: Actor) -> StoredFileQuerySet:
        """Files of objects the actor may see, of purposes whose permission the actor holds."""
        seen = Q(pk__in=[])
        for purpose in PURPOSES.values():
            if purpose.view and not actor.can(purpose.view):
                continue
            rows = apps.get_model(purpose.owner)._default_manager.visible_to(actor)
            seen |= Q(
                purpose=purpose.name,
                owner_type=purpose.owner,
                owner_id__in=rows.order_by().values("pk"),
            )
        return self.filter(seen, taken_back_at__isnull=True)

    def kept(self) -> StoredFileQuerySet:
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def of(self, owner: models.Model) -> StoredFileQuerySet:
        """Files of one object."""
        return self.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)


class StoredFile(models.Model):
    """A file somebody attached to something."""

    sha256 = models.CharField(_("hash"), max_length=64, db_index=True)
    sent_sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=FileKind)
    media_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    purpose = models.CharField(_("purpose"), max_length=80)
    owner_type = models.CharField(max_length=80)
    owner_id = models.BigIntegerField()
    scan_state = models.CharField(
        _("virus scan"), max_length=12, choices=ScanState, default=ScanState.UNSCANNED
    )
    uploaded_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("uploaded"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True)
    taken_back_by_id = models.BigIntegerField(null=True)
    frozen_at = models.DateTimeField(_("kept with the decision since"), null=True)

    objects: ClassVar[StoredFileQuerySet] = StoredFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="storedfile_owner")]
        constraints = [
            models.CheckConstraint(
                name="storedfile_frozen_or_taken_back",
                condition=Q(frozen_at__isnull=True) | Q(taken_back_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"

    @property
    def path(self) -> str:
        """Where the bytes lie; no name and no extension of the sender's."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
