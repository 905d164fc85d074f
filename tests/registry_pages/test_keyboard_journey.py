"""A clerk without a mouse: signs in, finds a community, opens it and changes it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from anju.access.queries import actor_for
from anju.access.services.factors import totp_add
from anju.access.states import Role
from anju.registry.filters import forget_places
from anju.registry.models import Community
from tests.browsers import TODAY
from tests.factories import access, registry

from .desks import apart

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOST_STOPS = 70
HERE = """() => {
  const el = document.activeElement
  const drawn = part => {
    const style = part && getComputedStyle(part)
    return !!style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  }
  // A field within a drawn one (a select that is searched) shows the focus on its frame.
  const shown = drawn(el) || drawn(el.parentElement) || drawn(el.parentElement?.parentElement)
  const box = el.getBoundingClientRect()
  const within = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left >= 0
  return {shown, within, words: el.outerHTML.slice(0, 120)}
}"""


def app_code() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


class Keys:
    """A keyboard in front of a page; every stop of the Tab key must show itself."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def on(self, selector: str) -> bool:
        return bool(self.page.evaluate("s => document.activeElement.matches(s)", selector))

    def reach(self, selector: str) -> None:
        """Tab to a part of the page."""
        passed = []
        for _stop in range(MOST_STOPS):
            self.press("Tab")
            if self.on("body"):
                continue
            here = self.page.evaluate(HERE)
            assert here["shown"], f"no focus to be seen on {here['words']}"
            assert here["within"], f"the focus is out of sight on {here['words']}"
            if self.on(selector):
                return
            passed.append(here["words"])
        raise AssertionError(f"{selector} is not reached; stops: {passed}")

    def write(self, selector: str, words: str) -> None:
        self.reach(selector)
        self.press("Control+a")
        self.page.keyboard.type(words)


def clerk() -> str:
    """A district's clerk with a second factor, and two communities; the sign-in name."""
    committee = registry.make_committee("和平社区", "云山区")
    registry.make_community("阳光花园", committee, code="YG001")
    registry.make_community("梧桐里", committee, code="WT001", address="云山路8号")
    user = access.make_user(password=access.PASSWORD)
    post = access.make_post(user=user, role=Role.DISTRICT_CLERK, area=committee.district)
    at = timezone.now()
    totp_add(actor=actor_for(user, post, at), user=user, secret=SECRET, code=app_code(), at=at)
    forget_places()
    return str(user.username)


def test_a_clerk_signs_in_with_two_steps(server: Any, page: Any) -> None:
    name = apart(clerk)
    page.goto(f"{server.url}/sign-in/password")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill("not-the-password-88")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_selector(".aj-error")
    assert page.evaluate("document.activeElement.matches('.aj-error')")
    page.locator("input[name=password]").fill(access.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/sign-in/second")
    page.locator("input[name=code]").fill(app_code())
    page.get_by_role("button", name="继续").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{server.url}/desk/")
    assert page.locator(".aj-brief").is_visible()


# Where a field is tabbed to, its words are selected; the oldest browser without a screen ends then.
@pytest.mark.parametrize("page", [TODAY], indirect=True)
def test_a_morning_with_the_keyboard_alone(server: Any, page: Any) -> None:
    name = apart(clerk)
    keys = Keys(page)
    page.goto(f"{server.url}/sign-in")

    keys.press("Tab")
    assert keys.on(".aj-skip")
    assert page.evaluate(HERE)["within"], "the skip link is not to be seen when it has the focus"
    keys.press("Enter", "Tab")
    assert page.evaluate("document.activeElement.closest('#main') !== null")
    keys.reach("a[href^='/sign-in/password']")
    keys.press("Enter")
    page.wait_for_url("**/sign-in/password**")

    keys.write("input[name=name]", name)
    keys.write("input[name=password]", "not-the-password-88")
    keys.press("Enter")
    page.wait_for_selector(".aj-error")
    assert keys.on(".aj-error"), "the error summary takes the focus"
    keys.write("input[name=name]", name)
    keys.write("input[name=password]", access.PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/sign-in/second")
    keys.write("input[name=code]", app_code())
    keys.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)

    page.goto(f"{server.url}/desk/")
    keys.reach(".aj-rail-side a[href='/registry/communities/']")
    keys.press("Enter")
    page.wait_for_selector("#list .aj-list-table")
    keys.write("#list input[name=name]", "梧桐")
    keys.press("Enter")
    page.wait_for_selector("#list .aj-chip")
    # After the swap the changed part has the focus.
    page.wait_for_function("document.activeElement.id === 'aj-count'")
    keys.reach("#list a.aj-cell")
    keys.press("Enter")
    page.wait_for_selector("h1:has-text('梧桐里')")

    keys.reach(".aj-moves a.btn-primary")
    keys.press("Enter")
    keys.page.wait_for_selector("form.aj-form")
    keys.write("input[name=address]", "云山路18号")
    keys.reach("form.aj-form button[type=submit]")
    keys.press("Enter")
    page.wait_for_selector("h1:has-text('梧桐里')")
    page.wait_for_selector("dl.aj-facts:has-text('云山路18号')")
    assert apart(lambda: Community.objects.get(code="WT001").address) == "云山路18号"
