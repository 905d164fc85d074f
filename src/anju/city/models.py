"""What was generated into this database, so that nothing else is ever overwritten."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor


class MakingQuerySet(models.QuerySet["Making"]):
    def visible_to(self, actor: Actor) -> Self:
        """That the city is an invented one is public."""
        return self


class Making(models.Model):
    """One invented city in this database; at most one."""

    size = models.CharField(_("size"), max_length=8)
    seed = models.IntegerField(_("seed"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    # Statements that put back what a load took off; empty when all is in place.
    put_back = models.JSONField(default=list)
    backdrop = models.JSONField(default=dict)  # GeoJSON of river, parks and streets

    objects = MakingQuerySet.as_manager()

    class Meta:
        verbose_name = _("invented city")
        verbose_name_plural = _("invented cities")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="city_making_one",
                violation_error_message=_("This database holds an invented city already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.size} {self.seed}"
