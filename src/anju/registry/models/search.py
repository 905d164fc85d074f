"""What the search box finds among the small sets; homes and people are found by index."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.core.actors import OF_A_COMPANY, Actor, Reach

from ..states import EntryKind


def _openable(actor: Actor) -> models.Q:
    """Entries whose things the actor may open: what a company serves, where an owner lives."""
    from .communities import Community
    from .companies import Company
    from .managers import Manager
    from .projects import ManagementArea

    things: tuple[tuple[EntryKind, Any], ...] = (
        (EntryKind.COMMUNITY, Community.objects),
        (EntryKind.AREA, ManagementArea.objects),
        (EntryKind.COMPANY, Company.objects),
        (EntryKind.MANAGER, Manager.objects),
    )
    found = models.Q(pk=None)
    for kind, rows in things:
        found |= models.Q(kind=kind, object_id__in=rows.visible_to(actor).values("pk"))
    return found


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        """Entries within the actor's place; companies and managers have none and are public."""
        if actor.elevation is not None or actor.reach is Reach.NOTHING:
            return self.none()
        level = {
            Reach.DISTRICT: "district_id",
            Reach.SUBDISTRICT: "subdistrict_id",
            Reach.COMMITTEE: "committee_id",
        }.get(actor.reach)
        if level is not None:
            unplaced = models.Q(kind__in=[EntryKind.COMPANY, EntryKind.MANAGER])
            return self.filter(unplaced | models.Q(**{level: actor.area_id or 0}))
        if actor.reach in OF_A_COMPANY or actor.reach is Reach.OWN:
            return self.filter(_openable(actor))
        return self if actor.reach is Reach.CITY else self.published()

    def published(self) -> Self:
        """Entries anybody may find; of managers those who lead a project today."""
        from .managers import Manager

        leads = models.Q(object_id__in=Manager.objects.published().values("pk"))
        return self.filter(leads | ~models.Q(kind=EntryKind.MANAGER), is_public=True)


class SearchEntry(models.Model):
    """One findable thing with its grams of characters, pinyin and initials."""

    kind = models.CharField(max_length=16, choices=EntryKind)
    object_id = models.BigIntegerField()
    label = models.CharField(_("name"), max_length=200)
    note = models.CharField(max_length=200, blank=True)  # what stands below the name
    text = models.TextField(default="")  # folded names, aliases and codes, one a line
    district_id = models.BigIntegerField(null=True)
    subdistrict_id = models.BigIntegerField(null=True)
    committee_id = models.BigIntegerField(null=True)
    is_public = models.BooleanField(default=True)
    rank = models.IntegerField(default=0)  # larger first
    keys = ArrayField(models.TextField())

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [GinIndex(fields=["keys"], name="registry_search_keys")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="registry_search_entry_once")
        ]

    def __str__(self) -> str:
        return self.label
