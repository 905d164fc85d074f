"""What an owner, co-owner or tenant sees of the own homes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from anju.contracts.models import ServiceContract
from anju.core.actors import Actor
from anju.registry.models import (
    AreaBuilding,
    HomeBinding,
    ManagementArea,
    Project,
    TenantInvitation,
    Unit,
)
from anju.registry.queries.own import housemates, invitations_given, own_bindings
from anju.registry.states import BindingKind

from ..rules import days_left, monthly_fee
from .public import contract_last_day, contracts_public, current_projects


@dataclass(frozen=True, slots=True, kw_only=True)
class MyHome:
    """A bound home: who serves it, what that costs, the filed contract, who is bound to it."""

    binding: HomeBinding
    unit: Unit
    area: ManagementArea | None
    project: Project | None
    rate_fen: int | None  # fen per m² and month
    monthly_fen: int | None
    contract: ServiceContract | None
    contract_last_day: date | None
    contract_days_left: int | None
    bound: list[HomeBinding]
    invitations: list[TenantInvitation]

    @property
    def owns(self) -> bool:
        return self.binding.kind != BindingKind.TENANT

    @property
    def manager(self) -> object | None:
        """Who leads the project today."""
        assigned = getattr(self.project, "now_assigned", [])
        return assigned[0].manager if assigned else None


def my_homes(actor: Actor, *, today: date) -> list[MyHome]:
    """The actor's bound homes, oldest binding first."""
    bindings = list(own_bindings(actor))
    together, invited = housemates(bindings), invitations_given(actor)
    areas = _areas({binding.unit.building_id for binding in bindings})
    here = {area.pk for area in areas.values()}
    projects = {
        one.management_area_id: one
        for one in current_projects().filter(management_area_id__in=here)
    }
    contracts = contracts_public(here)
    homes = []
    for binding in bindings:
        area = areas.get(binding.unit.building_id)
        project = projects.get(area.pk) if area else None
        contract = contracts.get(area.pk) if area else None
        rate = _rate(binding.unit, project)
        last = contract_last_day(contract) if contract else None
        homes.append(
            MyHome(
                binding=binding,
                unit=binding.unit,
                area=area,
                project=project,
                rate_fen=rate,
                monthly_fen=monthly_fee(rate_fen=rate, area_dm2=binding.unit.area_dm2),
                contract=contract,
                contract_last_day=last,
                contract_days_left=days_left(last_day=last, today=today),
                bound=together.get(binding.unit_id, []),
                invitations=invited.get(binding.unit_id, []),
            )
        )
    return homes


def _areas(buildings: set[int]) -> dict[int, ManagementArea]:
    """Building → the management area it belongs to today."""
    members = AreaBuilding.objects.today().filter(building_id__in=buildings)
    return {
        one.building_id: one.management_area for one in members.select_related("management_area")
    }


def _rate(unit: Unit, project: Project | None) -> int | None:
    """The fee of the project today for this kind of unit."""
    for fee in getattr(project, "now_charged", []):
        if fee.unit_kind == unit.kind:
            rate: int = fee.fee_fen
            return rate
    return None
