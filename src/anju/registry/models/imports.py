"""Files brought in by the thousand, with a line for every row."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor, ActorKind, Reach

from ..states import IMPORT_RIGHTS, ImportKind, ImportState, RowOutcome


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Imports of the actor's own organisation; the whole city for its officials.

        Only of the kinds the actor may bring in.
        """
        if actor.reach is Reach.NOTHING or actor.elevation is not None:
            return self.none()
        if actor.kind is ActorKind.SYSTEM:
            return self
        rows = self.filter(kind__in=[k for k, right in IMPORT_RIGHTS.items() if actor.can(right)])
        if actor.reach is Reach.CITY:
            return rows
        if actor.organisation_id is None:
            return self.none()
        return rows.filter(organisation_id=actor.organisation_id or 0)


class ImportBatch(models.Model):
    """One file: previewed, then imported whole or discarded."""

    kind = models.CharField(_("sheet"), max_length=16, choices=ImportKind, default=ImportKind.UNITS)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(editable=False)  # emptied once imported or discarded
    size = models.PositiveIntegerField(_("size"))
    source = models.CharField(_("source"), max_length=120)
    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=16, choices=ImportState)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    organisation_id = models.BigIntegerField(null=True)
    previewed_at = models.DateTimeField(_("previewed at"))
    applied_at = models.DateTimeField(_("imported at"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name

    @property
    def journal_label(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """What became of one row of the file. Rows that changed nothing are counted, not kept."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=RowOutcome)
    # For refused rows: [[column, message key, {values}], …]; turned into sentences when read.
    problems = models.JSONField(_("problems"), default=list)
    unit_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="registry_importrow_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"
