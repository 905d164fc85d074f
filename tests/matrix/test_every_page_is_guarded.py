"""Guards of every page: headers, forged forms, redirects, methods and odd addresses."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse
from django.utils.http import urlencode

from anju.access.models import User
from tests.factories.access import PASSWORD, make_user

from .addresses import INTEGERS, ROLE_ACCOUNTS, Address, addresses, sample, url
from .openings import Desk, Opening

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

# As the architecture writes it.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Forms without a token: they keep only how a person reads, so that public pages stay cacheable.
WITHOUT_TOKEN = {"ui:language", "ui:text"}
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
]
ODD = [
    "-1",
    "0",
    "99999999999",
    "9" * 40,
    "';drop table x;--",
    "a\x00b",
    "\x00",
    "x" * 5000,
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "NaN",
    "1e999",
    "-Infinity",
    "٣",
    "²",
    "[]",
    "%",
    "\\",
    "<script>",
    "\u202e\U0001f468\u200d\U0001f469",
]


@pytest.fixture
def desk() -> Desk:
    return Desk()


FILE_CSP = "default-src 'none'; sandbox"  # a file that somebody handed in


def directives(policy: str) -> dict[str, list[str]]:
    parts = (one.split() for one in policy.split(";") if one.strip())
    return {name: values for name, *values in parts}


def guards_missing(answer: Any, *, private: bool) -> list[str]:
    """What a response lacks."""
    wrong = []
    policy = answer.get("Content-Security-Policy", "")
    if policy != FILE_CSP and directives(policy) != directives(CSP):
        wrong.append(f"CSP {answer.get('Content-Security-Policy')}")
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
    ):
        if answer.get(name) != value:
            wrong.append(f"{name} {answer.get(name)}")
    policy = answer.get("Permissions-Policy", "").replace(" ", "").split(",")
    if not {"camera=(self)", "geolocation=(self)"} <= set(policy):
        wrong.append(f"Permissions-Policy {policy}")
    kept = answer.get("Cache-Control", "")
    asked_again = "private" in kept and "no-cache" in kept and answer.get("ETag")
    if private and "no-store" not in kept and not asked_again:
        wrong.append(f"Cache-Control {answer.get('Cache-Control')}")
    return wrong


def test_every_page_carries_its_headers(opened: list[Opening]) -> None:
    wrong = []
    seen = 0
    for one in opened:
        seen += 1
        private = not one.address.rule.public or one.role != "anonymous"
        if "max-age" in one.headers.get("Cache-Control", "") and one.address.rule.public:
            private = False  # a file that is the same for everybody
        wrong += [f"{one}: {words}" for words in guards_missing(one.headers, private=private)]
    assert seen > 60
    assert not wrong, "\n".join(wrong)


def test_refusals_carry_the_headers_too(desk: Desk) -> None:
    nobody, clerk = desk.client("anonymous"), desk.client("district_clerk")
    forger = Client(enforce_csrf_checks=True)
    answers = {
        "no such page": nobody.get("/nowhere"),
        "sign in first": nobody.get(reverse("access:account")),
        "not this post": clerk.get(reverse("access:account_list")),
        "no such row": clerk.get(reverse("registry:community", args=[2_000_000_000])),
        "wrong method": clerk.delete(reverse("access:account")),
        "forged": forger.post(reverse("access:password_sign_in"), {}),
        "alive": nobody.get("/healthz"),
    }
    wrong = [
        f"{name} {answer.status_code}: {words}"
        for name, answer in answers.items()
        for words in guards_missing(answer, private=False)
    ]
    for name in ("not this post", "no such row", "wrong method"):
        if "no-store" not in answers[name].get("Cache-Control", ""):
            wrong.append(f"{name}: may be stored")
    assert not wrong, "\n".join(wrong)


def any_path(desk: Desk, address: Address) -> tuple[str, str] | None:
    """A role that may open the address, and a path for it; the row need not be in reach."""
    found = desk.paths(address)
    if found:
        return found[0]
    for role in ROLE_ACCOUNTS:
        if address.rule.admits(desk.actor(role)):
            arguments = sample(address, desk.actor(role))
            if arguments is None:
                arguments = {n: 1 if n in INTEGERS else "none" for n in address.arguments}
            return role, url(address, arguments)
    return None


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    wrong = []
    exempt = set()
    seen = 0
    for address in addresses():
        if "POST" not in address.rule.methods:
            continue
        found = any_path(desk, address)
        assert found, f"nobody may open {address}"
        role, path = found
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies = desk.client(role).cookies
        wrote: list[str] = []
        with connection.execute_wrapper(_writes(wrote)):
            answer = client.post(path, {"reason": "x"})
        if getattr(resolve(path).func, "csrf_exempt", False):
            exempt.add(address.name)
        elif answer.status_code != 403 or wrote:
            wrong.append(f"{address}: {answer.status_code} {wrote}")
        seen += 1
    assert seen > 60
    assert exempt == WITHOUT_TOKEN
    assert not wrong, "\n".join(wrong)


def _writes(found: list[str]) -> Callable[..., Any]:
    def spy(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).lstrip().upper()
        if text.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(text[:100])
        return execute(sql, params, many, context)

    return spy


def test_the_two_forms_without_token_take_nothing_from_another_site() -> None:
    for path, data in (("/language", {"language": "en"}), ("/text", {"text": "large"})):
        answer = Client().post(path, data, headers={"Sec-Fetch-Site": "cross-site"})
        assert not answer.cookies


def test_methods_not_named_are_refused(desk: Desk) -> None:
    wrong = []
    for address in addresses():
        found = any_path(desk, address)
        assert found, f"nobody may open {address}"
        role, path = found
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(address.rule.methods):
            answer = desk.client(role).generic(method, path)
            if answer.status_code != 405 or not answer.get("Allow"):
                wrong.append(f"{method} {address} as {role}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# redirects


def leaves(address: str) -> bool:
    """Whether a browser would leave the host (as browsers read addresses)."""
    read = re.sub(r"[\t\r\n]", "", address.strip()).replace("\\", "/")
    return not read.startswith("/") or read.startswith("//")


class Links(HTMLParser):
    """Where a page leads: links, forms, and hidden fields that name the page after a form."""

    def __init__(self) -> None:
        super().__init__()
        self.posted = False
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.targets.append(given.get("href") or "")
        elif tag == "form":
            self.targets.append(given.get("action") or "")
            self.posted = (given.get("method") or "get").lower() == "post"
        elif tag == "input" and self.posted and given.get("name") == "next":
            self.targets.append(given.get("value") or "")


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_signing_in_never_leads_to_another_host(evil: str) -> None:
    user = make_user(password=PASSWORD)
    client = Client()
    answer = client.post(
        "/sign-in/password", {"name": user.username, "password": PASSWORD, "next": evil}
    )
    assert answer.status_code == 302
    assert not leaves(answer["Location"])
    for path in ("/language", "/text", "/sign-out"):
        answer = client.post(path, {"next": evil, "language": "en", "text": "large"})
        assert answer.status_code in (302, 303)
        assert not leaves(answer["Location"])
    part = Client().get("/account/", headers={"HX-Request": "true", "HX-Current-URL": evil})
    assert not leaves(part["HX-Redirect"])
    assert "evil" not in part["HX-Redirect"]


def test_no_page_takes_another_host_from_its_address(desk: Desk, opened: list[Opening]) -> None:
    wrong = []
    for one in opened:
        for evil in ("//evil.example/x", "javascript:alert(1)"):
            query = urlencode(dict.fromkeys(("next", "back", "to", "url", "return", "on"), evil))
            answer = desk.client(one.role).get(f"{one.path}?{query}")
            if "Location" in answer and leaves(answer["Location"]):
                wrong.append(f"{one} leads to {answer['Location']}")
            if answer.get("Content-Type", "").startswith("text/html"):
                links = Links()
                links.feed(answer.content.decode())
                if evil in links.targets:
                    wrong.append(f"{one} links to {evil}")
    assert not wrong, "\n".join(wrong)


# odd addresses


class Heard(logging.Handler):
    """What the pages wrote down as unexpected."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else ""
        self.words.append(f"{record.getMessage()[:80]}: {error!r}"[:300])


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler = Heard()
    loggers = [logging.getLogger("anju"), logging.getLogger("django.request")]
    for one in loggers:
        one.addHandler(handler)
    yield handler
    for one in loggers:
        one.removeHandler(handler)


