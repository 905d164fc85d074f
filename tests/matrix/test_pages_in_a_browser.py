"""Every page in a real browser, in both languages, normal and elder, wide and narrow: nothing
complains, nothing scrolls sideways, axe is content.

With ``ANJU_PICTURES=1`` a picture of each page is kept in ``var/pictures/``, and the four of the
README are made anew in ``docs/pictures/``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from anju.access.models import User
from tests.ui.conftest import Reader, chromium, playwright_engine  # noqa: F401

from .addresses import ROLE_ACCOUNTS
from .openings import Opening

# Without django_db the plugin would make no test database for this file alone.
pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(900)]

HEIGHT = 900
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Path(settings.ROOT) / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """async tags => {
  const frame = () => new Promise(requestAnimationFrame)
  await frame(); await frame()  // charts and maps follow the width a frame later
  const wide = document.documentElement.scrollWidth - innerWidth
  const over = wide <= 0 ? [] : [...document.querySelectorAll('body *')]
    .filter(el => el.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(el => el.outerHTML.slice(0, 90))
  const result = await axe.run({runOnly: tags, resultTypes: ['violations']})
  const found = result.violations
    .filter(v => v.impact === 'serious' || v.impact === 'critical')
    .map(v => `${v.id} ×${v.nodes.length}: ${v.nodes[0].html.slice(0, 160)}`)
  const cells = row => [...row.cells].reduce((n, cell) => n + cell.colSpan, 0)
  for (const table of document.querySelectorAll('table')) {
    const sums = new Set([...table.rows].filter(row => row.cells.length).map(cells))
    if (sums.size > 1) found.push(`crooked table: ${table.outerHTML.slice(0, 160)}`)
  }
  return {wide, over, found}
}"""
WIDTHS = (1440, 390)
WAYS = [(language, large) for language in ("zh", "en") for large in (False, True)]
# Of the README: address, way and width → file.
SHOWN = {
    ("portal:home", "zh", 1440): "portal-home.png",
    ("registry:communities", "zh", 1440): "communities.png",
    ("registry:community_map", "zh", 1440): "map.png",
    ("portal:community", "zh", 390): "community-phone.png",
}
NAMES = ["zh", "zh-elder", "en", "en-elder"]


@pytest.fixture(scope="module")
def address(demo_city: None) -> Iterator[str]:
    """A server over the demo city."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadedWSGIServer(("localhost", 0), Quiet, connections_override={})
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def pages(opened: list[Opening]) -> list[Opening]:
    """Whole pages by role; parts that htmx puts into a page are looked at there."""
    return sorted((one for one in opened if "<html" in one.body), key=lambda one: one.role)


@pytest.fixture(scope="module")
def sessions(demo_city: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """Role → key of its session."""
    engine = import_module(settings.SESSION_ENGINE)
    stores = {}
    with django_db_blocker.unblock():
        for role, name in ROLE_ACCOUNTS.items():
            if not name:
                continue
            user = User.objects.get(username=name)
            store = stores[role] = engine.SessionStore()
            store[SESSION_KEY] = str(user.pk)
            store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            store[HASH_SESSION_KEY] = user.get_session_auth_hash()
            store.create()
    yield {role: store.session_key for role, store in stores.items()}
    with django_db_blocker.unblock():
        for store in stores.values():
            store.delete()


class Visitor(Reader):
    """A reader who signs in as another role and hears what the page loads in vain."""

    def __init__(self, browser: Any, address: str, **how: Any) -> None:
        super().__init__(browser, address, **how)
        self.page.on("response", self._answered)

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def become(self, key: str | None) -> None:
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        if key:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.address}
            self.context.add_cookies([cookie])

    def look(self, path: str, keep: Callable[[int], None]) -> list[str]:
        """Open a page and say what is wrong with it, at each width."""
        self.complaints.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        self.open(path)
        self.page.evaluate(AXE_SOURCE)  # by the debugger, which the CSP does not bind
        wrong: list[str] = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            seen = self.page.evaluate(LOOK, AXE_TAGS)
            wrong += [f"{words} at {width} px" for words in seen["found"]]
            if seen["wide"] > 0:
                wrong.append(f"scrolls sideways by {seen['wide']} px at {width}: {seen['over']}")
            keep(width)
        return [*self.complaints, *wrong]


AXE_SOURCE = AXE.read_text() if AXE.exists() else ""


@pytest.mark.parametrize(("language", "large"), WAYS, ids=NAMES)
def test_every_page_is_calm_in_a_browser(
    chromium: Any,  # noqa: F811
    address: str,
    pages: list[Opening],
    sessions: dict[str, str],
    django_db_blocker: Any,
    language: str,
    large: bool,
) -> None:
    assert AXE_SOURCE, "node_modules is missing: npm ci"
    assert len(pages) > 60, "hardly a page opened"
    pictures = _pictures()
    way = f"{language}-elder" if large else language
    person = Visitor(chromium, address, language=language, large=large)
    found: list[str] = []
    now = ""
    with django_db_blocker.unblock():
        for one in pages:
            if one.role != now:
                person.become(sessions.get(one.role))
                now = one.role

            def keep(width: int, name: str = str(one.address)) -> None:
                if not pictures:
                    return
                file = pictures / f"{name.replace(':', '-')}-{way}-{width}.png"
                person.page.screenshot(path=file, full_page=True)
                if shown := SHOWN.get((name, way, width)):
                    person.page.evaluate("scrollTo(0, 0)")
                    person.page.screenshot(path=settings.ROOT / "docs" / "pictures" / shown)

            found += [f"{one}: {words}" for words in person.look(one.path, keep)]
    person.context.close()
    assert not found, "\n".join(found)


def _pictures() -> Path | None:
    if os.environ.get("ANJU_PICTURES") != "1":
        return None
    folder = Path(settings.ROOT) / "var" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
