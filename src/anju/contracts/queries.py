"""Reads of contracts and filings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, Reach
from anju.core.decisions import Denied
from anju.core.history import row_as_of
from anju.reference.models import Area
from anju.reference.queries import area_path
from anju.registry.figures import DeskFigure
from anju.registry.models import Company, ManagementArea, Project
from anju.registry.policies import COMPANY_CONTRACTABLE
from anju.registry.queries.asof import rows_known_at
from anju.registry.states import AreaState, UnitKind

from . import policies, rules
from .figures import TABLE, WARNING_DAYS, Figure, figure_on
from .models import (
    EVER_IN_FORCE,
    RUNNING,
    ContractFee,
    ContractQuerySet,
    FilingQuerySet,
    OutOfTownFiling,
    ServiceContract,
)
from .states import ContractState, FilingState


def contracts(actor: Actor) -> ContractQuerySet:
    """Contracts the actor may see, with what a list shows of them."""
    return ServiceContract.objects.visible_to(actor).select_related(
        "company", "management_area", "district", "subdistrict"
    )


def local_figures() -> tuple[Figure, ...]:
    """Figures of the place itself, from the file ``settings.FIGURES`` names (JSON)."""
    path = settings.FIGURES
    return _figures_of(path, Path(path).stat().st_mtime_ns) if path else ()


@lru_cache(maxsize=4)
def _figures_of(path: str, _written: int) -> tuple[Figure, ...]:
    rows = json.loads(Path(path).read_text(encoding="utf-8"))
    return tuple(
        Figure(
            name=row["name"],
            values=tuple(int(value) for value in row["values"]),
            source=row["source"],
            territory=row.get("territory", ""),
            from_day=date.fromisoformat(row["from"]) if row.get("from") else date.min,
            to_day=date.fromisoformat(row["to"]) if row.get("to") else None,
        )
        for row in rows
    )


def figure(name: str, day: date, *, area: Area | None = None) -> Figure:
    """The figure in force on a day at a place: its own, its district's, the city's, or any."""
    local = local_figures()
    codes = [one.code for one in [area, *reversed(area_path(area))]] if area and local else []
    return figure_on(name, day, territories=codes, local=local)


def contract_term(contract: ServiceContract, *, today: date) -> rules.TermPosition:
    """Where a contract stands in its term."""
    return rules.term_position(
        contract.period.lower,
        contract.period.upper - timedelta(days=1) if contract.period.upper else None,
        today,
        warnings=figure(WARNING_DAYS, today, area=contract.area).values,
    )


def filing_term(filing: OutOfTownFiling, *, today: date) -> rules.TermPosition:
    """Where a filing stands in its term."""
    return rules.term_position(
        filing.valid_from,
        filing.valid_to,
        today,
        warnings=figure(WARNING_DAYS, today, area=filing.area).values,
    )


def _longest_warning(today: date) -> int:
    figures = [f for f in (*local_figures(), *TABLE) if f.name == WARNING_DAYS and f.holds(today)]
    return max(max(f.values) for f in figures)


def _ending(rows: ContractQuerySet, *, today: date, days: int) -> ContractQuerySet:
    # The last day counts as one of the days, and the period ends with the day after it.
    return rows.running().filter(
        period__startswith__lte=today,
        period__endswith__gt=today,
        period__endswith__lte=today + timedelta(days=days),
    )


def contracts_to_warn(*, today: date) -> ContractQuerySet:
    """Contracts that may be due for a warning of their end."""
    rows = ServiceContract.objects.select_related("area", "company", "district")
    return _ending(rows, today=today, days=_longest_warning(today)).order_by("id")


def contracts_over(*, today: date) -> ContractQuerySet:
    """Filed contracts whose last day has passed; the job ends them."""
    return ServiceContract.objects.running().filter(period__endswith__lte=today).order_by("id")


def contracts_before(contract: ServiceContract) -> ContractQuerySet:
    """Contracts of the same area that a contract follows."""
    return ServiceContract.objects.running().filter(
        management_area_id=contract.management_area_id,
        period__endswith__lte=contract.period.lower,
    )


def contract_after(contract: ServiceContract) -> ServiceContract | None:
    """A filed contract of the same area that follows one."""
    return (
        ServiceContract.objects.running()
        .filter(
            management_area_id=contract.management_area_id,
            period__startswith__gte=contract.period.upper,
        )
        .order_by("period")
        .first()
    )


def contract_against(contract: ServiceContract) -> ServiceContract | None:
    """A contract ever in force that covers days of this one's term in the same area."""
    return (
        ServiceContract.objects.filter(
            state__in=EVER_IN_FORCE,
            management_area_id=contract.management_area_id,
            period__overlap=contract.period,
        )
        .exclude(pk=contract.pk)
        .order_by("period")
        .first()
    )


