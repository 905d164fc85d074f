"""Each policy and each guard, alone: what one of them lets pass is seen here."""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction

from anju.access.permissions import GRANTS
from anju.access.states import Role
from anju.contracts import services
from anju.contracts.models import OutOfTownFiling, ServiceContract
from anju.contracts.states import CONTRACT_FLOW, FILING_FLOW, ContractState, FilingState
from anju.core.actors import Reach
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.gates import GATES
from anju.core.time import legal_day
from anju.flow.models import Task
from anju.reference.queries import working_calendar
from anju.reference.rules.working_days import add_working_days
from anju.registry.models import Company, Project
from anju.registry.services import project_fee_change
from tests.contracts.test_contract_is_filed import draft, filed
from tests.contracts.test_the_clock import decide, party, submit
from tests.factories.registry import (
    NOW,
    SYSTEM,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_management_area,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db
TERMS = {
    "client_name": "云城置业有限公司",
    "grade": 4,
    "starts_on": date(2026, 2, 1),
    "ends_on": date(2028, 12, 31),
    "signed_on": date(2025, 12, 20),
    "fees": {"home": 200},
}


@pytest.fixture
def area():
    return make_management_area()


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def office(area):
    return make_actor(Role.DISTRICT_CLERK, area.district)


@pytest.fixture
def away():
    """A clerk of the same rank in another district."""
    return make_actor(Role.DISTRICT_CLERK, make_committee("东风社区", "青川区").district)


@pytest.fixture
def outsider():
    return make_company("远山物业有限公司", is_out_of_town=True)


def submitted(actor, area, company, **changes):
    contract = draft(actor, area, company, **changes)
    services.contract_submit(actor=actor, at=NOW, contract=contract)
    return contract


CALLS = {
    "change": lambda actor, row: services.contract_change(
        actor=actor, at=NOW, contract=row, **TERMS
    ),
    "submit": lambda actor, row: services.contract_submit(actor=actor, at=NOW, contract=row),
    "withdraw": lambda actor, row: services.contract_withdraw(
        actor=actor, at=NOW, contract=row, reason="重复录入"
    ),
    "file": lambda actor, row: services.contract_file(
        actor=actor, at=NOW, contract=row, filing_number="BA-9", project_code="P-9"
    ),
    "return": lambda actor, row: services.contract_return(
        actor=actor, at=NOW, contract=row, reason="缺附件"
    ),
    "end": lambda actor, row: services.contract_end(
        actor=actor, at=NOW, contract=row, ended_on=date(2026, 12, 31), reason="双方协商"
    ),
}


def ready(call, area, company, office):
    """A contract in the state in which the call is possible."""
    if call in ("change", "submit", "withdraw"):
        return draft(party(company), area, company)
    if call in ("file", "return"):
        return submitted(party(company), area, company)
    return filed(party(company), office, area, company)


@pytest.mark.parametrize("call", CALLS)
def test_a_clerk_of_another_district_does_nothing(call, area, company, office, away):
    row = ready(call, area, company, office)
    with transaction.atomic(), pytest.raises(Refused):
        CALLS[call](away, row)
    row.refresh_from_db()
    assert ServiceContract.objects.get(pk=row.pk).state == row.state
    CALLS[call](office, row)  # the clerk of the place may


@pytest.mark.parametrize("call", CALLS)
def test_another_company_does_nothing(call, area, company, office):
    row = ready(call, area, company, office)
    state = row.state
    with transaction.atomic(), pytest.raises(Refused):
        CALLS[call](party(make_company("云城海棠物业有限公司")), row)
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize("call", CALLS)
def test_a_post_without_the_right_does_nothing(call, area, company, office):
    row = ready(call, area, company, office)
    with transaction.atomic(), pytest.raises(Refused):
        CALLS[call](make_actor(Role.AUDITOR), row)


def test_nobody_drafts_for_another_district(area, company, away):
    with pytest.raises(Refused):
        draft(away, area, company)


def test_who_reads_only_drafts_nothing(area, company):
    with pytest.raises(Refused):
        draft(make_actor(Role.AUDITOR), area, company)
    with pytest.raises(Refused):  # a manager of the company itself
        draft(
            make_actor(
                Role.PROJECT_MANAGER, reach=Reach.COMPANY, organisation_id=company.organisation_id
            ),
            area,
            company,
        )


def test_a_company_without_an_organisation_is_nobodys(area):
    """Two missing organisations are not the same one."""
    company = make_company("云城无名物业有限公司", kind="property")
    Company.objects.filter(pk=company.pk).update(organisation=None)
    company.refresh_from_db()
    nobody = make_actor(Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=None)
    with pytest.raises(Refused):
        draft(nobody, area, company)
    row = draft(SYSTEM, area, company)
    assert not ServiceContract.objects.visible_to(nobody).filter(pk=row.pk).exists()


def test_a_new_company_drafts_its_first_contract(area, company):
    """It serves nothing yet; the area names it, and the project starts with the filing."""
    assert not company.projects.exists()
    assert draft(party(company), area, company).pk


# --- the gate --------------------------------------------------------------------------------


def test_the_gate_belongs_to_the_register_and_contracts_answer_it():
    gate = GATES["registry.company_contractable"]
    assert {"contracts.is_open", "contracts.has_filing"} <= set(gate.checks)


@pytest.fixture
def filed_outsider(outsider, area):
    filing = decide(submit(party(outsider), outsider, valid_from=date(2025, 1, 1)))
    return SimpleNamespace(company=outsider, filing=filing)


def lapse(filing):
    services.filing_decide(
        actor=make_actor(Role.DESK_CONFIRMER), at=NOW, filing=filing, name="lapse", reason="撤离"
    )


def test_the_gate_is_asked_again_when_a_contract_is_submitted(area, filed_outsider):
    company = filed_outsider.company
    row = draft(party(company), area, company)
    lapse(filed_outsider.filing)
    with pytest.raises(Refused, match=r"(?i)filing|备案"):
        services.contract_submit(actor=party(company), at=NOW, contract=row)


def test_the_gate_is_asked_again_when_a_contract_is_filed(area, filed_outsider, office):
    company = filed_outsider.company
    row = submitted(party(company), area, company)
    lapse(filed_outsider.filing)
    with transaction.atomic(), pytest.raises(Refused, match=r"(?i)filing|备案"):
        CALLS["file"](office, row)
    row.refresh_from_db()
    assert row.state == ContractState.SUBMITTED
    assert not Project.objects.exists()


def test_the_gate_asks_for_the_day_of_signing_too(area, outsider, office):
    """A filing of today does not heal a contract signed before it."""
    row = draft(SYSTEM, area, make_company("云城临江物业有限公司"))
    ServiceContract.objects.filter(pk=row.pk).update(company=outsider)
    row.refresh_from_db()
    decide(submit(party(outsider), outsider, valid_from=date(2026, 5, 1)))
    with pytest.raises(Refused):
        services.contract_submit(actor=SYSTEM, at=NOW, contract=row)


def test_a_closed_company_takes_no_contract(area, company, office):
    row = submitted(party(company), area, company)
    Company.objects.filter(pk=company.pk).update(state="closed")
    row.refresh_from_db()
    with pytest.raises(Refused):
        CALLS["file"](office, row)


# --- contract and project --------------------------------------------------------------------


def test_filing_asks_for_a_project(area, company, office):
    row = submitted(party(company), area, company)
    with transaction.atomic(), pytest.raises(InvalidInput) as caught:
        services.contract_file(actor=office, at=NOW, contract=row, filing_number="BA-1")
    assert "project_code" in caught.value.errors
    services.contract_file(
        actor=office, at=NOW, contract=row, filing_number="BA-1", project_code="P-7"
    )
    project = Project.objects.get()
    assert (project.code, project.company, project.period.lower) == (
        "P-7",
        company,
        date(2026, 1, 1),
    )
    assert [(f.unit_kind, f.fee_fen) for f in project.fees.all()] == [("home", 185)]


def test_filing_takes_the_companys_own_project(area, company, office):
    project = make_project(area, company, fees={"home": 185})
    row = submitted(party(company), area, company)
    services.contract_file(actor=office, at=NOW, contract=row, filing_number="BA-1")
    row.refresh_from_db()
    assert row.project == project


def test_a_company_that_serves_another_company_area_is_refused(area, company, office):
    make_project(area, make_company("云城海棠物业有限公司"))
    row = submitted(party(company), area, company)
    with transaction.atomic(), pytest.raises(Conflict):
        CALLS["file"](office, row)
    row.refresh_from_db()
    assert row.state == ContractState.SUBMITTED


def test_fees_that_differ_from_the_projects_are_confirmed(area, company, office):
    project = make_project(area, company, fees={"home": 185})
    project_fee_change(
        actor=SYSTEM, project=project, fee_fen=190, from_day=date(2026, 3, 1), at=NOW
    )
    row = submitted(party(company), area, company)
    with transaction.atomic(), pytest.raises(InvalidInput) as caught:
        services.contract_file(actor=office, at=NOW, contract=row, filing_number="BA-1")
    assert "fees_confirmed" in caught.value.errors
    services.contract_file(
        actor=office, at=NOW, contract=row, filing_number="BA-1", fees_confirmed=True
    )
    row.refresh_from_db()
    assert row.state == ContractState.FILED


def test_a_kind_of_unit_that_only_one_of_them_charges_differs(area, company, office):
    make_project(area, company, fees={"home": 185, "garage": 50})
    row = submitted(party(company), area, company)
    with pytest.raises(InvalidInput) as caught:
        services.contract_file(actor=office, at=NOW, contract=row, filing_number="BA-1")
    assert "fees_confirmed" in caught.value.errors


# --- filings ---------------------------------------------------------------------------------


def test_who_submitted_a_filing_does_not_decide_it(outsider, area):
    person = make_user()
    clerk = make_actor(Role.DESK_CLERK, user=person)
    filing = submit(clerk, outsider)
    same = make_actor(Role.DESK_CONFIRMER, user=person)
    # The table of moves says the same of the last move; here there was none.
    with pytest.raises(Refused, match=r"(?i)another person|另一人"):
        services.filing_decide(actor=same, at=NOW, filing=filing, name="file", number="WD-1")
    filing.refresh_from_db()
    assert filing.state == FilingState.SUBMITTED


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {r for r, g in GRANTS.items() if "contracts:filing_decide" in g})
)
def test_only_the_confirmer_decides(outsider, area, role):
    filing = submit(party(outsider), outsider)
    with pytest.raises(Refused):
        services.filing_decide(
            actor=make_actor(role), at=NOW, filing=filing, name="file", number="WD-1"
        )


