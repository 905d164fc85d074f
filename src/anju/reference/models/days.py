"""The calendar: published days, corrections by officials, and deadlines that lean on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..states import DaySource, Holiday


class CalendarDay(models.Model):
    """One statement about one day; the newest of a day stands, older ones are kept."""

    day = models.DateField(_("day"))
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=DaySource)
    source_name = models.CharField(_("document"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.CharField(_("recorded by"), max_length=80)
    superseded_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(superseded_at__isnull=True),
                name="reference_calendarday_one_stands",
                violation_error_message=_("Somebody else changed this day meanwhile."),
            ),
            models.CheckConstraint(
                condition=~Q(source="corrected") | ~Q(reason=""),
                name="reference_calendarday_correction_reason",
                violation_error_message=_("Write why the day is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    @property
    def label(self) -> Any:
        """The name in the reader's language where the calendar knows it."""
        return Holiday(self.name).label if self.name in Holiday.values else self.name

    @property
    def journal_label(self) -> str:
        return f"{self.day} {self.name}".strip()


class CalendarYear(models.Model):
    """A year whose days the state has published: its deadlines are final."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source_name = models.CharField(_("document"), max_length=200)
    loaded_at = models.DateTimeField(_("loaded"))
    loaded_by = models.CharField(_("loaded by"), max_length=80)

    class Meta:
        verbose_name = _("published year")
        verbose_name_plural = _("published years")

    def __str__(self) -> str:
        return str(self.year)
