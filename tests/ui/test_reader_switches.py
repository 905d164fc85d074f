"""Language, elder mode, error pages and navigation."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from anju.ui import menus
from anju.ui.errors import EXPLAINED
from anju.ui.gallery import PAGES

pytestmark = pytest.mark.django_db


def test_a_stranger_reads_chinese_whatever_the_browser_prefers(client: Client) -> None:
    answer = client.get("/gallery/", headers={"accept-language": "en-US"})
    assert '<html lang="zh-CN">' in answer.text
    assert answer.headers["Content-Language"] == "zh-hans"


def test_english_and_elder_mode_are_kept(client: Client) -> None:
    answer = client.post("/language", {"language": "en", "next": "/gallery/?a=1"})
    assert answer.headers["Location"] == "/gallery/?a=1"
    client.post("/text", {"text": "large", "next": "/gallery/"})
    page = client.get("/gallery/").text
    assert '<html lang="en" data-text="large">' in page
    client.post("/text", {"text": "normal", "next": "/gallery/"})
    assert 'data-text="large"' not in client.get("/gallery/").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_a_switch_never_leads_to_another_host(client: Client, target: str) -> None:
    assert client.post("/language", {"language": "en", "next": target}).headers["Location"] == "/"


def test_another_site_cannot_switch(client: Client) -> None:
    answer = client.post(
        "/language", {"language": "en", "next": "/"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert "anju_language" not in answer.cookies


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    assert "anju_language" not in client.post("/language", {"language": "xx"}).cookies


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["", *PAGES])
def test_every_page_of_the_gallery_renders(client: Client, name: str, language: str) -> None:
    client.cookies["anju_language"] = language
    answer = client.get(f"/gallery/{name}/" if name else "/gallery/")
    assert answer.status_code == (int(name[-3:]) if name.startswith("error-") else 200)
    text = re.sub(r"<script.*?</script>|<[^>]+lang=\"zh-CN\">[^<]*", "", answer.text, flags=re.S)
    assert text.count("<h1") == 1
    assert "{%" not in text
    assert "{{" not in text
    if language == "en":
        assert not re.findall(r"[\u4e00-\u9fff]+", text)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", sorted(EXPLAINED))
def test_an_error_page_says_what_to_do(client: Client, status: int, language: str) -> None:
    from django.test import RequestFactory
    from django.utils import translation

    from anju.ui.errors import error_page

    with translation.override(language):
        answer = error_page(RequestFactory().get("/"), status)
        assert answer.status_code == status
        for words in (EXPLAINED[status].title, EXPLAINED[status].step):
            assert str(words).replace("'", "&#x27;") in answer.text
            assert bool(re.search(r"[\u4e00-\u9fff]", str(words))) is (language == "zh-hans")


def test_what_is_not_there_is_a_page(client: Client) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "<h1" in answer.text


@override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"])
def test_a_strange_host_gets_a_page_too(client: Client) -> None:
    answer = client.get("/gallery/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_every_entry_of_every_menu_has_its_page() -> None:
    for entry in menus.entries():
        assert reverse(entry.url_name)
        if entry.shelf is menus.Shelf.DESK:
            assert menus.Group(entry.group) in menus.GROUPS
