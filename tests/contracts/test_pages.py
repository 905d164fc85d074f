"""Pages of contracts and filings: a past day, filing beside the project's fees, the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from anju.access.states import Role
from anju.contracts import services
from anju.contracts.models import OutOfTownFiling, ServiceContract
from anju.contracts.states import ContractState, FilingState
from anju.core.time import SHANGHAI, legal_day
from anju.reference.deadlines import SOURCES
from anju.reference.rules.working_days import WorkingCalendar
from anju.registry.services import company_rename
from tests.contracts.test_contract_is_filed import draft, filed
from tests.contracts.test_the_clock import decide, party, submit
from tests.factories.access import make_post
from tests.factories.registry import (
    NOW,
    SYSTEM,
    make_actor,
    make_company,
    make_management_area,
    make_project,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return make_management_area()


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def office(area):
    return make_actor(Role.DISTRICT_CLERK, area.district)


def sign_in(role, area=None, **fields):
    post = make_post(role=role, area=area, **fields)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def wrote_long_ago(table: str, *days: int) -> None:
    """Move what history says of each change into the past: the oldest ``days[0]`` days ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_make_partitions('core_history', current_date - 90, 3)")
        cursor.execute("ALTER TABLE core_history DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT id FROM core_history WHERE table_name = %s ORDER BY changed_at, id", [table]
        )
        keys = [row[0] for row in cursor.fetchall()]
        groups = {key: days[min(place, len(days) - 1)] for place, key in enumerate(keys)}
        for key, back in groups.items():
            cursor.execute(
                "UPDATE core_history SET changed_at = now() - make_interval(days => %s)"
                " WHERE id = %s",
                [back, key],
            )
        cursor.execute("ALTER TABLE core_history ENABLE TRIGGER USER")


def test_a_contract_is_read_back_as_of_a_past_day(area, company):
    now = timezone.now()
    row = draft(party(company), area, company)
    ServiceContract.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=40))
    row.fees.update(created_at=now - timedelta(days=40))
    services.contract_change(
        actor=party(company), at=NOW, contract=row, client_name="云城新置业有限公司", grade=5,
        starts_on=date(2026, 2, 1), ends_on=date(2030, 1, 1), signed_on=date(2026, 1, 5),
        fees={"garage": 60},
    )  # fmt: skip
    company_rename(
        actor=SYSTEM, company=company, name="云城新安居物业有限公司",
        on_day=legal_day(now) - timedelta(days=5), at=now,
    )  # fmt: skip
    wrote_long_ago("contracts_servicecontract", 41, 20)
    wrote_long_ago("contracts_contractfee", 41, 20)
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    today = page(clerk, f"/contracts/{row.pk}/")
    for words in (
        "云城新置业有限公司",
        "2026-02-01 – 2030-01-01",
        "0.60",
        "云城新安居物业有限公司",
    ):
        assert words in today
    assert "1.85" not in today
    then = page(clerk, f"/contracts/{row.pk}/?on={legal_day(now) - timedelta(days=30)}")
    for words in (
        "云城置业有限公司",
        "2026-01-01 – 2028-12-31",
        "2025-12-20",
        "1.85",
        "云城安居物业有限公司",
        "（今天：云城新置业有限公司）",
        "（今天：2026-02-01 – 2030-01-01）",
    ):
        assert words in then, words
    assert "0.60" not in then
    assert 'action="/contracts/' not in then.replace(
        f'action="/contracts/{row.pk}/" method="get"', ""
    )
    before = page(clerk, f"/contracts/{row.pk}/?on={legal_day(now) - timedelta(days=60)}")
    assert "登记库当时还没有这条记录" in before


