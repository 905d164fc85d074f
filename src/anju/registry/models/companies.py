"""Companies that serve, build or own."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation, User
from anju.core.actors import OF_A_COMPANY, Actor, Reach
from anju.reference.models import Area

from ..states import CompanyKind, CompanyState
from .base import DatedModel, DatedQuerySet, one_at_a_time, sort_field


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, actor: Actor) -> Self:
        """Companies are public; a company's own people see their company and its branches."""
        if actor.elevation is not None:
            rows = actor.elevation.rows
            keys = [r.split(":")[1] for r in rows if r.startswith("registry.company:")]
            return self.filter(pk__in=keys)
        if actor.reach is Reach.NOTHING:
            return self.none()
        if actor.reach in OF_A_COMPANY:
            own = models.Q(organisation_id=actor.organisation_id or 0)
            return self.filter(own | models.Q(parent__organisation_id=actor.organisation_id or 0))
        return self

    def published(self) -> Self:
        """Companies anybody may see."""
        return self


class Company(models.Model):
    """A company by its unified social credit code; branches point at their parent."""

    kind = models.CharField(_("kind"), max_length=16, choices=CompanyKind)
    code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sort_key = sort_field()
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("parent company"),
    )
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, null=True, blank=True, related_name="registry_company"
    )
    registered_area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered place"),
    )
    is_out_of_town = models.BooleanField(_("registered out of town"), default=False)
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    registered_capital_fen = models.BigIntegerField(_("registered capital"), null=True, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    phone = models.CharField(_("published telephone"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=CompanyState, default="active")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_company_sort"),
            models.Index(fields=["kind", "sort_key"], name="registry_company_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="registry_company_not_own_parent",
                violation_error_message=_("A company cannot be a branch of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name


class CompanyName(DatedModel):
    """A name the company bore from day to day."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=120)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("company name")
        verbose_name_plural = _("company names")
        constraints = [
            one_at_a_time(
                "registry_companyname_one",
                [("company", RangeOperators.EQUAL)],
                _("The company has another name in this period."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CompanyStaff(DatedModel):
    """A person in the service of a company, with the account used for it where there is one."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="staff")
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, blank=True, related_name="employments"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    title = models.CharField(_("job title"), max_length=60)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.name
