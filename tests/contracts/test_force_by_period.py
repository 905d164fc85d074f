"""Whether a contract is in force is said by its period, not by what became of it since."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anju.access.states import Role
from anju.contracts import queries, services
from anju.contracts.models import ServiceContract
from anju.contracts.states import ContractState
from anju.core.actors import Reach
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.portal.queries import contract_public
from tests.contracts.test_contract_is_filed import draft, filed
from tests.factories.registry import NOW, make_actor, make_company, make_management_area

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def area():
    return make_management_area()


@pytest.fixture
def company():
    return make_company()


def party(company):
    return make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=company.organisation_id
    )


@pytest.fixture
def office(area):
    return make_actor(Role.DISTRICT_CLERK, area.district)


def on_day(day):
    """Let the database think it is another legal day."""
    return ServiceContract.objects.in_force_on(day)


def test_an_early_end_to_come_keeps_the_contract_in_force_until_its_day(area, company, office):
    contract = filed(party(company), office, area, company)
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2027, 6, 30), reason="双方协商"
    )
    contract.refresh_from_db()
    assert contract.state == ContractState.ENDING
    assert [c.pk for c in on_day(date(2027, 6, 30))] == [contract.pk]
    assert not on_day(date(2027, 7, 1)).exists()


def test_no_second_contract_is_filed_over_one_that_ends_early_later(area, company, office):
    contract = filed(party(company), office, area, company)
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2027, 6, 30), reason="双方协商"
    )
    other = make_company("云城望山物业有限公司")
    terms = {"number": "HT-2", "signed_on": date(2026, 5, 1), "starts_on": TODAY}
    with pytest.raises(Refused, match="HT-2026-001"):
        filed(party(other), office, area, other, filing_number="BA-2", **terms)


@pytest.mark.parametrize("ended_on", [date(2026, 5, 20), date(2027, 6, 30)])
def test_the_database_refuses_days_covered_by_an_ended_contract(area, company, office, ended_on):
    contract = filed(party(company), office, area, company)
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=ended_on, reason="双方协商"
    )
    second = draft(party(company), area, company, number="HT-2", starts_on=ended_on)
    columns = {"state": "filed", "filing_number": "BA-2", "filed_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceContract.objects.filter(pk=second.pk).update(**columns)
    # The next day is free.
    third = draft(
        party(company), area, company, number="HT-3", starts_on=ended_on + timedelta(days=1)
    )
    ServiceContract.objects.filter(pk=third.pk).update(**columns)


def test_a_day_that_has_passed_ends_the_contract_at_once(area, company, office):
    contract = filed(party(company), office, area, company)
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2026, 5, 31), reason="双方协商"
    )
    contract.refresh_from_db()
    assert contract.state == ContractState.TERMINATED
    assert on_day(date(2026, 5, 31)).exists()
    assert not on_day(TODAY).exists()


def test_an_end_to_come_can_be_brought_forward(area, company, office):
    contract = filed(party(company), office, area, company)
    for day in (date(2027, 6, 30), date(2026, 12, 31)):
        services.contract_end(
            actor=office, at=NOW, contract=contract, ended_on=day, reason="双方协商"
        )
    contract.refresh_from_db()
    assert contract.state == ContractState.ENDING
    assert contract.ended_on == date(2026, 12, 31)


def test_the_term_of_today_ends_by_itself(area, company, office):
    contract = filed(party(company), office, area, company)
    with pytest.raises(InvalidInput) as caught:
        services.contract_end(actor=office, at=NOW, contract=contract, ended_on=date(2028, 12, 31))
    assert "ended_on" in caught.value.errors


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2029, 1, 1)])
def test_an_end_outside_the_term_is_refused(area, company, office, day):
    contract = filed(party(company), office, area, company)
    with pytest.raises(InvalidInput) as caught:
        services.contract_end(
            actor=office, at=NOW, contract=contract, ended_on=day, reason="双方协商"
        )
    assert "ended_on" in caught.value.errors
    contract.refresh_from_db()
    assert contract.state == ContractState.FILED


def test_the_public_sees_the_pre_stage_contract_until_the_assemblys_takes_effect(office, area):
    """CURRENT_DATE of the database counts for the portal, so the days lie around it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_DATE")
        today = cursor.fetchone()[0]
    company, other = make_company(), make_company("云城望山物业有限公司")
    first = filed(party(company), office, area, company, ends_on=today + timedelta(days=400))
    assert contract_public(area) == first
    takes_effect = today + timedelta(days=30)
    second = filed(
        party(other), office, area, other, filing_number="BA-2", number="HT-2", kind="assembly",
        starts_on=takes_effect, ends_on=takes_effect + timedelta(days=700),
        signed_on=date(2026, 5, 20),
    )  # fmt: skip
    assert contract_public(area) == first
    assert queries.contract_of_area(office, management_area=area, on=takes_effect) == second


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "void"])
def test_only_what_was_filed_is_public(area, company, office, state):
    contract = draft(party(company), area, company)
    if state in ("submitted", "returned"):
        services.contract_submit(actor=party(company), at=NOW, contract=contract)
    if state == "returned":
        services.contract_return(actor=office, at=NOW, contract=contract, reason="缺附件")
    if state == "void":
        services.contract_withdraw(
            actor=party(company), at=NOW, contract=contract, reason="重复录入"
        )
    contract.refresh_from_db()
    assert contract.state == state
    anybody = make_actor(Role.ANONYMOUS, reach=Reach.PUBLIC)
    assert not queries.contracts(anybody).exists()
    assert contract_public(area) is None
    assert queries.contract_of_area(office, management_area=area, on=TODAY) is None


def test_a_filing_at_the_same_moment_is_told_in_words(area, company, office, monkeypatch):
    """Another request may file between the look and the write: the constraint answers."""
    filed(party(company), office, area, company)
    second = draft(party(company), area, company, number="HT-2", starts_on=date(2027, 1, 1))
    services.contract_submit(actor=party(company), at=NOW, contract=second)
    monkeypatch.setattr(queries, "contract_against", lambda contract: None)
    with transaction.atomic(), pytest.raises(Conflict) as caught:
        services.contract_file(
            actor=office, at=NOW, contract=second, filing_number="BA-2", fees_confirmed=True
        )
    assert "covers this management area" in str(caught.value) or "该物业管理区域" in str(
        caught.value
    )
