"""Exports of long lists: what was asked, how far it is, where the file lies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Post, User
from anju.core.actors import Actor, ActorKind

from .states import ACTIVE, ExportState, Reason


class ListExportQuerySet(models.QuerySet["ListExport"]):
    def visible_to(self, actor: Actor) -> ListExportQuerySet:
        """The person's own, from whichever post they were asked."""
        if actor.kind is not ActorKind.USER or actor.user_id is None:
            return self.none()
        return self.filter(user_id=actor.user_id)

    def active(self) -> ListExportQuerySet:
        """Waiting or being written."""
        return self.filter(state__in=ACTIVE)


class ListExport(models.Model):
    """One long list on its way to a file; the bytes lie in storage under ``path``.

    ``scope`` says what the post reached when it was asked; it must still be so when the file is
    written and each time it is fetched. ``attempt`` counts the workers that began: only the last
    may finish.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    scope = models.CharField(max_length=120)
    list_name = models.CharField(_("list"), max_length=60)
    title = models.CharField(_("list"), max_length=120)
    query = models.CharField(_("conditions"), max_length=1000, blank=True)
    file_format = models.CharField(_("format"), max_length=8)
    language = models.CharField(max_length=8)
    personal = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=12, choices=ExportState, default=ExportState.WAITING
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    rows_total = models.PositiveBigIntegerField(_("rows"))
    rows_done = models.PositiveBigIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(_("asked"))
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    path = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[ListExportQuerySet] = ListExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="exports_newest"),
            models.Index(
                fields=["state"],
                name="exports_unsettled",
                condition=Q(state__in=["waiting", "running", "ready"]) | ~Q(path=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="exports_ready_has_file",
                condition=~Q(state="ready")
                | Q(
                    ~Q(path=""),
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                    rows_done=F("rows_total"),
                ),
            ),
            models.CheckConstraint(
                name="exports_failure_has_reason",
                condition=~Q(state__in=["failed", "refused"]) | ~Q(reason=""),
            ),
            models.UniqueConstraint(
                name="exports_one_file", fields=["path"], condition=~Q(path="")
            ),
            models.UniqueConstraint(
                name="exports_asked_once",
                fields=["user", "post", "list_name", "query", "file_format"],
                condition=Q(state__in=["waiting", "running"]),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"  # its title is in the language of whoever asked

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def storage_path(self) -> str:
        """Where this attempt's file lies; no name of a list, and no other attempt's place."""
        return f"exports/{self.pk}-{self.attempt}"
