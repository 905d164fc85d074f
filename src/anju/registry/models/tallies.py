"""Exact counts of units, kept by statement triggers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.reference.models import PlacedQuerySet

from ..states import UnitKind, UnitState


class UnitTally(models.Model):
    """Units and their area by building, kind and state. Sums over places are cheap and exact."""

    building = models.ForeignKey(
        "registry.Building", models.DO_NOTHING, related_name="tallies", db_constraint=False
    )
    community_id = models.BigIntegerField(db_index=True)
    area_id = models.BigIntegerField(null=True)
    district_id = models.BigIntegerField(null=True, db_index=True)
    subdistrict_id = models.BigIntegerField(null=True, db_index=True)
    committee_id = models.BigIntegerField(null=True, db_index=True)
    kind = models.CharField(max_length=16, choices=UnitKind)
    state = models.CharField(max_length=16, choices=UnitState)
    units = models.IntegerField(default=0)
    area_dm2 = models.BigIntegerField(default=0)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally of units")
        verbose_name_plural = _("tallies of units")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "kind", "state"], name="registry_unittally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.building_id} {self.kind} {self.state}: {self.units}"
