"""Browsers for the kit's tests: the machine's Chromium, and a real Chromium 91."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.browsers import OLDEST, launched

# WhiteNoise warns where nothing has been collected yet, and a warning is an error here.
Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="module")
def playwright_engine() -> Iterator[Any]:
    """One engine for a module and no longer: two at a time do not run in one thread."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as engine:
        # Playwright keeps an event loop in this thread; Django's check is for real async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield engine


@pytest.fixture(scope="module")
def chromium(playwright_engine: Any) -> Iterator[Any]:
    with launched(playwright_engine) as browser:
        yield browser


@pytest.fixture(scope="module")
def chromium_91(playwright_engine: Any) -> Iterator[Any]:
    """The oldest Chromium at hand: what domestic terminals carry is 90 and later."""
    with launched(playwright_engine, OLDEST) as browser:
        yield browser


@pytest.fixture(scope="session")
def kit_address(django_db_setup: None) -> Iterator[str]:
    """A server over the test database; the gallery only reads, so nothing needs flushing."""
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


class Reader:
    """A person in front of a page: language, size of text, width; hears every complaint."""

    def __init__(self, browser: Any, address: str, **how: Any) -> None:
        self.address = address
        self.complaints: list[str] = []
        width = how.get("width", 1440)
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="en-GB" if how.get("language") == "en" else "zh-CN",  # of calendars and files
        )
        cookies = [("anju_language", "en" if how.get("language") == "en" else "zh-hans")]
        if how.get("large"):
            cookies.append(("anju_text", "large"))
        self.context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies]
        )
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader went on before the icon came
            self.complaints.append(f"{request.url} {request.failure}")

    def _heard(self, message: Any) -> None:
        # The page of an error is meant to answer with its status.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def reader(chromium: Any, kit_address: str, django_db_blocker: Any) -> Iterator[Any]:
    readers: list[Reader] = []

    def sit_down(**how: Any) -> Reader:
        readers.append(Reader(how.pop("browser", chromium), kit_address, **how))
        return readers[-1]

    with django_db_blocker.unblock():
        yield sit_down
    for one in readers:
        one.context.close()
