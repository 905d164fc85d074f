"""The gallery in browsers: the CSP holds, nothing scrolls sideways, axe is content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from anju.ui.gallery import PAGES

pytestmark = pytest.mark.browser

PATHS = ["/gallery/", *(f"/gallery/{name}/" for name in PAGES)]
GALLERY = ["/gallery/"]
WAYS = [
    ("zh", False, 1440, PATHS),
    ("en", True, 390, PATHS),
    ("zh", True, 1440, GALLERY),
    ("en", False, 390, GALLERY),
]
NAMES = ["zh", "en-elder-phone", "zh-elder", "en-phone"]
AXE = Path(settings.ROOT) / "node_modules" / "axe-core" / "axe.min.js"

WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(el => el.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(el => el.tagName + '.' + (el.className.baseVal ?? el.className))"""


@pytest.mark.parametrize(
    ("language", "large"), [(a, b) for a in ("zh", "en") for b in (False, True)]
)
def test_no_page_complains_or_scrolls_sideways(reader: Any, language: str, large: bool) -> None:
    for width in (390, 1440):
        person = reader(language=language, large=large, width=width)
        for path in PATHS:
            page = person.open(path)
            across = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert across <= 0, (path, width, page.evaluate(WIDE))
        assert person.complaints == []


@pytest.mark.parametrize(("language", "large", "width", "paths"), WAYS, ids=NAMES)
def test_axe_finds_nothing_serious(
    reader: Any, language: str, large: bool, width: int, paths: list[str]
) -> None:
    assert AXE.exists(), "node_modules is missing: npm ci"
    found: list[tuple[str, str, str]] = []
    person = reader(language=language, large=large, width=width)
    for path in paths:
        page = person.open(path)
        page.evaluate(AXE.read_text())  # by the debugger, which the CSP does not bind
        result = page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        found += [
            (path, v["id"], v["nodes"][0]["html"][:200])
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)


def test_the_oldest_browser_opens_the_gallery(reader: Any, chromium_91: Any) -> None:
    assert chromium_91.version.startswith("91.")
    person = reader(browser=chromium_91)
    page = person.open("/gallery/")
    assert page.locator(".aj-chart canvas").count() == 3
    assert page.locator(".aj-map path").count() >= 6
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.aj-table')).borderTopWidth")
        == "2px"
    )
    assert page.locator("[data-aj-bulk][data-some]").count() == 1
    page.goto(person.address + "/gallery/desk/")
    assert page.evaluate("getComputedStyle(document.querySelector('.aj-body')).display") == "grid"
    assert person.complaints == []


def test_ticked_rows_and_their_bar_move_together(reader: Any) -> None:
    person = reader(language="en")
    page = person.open("/gallery/list/")
    words = page.locator("[data-aj-picked]")
    assert words.text_content() == "2 selected"
    page.locator("[data-aj-pick-all]").check()
    assert words.text_content() == "8 selected"
    page.locator("[data-aj-every]").check()
    assert words.text_content() == "35 selected"
    page.locator("[data-aj-pick]").first.uncheck()
    assert words.text_content() == "7 selected"
    assert page.locator("[data-aj-pick-all]").evaluate("box => box.indeterminate")
    while page.locator("[data-aj-pick]:checked").count():
        page.locator("[data-aj-pick]:checked").first.uncheck()
    assert page.locator("[data-aj-bulk] button").first.is_disabled()


def test_a_question_opens_takes_the_focus_and_closes_on_escape(reader: Any) -> None:
    page = reader(language="en").open("/gallery/")
    summary = page.locator(".aj-confirm summary")
    summary.click()
    page.wait_for_function("document.activeElement.id === 'why'")  # when the fold has opened
    page.keyboard.press("Escape")
    assert not page.locator("details.aj-confirm").evaluate("part => part.open")
    page.wait_for_function("document.activeElement.tagName === 'SUMMARY'")


def test_the_error_summary_takes_the_focus(reader: Any) -> None:
    page = reader().open("/gallery/form/")
    assert page.evaluate("document.activeElement.className") == "aj-error"


def test_the_menu_folds_on_a_phone(reader: Any) -> None:
    page = reader(width=390).open("/gallery/desk/")
    assert not page.locator(".aj-rail-side").is_visible()
    page.locator(".aj-menu summary").click()
    assert page.locator(".aj-menu .aj-rail").is_visible()
    page.locator("#main").click(position={"x": 380, "y": 600}, force=True)
    assert not page.locator(".aj-menu .aj-rail").is_visible()


def test_targets_are_large_enough_for_a_finger(reader: Any) -> None:
    for large, least in ((False, 44), (True, 60)):
        page = reader(width=390, large=large).open("/gallery/form/")
        small = page.evaluate(
            """least => [...document.querySelectorAll(
                '.btn, .form-control, .form-select, .aj-choice, .aj-check')]
              .filter(el => el.offsetParent && el.getBoundingClientRect().height < least - 0.5)
              .map(el => el.outerHTML.slice(0, 100))""",
            least,
        )
        assert small == []


def test_the_page_works_without_scripts(chromium: Any, reader: Any, kit_address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(kit_address + "/gallery/")
    page.get_by_role("button", name="English").click()
    assert page.locator("h1").text_content() == "Gallery of the kit"
    page.locator(".aj-confirm summary").click()
    assert page.locator("#why").is_visible()
    context.close()
