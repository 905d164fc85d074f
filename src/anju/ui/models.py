"""What people keep of their own in the interface: saved filters."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation, User
from anju.core.actors import Actor


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, actor: Actor) -> Self:
        """The actor's own, and those shared in the actor's organisation."""
        if actor.user_id is None:
            return self.none()
        shared = Q(is_shared=True, organisation_id=actor.organisation_id)
        if actor.organisation_id is None:
            return self.filter(user_id=actor.user_id)
        return self.filter(Q(user_id=actor.user_id) | shared)


class SavedFilter(models.Model):
    """The conditions of a list under a name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    list_name = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        indexes = [models.Index(fields=["list_name", "organisation"], name="ui_savedfilter_shared")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_name", "name"],
                name="ui_savedfilter_name",
                violation_error_message=_("A filter of this name is kept already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name