def test_a_confirmer_of_one_place_does_not_decide_for_the_city(outsider, area):
    filing = submit(party(outsider), outsider)
    narrow = make_actor(Role.DESK_CONFIRMER, area.district)
    with pytest.raises(Refused):
        services.filing_decide(actor=narrow, at=NOW, filing=filing, name="file", number="WD-1")


def test_another_company_does_not_file_this_one(outsider, area, company):
    with pytest.raises(Refused):
        submit(party(company), outsider)
    assert not OutOfTownFiling.objects.exists()


def test_a_company_of_the_city_needs_no_filing(company, area):
    with pytest.raises(Refused):
        submit(party(company), company)


@pytest.mark.parametrize("name", ["expire", "resubmit"])
def test_moves_of_the_clock_and_of_the_company_are_no_decisions(outsider, area, name):
    filing = decide(submit(party(outsider), outsider))
    with pytest.raises(Refused):
        decide(filing, name=name)


def test_a_renewal_begins_after_the_filing_it_renews(outsider, area):
    first = decide(submit(party(outsider), outsider))
    for day in (first.valid_to, first.valid_from):
        with transaction.atomic(), pytest.raises(InvalidInput) as caught:
            submit(party(outsider), outsider, day, date(2027, 12, 31))
        assert "valid_from" in caught.value.errors
    assert submit(party(outsider), outsider, date(2027, 1, 1), date(2027, 12, 31)).renews == first


