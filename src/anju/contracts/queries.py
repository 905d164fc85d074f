"""Reads of contracts and filings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models

from anju.core.actors import Actor
from anju.core.decisions import Denied
from anju.registry.models import Company, ManagementArea

from . import policies, rules
from .models import ContractQuerySet, FilingQuerySet, OutOfTownFiling, ServiceContract


def contracts(actor: Actor) -> ContractQuerySet:
    """Contracts the actor may see, with what a list shows of them."""
    return ServiceContract.objects.visible_to(actor).select_related(
        "company", "management_area", "district", "subdistrict"
    )


def contract_term(contract: ServiceContract, *, today: date) -> rules.TermPosition:
    """Where a contract stands in its term."""
    return rules.term_position(
        contract.period.lower,
        contract.period.upper - timedelta(days=1) if contract.period.upper else None,
        today,
    )


def contracts_ending(actor: Actor, *, today: date, days: int = 180) -> ContractQuerySet:
    """Filed contracts whose term ends within ``days`` days, the earliest first."""
    return (
        contracts(actor)
        .in_force()
        .filter(period__endswith__gt=today, period__endswith__lte=today + timedelta(days=days + 1))
        .order_by("period", "id")
    )


def contracts_over(*, today: date) -> models.QuerySet[ServiceContract]:
    """Filed contracts whose last day has passed; the job ends them."""
    return ServiceContract.objects.in_force().filter(period__endswith__lte=today).order_by("id")


def contract_of_area(
    actor: Actor, *, management_area: ManagementArea, on: date
) -> ServiceContract | None:
    """The filed contract in force for an area on a day."""
    return (
        contracts(actor)
        .filter(
            management_area=management_area,
            state__in=("filed", "ended", "terminated"),
            period__contains=on,
        )
        .prefetch_related("fees")
        .first()
    )


def filings(actor: Actor) -> FilingQuerySet:
    """Filings the actor may see."""
    return OutOfTownFiling.objects.visible_to(actor).select_related("company")


def company_contractable(company: Company, *, on: date) -> list[Denied]:
    """Every reason why the company may not be contracted on a day; empty when it may."""
    return policies.COMPANY_CONTRACTABLE.reasons(company=company, on=on)


def contract_figures(actor: Actor, *, today: date) -> dict[str, Any]:
    """Figures for desks: in force, waiting for filing, late for filing, ending soon."""
    visible = ServiceContract.objects.visible_to(actor)
    return visible.aggregate(
        in_force=models.Count("id", filter=models.Q(state="filed")),
        waiting=models.Count("id", filter=models.Q(state="submitted")),
        late=models.Count(
            "id", filter=models.Q(state__in=["draft", "returned"], filing_due_on__lt=today)
        ),
        ending=models.Count(
            "id",
            filter=models.Q(
                state="filed",
                period__endswith__gt=today,
                period__endswith__lte=today + timedelta(days=181),
            ),
        ),
    )
