"""Our own table of dated changes of areas of responsibility, and who took over from whom."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.core.actors import Actor

from ..states import AreaChangeState, DivisionChangeKind
from .areas import Area


class AreaChangeQuerySet(models.QuerySet["AreaChange"]):
    def visible_to(self, actor: Actor) -> Self:
        """Changes of places are public business."""
        return self

    def in_force(self) -> Self:
        """Changes that were made, their rows moved or not."""
        return self.filter(state__in=[AreaChangeState.MOVING, AreaChangeState.IN_FORCE])


class AreaChange(models.Model):
    """A change of areas: proposed by one person, confirmed by another, made on its day.

    ``plan`` holds what the kind needs, by area id: ``name``, ``parent``, ``code``, ``children``,
    ``into``, ``kind``. Never deleted; what was wrong is put right by a further change that names
    it in ``undoes``.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=DivisionChangeKind)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="changes", verbose_name=pgettext_lazy("place", "area")
    )
    plan = models.JSONField(_("what changes"), default=dict)
    before = models.JSONField(_("before"), default=dict)
    affected = models.JSONField(default=dict)  # app.model → rows, as of the proposal
    effective_on = models.DateField(_("in force from"))
    document = models.CharField(_("document number"), max_length=80)
    source = models.CharField(_("source"), max_length=200)
    state = models.CharField(
        _("state"), max_length=12, choices=AreaChangeState, default=AreaChangeState.PROPOSED
    )
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    # Accounts stand above places: kept as number and name.
    proposed_by = models.BigIntegerField(null=True)
    proposed_name = models.CharField(_("proposed by"), max_length=80)
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(_("confirmed by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), null=True)
    # Areas whose rows move, and areas whose scope differs until they have.
    inside = ArrayField(models.BigIntegerField(), default=list)
    touched = ArrayField(models.BigIntegerField(), default=list)
    rows_total = models.IntegerField(default=0)
    rows_moved = models.IntegerField(default=0)

    objects = AreaChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an area")
        verbose_name_plural = _("changes of areas")
        ordering = ["-effective_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(proposed_by=None)
                | ~Q(decided_by=F("proposed_by")),
                name="reference_areachange_two_people",
                violation_error_message=_("Another person must confirm the change."),
            ),
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(source=""),
                name="reference_areachange_document",
                violation_error_message=_("Name the document the change rests on."),
            ),
            models.UniqueConstraint(
                fields=["area", "kind"],
                condition=Q(state__in=["proposed", "confirmed"]),
                name="reference_areachange_one_open",
                violation_error_message=_("A change of this kind waits for this area already."),
            ),
            models.UniqueConstraint(
                fields=["undoes"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="reference_areachange_undone_once",
                violation_error_message=_("The change is taken back already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.get_kind_display()} {self.area}"

    @property
    def journal_label(self) -> str:
        return str(self)

    @property
    def percent(self) -> int:
        """How much of the rows has moved, in whole percent."""
        if not self.rows_total:
            return 100
        return min(100, self.rows_moved * 100 // self.rows_total)


class AreaSuccession(models.Model):
    """One area took over from another by a change."""

    change = models.ForeignKey(AreaChange, models.CASCADE, related_name="successions")
    before = models.ForeignKey(Area, models.PROTECT, related_name="successions")
    after = models.ForeignKey(Area, models.PROTECT, related_name="origins")
    ends = models.BooleanField(default=False)  # whether ``before`` is no more

    class Meta:
        verbose_name = _("succession of areas")
        verbose_name_plural = _("successions of areas")
        constraints = [
            models.UniqueConstraint(
                fields=["change", "before", "after"], name="reference_areasuccession_once"
            ),
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="reference_areasuccession_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
