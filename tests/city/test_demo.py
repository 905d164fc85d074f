"""The demo: a sign-in per role, and things in every state."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone

from anju.access.models import Elevation, Post, User
from anju.access.queries import actor_for
from anju.access.services.factors import factor_check
from anju.access.states import ElevationState, Role
from anju.city.demo.cast import DemoAccount
from anju.city.demo.show import show_make
from anju.city.making import city_make
from anju.city.queries import demo_accounts
from anju.contracts.models import OutOfTownFiling, ServiceContract
from anju.contracts.states import ContractState, FilingState
from anju.documents.models import Paper
from anju.documents.states import PaperState
from anju.flow.models import Objection, Publicity, Task
from anju.flow.states import ObjectionState, PublicityState
from anju.notices.models import OutboxMessage
from anju.notices.states import MessageState
from anju.registry.models import (
    ChangeRequest,
    Community,
    Company,
    HomeBinding,
    ImportBatch,
    ManagementArea,
    Manager,
    Person,
    Project,
    Unit,
)
from anju.registry.states import (
    AreaState,
    ChangeState,
    CommunityState,
    CompanyState,
    ImportState,
    ManagerState,
    PersonState,
    ProjectState,
    UnitState,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path: Path) -> list[DemoAccount]:
    settings.DEMO = True
    settings.VAR = tmp_path
    city_make(size="demo", seed=1, at=timezone.now())
    return show_make(at=timezone.now())


def states(model: type, field: str = "state") -> set[str]:
    return set(model.objects.values_list(field, flat=True))


def test_the_demo_shows_every_role_and_every_state(demo: list[DemoAccount]) -> None:
    # One long test: making the demo once takes seconds.
    assert {account.role for account in demo} == set(Role.values) - {Role.ANONYMOUS}
    assert demo_accounts() == demo
    for account in demo:
        user = User.objects.get(username=account.username)
        assert user.check_password(account.password)
    head = demo[0]
    counter = next(yield_hotp_counters_from_time())
    code = format_hotp_value(hotp_value(head.totp_secret, counter))
    assert factor_check(user=User.objects.get(username=head.username), code=code)
    officials = {a.role for a in demo if a.totp_secret}
    assert {"bureau_head", "desk_clerk", "system_admin", "auditor"} <= officials

    assert states(ServiceContract) == set(ContractState.values)
    assert states(OutOfTownFiling) == set(FilingState.values)
    assert states(Paper) == set(PaperState.values)
    assert states(OutboxMessage) == set(MessageState.values)
    assert states(ChangeRequest) == set(ChangeState.values)
    assert states(Elevation) == set(ElevationState.values)
    assert states(ImportBatch) == set(ImportState.values)
    assert states(Publicity) == set(PublicityState.values)
    assert len(states(Objection)) >= 2
    assert ObjectionState.RECEIVED in states(Objection)
    assert states(Unit) == set(UnitState.values)
    assert states(Community) == set(CommunityState.values)
    assert states(Company) == set(CompanyState.values)
    assert states(ManagementArea) == set(AreaState.values)
    assert states(Manager) == set(ManagerState.values)
    assert states(Person) == set(PersonState.values)
    assert {project.state for project in Project.objects.all()} == set(ProjectState)
    assert Task.objects.filter(state="open").exists()
    assert HomeBinding.objects.filter(ended_at=None).count() >= 4
    assert HomeBinding.objects.exclude(ended_at=None).exists()

    owner = User.objects.get(username="owner")
    seen = Unit.objects.visible_to(actor_for(owner, None, timezone.now()))
    assert seen.count() >= 2
    assert seen.filter(kind="home").exists()
    manager = Post.objects.get(user__username="project-manager")
    assert Unit.objects.visible_to(actor_for(manager.user, manager, timezone.now())).exists()


def test_outside_the_demo_nobody_reads_its_sign_ins(settings, tmp_path: Path) -> None:
    settings.DEMO = False
    settings.VAR = tmp_path
    (tmp_path / "demo-accounts.json").write_text('[{"role": "owner"}]')
    assert demo_accounts() == []
