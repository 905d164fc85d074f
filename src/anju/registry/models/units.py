"""Homes and other units: the exclusive parts people own."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.reference.models import Area, PlacedModel, PlacedQuerySet

from ..states import SuccessionKind, UnitKind, UnitState
from .base import place_indexes


def _joined(first: str, then: str) -> str:
    """3 and 501 are 3-501; 3幢 and 501 are 3幢501."""
    return f"{first}-{then}" if first[-1:].isascii() and first else f"{first}{then}"


class UnitQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Units of the management areas the company serves today."""
        from .communities import Building

        return self.filter(building_id__in=Building.objects.of_company(actor).values("pk"))

    def of_owner(self, actor: Actor) -> Self:
        """The actor's own homes."""
        from .bindings import HomeBinding

        return self.filter(
            pk__in=HomeBinding.objects.active().filter(user_id=actor.user_id or 0).values("unit_id")
        )

    def active(self) -> Self:
        """Units that stand today (not split, merged or demolished)."""
        return self.filter(state=UnitState.ACTIVE)


def _level() -> models.ForeignKey:
    # Filled by trigger from reference_area, hence without a second check and without an index
    # of its own: the list indexes begin with it.
    return models.ForeignKey(
        Area,
        models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )


class Unit(PlacedModel):
    """A home, shop, garage or storage room with its own title (专有部分)."""

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", verbose_name=_("place"), db_index=False
    )
    district = _level()
    subdistrict = _level()
    committee = _level()
    community = models.ForeignKey(
        "registry.Community",
        models.PROTECT,
        related_name="units",
        verbose_name=_("community"),
        db_index=False,
    )
    building = models.ForeignKey(
        "registry.Building",
        models.PROTECT,
        related_name="units",
        verbose_name=_("building"),
        db_index=False,
    )
    stairwell = models.ForeignKey(
        "registry.Stairwell",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("stairwell"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=UnitKind, default=UnitKind.HOME)
    number = models.CharField(_("number"), max_length=20)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    # Exclusive floor area by source; the first known counts (Supreme Court, article 8).
    registered_dm2 = models.IntegerField(_("registered area"), null=True, blank=True)
    surveyed_dm2 = models.IntegerField(_("surveyed area"), null=True, blank=True)
    contract_dm2 = models.IntegerField(_("contract area"), null=True, blank=True)
    area_dm2 = models.GeneratedField(
        expression=Coalesce("registered_dm2", "surveyed_dm2", "contract_dm2", Value(0)),
        output_field=models.IntegerField(_("area")),
        db_persist=True,
    )
    area_source = models.GeneratedField(
        expression=Case(
            When(registered_dm2__isnull=False, then=Value("registered")),
            When(surveyed_dm2__isnull=False, then=Value("surveyed")),
            When(contract_dm2__isnull=False, then=Value("contract")),
            default=Value("none"),
        ),
        output_field=models.CharField(_("source of the area"), max_length=16),
        db_persist=True,
    )
    state = models.CharField(_("state"), max_length=16, choices=UnitState, default=UnitState.ACTIVE)
    # The building's key, then stairwell and number with their digits padded.
    sort_key = models.CharField(max_length=120, editable=False, db_collation="C", default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_unit_sort"),
            models.Index(fields=["community", "sort_key"], name="registry_unit_community"),
            *place_indexes("registry_unit", "sort_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                F("building"),
                Coalesce("stairwell_id", 0),
                F("number"),
                F("kind"),
                condition=Q(state="active"),
                name="registry_unit_number",
                violation_error_message=_("The building has a unit of this kind and number."),
            ),
            models.CheckConstraint(
                condition=(Q(registered_dm2=None) | Q(registered_dm2__range=(1, 100_000_000)))
                & (Q(surveyed_dm2=None) | Q(surveyed_dm2__range=(1, 100_000_000)))
                & (Q(contract_dm2=None) | Q(contract_dm2__range=(1, 100_000_000))),
                name="registry_unit_area",
                violation_error_message=_("An area lies between 0.01 and 1,000,000 m²."),
            ),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(floor__range=(-9, 200)),
                name="registry_unit_floor",
                violation_error_message=_("A floor lies between −9 and 200."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def door_words(self) -> str:
        """Stairwell and number as people say them."""
        return _joined(self.stairwell.number if self.stairwell else "", self.number)

    @property
    def address_words(self) -> str:
        """Community, building, stairwell and number as people say them."""
        return f"{self.community.name} {_joined(self.building.number, self.door_words)}"

    @property
    def journal_label(self) -> str:
        return f"{self.building}-{self.number}"


class UnitSuccession(models.Model):
    """Which unit became which, on what day."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins")
    kind = models.CharField(_("kind"), max_length=16, choices=SuccessionKind)
    on_day = models.DateField(_("on"))
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("succession of units")
        verbose_name_plural = _("successions of units")
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="registry_unitsuccession_once"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="registry_unitsuccession_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
