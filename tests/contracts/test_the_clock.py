"""The daily job: what a new legal day of Shanghai does to contracts and filings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from anju.access.models import Organisation
from anju.access.states import Role
from anju.contracts import services, tasks
from anju.contracts.models import EndWarning, OutOfTownFiling
from anju.contracts.states import ContractState, FilingState
from anju.core.actors import Reach
from anju.core.errors import Refused
from anju.core.ports import MESSENGER
from anju.core.time import SHANGHAI, day_end, legal_day
from anju.flow.models import MoveMade, Task
from anju.jobs.queue import app
from tests.contracts.test_contract_is_filed import draft, filed
from tests.factories.access import make_post
from tests.factories.registry import (
    NOW,
    SYSTEM,
    make_actor,
    make_company,
    make_management_area,
)

pytestmark = pytest.mark.django_db
YEAR_END = date(2026, 12, 31)


def just_after_midnight(day: date) -> datetime:
    """Ten past midnight in Shanghai; in UTC it is still the day before."""
    return datetime(day.year, day.month, day.day, 0, 10, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.fixture
def turn(monkeypatch):
    """``turn(day)``: the job of a simulated day."""

    def run(day: date) -> dict[str, int]:
        at = just_after_midnight(day)
        assert legal_day(at) == day
        monkeypatch.setattr(tasks.timezone, "now", lambda: at)
        return tasks.day_turn.func(timestamp=int(at.timestamp()))

    return run


@pytest.fixture
def told(monkeypatch):
    """Messages put in the outbox: (template, account)."""
    sent: list[tuple[str, int]] = []

    def put(*, channel, to, template, values, language=""):
        assert channel == "inapp"
        from anju.notices.catalogue import words

        assert all(words(template, values, language) for language in ("zh-hans", "en"))
        sent.append((template, int(to)))

    monkeypatch.setattr(MESSENGER, "_answer", put)
    return sent


@pytest.fixture
def area():
    return make_management_area()


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def people(area, company):
    """Who is told: the company's administrator and the district's clerk."""
    admin = make_post(role=Role.COMPANY_ADMIN, organisation=company.organisation)
    clerk = make_post(role=Role.DISTRICT_CLERK, area=area.district)
    elsewhere = make_post(role=Role.COMPANY_ADMIN)
    return admin.user_id, clerk.user_id, elsewhere.user_id


@pytest.fixture
def office(area):
    return make_actor(Role.DISTRICT_CLERK, area.district)


def party(company):
    return make_actor(
        Role.COMPANY_ADMIN, reach=Reach.COMPANY, organisation_id=company.organisation_id
    )


@pytest.fixture
def contract(area, company, office):
    row = filed(party(company), office, area, company, ends_on=YEAR_END)
    Task.objects.all().delete()
    return row


def test_the_job_runs_just_after_midnight_in_shanghai():
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["contracts.day_turn"] == "10 16 * * *"  # UTC


def test_a_contract_ends_on_the_first_of_january_not_before(turn, contract, told, people):
    turn(YEAR_END)
    contract.refresh_from_db()
    assert contract.state == ContractState.FILED
    told.clear()
    assert turn(date(2027, 1, 1))["contracts_ended"] == 1
    contract.refresh_from_db()
    assert (contract.state, contract.ended_on) == (ContractState.ENDED, YEAR_END)
    admin, clerk, _elsewhere = people
    assert sorted(told) == sorted(
        [("contracts.contract_over", admin), ("contracts.contract_over", clerk)]
    )
    assert not Task.objects.open().exists()
    assert turn(date(2027, 1, 2))["contracts_ended"] == 0  # once
    assert MoveMade.objects.filter(move="end").count() == 1


def test_an_early_end_to_come_is_made_by_the_job(turn, contract, office):
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2026, 9, 30), reason="双方协商"
    )
    turn(date(2026, 9, 30))
    contract.refresh_from_db()
    assert contract.state == ContractState.ENDING
    turn(date(2026, 10, 1))
    contract.refresh_from_db()
    assert contract.state == ContractState.TERMINATED
    assert contract.ended_on == date(2026, 9, 30)
    assert contract.end_reason == "双方协商"


def test_each_warning_is_given_once_over_a_simulated_year(turn, contract, told, people):
    """Every day from half a year before the end to after it."""
    told.clear()
    days: dict[date, int] = {}
    day = YEAR_END - timedelta(days=200)
    while day <= YEAR_END + timedelta(days=3):
        if turn(day)["contracts_warned"]:
            days[day] = EndWarning.objects.latest("pk").days
        day += timedelta(days=1)
    # The last day counts as one of the days: 30 days left begin on 2 December.
    assert {YEAR_END - on + timedelta(days=1) for on in days} == {
        timedelta(days=n) for n in (180, 90, 60, 30)
    }
    assert list(days.values()) == [180, 90, 60, 30]
    admin, clerk, elsewhere = people
    for user in (admin, clerk):
        assert told.count(("contracts.contract_ending", user)) == 4
    assert elsewhere not in [user for _name, user in told]


def test_a_warning_opens_a_task_of_company_and_district(turn, contract, company, office):
    turn(YEAR_END - timedelta(days=179))
    tasks_open = {task.role: task for task in Task.objects.open()}
    assert set(tasks_open) == {Role.COMPANY_ADMIN, Role.DISTRICT_CLERK}
    theirs = Task.objects.visible_to(party(company)).open().get()
    # Until when the company says that it will not renew (Civil Code art. 947).
    assert theirs.due_at == day_end(date(2026, 10, 2))
    assert Task.objects.visible_to(office).open().get().due_at == day_end(YEAR_END)
    turn(YEAR_END - timedelta(days=20))
    assert Task.objects.open().count() == 2  # the same, with its new day
    theirs.refresh_from_db()
    assert theirs.due_at == day_end(YEAR_END)


def test_days_missed_are_not_made_up_for(turn, contract):
    assert turn(YEAR_END - timedelta(days=10))["contracts_warned"] == 1
    assert EndWarning.objects.get().days == 30


def test_an_earlier_end_is_warned_of_anew(turn, contract, office):
    turn(YEAR_END - timedelta(days=179))
    services.contract_end(
        actor=office, at=NOW, contract=contract, ended_on=date(2026, 10, 31), reason="双方协商"
    )
    assert turn(date(2026, 7, 6))["contracts_warned"] == 1
    assert EndWarning.objects.latest("pk").ends_on == date(2026, 10, 31)


def test_what_is_renewed_is_not_pressing(turn, contract, area, company, office):
    turn(YEAR_END - timedelta(days=179))
    filed(
        party(company), office, area, company, filing_number="BA-2", number="HT-2",
        starts_on=date(2027, 1, 1), ends_on=date(2029, 12, 31), signed_on=date(2026, 5, 1),
    )  # fmt: skip
    assert not Task.objects.open().filter(kind="contracts.ending").exists()
    assert turn(YEAR_END - timedelta(days=80))["contracts_warned"] == 0


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_was_never_filed_neither_ends_nor_warns(turn, area, company, state):
    row = draft(party(company), area, company, ends_on=YEAR_END)
    if state == "submitted":
        services.contract_submit(actor=party(company), at=NOW, contract=row)
    assert set(turn(YEAR_END - timedelta(days=20)).values()) == {0}
    assert set(turn(date(2027, 1, 1)).values()) == {0}


def test_one_row_that_fails_keeps_no_other_from_its_turn(
    turn, contract, monkeypatch, company, office
):
    real = services.contract_term_end
    second_area = make_management_area(name="青禾管理区")
    second_office = make_actor(Role.DISTRICT_CLERK, second_area.district)
    other = filed(
        party(company), second_office, second_area, company, filing_number="BA-2",
        number="HT-2", ends_on=YEAR_END,
    )  # fmt: skip

    def breaks(*, actor, at, contract):
        if contract.pk != other.pk:
            raise ValueError("broken")
        return real(actor=actor, at=at, contract=contract)

    monkeypatch.setattr(services, "contract_term_end", breaks)
    with pytest.raises(RuntimeError, match=f"contract {contract.pk}"):
        turn(date(2027, 1, 1))
    other.refresh_from_db()
    assert other.state == ContractState.ENDED


def test_only_the_clock_turns_the_day(contract, office):
    at = just_after_midnight(date(2027, 1, 1))
    filing = OutOfTownFiling()
    for call, row in (
        (services.contract_term_end, {"contract": contract}),
        (services.contract_end_warn, {"contract": contract}),
        (services.filing_term_end, {"filing": filing}),
        (services.filing_end_warn, {"filing": filing}),
    ):
        with pytest.raises(Refused):
            call(actor=office, at=at, **row)


def test_the_clock_itself_ends_nothing_before_its_day(contract, filing):
    at = just_after_midnight(YEAR_END)
    with pytest.raises(Refused):
        services.contract_term_end(actor=SYSTEM, at=at, contract=contract)
    with pytest.raises(Refused):
        services.filing_term_end(actor=SYSTEM, at=at, filing=filing)


# --- filings ---------------------------------------------------------------------------------


@pytest.fixture
def outsider():
    return make_company("远山物业有限公司", is_out_of_town=True)


def submit(actor, company, valid_from=date(2026, 1, 1), valid_to=YEAR_END):
    return services.filing_submit(
        actor=actor,
        at=NOW,
        company=company,
        office_address="云城市和平路1号",
        contact_name="赵敏",
        contact_phone="0000-1234567",
        valid_from=valid_from,
        valid_to=valid_to,
    )


def decide(filing, name="file", number="WD-1", **more):
    return services.filing_decide(
        actor=make_actor(Role.DESK_CONFIRMER), at=NOW, filing=filing, name=name, number=number,
        **more,
    )  # fmt: skip


@pytest.fixture
def filing(outsider, area):
    row = decide(submit(party(outsider), outsider))
    row.refresh_from_db()
    return row


def test_a_filing_is_over_on_the_first_of_january(turn, filing, told):
    desk = make_post(role=Role.DESK_CONFIRMER)
    turn(YEAR_END)
    filing.refresh_from_db()
    assert filing.state == FilingState.FILED
    told.clear()
    assert turn(date(2027, 1, 1))["filings_ended"] == 1
    filing.refresh_from_db()
    assert filing.state == FilingState.EXPIRED
    assert ("contracts.filing_over", desk.user_id) in told
    assert turn(date(2027, 1, 2))["filings_ended"] == 0
    # What was in force then still was.
    assert list(OutOfTownFiling.objects.in_force_on(YEAR_END)) == [filing]
    assert not OutOfTownFiling.objects.in_force_on(date(2027, 1, 1)).exists()


def test_filings_are_warned_of_once_each(turn, filing, outsider, told):
    admin = make_post(
        role=Role.COMPANY_ADMIN, organisation=Organisation.objects.get(pk=outsider.organisation_id)
    )
    told.clear()
    given = []
    day = YEAR_END - timedelta(days=185)
    while day <= date(2027, 1, 2):
        if turn(day)["filings_warned"]:
            given.append(EndWarning.objects.latest("pk").days)
        day += timedelta(days=1)
    assert given == [180, 90, 60, 30]
    assert told.count(("contracts.filing_ending", admin.user_id)) == 4


def test_a_filing_is_renewed_in_time(turn, filing, outsider):
    """No day without a filing, and one at a time."""
    turn(YEAR_END - timedelta(days=20))
    assert Task.objects.open().filter(kind="contracts.filing_ending").count() == 2
    renewal = submit(party(outsider), outsider, date(2027, 1, 1), date(2027, 12, 31))
    assert renewal.renews == filing
    decide(renewal, number="WD-2")
    assert not Task.objects.open().filter(kind="contracts.filing_ending").exists()
    for day in (YEAR_END, date(2027, 1, 1)):
        assert OutOfTownFiling.objects.in_force_on(day).count() == 1
    assert turn(YEAR_END - timedelta(days=10))["filings_warned"] == 0
    turn(date(2027, 1, 1))
    filing.refresh_from_db()
    renewal.refresh_from_db()
    assert (filing.state, renewal.state) == (FilingState.EXPIRED, FilingState.FILED)
