"""Public pages are kept for a while in a serving process, and never for a reader known to us."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

from anju.ui import keeping
from anju.ui.pages import page

made: list[str] = []


@page(public=True, cache_seconds=30)
def shown(request):
    made.append(request.path)
    return HttpResponse(f"{request.path} {len(made)}")


@pytest.fixture(autouse=True)
def nothing_kept():
    made.clear()
    keeping._kept.clear()
    with override_settings(KEEP_PAGES=True):
        yield
    keeping._kept.clear()


def ask(path="/public/x", **extra):
    request = RequestFactory().get(path)
    request.COOKIES.update(extra)
    return shown(request)


@pytest.mark.django_db
def test_a_second_reader_gets_the_same_page():
    first, second = ask(), ask()
    assert first.content == second.content
    assert second["Cache-Control"] == "public, max-age=30"
    assert len(made) == 1
    ask("/public/x?page=2")
    with translation.override("en"):
        ask()
    ask(anju_text="large")
    assert len(made) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_a_reader_known_to_us_is_never_answered_from_what_is_kept(cookie):
    ask()
    ask(**{cookie: "x"})
    ask(**{cookie: "x"})
    assert len(made) == 3
    ask()
    assert len(made) == 3


@pytest.mark.django_db
def test_a_page_whose_time_is_over_is_made_again(monkeypatch):
    ask()
    now = keeping.time.monotonic()
    monkeypatch.setattr(keeping.time, "monotonic", lambda: now + 31)
    ask()
    assert len(made) == 2


@pytest.mark.django_db
@override_settings(KEEP_PAGES=False)
def test_outside_a_serving_process_nothing_is_kept():
    ask()
    ask()
    assert len(made) == 2