def test_the_state_of_a_past_day_is_shown(area, company, office):
    row = filed(party(company), office, area, company)
    ServiceContract.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=40))
    services.contract_end(
        actor=office, at=NOW, contract=row, ended_on=date(2026, 5, 1), reason="双方协商"
    )
    wrote_long_ago("contracts_servicecontract", 39, 38, 37, 20)
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    assert "双方协商" in page(clerk, f"/contracts/{row.pk}/")
    day = legal_day(timezone.now()) - timedelta(days=30)
    then = page(clerk, f"/contracts/{row.pk}/?on={day}")
    head = then[then.index("<h1") : then.index('id="terms"')]
    assert "已备案" in head
    assert "提前终止" not in head
    assert "2026-01-01 – 2028-12-31" in then


@pytest.mark.parametrize("asked", ["3026-01-01", "gestern", "0001-01-01", "2026-02-31"])
def test_a_day_that_cannot_be_is_told(area, company, asked):
    row = draft(party(company), area, company)
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    text = page(clerk, f"/contracts/{row.pk}/?on={asked}")
    assert "现显示今天" in text


def test_a_filing_is_read_back_as_of_a_past_day(area):
    outsider = make_company("远山物业有限公司", is_out_of_town=True)
    row = submit(party(outsider), outsider)
    decide(row, name="return", number="", reason="执照过期")
    past_day = timezone.now() - timedelta(days=40)
    OutOfTownFiling.objects.filter(pk=row.pk).update(submitted_at=past_day)
    services.filing_submit(
        actor=party(outsider), at=timezone.now(), company=outsider,
        office_address="云城市解放路9号", contact_name="钱敏", contact_phone="0000-7654321",
        valid_from=date(2026, 2, 1), valid_to=date(2027, 1, 31),
    )  # fmt: skip
    wrote_long_ago("contracts_outoftownfiling", 39, 38, 20)
    desk = sign_in(Role.DESK_CONFIRMER)
    today = page(desk, f"/filings/{row.pk}/")
    assert "云城市解放路9号" in today
    then = page(desk, f"/filings/{row.pk}/?on={legal_day(timezone.now()) - timedelta(days=30)}")
    for words in ("云城市和平路1号", "0000-1234567", "2026-01-01 – 2026-12-31", "已退回"):
        assert words in then, words
    assert "（今天：云城市解放路9号）" in then


