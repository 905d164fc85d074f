"""From draft to filed to ended, as a company and a district office do it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from anju.access.states import Role
from anju.contracts import queries, services
from anju.contracts.models import ServiceContract
from anju.contracts.states import CONTRACT_FLOW, ContractState
from anju.core.actors import Reach
from anju.core.errors import InvalidInput, Refused
from anju.flow.models import MoveMade, Task
from tests.factories.registry import NOW, make_actor, make_company, make_management_area

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return make_management_area()


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def clerk(company):
    return make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=company.organisation_id
    )


@pytest.fixture
def office(area):
    return make_actor(Role.DISTRICT_CLERK, area.district)


def draft(actor, area, company, **changes):
    terms = {
        "number": "HT-2026-001",
        "kind": "pre_stage",
        "client_name": "云城置业有限公司",
        "grade": 3,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 12, 31),
        "signed_on": date(2025, 12, 20),
        "fees": {"home": 185},
        **changes,
    }
    return services.contract_draft(
        actor=actor, at=NOW, management_area=area, company=company, **terms
    )


def filed(actor, office, area, company, *, filing_number="BA-1", **changes):
    """A filed contract; its project starts with it where the company does not serve yet."""
    contract = draft(actor, area, company, **changes)
    services.contract_submit(actor=actor, at=NOW, contract=contract)
    return services.contract_file(
        actor=office,
        at=NOW,
        contract=contract,
        filing_number=filing_number,
        project_code=f"P-{contract.number}",
        fees_confirmed=True,
    )


def test_the_course_from_draft_to_filed(area, company, clerk, office):
    contract = draft(clerk, area, company)
    assert contract.district_id == area.district_id
    services.contract_submit(actor=clerk, at=NOW, contract=contract)
    task = Task.objects.visible_to(office).open().get()
    assert contract.number in task.words
    services.contract_file(
        actor=office, at=NOW, contract=contract, filing_number="BA-1", project_code="P-1"
    )
    contract.refresh_from_db()
    assert contract.state == ContractState.FILED
    assert contract.project.company == company
    assert not Task.objects.visible_to(office).open().exists()
    assert [m.move for m in MoveMade.objects.order_by("id")] == ["submit", "file"]


def test_who_submitted_does_not_file(area, company, office):
    contract = draft(office, area, company)
    services.contract_submit(actor=office, at=NOW, contract=contract)
    with pytest.raises(Refused, match=r"(?i)another person|另一人"):
        services.contract_file(actor=office, at=NOW, contract=contract, filing_number="BA-1")
    contract.refresh_from_db()
    assert contract.state == ContractState.SUBMITTED


def test_a_company_drafts_only_for_itself(area, clerk):
    with pytest.raises(Refused):
        draft(clerk, area, make_company("云城海棠物业有限公司"))
    assert not ServiceContract.objects.exists()


def test_a_returned_contract_is_changed_and_submitted_again(area, company, clerk, office):
    contract = draft(clerk, area, company)
    services.contract_submit(actor=clerk, at=NOW, contract=contract)
    with pytest.raises(InvalidInput):
        services.contract_return(actor=office, at=NOW, contract=contract, reason=" ")
    services.contract_return(actor=office, at=NOW, contract=contract, reason="缺少附件")
    services.contract_change(
        actor=clerk,
        at=NOW,
        contract=contract,
        client_name="云城置业有限公司",
        grade=4,
        starts_on=date(2026, 1, 1),
        ends_on=date(2028, 12, 31),
        signed_on=date(2025, 12, 20),
        fees={"home": 200, "garage": 150},
    )
    contract.refresh_from_db()
    services.contract_submit(actor=clerk, at=NOW, contract=contract)
    assert contract.state == ContractState.SUBMITTED
    assert {f.unit_kind: f.fee_fen for f in contract.fees.all()} == {"home": 200, "garage": 150}


def test_one_filed_contract_per_area_and_term(area, company, clerk, office):
    filed(clerk, office, area, company)
    second = draft(clerk, area, company, number="HT-2", starts_on=date(2027, 1, 1))
    services.contract_submit(actor=clerk, at=NOW, contract=second)
    with pytest.raises(Refused, match="HT-2026-001"):
        services.contract_file(actor=office, at=NOW, contract=second, filing_number="BA-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceContract.objects.filter(pk=second.pk).update(
            state="filed", filing_number="BA-2", filed_at=NOW
        )


def test_an_assemblys_contract_ends_the_pre_stage_one_the_day_before(area, company, clerk, office):
    """Civil Code art. 940."""
    first = filed(clerk, office, area, company)
    other = make_company("云城望山物业有限公司")
    theirs = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=other.organisation_id
    )
    filed(
        theirs,
        office,
        area,
        other,
        filing_number="BA-2",
        number="HT-2",
        kind="assembly",
        starts_on=date(2026, 7, 1),
        ends_on=date(2029, 6, 30),
        signed_on=date(2026, 5, 20),
    )
    first.refresh_from_db()
    assert first.state == ContractState.ENDING  # in force until then
    assert first.ended_on == date(2026, 6, 30)
    assert first.period.upper == date(2026, 7, 1)
    assert first.project.period.upper == date(2026, 7, 1)
    for day in (date(2026, 6, 1), date(2026, 6, 30)):
        assert queries.contract_of_area(office, management_area=area, on=day) == first
    second = queries.contract_of_area(office, management_area=area, on=date(2026, 7, 1))
    assert second is not None
    assert second.project.period.lower == date(2026, 7, 1)


def test_an_early_end_needs_a_reason(area, company, clerk, office):
    contract = filed(clerk, office, area, company)
    with pytest.raises(InvalidInput):
        services.contract_end(actor=office, at=NOW, contract=contract, ended_on=date(2026, 5, 31))
    contract.refresh_from_db()
    assert contract.state == ContractState.FILED
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2026, 5, 31), reason="双方协商"
    )
    contract.refresh_from_db()
    assert contract.state == ContractState.TERMINATED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2025, 1, 1)}, "ends_on"),
        ({"signed_on": date(2027, 1, 1)}, "signed_on"),
        ({"fees": {}}, "fees"),
        ({"kind": "self_managed"}, "company"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(area, company, clerk, changes, field):
    with transaction.atomic(), pytest.raises(InvalidInput) as caught:
        draft(clerk, area, company, **changes)
    assert field in caught.value.errors
    assert not ServiceContract.objects.exists()


def test_a_number_is_taken_once(area, company, clerk):
    draft(clerk, area, company)
    with pytest.raises(InvalidInput) as caught:
        draft(clerk, area, company)
    assert "number" in caught.value.errors


def test_a_company_from_out_of_town_needs_a_filing(area):
    company = make_company("远山物业有限公司", is_out_of_town=True)
    actor = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=company.organisation_id
    )
    with pytest.raises(InvalidInput) as caught:
        draft(actor, area, company)
    assert "company" in caught.value.errors
    filing = services.filing_submit(
        actor=actor,
        at=NOW,
        company=company,
        office_address="云城市和平路1号",
        contact_name="赵敏",
        contact_phone="0000-1234567",
        valid_from=date(2025, 1, 1),
        valid_to=date(2027, 12, 31),
    )
    desk = make_actor(Role.DESK_CONFIRMER)
    services.filing_decide(actor=desk, at=NOW, filing=filing, name="file", number="WD-1")
    assert draft(actor, area, company).pk
    services.filing_decide(actor=desk, at=NOW, filing=filing, name="lapse", reason="撤离本市")
    assert queries.company_contractable(company, on=date(2026, 6, 1))


def test_scope_another_companys_draft_is_not_there(area, company, clerk):
    contract = draft(clerk, area, company)
    other = make_company("云城海棠物业有限公司")
    stranger = make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=other.organisation_id
    )
    assert not queries.contracts(stranger).filter(pk=contract.pk).exists()
    assert queries.contracts(clerk).filter(pk=contract.pk).exists()


def test_contracts_over_their_term_are_found_on_the_day_after(area, company, clerk, office):
    contract = filed(clerk, office, area, company)
    last = contract.period.upper - timedelta(days=1)
    assert contract not in queries.contracts_over(today=last)
    assert contract in queries.contracts_over(today=last + timedelta(days=1))


def test_every_state_has_a_way_out_or_is_closed():
    for state in ContractState:
        ways = list(CONTRACT_FLOW.open_from(state))
        assert bool(ways) != (state in CONTRACT_FLOW.closed)
