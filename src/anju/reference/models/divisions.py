"""Administrative divisions of the state, and our own table of their dated changes."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.text import fold

from ..states import DivisionChangeKind, DivisionLevel
from .areas import area_keys


class DivisionQuerySet(models.QuerySet["Division"]):
    def visible_to(self, actor: Actor) -> Self:
        """Divisions are public."""
        return self

    def valid_on(self, day: date) -> Self:
        """Divisions that exist on a day."""
        return self.filter(valid__contains=day)

    def named(self, words: str) -> Self:
        """Divisions whose name, pinyin, initials or code holds the words."""
        words = fold(words)
        if not words:
            return self
        return self.filter(Q(search_key__contains=words) | Q(code__startswith=words))


class Division(models.Model):
    """A unit of the state's own tree, with the statistics bureau's code."""

    code = models.CharField(_("code"), max_length=12)
    level = models.PositiveSmallIntegerField(_("level"), choices=DivisionLevel)
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=320, editable=False)
    search_key = models.TextField(editable=False, default="", db_default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    valid = DateRangeField(_("valid"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative division")
        verbose_name_plural = _("administrative divisions")
        constraints = [
            ExclusionConstraint(
                name="reference_division_code_once",
                expressions=[
                    # A code names one division at a time; text has no range, so its number does.
                    (
                        models.Func(
                            models.functions.Cast("code", models.BigIntegerField()),
                            models.functions.Cast("code", models.BigIntegerField()),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("A code names one division at a time."),
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{2,12}$"),
                name="reference_division_code_digits",
                violation_error_message=_("The code of a division is 2 to 12 digits."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort and search keys in step with the name."""
        self.sort_key, self.search_key = area_keys(self.name)
        super().save(*args, **kwargs)

    @property
    def journal_label(self) -> str:
        return f"{self.code} {self.name}"


class DivisionChange(models.Model):
    """A dated change of a division: renamed, merged, split, moved, founded or dissolved."""

    kind = models.CharField(_("kind"), max_length=16, choices=DivisionChangeKind)
    effective_on = models.DateField(_("in force from"))
    before = models.ManyToManyField(
        Division, related_name="changes_after", blank=True, verbose_name=_("before")
    )
    after = models.ManyToManyField(
        Division, related_name="changes_before", blank=True, verbose_name=_("after")
    )
    note = models.CharField(_("what changed"), max_length=300)
    source = models.CharField(_("source"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of divisions")
        verbose_name_plural = _("changes of divisions")
        ordering = ["-effective_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                "effective_on",
                "kind",
                "note",
                name="reference_divisionchange_once",
                violation_error_message=_("This change is recorded already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.note}"

    @property
    def journal_label(self) -> str:
        return self.note
