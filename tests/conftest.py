"""What every test may use: a database made from the migrations, sign-in by role, a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("ANJU_SECRETS", str(Path(__file__).parent.parent / "var/test/secrets"))

from anju.config import setup
from tests.commits import cloned

setup.translations_compile()


@pytest.fixture
def committed_db(django_db_setup: Any, django_db_blocker: Any) -> Iterator[str]:
    """A clone of the migrated test database for a test that commits; dropped afterwards."""
    with django_db_blocker.unblock():
        yield from cloned("committed")


@pytest.fixture
def browser_path() -> str:
    """Path of the Chromium to drive; the test is left out where there is none."""
    from tests.run import installed_browser

    path = os.environ.get("ANJU_BROWSER") or installed_browser()
    if path is None:
        pytest.skip("no browser on this machine")
    return path


@pytest.fixture
def page(browser_path: str) -> Iterator[Any]:
    """A page of a headless Chromium that talks to nobody but the tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        yield context.new_page()
        browser.close()


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[..., Any]:
    """Run what waits for the commit: ``with run_on_commit(execute=True): …``."""
    return django_capture_on_commit_callbacks
