"""Lists of contracts and filings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.core.actors import Actor
from anju.core.money import yuan
from anju.registry.models.base import Today
from anju.ui.lists import Column, ListPage
from anju.ui.pages import actor_of

from . import policies, queries
from .models import OutOfTownFiling, ServiceContract
from .states import ContractKind, ContractState, FilingState


class ContractFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(
        field_name="number", lookup_expr="icontains", label=_("Contract number")
    )
    kind = django_filters.ChoiceFilter(choices=ContractKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ContractState.choices, label=_("State"))
    company = django_filters.CharFilter(
        field_name="company__name", lookup_expr="icontains", label=_("Property company")
    )
    ends_before = django_filters.DateFilter(method="by_last_day", label=_("Term ends by"))
    running = django_filters.BooleanFilter(method="in_force_now", label=_("In force"))
    late = django_filters.BooleanFilter(method="late_for_filing", label=_("Late for filing"))

    class Meta:
        model = ServiceContract
        fields: tuple[str, ...] = ()

    def by_last_day(self, rows: Any, name: str, value: date) -> Any:
        return rows.filter(period__endswith__lte=value + timedelta(days=1))

    def in_force_now(self, rows: Any, name: str, value: bool) -> Any:
        inside = ServiceContract.objects.in_force().values("pk")
        return rows.filter(pk__in=inside) if value else rows.exclude(pk__in=inside)

    def late_for_filing(self, rows: Any, name: str, value: bool) -> Any:
        late = Q(state__in=(ContractState.DRAFT, ContractState.RETURNED), filing_due_on__lt=Today())
        return rows.filter(late) if value else rows.exclude(late)


class ContractList(ListPage):
    """Service contracts within the actor's reach."""

    name = "contracts.contracts"
    title = _("Service contracts")
    counted = ngettext_lazy("%(n)s contract", "%(n)s contracts", "n")
    filterset = ContractFilter
    row_template = "contracts/contract_rows.html"
    default_sort = "-term"
    empty = _("No contract yet.")
    template = "contracts/contract_list.html"
    columns = (
        Column(name="number", label=_("Contract number"), sort="number", fixed=True),
        Column(name="area", label=_("Management area"), value="management_area.name"),
        Column(
            name="company",
            label=_("Property company"),
            sort="company__sort_key",
            value=lambda row: row.company.name if row.company else "",
        ),
        Column(name="kind", label=_("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column(name="grade", label=_("Service grade"), sort="grade", num=True, optional=True),
        Column(
            name="fee",
            label=_("Fee for homes (yuan per m² and month)"),
            value=lambda row: _home_fee(row),
            num=True,
            optional=True,
        ),
        Column(
            name="term",
            label=_("Term"),
            sort="period",
            value=lambda row: f"{row.period.lower} – {_last_day(row)}",
        ),
        Column(name="filing", label=_("Filing number"), value="filing_number", optional=True),
        Column(
            name="state", label=_("State"), sort="state", value=lambda row: row.get_state_display()
        ),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return queries.contracts(actor).prefetch_related("fees")

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.SUBMIT)}

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("contracts:contract_detail", args=[row.pk])
            row.kind_words = row.get_kind_display()
            row.last_day = _last_day(row)
            row.fee_words = _home_fee(row)


def _last_day(contract: ServiceContract) -> Any:
    return contract.period.upper - timedelta(days=1)


def _home_fee(contract: ServiceContract) -> str:
    return next((yuan(fee.fee_fen) for fee in contract.fees.all() if fee.unit_kind == "home"), "")


class FilingFilter(django_filters.FilterSet):
    company = django_filters.CharFilter(
        field_name="company__name", lookup_expr="icontains", label=_("Property company")
    )
    state = django_filters.ChoiceFilter(choices=FilingState.choices, label=_("State"))

    class Meta:
        model = OutOfTownFiling
        fields: tuple[str, ...] = ()


class FilingList(ListPage):
    """Filings of companies from out of town."""

    name = "contracts.filings"
    title = _("Out-of-town filings")
    counted = ngettext_lazy("%(n)s filing", "%(n)s filings", "n")
    filterset = FilingFilter
    row_template = "contracts/filing_rows.html"
    default_sort = "-submitted"
    empty = _("No filing yet.")
    template = "contracts/filing_list.html"
    columns = (
        Column(
            name="company",
            label=_("Property company"),
            sort="company__sort_key",
            value="company.name",
            fixed=True,
        ),
        Column(name="number", label=_("Filing number"), sort="number"),
        Column(name="contact", label=_("Person in charge here"), value="contact_name"),
        Column(name="phone", label=_("Office telephone"), value="contact_phone"),
        Column(
            name="valid",
            label=_("Period"),
            sort="valid_to",
            value=lambda row: f"{row.valid_from} – {row.valid_to}",
        ),
        Column(
            name="submitted",
            label=_("Submitted"),
            sort="submitted_at",
            value="submitted_at",
            optional=True,
        ),
        Column(
            name="state", label=_("State"), sort="state", value=lambda row: row.get_state_display()
        ),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return queries.filings(actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.FILING_SUBMIT)}

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("contracts:filing_detail", args=[row.pk])