def test_two_filings_do_not_wait_at_once(outsider, area):
    submit(party(outsider), outsider)
    with pytest.raises(InvalidInput) as caught:
        submit(party(outsider), outsider)
    assert "company" in caught.value.errors


def test_a_filing_submitted_at_the_same_moment_is_told_in_words(outsider, area, monkeypatch):
    from anju.contracts.services import filings

    submit(party(outsider), outsider)
    monkeypatch.setattr(filings, "_renewed", lambda *a, **k: None)
    with transaction.atomic(), pytest.raises(Conflict, match=r"waits for its decision|等待决定"):
        submit(party(outsider), outsider)


def test_two_filings_do_not_cover_one_day(outsider, area, monkeypatch):
    from anju.contracts.services import filings

    decide(submit(party(outsider), outsider))
    monkeypatch.setattr(filings, "_renewed", lambda *a, **k: None)
    second = submit(party(outsider), outsider)
    with transaction.atomic(), pytest.raises(Conflict, match=r"covers that period|另一件备案"):
        decide(second, number="WD-2")


def test_a_lapse_ends_the_filing_the_day_before(outsider, area):
    filing = decide(submit(party(outsider), outsider))
    lapse(filing)
    today = legal_day(NOW)
    assert OutOfTownFiling.objects.in_force_on(today - timedelta(days=1)).exists()
    assert not OutOfTownFiling.objects.in_force_on(today).exists()