def test_fees_that_differ_are_shown_before_filing(area, company, office):
    make_project(area, company, fees={"home": 170})
    row = draft(party(company), area, company)
    services.contract_submit(actor=party(company), at=NOW, contract=row)
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    text = page(clerk, f"/contracts/{row.pk}/file/")
    assert "1.85" in text
    assert "1.70" in text
    assert 'name="fees_confirmed"' in text
    assert 'name="project_code"' not in text
    answer = clerk.post(f"/contracts/{row.pk}/file/", {"filing_number": "BA-1"})
    assert answer.status_code == 422
    answer = clerk.post(
        f"/contracts/{row.pk}/file/", {"filing_number": "BA-1", "fees_confirmed": "on"}
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == ContractState.FILED


def test_a_first_contract_is_drafted_and_filed_by_page(area):
    company = make_company("云城初见物业有限公司")
    theirs = sign_in(Role.COMPANY_ADMIN, organisation=company.organisation)
    form = page(theirs, "/contracts/new/")
    assert "data-aj-find" in form
    assert area.name in form
    answer = theirs.post(
        "/contracts/new/",
        {
            "number": "HT-9", "kind": "pre_stage", "management_area": area.pk,
            "company": company.pk, "client_name": "云城置业有限公司", "grade": "3",
            "signed_on": "2026-01-05", "starts_on": "2026-02-01", "ends_on": "2029-01-31",
            "fee_home": "1.80",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    row = ServiceContract.objects.get()
    assert theirs.post(f"/contracts/{row.pk}/submit/").status_code == 302
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    assert 'name="project_code"' in page(clerk, f"/contracts/{row.pk}/file/")
    answer = clerk.post(
        f"/contracts/{row.pk}/file/", {"filing_number": "BA-9", "project_code": "P-9"}
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.project.code == "P-9"


def test_a_filing_is_renewed_by_page(area):
    outsider = make_company("远山物业有限公司", is_out_of_town=True)
    today = legal_day(timezone.now())
    last = today + timedelta(days=20)
    first = decide(submit(party(outsider), outsider, today - timedelta(days=300), last))
    theirs = sign_in(Role.COMPANY_ADMIN, organisation=outsider.organisation)
    assert f"/filings/new/?of={first.pk}" in page(theirs, f"/filings/{first.pk}/")
    form = page(theirs, f"/filings/new/?of={first.pk}")
    assert f'value="{last + timedelta(days=1)}"' in form
    assert "云城市和平路1号" in form
    other = make_company("远水物业有限公司", is_out_of_town=True)
    stranger = sign_in(Role.COMPANY_ADMIN, organisation=other.organisation)
    page(stranger, f"/filings/new/?of={first.pk}", 404)
    answer = theirs.post(
        "/filings/new/",
        {
            "company": outsider.pk, "office_address": "云城市和平路1号", "contact_name": "赵敏",
            "contact_phone": "0000-1234567", "valid_from": last + timedelta(days=1),
            "valid_to": last + timedelta(days=300),
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    renewal = OutOfTownFiling.objects.get(state=FilingState.SUBMITTED)
    assert renewal.renews == first


def test_the_desk_counts_contracts_and_leads_to_them(area, company, office):
    today = legal_day(timezone.now())
    filed(party(company), office, area, company, ends_on=today + timedelta(days=100))
    far = make_management_area(name="远处管理区")
    filed(
        party(company), make_actor(Role.DISTRICT_CLERK, far.district), far, company,
        filing_number="BA-2", number="HT-2", ends_on=today + timedelta(days=900),
    )  # fmt: skip
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    text = page(clerk, "/desk/")
    assert "有效合同" in text
    running = page(clerk, "/contracts/?running=true")
    assert "HT-2026-001" in running
    by = today + timedelta(days=179)
    assert f"/contracts/?running=true&amp;ends_before={by}" in text
    ending = page(clerk, f"/contracts/?running=true&ends_before={by}")
    assert "HT-2026-001" in ending
    assert "HT-2<" not in ending


def test_the_last_day_chosen_is_the_last_day_of_the_term(area, company):
    draft(party(company), area, company, ends_on=date(2028, 12, 31))
    clerk = sign_in(Role.DISTRICT_CLERK, area.district)
    assert "HT-2026-001" in page(clerk, "/contracts/?ends_before=2028-12-31")
    assert "HT-2026-001" not in page(clerk, "/contracts/?ends_before=2028-12-30")


def test_a_published_year_moves_the_last_day_for_filing(area, company, journal_rows):
    source = SOURCES["contracts.filing_due"]
    row = draft(party(company), area, company, signed_on=date(2026, 4, 20))
    assert row.filing_due_on == date(2026, 5, 20)
    calendar = WorkingCalendar(days={date(2026, 5, 20): False}, published=frozenset({2026}))
    at = datetime(2026, 5, 1, 9, tzinfo=SHANGHAI)
    [moved] = source.recompute(SYSTEM, calendar, at)
    assert (moved.before, moved.after) == (date(2026, 5, 20), date(2026, 5, 21))
    assert moved.user_ids == (row.drafted_by_id,)
    row.refresh_from_db()
    assert row.filing_due_on == date(2026, 5, 21)
    assert list(source.recompute(SYSTEM, calendar, at)) == []
    far = draft(
        party(company), area, company, number="HT-2", signed_on=date(2026, 5, 20),
    )  # fmt: skip
    ServiceContract.objects.filter(pk=far.pk).update(filing_due_on=date(2099, 1, 1))
    assert [one.label for one in source.provisional(SYSTEM)] == ["HT-2"]
