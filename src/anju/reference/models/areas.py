"""Areas of responsibility, with their earlier names and the areas they lay in."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.text import fold, initials, pinyin, sort_key

from ..states import AreaKind, AreaLevel


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, actor: Actor) -> Self:
        """Places are public."""
        return self

    def valid_on(self, day: date) -> Self:
        """Areas that exist on a day."""
        rows = self.filter(valid_from__lte=day).exclude(valid_to__lte=day)
        return rows.exclude(gaps__period__contains=day)

    def within(self, area: Area) -> Self:
        """The area itself and everything below it."""
        column = {1: "district", 2: "subdistrict", 3: "committee"}.get(area.level)
        return self.filter(**{column: area}) if column else self

    def named(self, words: str) -> Self:
        """Areas whose name, pinyin, initials or code holds the words."""
        words = fold(words)
        if not words:
            return self
        return self.filter(Q(search_key__contains=words) | Q(code__startswith=words))


def point_range(column: str) -> Func:
    """A range of one id: lets an exclusion constraint compare ids without an extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


class Area(models.Model):
    """An area of responsibility: who answers for this place (not the administrative division)."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=AreaKind)
    level = models.PositiveSmallIntegerField(_("level"), choices=AreaLevel)
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=320, editable=False)
    # The folded name, its pinyin and its initials, for finding by part.
    search_key = models.TextField(editable=False, default="", db_default="")
    division = models.ForeignKey(
        "Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="areas",
        verbose_name=_("administrative division"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # The path to the root, this area included; kept by trigger so that scope is an index.
    district = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+"
    )
    subdistrict = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+"
    )
    committee = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+"
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    # Who answers for the rows of an area that is no more; its path is the successor's.
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="predecessors"
    )
    # Rows of this place are being moved in the background (services/moving.py).
    unsettled = models.BooleanField(default=False, db_default=False, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area of responsibility")
        verbose_name_plural = _("areas of responsibility")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="reference_area_valid_order",
                violation_error_message=_("An area ends after the day it begins."),
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(valid_to__isnull=False),
                name="reference_area_successor_of_ended",
                violation_error_message=_("Only an area that is no more has a successor."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort and search keys in step with the name."""
        self.sort_key, self.search_key = area_keys(self.name)
        if (fields := kwargs.get("update_fields")) and "name" in fields:
            kwargs["update_fields"] = {*fields, "sort_key", "search_key"}
        super().save(*args, **kwargs)

    @property
    def journal_label(self) -> str:
        return self.name


def area_keys(name: str) -> tuple[str, str]:
    """Sort key and search key of a name; for rows written past ``save`` (COPY)."""
    return sort_key(name), f"{fold(name)} {pinyin(name)} {initials(name)}"


class AreaName(models.Model):
    """The name an area carried, from day to day; the open one is its name today."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=80)
    period = DateRangeField(_("period"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("name of an area")
        verbose_name_plural = _("names of areas")
        constraints = [
            ExclusionConstraint(
                name="reference_areaname_one_at_a_time",
                expressions=[
                    (point_range("area_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("An area carries one name at a time."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AreaParent(models.Model):
    """The area another one lay in, from day to day."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Area, models.PROTECT, related_name="+")
    period = DateRangeField(_("period"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("belonging of an area")
        verbose_name_plural = _("belongings of areas")
        constraints = [
            ExclusionConstraint(
                name="reference_areaparent_one_at_a_time",
                expressions=[
                    (point_range("area_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("An area lies in one other at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} < {self.parent}"


class AreaCode(models.Model):
    """The code an area bore, from day to day."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=12)
    period = DateRangeField(_("period"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("code of an area")
        verbose_name_plural = _("codes of areas")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{2,12}$"),
                name="reference_areacode_digits",
                violation_error_message=_("A code has 2 to 12 digits."),
            ),
            ExclusionConstraint(
                name="reference_areacode_one_at_a_time",
                expressions=[
                    (point_range("area_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("An area bears one code at a time."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AreaGap(models.Model):
    """Days on which an area did not exist, between its end and its restoration."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="gaps")
    period = DateRangeField(_("period"))

    class Meta:
        verbose_name = _("gap of an area")
        verbose_name_plural = _("gaps of areas")

    def __str__(self) -> str:
        return f"{self.area} {self.period}"
