"""An owner of seventy with a phone signs in by code and binds the home in three steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from anju.notices.models import OutboxMessage
from anju.notices.queries import message_words
from anju.registry import services
from anju.registry.models import HomeBinding
from tests.factories import registry

from .conftest import NUMBER, PHONE

pytestmark = pytest.mark.browser
BUILD = Path(__file__).parents[2] / "frontend" / "build"
OWN_PHONE = "13900139000"


def apart(call: Callable[[], Any]) -> Any:
    """Run a read or write in a thread of its own: the browser's driver holds a loop in this one."""

    def run() -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def server(committed_db: str) -> Any:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    thread.url = f"http://localhost:{thread.port}"
    yield thread
    thread.terminate()


def narrow(page: Any) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wide <= page.viewport_size["width"]


def code_sent(phone: str) -> str:
    """The code of the newest message to a phone, as its owner reads it."""
    for message in OutboxMessage.objects.filter(channel="sms").order_by("-pk"):
        to, _subject, body = message_words(message, clear=True)
        if to == phone:
            return re.search(r"\d{6}", body)[0]  # type: ignore[index]
    raise AssertionError(f"no code went to {phone[:3]}…")


def register() -> None:
    committee = registry.make_committee("和平社区", "云山区")
    building = registry.make_building(registry.make_community("阳光花园", committee), "3幢")
    unit = registry.make_unit(building, "501", stairwell=None)
    registry.make_owner(unit, registry.make_person("王小明", id_number=NUMBER, phone=PHONE))
    company = registry.make_company()
    project = registry.make_project(registry.make_management_area([building]), company)
    services.project_manager_change(
        actor=registry.SYSTEM,
        project=project,
        manager=registry.make_manager(company, published_phone="0516-83661234"),
        from_day=project.period.lower,
        at=registry.NOW,
    )


@pytest.mark.skipif(not BUILD.exists(), reason="the front end is not built")
@pytest.mark.parametrize("large", [False, True])
def test_a_home_is_bound_on_a_phone(server: Any, page: Any, large: bool) -> None:
    apart(register)
    page.set_viewport_size({"width": 390, "height": 844})
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    if large:
        text = {"name": "anju_text", "value": "large", "url": server.url}
        page.context.add_cookies([text])

    page.goto(f"{server.url}/my/bind/")  # sign in first, and come back
    page.get_by_label("手机号").fill(OWN_PHONE)
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_selector("text=重新发送")
    page.locator("#id_code").fill(apart(lambda: code_sent(OWN_PHONE)))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("姓名").fill("王小明")
    page.get_by_role("button", name="注册", exact=True).click()

    page.wait_for_selector("h1:has-text('绑定我家')")
    page.get_by_label("小区名称").fill("yangguang")
    page.get_by_role("button", name="查找小区").click()
    page.get_by_role("link", name="阳光花园").click()
    assert narrow(page)
    page.get_by_role("link", name="3幢").click()
    assert narrow(page)
    page.get_by_role("link", name="501").click()

    page.get_by_label("姓名").fill("王晓明")
    page.get_by_label("证件号码").fill(NUMBER)
    page.get_by_role("button", name="比对并发送验证码").click()
    page.wait_for_selector("text=到窗口办理")
    assert narrow(page)
    page.get_by_label("姓名").fill("王小明")
    page.get_by_role("button", name="比对并发送验证码").click()
    page.wait_for_selector("text=138****8000")
    assert narrow(page)
    assert PHONE not in page.content()
    page.get_by_label("验证码").fill(apart(lambda: code_sent(PHONE)))
    page.get_by_role("button", name="绑定房屋").click()

    page.wait_for_selector("text=阳光花园 3幢501 已绑定到您的账号")
    assert page.get_by_role("link", name="051683661234").count() == 1
    assert narrow(page)
    assert apart(lambda: HomeBinding.objects.filter(method="match", ended_at=None).count()) == 1
    page.get_by_role("link", name="查看全部记录").click()
    page.wait_for_selector("h1:has-text('谁看过我的信息')")
    assert narrow(page)
    # The refused try answers 422, which a browser notes; nothing else may be noted.
    assert [words for words in said if "422" not in words] == []


def test_the_journey_begins_unbound(db: Any) -> None:
    # Also makes the test database exist when this file is run by itself.
    assert not HomeBinding.objects.exists()
