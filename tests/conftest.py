"""What every test may use: a database made from the migrations, sign-in by role, a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("ANJU_SECRETS", str(Path(__file__).parent.parent / "var/test/secrets"))

from anju.config import setup
from tests.browsers import OLDEST, TODAY, launched
from tests.commits import cloned

setup.translations_compile()


@pytest.fixture
def committed_db(django_db_setup: Any, django_db_blocker: Any) -> Iterator[str]:
    """A clone of the migrated test database for a test that commits; dropped afterwards."""
    with django_db_blocker.unblock():
        yield from cloned("committed")


@pytest.fixture(params=[TODAY, OLDEST])
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page in today's Chromium and in the oldest one; it talks to nobody but the tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine, launched(engine, request.param) as browser:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        yield context.new_page()


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[..., Any]:
    """Run what waits for the commit: ``with run_on_commit(execute=True): …``."""
    return django_capture_on_commit_callbacks
