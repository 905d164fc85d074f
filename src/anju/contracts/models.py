"""Service contracts and the filings of companies from out of town."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor, Reach
from anju.reference.models import PlacedModel, PlacedQuerySet
from anju.registry.models import Company, ManagementArea, Project
from anju.registry.models.base import Today
from anju.registry.states import UnitKind

from .states import ContractKind, ContractState, FilingState

# States of what was ever in force: whether it is on a day, its period says.
EVER_IN_FORCE = ("filed", "ending", "ended", "terminated")
RUNNING = ("filed", "ending")  # filed and not ended yet


class ContractQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Contracts of the actor's own company, drafts included; of a manager's projects those."""
        own = self.filter(company__organisation_id=actor.organisation_id or 0)
        if actor.reach is not Reach.PROJECTS:
            return own
        return own.filter(management_area__in=ManagementArea.objects.visible_to(actor).values("pk"))

    def of_owner(self, actor: Actor) -> Self:
        """Filed contracts of the areas in which the actor's homes lie."""
        return self.filter(
            state__in=EVER_IN_FORCE,
            management_area__in=ManagementArea.objects.visible_to(actor),
        )

    def published(self) -> Self:
        """Filed contracts are public: parties, period, grade and fee."""
        return self.filter(state__in=EVER_IN_FORCE)

    def in_force(self) -> Self:
        """In force today: filed once, and today lies in the period (an early end cut it)."""
        return self.filter(state__in=EVER_IN_FORCE, period__contains=Today())

    def in_force_on(self, day: date) -> Self:
        """In force on a legal day, whatever became of it since."""
        return self.filter(state__in=EVER_IN_FORCE, period__contains=day)

    def running(self) -> Self:
        """Filed and not ended; the term may be still to come."""
        return self.filter(state__in=RUNNING)


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
                condition=Q(state__in=EVER_IN_FORCE),
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
                condition=~Q(state__in=EVER_IN_FORCE)
                | Q(filing_number__isnull=False, filed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contracts_ended_with_day",
                condition=Q(state__in=["ending", "ended", "terminated"], ended_on__isnull=False)
                | (~Q(state__in=["ending", "ended", "terminated"]) & Q(ended_on__isnull=True)),
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
    created_at = models.DateTimeField(auto_now_add=True)

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
        return self.filter(company__organisation_id=actor.organisation_id or 0)

    def published(self) -> Self:
        """Filings in force are public."""
        return self.filter(state=FilingState.FILED)

    def in_force_on(self, day: date) -> Self:
        """Filings in force on a legal day, whatever became of them since."""
        return self.filter(
            Q(ended_on__isnull=True, valid_to__gte=day) | Q(ended_on__gte=day),
            number__isnull=False,  # given when it is put on file
            valid_from__lte=day,
        ).exclude(state__in=(FilingState.SUBMITTED, FilingState.RETURNED))


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
    ended_on = models.DateField(_("last day in force"), null=True)  # where it lapsed early
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="renewals", verbose_name=_("renews")
    )
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
                condition=Q(state__in=["submitted", "returned"]),
                violation_error_message=_(
                    "A filing of this company waits for its decision already."
                ),
            ),
            # A renewal follows the filing it renews; both may be on file.
            ExclusionConstraint(
                name="contracts_one_filing_at_a_time",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=["filed", "expired"]),
                violation_error_message=_("Another filing of this company covers that period."),
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
                condition=~Q(state__in=["filed", "expired"]) | Q(number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.number or ''}".strip()

    @property
    def journal_label(self) -> str:
        return str(self)


class EndWarning(models.Model):
    """A warning that a term ends, told once; append-only.

    ``ends_on`` belongs to what makes it one of a kind: who ends earlier is warned anew.
    """

    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, null=True, related_name="end_warnings"
    )
    filing = models.ForeignKey(
        OutOfTownFiling, models.PROTECT, null=True, related_name="end_warnings"
    )
    days = models.PositiveSmallIntegerField(_("days before the end"))
    ends_on = models.DateField(_("last day of the term"))
    warned_at = models.DateTimeField(_("warned"))

    class Meta:
        verbose_name = _("warning before an end")
        verbose_name_plural = _("warnings before an end")
        constraints = [
            models.CheckConstraint(
                name="contracts_warning_of_one_thing",
                condition=Q(contract__isnull=True, filing__isnull=False)
                | Q(contract__isnull=False, filing__isnull=True),
            ),
            models.UniqueConstraint(
                name="contracts_warned_once", fields=["contract", "days", "ends_on"]
            ),
            models.UniqueConstraint(
                name="contracts_filing_warned_once", fields=["filing", "days", "ends_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract or self.filing}: {self.days}"
