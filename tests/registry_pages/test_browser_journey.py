"""One morning of two clerks: register a community, propose a name, review it, read it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.registry.filters import forget_places
from anju.registry.models import Community
from tests.factories import access, registry

from .desks import apart, cookie

pytestmark = pytest.mark.browser


def narrow(page: Any) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wide <= page.viewport_size["width"]


@dataclass
class Clerks:
    """Two clerks of one district, and a committee in it."""

    committee: int
    first: dict[str, str]
    second: dict[str, str]


@pytest.fixture
def clerks(server: Any) -> Clerks:
    def make() -> Clerks:
        committee = registry.make_committee("和平社区", "云山区")
        held = [
            access.make_post(role=Role.DISTRICT_CLERK, area=committee.district) for _ in range(2)
        ]
        forget_places()
        return Clerks(committee.pk, cookie(held[0], server), cookie(held[1], server))

    return apart(make)


def borne_long_ago(code: str) -> int:
    """The name counts since long ago, so that yesterday has one to read back."""
    row = Community.objects.get(code=code)
    row.names.update(period=registry.period(registry.LONG_AGO, None))
    return int(row.pk)


@pytest.mark.parametrize("width", [1440, 390])
def test_register_propose_review_and_read_yesterday(
    server: Any, clerks: Clerks, page: Any, width: int
) -> None:
    today = legal_day(timezone.now())
    page.set_viewport_size({"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)

    page.context.add_cookies([clerks.first])
    page.goto(f"{server.url}/registry/communities/new/")
    page.get_by_label("名称", exact=True).fill("梧桐里")
    page.get_by_label("编码", exact=True).fill("WT001")
    page.evaluate(
        "([id]) => { const s = document.getElementById('id_area');"
        " s.value = id; s.tomselect?.setValue(id); }",
        [str(clerks.committee)],
    )
    page.get_by_role("button", name="登记小区").click()
    page.wait_for_selector("h1:has-text('梧桐里')")
    assert narrow(page)
    key = apart(lambda: borne_long_ago("WT001"))

    page.goto(f"{server.url}/registry/communities/{key}/rename/")
    page.get_by_label("新名称").fill("梧桐新里")
    page.get_by_label("启用日期").fill(today.isoformat())
    page.get_by_label("理由").fill("门牌已改")
    page.get_by_role("button", name="提出名称").click()
    page.wait_for_selector("text=待复核")
    assert narrow(page)
    assert page.get_by_role("button", name="通过并变更").count() == 0
    where = page.url

    page.context.clear_cookies()
    page.context.add_cookies([clerks.second])
    page.goto(where)
    page.get_by_role("button", name="通过并变更").click()
    page.wait_for_selector("text=已通过")
    assert narrow(page)

    page.goto(f"{server.url}/registry/communities/")
    page.get_by_label("名称或编码").fill("梧桐")
    page.locator("form.aj-filter-form button[type=submit]").first.click()
    page.wait_for_url("**name=**")
    page.wait_for_selector("#list .aj-chip")
    assert "name=" in page.url
    assert narrow(page)
    page.locator("#list a.aj-cell").first.click()
    page.wait_for_selector("h1:has-text('梧桐新里')")

    page.get_by_label("日期", exact=True).fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="查看当天").click()
    page.wait_for_selector("h1:has-text('梧桐里')")
    assert "梧桐新里" in page.locator("dl.aj-facts").inner_text()
    assert narrow(page)
    assert said == []


def test_the_journey_begins_in_an_empty_register(db: Any) -> None:
    # Also makes the test database exist when this file is run by itself.
    assert not Community.objects.exists()
