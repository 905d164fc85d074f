"""Service contracts and the filings of companies from out of town."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet
from anju.registry.models import Company, ManagementArea, Project
from anju.registry.states import UnitKind

from .states import ContractKind, ContractState, FilingState

IN_FORCE = ("filed",)
PUBLIC_STATES = ("filed", "ended", "terminated")


class ContractQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Contracts of the actor's own company, drafts included."""
        return self.filter(company__organisation_id=actor.organisation_id)

    def of_owner(self, actor: Actor) -> Self:
        """Filed contracts of the areas in which the actor's homes lie."""
        return self.filter(
            state__in=PUBLIC_STATES,
            management_area__in=ManagementArea.objects.visible_to(actor),
        )

    def published(self) -> Self:
        """Filed contracts are public: parties, period, grade and fee."""
        return self.filter(state__in=PUBLIC_STATES)

    def in_force(self) -> Self:
        """Filed and not ended."""
        return self.filter(state__in=IN_FORCE)


class ServiceContract(PlacedModel):
    """A contract of property service for one management area."""

    number = models.CharField(_("contract number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=ContractKind)
    management_area = models.ForeignKey(
        ManagementArea, models.PROTECT, related_name="contracts", verbose_name=_("management area")
    )
    company = models.ForeignKey(
        Company,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("property company"),
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    client_name = models.CharField(_("client"), max_length=120)
    grade = models.PositiveSmallIntegerField(
        _("service grade"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    period = DateRangeField(_("term"))
    signed_on = models.DateField(_("signed on"))
    state = models.CharField(
        _("state"), max_length=12, choices=ContractState, default=ContractState.DRAFT
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    filed_at = models.DateTimeField(_("filed"), null=True)
    filing_number = models.CharField(
        _("filing number"), max_length=40, null=True, blank=True, unique=True
    )
    filing_due_on = models.DateField(_("filing due"))
    ended_on = models.DateField(_("ended on"), null=True)
    end_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("service contract")
        verbose_name_plural = _("service contracts")
        indexes = [
            models.Index(fields=["district", "state"], name="contracts_district"),
            models.Index(fields=["subdistrict", "state"], name="contracts_subdistrict"),
            models.Index(fields=["committee", "state"], name="contracts_committee"),
        ]
        constraints = [
            # Property Management Regulations art. 33: one area, one company.
            ExclusionConstraint(
                name="contracts_one_in_force_per_area",
                expressions=[
                    ("management_area", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="filed"),
                violation_error_message=_(
                    "Another filed contract covers this management area in that term."
                ),
            ),
            models.CheckConstraint(
                name="contracts_company_unless_self_managed",
                condition=Q(kind="self_managed", company__isnull=True)
                | (~Q(kind="self_managed") & Q(company__isnull=False)),
                violation_error_message=_(
                    "Name the property company; only self-management goes without one."
                ),
            ),
            models.CheckConstraint(
                name="contracts_filed_with_number",
                condition=~Q(state__in=["filed", "ended", "terminated"])
                | Q(filing_number__isnull=False, filed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contracts_ended_with_day",
                condition=Q(state__in=["ended", "terminated"], ended_on__isnull=False)
                | (~Q(state__in=["ended", "terminated"]) & Q(ended_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="contracts_grade_one_to_five", condition=Q(grade__gte=1, grade__lte=5)
            ),
            models.CheckConstraint(
                name="contracts_term_not_empty",
                condition=Q(period__isempty=False),
                violation_error_message=_(
                    "The term ends before it begins. Change one of the days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def journal_label(self) -> str:
        return self.number


class ContractFee(models.Model):
    """What a contract charges for one kind of unit."""

    contract = models.ForeignKey(ServiceContract, models.PROTECT, related_name="fees")
    unit_kind = models.CharField(_("kind of unit"), max_length=16, choices=UnitKind)
    fee_fen = models.PositiveIntegerField(_("fee (fen per m² and month)"))

    class Meta:
        verbose_name = _("contract fee")
        verbose_name_plural = _("contract fees")
        constraints = [
            models.UniqueConstraint(
                name="contracts_one_fee_per_kind",
                fields=["contract", "unit_kind"],
                violation_error_message=_("This kind of unit has a fee already."),
            ),
            models.CheckConstraint(
                name="contracts_fee_positive",
                condition=Q(fee_fen__gt=0, fee_fen__lte=100_000),
                violation_error_message=_(
                    "A fee lies between 0.01 and 1,000 yuan per m² and month."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.get_unit_kind_display()}"


class FilingQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """The company's own filings."""
        return self.filter(company__organisation_id=actor.organisation_id)

    def published(self) -> Self:
        """Filings in force are public."""
        return self.filter(state=FilingState.FILED)


class OutOfTownFiling(PlacedModel):
    """The filing of a company registered elsewhere that works in this city."""

    company = models.ForeignKey(
        Company, models.PROTECT, related_name="filings", verbose_name=_("property company")
    )
    number = models.CharField(_("filing number"), max_length=40, null=True, unique=True)
    office_address = models.CharField(_("office in the city"), max_length=200)
    contact_name = models.CharField(_("person in charge here"), max_length=60)
    contact_phone = models.CharField(_("office telephone"), max_length=20)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=12, choices=FilingState, default=FilingState.SUBMITTED
    )
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"))
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("out-of-town filing")
        verbose_name_plural = _("out-of-town filings")
        constraints = [
            models.UniqueConstraint(
                name="contracts_one_open_filing",
                fields=["company"],
                condition=Q(state__in=["submitted", "returned", "filed"]),
                violation_error_message=_(
                    "This company has a filing already. Renew or end that one."
                ),
            ),
            models.CheckConstraint(
                name="contracts_filing_period",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message=_(
                    "The filing ends before it begins. Change one of the days."
                ),
            ),
            models.CheckConstraint(
                name="contracts_filing_numbered",
                condition=~Q(state="filed") | Q(number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.number or ''}".strip()

    @property
    def journal_label(self) -> str:
        return str(self)
