"""The placed row every business table descends from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, Reach

from .areas import Area


class PlacedQuerySet(models.QuerySet):
    """Rows that belong to a place. ``visible_to`` comes first on every read."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows within the actor's reach; closed by default."""
        if actor.elevation is not None:
            label = self.model._meta.label_lower
            keys = [
                row.split(":")[1] for row in actor.elevation.rows if row.startswith(f"{label}:")
            ]
            return self.filter(pk__in=keys)
        match actor.reach:
            case Reach.CITY:
                return self
            case Reach.DISTRICT | Reach.SUBDISTRICT | Reach.COMMITTEE:
                return self.in_place(
                    actor.reach.value, actor.area_id or 0, unsettled=actor.area_unsettled
                )
            case Reach.COMPANY | Reach.PROJECTS:
                return self.of_company(actor)
            case Reach.OWN:
                return self.of_owner(actor)
            case Reach.PUBLIC:
                return self.published()
        return self.none()

    def in_place(self, level: str, area_id: int, *, unsettled: bool) -> Self:
        """Rows of one district, sub-district or committee.

        While rows are being moved (``unsettled``) a row's own columns may lag behind, but its
        area tells the truth at once; the columns only narrow the search then.
        """
        if not unsettled:
            return self.filter(**{f"{level}_id": area_id})
        inside = Area.objects.filter(**{f"{level}_id": area_id})
        moving = Area.objects.filter(unsettled=True).values("pk")
        lagging = models.Q(**{f"{level}_id__in": moving}) | models.Q(**{f"{level}_id": None})
        return self.filter(lagging, area_id__in=inside.values("pk"))

    def of_company(self, actor: Actor) -> Self:
        """Rows of the projects the company serves or the actor leads; override where they look."""
        return self.none()

    def of_owner(self, actor: Actor) -> Self:
        """Rows of the actor's own homes; override where an owner may look."""
        return self.none()

    def published(self) -> Self:
        """Rows anybody may see; override where the public may look."""
        return self.none()


class PlacedModel(models.Model):
    """A row with a place. ``area`` is the smallest known place; the path is filled by trigger.

    Subclasses bring a manager made from a :class:`PlacedQuerySet`.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("place"))
    district = models.ForeignKey(Area, models.PROTECT, null=True, editable=False, related_name="+")
    subdistrict = models.ForeignKey(
        Area, models.PROTECT, null=True, editable=False, related_name="+"
    )
    committee = models.ForeignKey(Area, models.PROTECT, null=True, editable=False, related_name="+")

    if TYPE_CHECKING:
        area_id: int
        district_id: int | None
        subdistrict_id: int | None
        committee_id: int | None

    class Meta:
        abstract = True
