"""Project managers: persons whose file follows them from company to company."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import OF_A_COMPANY, Actor, Reach

from ..states import ManagerState
from .base import DatedModel, DatedQuerySet, Today, one_at_a_time, sort_field


class ManagerQuerySet(models.QuerySet["Manager"]):
    def visible_to(self, actor: Actor) -> Self:
        """Managers are public by name; a company sees those who work for it today."""
        if actor.elevation is not None:
            rows = actor.elevation.rows
            keys = [r.split(":")[1] for r in rows if r.startswith("registry.manager:")]
            return self.filter(pk__in=keys)
        if actor.reach is Reach.NOTHING:
            return self.none()
        if actor.reach in OF_A_COMPANY:
            return self.filter(
                pk__in=ManagerEmployment.objects.filter(
                    period__contains=Today(), company__organisation_id=actor.organisation_id or 0
                ).values("manager_id")
            )
        if actor.reach in (Reach.PUBLIC, Reach.OWN):
            return self.published()
        return self

    def published(self) -> Self:
        """Managers who lead a project today, with their published telephone."""
        from .projects import ManagerAssignment

        leads = ManagerAssignment.objects.today().values("manager_id")
        return self.filter(state=ManagerState.ACTIVE, pk__in=leads)


class Manager(models.Model):
    """A project manager. The published telephone is never a sign-in phone."""

    person = models.OneToOneField(
        "registry.Person", models.PROTECT, related_name="manager", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=60)
    sort_key = sort_field()
    certificate_number = models.CharField(_("certificate number"), max_length=40, blank=True)
    published_phone = models.CharField(_("published telephone"), max_length=20, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=16, choices=ManagerState, default="active")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ManagerQuerySet.as_manager()

    class Meta:
        verbose_name = _("project manager")
        verbose_name_plural = _("project managers")
        indexes = [models.Index(fields=["sort_key"], name="registry_manager_sort")]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name


class ManagerEmployment(DatedModel):
    """The company a manager works for, one at a time."""

    manager = models.ForeignKey(Manager, models.PROTECT, related_name="employments")
    company = models.ForeignKey("registry.Company", models.PROTECT, related_name="managers")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment of a manager")
        verbose_name_plural = _("employments of managers")
        constraints = [
            one_at_a_time(
                "registry_managerwork_one",
                [("manager", RangeOperators.EQUAL)],
                _("The manager works for another company in this period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.manager} · {self.company}"