class Fields(HTMLParser):
    """Names of the fields of forms that are sent by GET."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = (given.get("method") or "get").lower() == "get"
        elif self.inside and tag in ("input", "select", "textarea") and given.get("name"):
            self.names.add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def parameters(one: Opening) -> set[str]:
    """Parameters an address may read: its own fields, its links' and the usual ones."""
    fields = Fields()
    fields.feed(one.body)
    names = fields.names | {"page", "size", "sort", "cols", "on", "q"}
    declared = getattr(resolve(one.path).func, "declared", None)
    if declared is not None and declared.filterset is not None:
        names |= set(declared.filterset.base_filters)
    for query in re.findall(r'href="[^"?]*\?([^"#]+)"', one.body):
        names |= set(QueryDict(query.replace("&amp;", "&")))
    return names


def odd(desk: Desk, heard: Heard, one: Opening, query: str) -> list[str]:
    """Open an address with a query; what went wrong."""
    heard.words.clear()
    with transaction.atomic():
        answer = desk.client(one.role).get(f"{one.path}?{query}")
        if answer.streaming:
            b"".join(answer.streaming_content)  # closing it would close the connection too
        transaction.set_rollback(True)
    if answer.status_code >= 500 or heard.words:
        return [f"{one.address} ?{query[:70]}: {answer.status_code} {heard.words[:1]}"]
    return []