# --- to-dos ----------------------------------------------------------------------------------


def moves_there(role, row):
    flow = CONTRACT_FLOW if isinstance(row, ServiceContract) else FILING_FLOW
    return [m for m in flow.open_from(row.state) if m.permission in GRANTS[Role(role)]]


def test_every_task_goes_to_who_can_do_it_and_has_a_day(area, company, outsider, office):
    """The role of an open task holds a move where its link leads."""
    waiting = submitted(party(company), area, company, number="HT-A")
    returned = submitted(party(company), area, company, number="HT-B")
    services.contract_return(actor=office, at=NOW, contract=returned, reason="缺附件")
    submit(party(outsider), outsider)
    sent_back = make_company("远水物业有限公司", is_out_of_town=True)
    back = submit(party(sent_back), sent_back)
    decide(back, name="return", number="", reason="执照过期")
    tasks = Task.objects.open()
    assert {task.kind for task in tasks} == {
        "contracts.file", "contracts.mend", "contracts.filing", "contracts.filing_mend",
    }  # fmt: skip
    models = {"contracts.servicecontract": ServiceContract,
              "contracts.outoftownfiling": OutOfTownFiling}  # fmt: skip
    for task in tasks:
        row = models[task.subject_type].objects.get(pk=task.subject_id)
        assert moves_there(task.role, row), f"{task.kind} went to {task.role}"
        assert task.link.endswith(f"/{row.pk}/")
        assert task.due_at is not None
    decide_by = add_working_days(legal_day(NOW), 5, working_calendar()).ends_at
    assert tasks.get(kind="contracts.file").due_at == decide_by
    assert tasks.get(kind="contracts.filing").role == Role.DESK_CONFIRMER
    assert waiting.pk == tasks.get(kind="contracts.file").subject_id


