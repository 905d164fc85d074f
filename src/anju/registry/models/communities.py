"""Communities, their buildings and stairwells."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import BuildingState, BuildingUse, CommunityKind, CommunityState, Structure
from .base import DatedModel, DatedQuerySet, one_at_a_time, place_indexes, sort_field


class CommunityQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Communities with a building in a management area the company serves today."""
        return self.filter(
            pk__in=Building.objects.of_company(actor).values("community_id"),
        )

    def of_owner(self, actor: Actor) -> Self:
        """Communities of the actor's homes."""
        return self.filter(
            pk__in=_bound_units(actor).values("unit__community_id"),
        )

    def published(self) -> Self:
        """Communities in use are public."""
        return self.filter(state=CommunityState.ACTIVE)


def _bound_units(actor: Actor) -> models.QuerySet:
    from .bindings import HomeBinding

    return HomeBinding.objects.active().filter(user_id=actor.user_id or 0)


class Community(PlacedModel):
    """A community (小区): the place people name."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    sort_key = sort_field()
    kind = models.CharField(_("kind"), max_length=16, choices=CommunityKind)
    is_old = models.BooleanField(_("old community"), default=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    built_year = models.PositiveSmallIntegerField(
        _("built in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    # WGS-84 degrees of a point inside; the outline is a GeoJSON polygon.
    longitude = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    latitude = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    outline = models.JSONField(_("outline"), null=True, blank=True)
    developer = models.ForeignKey(
        "registry.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="built_communities",
        verbose_name=_("developer"),
    )
    state = models.CharField(_("state"), max_length=16, choices=CommunityState, default="active")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_community_sort"),
            *place_indexes("registry_community", "sort_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="registry_community_point",
                violation_error_message=_("Give both longitude and latitude in degrees."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", closed_on=None)
                | models.Q(state="closed", closed_on__isnull=False),
                name="registry_community_closed_on",
                violation_error_message=_("A closed community has a day of closing."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name


class CommunityName(DatedModel):
    """A name the community bore from day to day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=80)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("community name")
        verbose_name_plural = _("community names")
        constraints = [
            one_at_a_time(
                "registry_communityname_one",
                [("community", RangeOperators.EQUAL)],
                _("The community has another name in this period."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CommunityAlias(models.Model):
    """Another name people use; found by search."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="aliases")
    name = models.CharField(_("also called"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="registry_communityalias_once",
                violation_error_message=_("The community has this alias already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BuildingQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Buildings of the management areas the company serves today."""
        from .projects import AreaBuilding, ManagementArea

        served = ManagementArea.objects.of_company(actor).values("pk")
        inside = AreaBuilding.objects.today().filter(management_area__in=served)
        return self.filter(pk__in=inside.values("building_id"))

    def of_owner(self, actor: Actor) -> Self:
        """Buildings of the actor's homes."""
        return self.filter(pk__in=_bound_units(actor).values("unit__building_id"))

    def published(self) -> Self:
        """Buildings in use are public (numbers and floors, not homes)."""
        return self.filter(state=BuildingState.ACTIVE)


class Building(PlacedModel):
    """A numbered building (幢). Its place is the community's unless it is moved by itself."""

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="buildings", verbose_name=_("community")
    )
    number = models.CharField(_("number"), max_length=20)
    sort_key = sort_field()
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    floors_below = models.PositiveSmallIntegerField(_("floors below ground"), default=0)
    has_lift = models.BooleanField(_("lift"), default=False)
    structure = models.CharField(
        _("structure"), max_length=16, choices=Structure, default=Structure.OTHER
    )
    use = models.CharField(_("use"), max_length=16, choices=BuildingUse, default=BuildingUse.HOMES)
    built_year = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=BuildingState, default="active")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_building_sort"),
            *place_indexes("registry_building", "sort_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number"],
                condition=models.Q(state="active"),
                name="registry_building_number",
                violation_error_message=_("The community has a building with this number."),
            ),
            models.CheckConstraint(
                condition=models.Q(floors=None) | models.Q(floors__range=(1, 200)),
                name="registry_building_floors",
                violation_error_message=_("Floors lie between 1 and 200."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.number}"

    @property
    def journal_label(self) -> str:
        return str(self)


class StairwellQuerySet(models.QuerySet["Stairwell"]):
    def visible_to(self, actor: Actor) -> Self:
        """Stairwells of the buildings the actor may see."""
        return self.filter(building__in=Building.objects.visible_to(actor).values("pk"))


class Stairwell(models.Model):
    """A part of a building with its own entrance (单元)."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="stairwells")
    number = models.CharField(_("number"), max_length=20)
    has_lift = models.BooleanField(_("lift"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StairwellQuerySet.as_manager()

    class Meta:
        verbose_name = _("stairwell")
        verbose_name_plural = _("stairwells")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "number"],
                name="registry_stairwell_number",
                violation_error_message=_("The building has a stairwell with this number."),
            )
        ]

    def __str__(self) -> str:
        return self.number