def test_no_query_breaks_a_page(desk: Desk, heard: Heard, opened: list[Opening]) -> None:
    wrong = []
    asked = 0
    for place, one in enumerate(opened):
        names = sorted(parameters(one))
        # One parameter at a time, for a refused one hides the others; then all together.
        queries = [
            urlencode({name: ODD[(place + spot) % len(ODD)]}) for spot, name in enumerate(names)
        ]
        queries.append(urlencode(dict.fromkeys(names, "\x00")))
        queries += ["%ff%fe=%ff", "=&&&;=", "page=1&page=2&" + "a=1&" * 900]
        asked += len(queries)
        for query in queries:
            wrong += odd(desk, heard, one, query)
    assert asked > 800
    assert not wrong, "\n".join(wrong)


def test_no_list_breaks_on_a_condition(desk: Desk, heard: Heard, opened: list[Opening]) -> None:
    """Every condition of every list with a fifth of the odd values, in turn."""
    wrong = []
    turn = 0
    lists = 0
    for one in opened:
        declared = getattr(resolve(one.path).func, "declared", None)
        if declared is None:
            continue
        lists += 1
        fields = declared.filterset(None).form.fields if declared.filterset else {}
        names = {"page", "sort", "cols", "size"}
        for name in fields:
            names |= {name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before"} & (
                parameters(one) | {name}
            )
        for name in sorted(names):
            for value in ODD[turn % 5 :: 5]:
                wrong += odd(desk, heard, one, urlencode({name: value}))
            turn += 1
    assert lists >= 8
    assert not wrong, "\n".join(wrong)


def test_no_key_breaks_a_page(desk: Desk, heard: Heard) -> None:
    wrong = []
    for address in addresses():
        if not address.arguments or "GET" not in address.rule.methods:
            continue
        found = any_path(desk, address)
        assert found
        role, path = found
        for argument in address.arguments:
            given = str(resolve(path).kwargs[argument])
            for value in ("0", "9" * 30, "%00", "x" * 3000, "..%2f..", "%ff", "２", "a'b"):
                bent = path.replace(f"/{given}", f"/{value}", 1)
                heard.words.clear()
                with transaction.atomic():
                    answer = desk.client(role).get(bent)
                    transaction.set_rollback(True)
                if answer.status_code >= 500 or heard.words:
                    wrong.append(f"{bent[:90]}: {answer.status_code} {heard.words[:1]}")
    assert not wrong, "\n".join(wrong)


def test_names_of_the_demo_are_those_of_the_roles() -> None:
    assert User.objects.filter(username__in=filter(None, ROLE_ACCOUNTS.values())).count() == (
        len(ROLE_ACCOUNTS) - 1
    )