def test_a_returned_contract_lies_on_the_companys_desk_until_it_comes_again(area, company, office):
    row = submitted(party(company), area, company)
    services.contract_return(actor=office, at=NOW, contract=row, reason="缺附件")
    assert Task.objects.visible_to(party(company)).open().count() == 1
    other = party(make_company("云城海棠物业有限公司"))
    assert not Task.objects.visible_to(other).open().exists()
    row.refresh_from_db()
    services.contract_submit(actor=party(company), at=NOW, contract=row)
    assert not Task.objects.visible_to(party(company)).open().exists()


# --- what the journal holds ------------------------------------------------------------------


def entry(rows, action):
    return next(row for row in reversed(rows) if row.action == action)


def test_a_change_is_journalled_with_every_field(area, company, journal_rows):
    row = draft(party(company), area, company)
    made = entry(journal_rows, "contracts.contract_draft").changes
    assert made["grade"] == [None, 3]
    assert made["fee_home"] == [None, 185]
    services.contract_change(
        actor=party(company), at=NOW, contract=row, client_name="云城新置业有限公司", grade=5,
        starts_on=date(2026, 2, 1), ends_on=date(2030, 1, 1), signed_on=date(2026, 1, 5),
        fees={"garage": 60},
    )  # fmt: skip
    assert entry(journal_rows, "contracts.contract_change").changes == {
        "client_name": ["云城置业有限公司", "云城新置业有限公司"],
        "grade": [3, 5],
        "starts_on": ["2026-01-01", "2026-02-01"],
        "ends_on": ["2028-12-31", "2030-01-01"],
        "signed_on": ["2025-12-20", "2026-01-05"],
        "filing_due_on": ["2026-01-19", "2026-02-04"],
        "fee_garage": [None, 60],
        "fee_home": [185, None],
    }


def test_moves_are_journalled_with_what_they_change(area, company, office, journal_rows):
    row = filed(party(company), office, area, company)
    changes = entry(journal_rows, "contracts.contract_file").changes
    assert changes["state"] == ["submitted", "filed"]
    assert changes["filing_number"] == [None, "BA-1"]
    assert changes["project"] == [None, row.project_id]
    services.contract_end(
        actor=office, at=NOW, contract=row, ended_on=date(2026, 12, 31), reason="双方协商"
    )
    assert entry(journal_rows, "contracts.contract_notice").changes == {
        "ends_on": ["2028-12-31", "2026-12-31"],
        "state": ["filed", "ending"],
        "ended_on": [None, "2026-12-31"],
        "end_reason": ["", "双方协商"],
    }


def test_filings_are_journalled_without_a_name_in_clear(outsider, area, journal_rows):
    filing = submit(party(outsider), outsider)
    made = entry(journal_rows, "contracts.filing_submit").changes
    assert made["valid_to"] == [None, "2026-12-31"]
    assert made["contact_name"] == [None, "赵*"]
    decide(filing)
    assert entry(journal_rows, "contracts.filing_file").changes == {
        "number": [None, "WD-1"],
        "state": ["submitted", "filed"],
    }


# --- figures ---------------------------------------------------------------------------------


def test_a_grade_there_is_not_is_refused_by_name(area, company):
    with pytest.raises(InvalidInput) as caught:
        draft(party(company), area, company, grade=6)
    assert "grade" in caught.value.errors


def test_local_figures_go_before_general_ones(area, company, settings, tmp_path):
    file = tmp_path / "figures.json"
    rule = {
        "name": "filing_days",
        "values": [10],
        "territory": area.district.code,
        "to": "2026-01-01",
        "source": "invented",
    }
    file.write_text(json.dumps([rule]))
    settings.FIGURES = str(file)
    assert draft(party(company), area, company).filing_due_on == date(2025, 12, 30)
    later = draft(party(company), area, company, number="HT-2", signed_on=date(2026, 1, 5))
    assert later.filing_due_on == date(2026, 2, 4)
    elsewhere = make_management_area(
        [make_building(make_community("东风新村", make_committee("东风社区", "青川区")))],
        "东风管理区",
    )
    row = draft(party(company), elsewhere, company, number="HT-3")
    assert row.filing_due_on == date(2026, 1, 19)
