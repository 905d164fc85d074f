"""Boundaries of areas and divisions, as polygons in WGS-84."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .areas import Area, point_range
from .divisions import Division


class Boundary(models.Model):
    """The outline of one area or one division, from day to day."""

    area = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, related_name="boundaries")
    division = models.ForeignKey(
        Division, models.CASCADE, null=True, blank=True, related_name="boundaries"
    )
    shape = models.JSONField(_("outline"))  # GeoJSON MultiPolygon, WGS-84, longitude first
    simple_shape = models.JSONField(_("outline for drawing"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(_("source"), max_length=200)
    as_of = models.DateField(_("as of"))
    valid = DateRangeField(_("valid"))
    repairs = models.JSONField(_("repairs"), default=list, blank=True)

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(area__isnull=False, division__isnull=True)
                | Q(area__isnull=True, division__isnull=False),
                name="reference_boundary_of_one",
                violation_error_message=_("A boundary is of one area or one division."),
            ),
            ExclusionConstraint(
                name="reference_boundary_area_once",
                expressions=[
                    (point_range("area_id"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(area__isnull=False),
                violation_error_message=_("An area has one boundary at a time."),
            ),
            ExclusionConstraint(
                name="reference_boundary_division_once",
                expressions=[
                    (point_range("division_id"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(division__isnull=False),
                violation_error_message=_("A division has one boundary at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area or self.division}"


class Backdrop(models.Model):
    """What lies under the points of a map: river, parks and streets of the city; at most one.

    ``features`` are GeoJSON lines and polygons in WGS-84 with ``kind`` (river, park, street),
    ``level`` (1 ring or express, 2 main, 3 secondary, 4 lane) and ``name``.
    """

    features = models.JSONField(_("lines"), default=list)
    source = models.CharField(_("source"), max_length=200)
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("backdrop of maps")
        verbose_name_plural = _("backdrops of maps")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="reference_backdrop_one",
                violation_error_message=_("The city has a backdrop already."),
            )
        ]

    def __str__(self) -> str:
        return self.source
