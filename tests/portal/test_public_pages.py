"""Public pages and owners' pages show what is published and one's own, and nothing else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.contracts import services as contracts
from anju.registry import services
from tests.contracts.test_contract_is_filed import draft, filed
from tests.contracts.test_the_clock import party
from tests.factories import registry
from tests.factories.registry import SYSTEM, make_actor

from .conftest import NUMBER, PHONE

PRIVATE = ("王小明", NUMBER, NUMBER[-4:], PHONE, PHONE[-4:])


def text(name: str, *arguments: int, status: int = 200, **asked: str) -> str:
    cache.clear()
    answer = Client().get(reverse(f"portal:{name}", args=arguments), asked)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def office(home):
    from anju.access.states import Role

    return make_actor(Role.DISTRICT_CLERK, home.unit.community.district)


def test_no_public_page_holds_personal_data(home):
    registry.make_binding(home.unit, home.person)
    pages = [
        text("home"),
        text("community_list"),
        text("company_list"),
        text("manager_list"),
        text("community", home.unit.community_id),
        text("company", home.project.company_id),
        text("manager", home.project.assignments.get().manager_id),
        text("find", q="小明"),
    ]
    for page in pages:
        for words in PRIVATE:
            assert words not in page.replace('value="小明"', "")


def test_a_public_page_names_who_serves_and_the_published_telephone(home):
    page = text("community", home.unit.community_id)
    for words in ("阳光花园", "云城安居物业有限公司", "李卫东", "051683661234"):
        assert words in page


def test_the_contract_in_force_is_shown_and_a_draft_never(home, office):
    area, company = home.project.management_area, home.project.company
    row = draft(party(company), area, company, number="HT-2026-DRAFT")
    assert "HT-2026-DRAFT" not in text("community", home.unit.community_id)
    contracts.contract_submit(actor=party(company), at=registry.NOW, contract=row)
    assert "HT-2026-DRAFT" not in text("community", home.unit.community_id)
    contracts.contract_file(
        actor=office,
        at=registry.NOW,
        contract=row,
        filing_number="BA-9",
        project_code="P-9",
        fees_confirmed=True,
    )
    page = text("community", home.unit.community_id)
    assert "HT-2026-DRAFT" in page
    assert "BA-9" in page


def test_an_owner_reads_the_filed_contract_and_never_a_draft(home, office, signed_in):
    area, company = home.project.management_area, home.project.company
    client = signed_in(registry.make_binding(home.unit, home.person).user)
    filed(party(company), office, area, company)
    draft(
        party(company), area, company,
        number="HT-2027-DRAFT", starts_on=registry.date(2029, 1, 1),
        ends_on=registry.date(2030, 1, 1),
    )  # fmt: skip
    page = client.get(reverse("portal:my_home")).content.decode()
    assert "BA-1" in page
    assert "DRAFT" not in page


def test_a_closed_community_and_a_manager_who_leads_nothing_have_no_public_page(home):
    idle = registry.make_manager(home.project.company, "孙未任", published_phone="0516-83661111")
    text("manager", idle.pk, status=404)
    assert "孙未任" not in text("manager_list")
    empty = registry.make_community("已拆新村", home.unit.community.committee)
    services.community_close(
        actor=SYSTEM,
        community=empty,
        on_day=registry.NOW.date(),
        reason="拆迁",
        at=registry.NOW,
    )
    text("community", empty.pk, status=404)
    assert "已拆新村" not in text("community_list")
    assert "已拆新村" not in text("find", q="已拆")
    developer = registry.make_company("云城青禾置业有限公司", kind="developer")
    text("company", developer.pk, status=404)


def test_two_owners_do_not_see_each_others_home(home, signed_in):
    other_unit = registry.make_unit(home.unit.building, "777")
    other = registry.make_owner(other_unit, registry.make_person("李邻居"))
    mine = signed_in(registry.make_binding(home.unit, home.person).user)
    theirs = signed_in(registry.make_binding(other_unit, other).user)
    where = reverse("portal:my_home")
    [own] = mine.get(where).context["homes"]
    [next_door] = theirs.get(where).context["homes"]
    assert own.unit == home.unit
    assert next_door.unit == other_unit
    assert "777" not in mine.get(where).content.decode().split("<main")[1].split("</main")[0]
    page = theirs.get(where).content.decode().split("<main")[1].split("</main")[0]
    assert "501" not in page
    assert "王" not in page
    assert signed_in().get(where).context["homes"] == []


def test_an_owner_reads_fee_and_manager_of_the_own_home(home, signed_in):
    client = signed_in(registry.make_binding(home.unit, home.person).user)
    [own] = client.get(reverse("portal:my_home")).context["homes"]
    assert own.project == home.project
    assert str(own.manager) == "李卫东"
    assert own.monthly_fen == round(own.rate_fen * home.unit.area_dm2 / 100)


def test_an_owner_of_many_homes_waits_no_longer(home, signed_in):
    binding = registry.make_binding(home.unit, home.person)
    client = signed_in(binding.user)
    where = reverse("portal:my_home")
    client.get(where)
    with CaptureQueriesContext(connection) as one:
        client.get(where)
    for number in ("601", "602", "603"):
        unit = registry.make_unit(home.unit.building, number)
        registry.make_owner(unit, home.person)
        registry.make_binding(unit, home.person, binding.user)
    with CaptureQueriesContext(connection) as four:
        assert len(client.get(where).context["homes"]) == 4
    assert len(four) <= len(one), [q["sql"][:90] for q in four.captured_queries]