def project_of(contract: ServiceContract) -> Project | None:
    """The project in which the contract's company serves its area during the term."""
    return (
        Project.objects.filter(
            management_area_id=contract.management_area_id,
            company_id=contract.company_id or 0,
            period__overlap=contract.period,
        )
        .order_by("-period")
        .first()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeApart:
    """A kind of unit for which contract and project say different fees (fen; None: none)."""

    kind: str
    contract_fen: int | None
    project_fen: int | None

    @property
    def label(self) -> str:
        """What people call the kind."""
        return str(UnitKind(self.kind).label)


def fees_known(contract: ServiceContract, at: datetime) -> list[tuple[str, int]]:
    """Fees of a contract as they were on file at an instant: kind of unit, fen."""
    rows = rows_known_at(ContractFee, "contract_id", contract.pk, at)
    return [(row["unit_kind"], row["fee_fen"]) for row in rows]


def term_known(contract: ServiceContract, at: datetime) -> DateRange:
    """The term of a contract as it was on file at an instant."""
    columns = row_as_of(ServiceContract, contract.pk, at) or {}
    low, high = str(columns.get("period", "[,)")).strip("[)").split(",")
    if not low:
        return contract.period
    return DateRange(date.fromisoformat(low), date.fromisoformat(high))


def fees_apart(contract: ServiceContract, project: Project, *, today: date) -> list[FeeApart]:
    """Where the fees differ on the day of the term that lies nearest to today."""
    last_day = contract.period.upper - timedelta(days=1)
    day = min(max(today, contract.period.lower, project.period.lower), last_day)
    agreed = {fee.unit_kind: fee.fee_fen for fee in contract.fees.all()}
    charged = {fee.unit_kind: fee.fee_fen for fee in project.fees.filter(period__contains=day)}
    return [
        FeeApart(kind=kind, contract_fen=agreed.get(kind), project_fen=charged.get(kind))
        for kind in UnitKind.values
        if agreed.get(kind) != charged.get(kind)
    ]


def contract_of_area(
    actor: Actor, *, management_area: ManagementArea, on: date
) -> ServiceContract | None:
    """The filed contract in force for an area on a day."""
    return (
        contracts(actor)
        .in_force_on(on)
        .filter(management_area=management_area)
        .prefetch_related("fees")
        .first()
    )


def filings(actor: Actor) -> FilingQuerySet:
    """Filings the actor may see."""
    return OutOfTownFiling.objects.visible_to(actor).select_related("company")


def filings_over(*, today: date) -> FilingQuerySet:
    """Filings whose last day has passed; the job ends them."""
    return OutOfTownFiling.objects.filter(state=FilingState.FILED, valid_to__lt=today).order_by(
        "id"
    )


def filings_to_warn(*, today: date) -> FilingQuerySet:
    """Filings that may be due for a warning of their end."""
    last = today + timedelta(days=_longest_warning(today) - 1)
    return (
        OutOfTownFiling.objects.filter(
            state=FilingState.FILED,
            valid_from__lte=today,
            valid_to__gte=today,
            valid_to__lte=last,
        )
        .select_related("area", "company")
        .order_by("id")
    )


def areas_to_contract(actor: Actor) -> models.QuerySet[ManagementArea]:
    """Areas the actor may draft a contract for: a company any in force, an office its own."""
    if actor.reach is Reach.COMPANY:
        return ManagementArea.objects.published()
    return ManagementArea.objects.visible_to(actor).filter(state=AreaState.ACTIVE)


def company_contractable(company: Company, *, on: date) -> list[Denied]:
    """Every reason why the company may not be contracted on a day; empty when it may."""
    return COMPANY_CONTRACTABLE.reasons(company=company, on=on)


def contract_figures(actor: Actor, *, today: date) -> dict[str, Any]:
    """Figures for desks: in force, waiting for filing, late for filing, ending soon."""
    running = models.Q(state__in=RUNNING, period__contains=today)
    found: dict[str, Any] = ServiceContract.objects.visible_to(actor).aggregate(
        in_force=models.Count("id", filter=running),
        waiting=models.Count("id", filter=models.Q(state="submitted")),
        late=models.Count(
            "id", filter=models.Q(state__in=["draft", "returned"], filing_due_on__lt=today)
        ),
        ending=models.Count(
            "id",
            filter=running & models.Q(period__endswith__lte=today + timedelta(days=180)),
        ),
    )
    return found


def desk_figures(actor: Actor, today: date) -> Iterator[DeskFigure]:
    """What stands on the desk of who may see contracts; zeros of what would press are left out."""
    if not actor.can(policies.VIEW):
        return
    figures = contract_figures(actor, today=today)
    contracts = reverse("contracts:contract_list")
    yield DeskFigure(
        label=_("Contracts in force"), value=figures["in_force"], href=f"{contracts}?running=true"
    )
    if figures["ending"]:
        yield DeskFigure(
            label=_("Contracts ending within 180 days"),
            value=figures["ending"],
            href=f"{contracts}?running=true&ends_before={today + timedelta(days=179)}",
        )
    if figures["waiting"]:
        yield DeskFigure(
            label=_("Contracts waiting for filing"),
            value=figures["waiting"],
            href=f"{contracts}?state={ContractState.SUBMITTED}",
        )
    if figures["late"]:
        yield DeskFigure(
            label=_("Contracts late for filing"),
            value=figures["late"],
            href=f"{contracts}?late=true",
        )
