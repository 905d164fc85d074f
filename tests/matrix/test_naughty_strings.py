"""Strings that break programs, in every text field of every form a role may send.

Nothing answers 500, nothing comes back as markup, and what is stored comes back escaped.
The list of naughty strings (Big List of Naughty Strings, MIT) is used where it lies beside the
repository; our own forty are always used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction

from anju.core.text import clean

from .nasty import NASTY
from .openings import Desk, Opening
from .test_every_page_is_guarded import Heard, heard  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

BLNS = Path(settings.ROOT).parent / "shared" / "data" / "edge-cases" / "blns" / "blns.json"
TEXT = {"text", "search", "tel", "email", "url", "number", "date", "password", "", "hidden"}
LEFT_OUT = {"csrfmiddlewaretoken"}
# The reader's switches stand on every page, and signing out ends the visit.
SAME_EVERYWHERE = {"/language", "/text", "/sign-out"}
PLAUSIBLE = {
    "date": "2026-11-20",
    "number": "1",
    "tel": "13800138000",
    "email": "a@example.org",
    "url": "https://example.org/",
    "datetime-local": "2026-11-20T09:00",
    "time": "09:00",
    "password": "Anju-2026-long-enough",
}


@dataclass
class Form:
    """A form that is posted, as a browser would read it."""

    action: str
    data: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """Forms of a page with plausible values, and markup that nobody of us wrote."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.foreign: list[str] = []
        self.form: Form | None = None
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._watch(tag, given)
        if tag == "form":
            post = given.get("method", "get").lower() == "post"
            self.form = Form(given.get("action") or self.path) if post else None
            if self.form:
                self.forms.append(self.form)
        if self.form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and name not in LEFT_OUT:
            self._input(self.form, name, given)
        elif tag == "button" and name:
            self.form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and given.get("value"):
            if "selected" in given or self.select not in self.form.data:
                self.form.data[self.select] = [given["value"]]
        elif tag == "textarea" and name:
            self.area = name
            self.form.texts.append(name)
            self.form.data[name] = ["情况属实"]

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "").lower()
        if kind in ("checkbox", "radio"):
            if "checked" in given or name not in form.data:
                form.data[name] = [given.get("value", "on")]
        elif kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif kind != "file":
            form.data[name] = [given.get("value") or PLAUSIBLE.get(kind, "测试")]
            if kind in TEXT:
                form.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""

    def _watch(self, tag: str, given: dict[str, str]) -> None:
        script = tag == "script" and not given.get("src") and "json" not in given.get("type", "")
        wrong = script or any(name.startswith("on") for name in given)
        wrong = wrong or given.get("href", "").strip().lower().startswith(("javascript:", "data:"))
        wrong = wrong or given.get("src", "").strip() in ("x", "/") or tag in ("iframe", "object")
        if wrong:
            self.foreign.append(f"<{tag} {given}>"[:160])


def read(path: str, body: str) -> Page:
    page = Page(path)
    page.feed(body)
    return page


def sendable(text: str) -> str:
    """The text as a browser can send it: lone surrogates have no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def strings() -> list[str]:
    """Ours, and the well-known list where it is at hand."""
    found = list(NASTY)
    if BLNS.exists():
        found += [text for text in json.loads(BLNS.read_text("utf-8")) if text]
    return list(dict.fromkeys(sendable(text) for text in found))


def test_the_well_known_list_is_at_hand() -> None:
    if not BLNS.exists():
        pytest.skip(f"{BLNS.name} lies not beside the repository; our own strings are used alone")
    assert len(strings()) > 400


def fields_of(opened: list[Opening]) -> list[tuple[Opening, Form, str]]:
    """Every text field of every form that is posted, with the form of a fitting role."""
    found = []
    seen = set()
    for one in opened:
        for form in read(one.path, one.body).forms:
            where = urlsplit(form.action).path
            if where in SAME_EVERYWHERE:
                continue
            for name in dict.fromkeys(form.texts):
                # Forms that stand on several pages are tried once.
                if (where, name) not in seen:
                    seen.add((where, name))
                    found.append((one, form, name))
    return found


class Sending:
    """Sends a form and takes back what it did."""

    def __init__(self, desk: Desk, words: Heard) -> None:
        self.desk = desk
        self.heard = words
        self.wrong: list[str] = []
        self.stored = 0
        self.escaped = 0

    def send(self, one: Opening, form: Form, name: str, text: str) -> None:
        client = self.desk.client(one.role)
        kept = {key: morsel.value for key, morsel in client.cookies.items()}
        self.heard.words.clear()
        data = form.data | {name: [text]}
        for button, value in form.buttons[:1]:
            data[button] = [value]
        with transaction.atomic():
            answer = client.post(form.action, data)
            self._judge(one, form, name, text, answer)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(kept)

    def _judge(self, one: Opening, form: Form, name: str, text: str, answer: Any) -> None:
        where = f"{one.address} as {one.role}, {form.action} {name}={text[:40]!r}"
        if answer.status_code >= 500 or self.heard.words:
            self.wrong.append(f"{where}: {answer.status_code} {self.heard.words[:1]}")
            return
        if answer.status_code in (302, 303):
            self.stored += 1
            there = answer["Location"]
            if not there.startswith("/"):
                self.wrong.append(f"{where}: leads to {there}")
                return
            answer = self.desk.client(one.role).get(there)
            if answer.status_code >= 500:
                self.wrong.append(f"{where}: stored, then {there} is {answer.status_code}")
        if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
            return
        body = answer.content.decode()
        self.wrong += [f"{where}: markup {tag}" for tag in read(form.action, body).foreign]
        if "<" in text and len(text) > 4:
            before = one.body
            for raw in {text, clean(text)}:
                if raw in body and raw not in before:
                    self.wrong.append(f"{where}: comes back as it was sent")
            self.escaped += escape(clean(text)) in body or escape(text) in body


def test_no_string_breaks_a_form(heard: Heard, opened: list[Opening]) -> None:  # noqa: F811
    desk = Desk()
    fields = fields_of(opened)
    texts = strings()
    assert len(fields) > 80, "hardly a field was found"
    sending = Sending(desk, heard)
    each = max(4, 2 - (-len(texts) // len(fields)))
    turn = 0
    for place, (one, form, name) in enumerate(fields):
        # The two that most fields must survive, and the next few of all.
        tried = [NASTY[place % 2], NASTY[8 + place % 9]]
        tried += [texts[(turn + step) % len(texts)] for step in range(each - 2)]
        turn += each - 2
        for text in dict.fromkeys(tried):
            sending.send(one, form, name, text)
    assert not sending.wrong, f"{len(sending.wrong)}:\n" + "\n".join(sending.wrong)
    assert sending.stored > 40, "hardly a form was taken, so nothing stored was looked at"
    assert sending.escaped > 40, "hardly a string came back, so escaping was not looked at"
    assert turn >= len(texts), "not all strings were used"
