"""The table of URL × role, made from the pages' own rules over the demo city.

What a role may not open is refused and nothing is written; what lies outside its reach is 404,
as if it were not there; what it may open opens.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from anju.core.actors import Actor, ActorKind, Reach

from .addresses import (
    ABSENT,
    INTEGERS,
    ROLE_ACCOUNTS,
    Address,
    addresses,
    named,
    sample,
    stranger,
    url,
)
from .listed import NEVER_OPENED, NO_SAMPLE, NO_STRANGER
from .test_naughty_strings import read

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

# A move that the state of the sample shuts, or a form that has nothing to choose from.
SHUT = {403, 409, 422}
OPENED = {200, 204, 302}
# Rows that a refusal or a sign-in may write.
BOOKKEEPING = ("django_session", "audit_event", "anju_cache")


# Permissions whose rows are the city's business, which the three administrators never see.
BUSINESS = ("registry:", "contracts:", "documents:", "flow:", "partners:report_")
# Sent where an address has no form of its own on a page.
SOMETHING = {"reason": "情况属实", "answer": "情况属实", "name": "阳光花园"}

# Shut to these roles but for the demo, which shows them to everybody.
DEMO_OPEN = {"notices:outgoing"}
# Pages of a step that has to be begun elsewhere: without it there is nothing to show.
STEPS = {"access:totp_add", "access:passkey_add"}


class Writes:
    """Write statements that reached the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        text = str(sql).lstrip().upper()
        if text.startswith(("INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE")) and not any(
            table.upper() in text[:120] for table in BOOKKEEPING
        ):
            self.statements.append(str(sql)[:200])
        return execute(sql, params, many, context)


def opens(address: Address, actor: Actor) -> bool:
    return bool(address.rule.admits(actor))


def test_no_address_is_without_a_sample():
    from .conftest import actor_of

    head = actor_of("bureau_head")
    for address in addresses():
        sample(address, head)  # raises LookupError for an address nobody thought of


def test_every_address_is_opened_by_somebody(opened):
    """Each page with GET is read by the tests of every page, but for the steps listed."""
    read = {one.address.name for one in opened}
    all_of_them = {a.name for a in addresses() if "GET" in a.rule.methods}
    assert all_of_them - read == set(NEVER_OPENED)


def test_every_role_has_a_row_for_what_it_may_open(role, actor):
    listed = {name for name, (roles, _why) in NO_SAMPLE.items() if role in roles}
    without = {a.name for a in addresses() if opens(a, actor) and sample(a, actor) is None}
    assert without == listed


def test_every_address_of_rows_is_tried_with_a_foreign_one():
    from .conftest import actor_of

    roles = {role: actor_of(role) for role in ROLE_ACCOUNTS}
    without = {
        address.name
        for address in addresses()
        if named(address)
        and not address.rule.public
        and all(
            stranger(address, actor) is None for actor in roles.values() if opens(address, actor)
        )
    }
    assert without == set(NO_STRANGER)


def test_what_a_role_may_not_open_is_refused_and_nothing_is_written(client, actor, plausible):
    wrong = []
    for address in addresses():
        if opens(address, actor) or address.name in DEMO_OPEN:
            continue
        head = _any_arguments(address)
        for method in {"GET", "POST"} & set(address.rule.methods):
            status, words = ask(client, method, url(address, head), plausible, address)
            if words:
                wrong.append(words)
            if actor.kind is ActorKind.ANONYMOUS:
                good = status == 302
            elif actor.reach is Reach.NOTHING and address.arguments and _business(address):
                good = status == 404  # a business row is not there for an administrator
            else:
                good = status == 403
            if not good:
                wrong.append(f"{method} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def _business(address: Address) -> bool:
    """Whether the address is of the city's business; the platform's own pages are not."""
    return (address.rule.permission or "").startswith(BUSINESS)


def ask(
    client: Any, method: str, path: str, plausible: dict[str, dict[str, Any]], address: Address
) -> tuple[int, str]:
    """Status of a request with what its form would send, and what it wrote, if anything."""
    spy = Writes()
    with connection.execute_wrapper(spy):
        if method == "GET":
            answer = client.get(path)
        else:
            answer = client.post(path, plausible.get(address.name, {}) or SOMETHING)
    status = answer.status_code
    if status == 302 and "sign-in" not in answer["Location"]:
        status = 200
    wrote = f"{method} {address} wrote: {spy.statements[0]}" if spy.statements else ""
    return status, wrote


@pytest.fixture(scope="module")
def plausible(opened: list[Any]) -> dict[str, dict[str, Any]]:
    """What a browser would send by the form of each address that posts."""
    from urllib.parse import urlsplit

    from django.urls import Resolver404, resolve

    found: dict[str, dict[str, Any]] = {}
    for one in opened:
        for form in read(one.path, one.body).forms:
            try:
                name = resolve(urlsplit(form.action).path).view_name
            except Resolver404:
                continue
            sent = form.data | {button: [value] for button, value in form.buttons[:1]}
            if len(sent) > len(found.get(name, {})):
                found[name] = sent
    return found


def test_moves_are_tried_with_what_their_forms_send(plausible):
    """Most addresses that post were given real fields; the rest carry a reason or nothing."""
    posting = {a.name for a in addresses() if "POST" in a.rule.methods}
    assert len(set(plausible) & posting) > 0.75 * len(posting), posting - set(plausible)


def test_what_a_role_may_open_opens(client, actor):
    wrong = []
    for address in addresses():
        if not opens(address, actor) or "GET" not in address.rule.methods:
            continue
        arguments = sample(address, actor)
        if arguments is None:
            continue  # listed, see above
        answer = client.get(url(address, arguments))
        begun = actor.kind is not ActorKind.ANONYMOUS or address.name not in STEPS
        if answer.status_code not in OPENED | SHUT and begun:
            wrong.append(f"{address} {arguments}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_another_place_is_not_found(client, actor, plausible):
    wrong = []
    seen = 0
    for address in addresses():
        argument = named(address)
        if not opens(address, actor) or argument is None or address.rule.public:
            continue
        for key in (stranger(address, actor), ABSENT):
            if key is None:
                continue
            seen += 1
            arguments = _any_arguments(address) | {argument: key}
            for method in sorted({"GET", "POST"} & set(address.rule.methods)):
                status, words = ask(client, method, url(address, arguments), plausible, address)
                if status != 404 or words:
                    wrong.append(f"{method} {address} {argument}={key}: {status} {words}")
    assert not wrong, "\n".join(wrong)
    if actor.kind is ActorKind.USER and actor.permissions:
        assert seen or not [a for a in addresses() if opens(a, actor) and a.arguments]


_ANY: dict[str, dict[str, Any]] = {}


def _any_arguments(address: Address) -> dict[str, Any]:
    """Arguments that exist for somebody; the role is refused before they are looked at."""
    from .conftest import actor_of

    if address.name not in _ANY:
        found = sample(address, actor_of("bureau_head"))
        if found is None:
            found = {n: ABSENT if n in INTEGERS else "none" for n in address.arguments}
        _ANY[address.name] = found  # the city stands still
    return dict(_ANY[address.name])


def test_lists_counts_exports_and_searches_keep_to_the_reach(role, actor, client):
    """A list, its count, its export and its ticked rows tell the same rows, within the reach."""
    for address in addresses():
        declared = getattr(_callback(address), "declared", None)
        if declared is None or not opens(address, actor):
            continue
        rows = declared().queryset(actor)
        path = url(address, {})
        assert client.get(path).status_code == 200, address
        if not declared.can_export:
            continue
        # A longer one is written by a job, from the same rows.
        if rows.count() <= settings.EXPORT_IMMEDIATE_ROWS:
            lines = _exported(client, path, {"export_all": "csv"})
            assert len(lines) == rows.count() + 1, f"{address}: export differs from the list"
        placed = hasattr(rows.model, "district_id") and hasattr(rows, "visible_to")
        if placed:
            seen = rows.model._default_manager.visible_to(actor)
            assert not rows.exclude(pk__in=seen.values("pk")).exists(), address
        # Ticked: one row of the list and some of elsewhere give the one.
        inside = rows.order_by("pk").values_list("pk", flat=True)[:1]
        outside = rows.model._default_manager.exclude(pk__in=rows.order_by().values("pk"))
        foreign = list(outside.order_by("pk").values_list("pk", flat=True)[:5])
        if foreign:
            lines = _exported(client, path, {"export": "csv", "id": [*foreign, *inside]})
            assert len(lines) == len(inside) + 1, f"{address}: a row of elsewhere was exported"


def _exported(client: Any, path: str, data: dict[str, Any]) -> list[str]:
    answer = client.post(path, data)
    assert answer.status_code == 200, path
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))  # type: ignore[arg-type]


def test_search_and_suggestions_keep_to_the_reach(role, actor, client):
    """What the search links to can be opened, and a name of elsewhere is not found."""
    from anju.registry.models import Community

    found = {a.name: a for a in addresses() if a.name in ("registry:find", "registry:suggest")}
    assert len(found) == 2
    if not opens(found["registry:find"], actor):
        return  # that it is refused is tried above
    active = Community.objects.filter(state="active")
    inside = active.filter(pk__in=Community.objects.visible_to(actor).values("pk"))
    near = inside.order_by("pk").first()
    # A name that no name of the place holds, nor any row hung under one.
    far = active.exclude(pk__in=Community.objects.visible_to(actor).values("pk")).order_by("pk")[:3]
    for address in found.values():
        for there in far:
            answer = client.get(url(address, {}), {"q": there.name})
            assert answer.status_code == 200
            body = answer.content.decode()
            assert f"/registry/communities/{there.pk}/" not in body, f"{address} {there.name}"
        if near is not None and actor.can("registry:community_view"):
            body = client.get(url(address, {}), {"q": near.name}).content.decode()
            assert f"/registry/communities/{near.pk}/" in body, f"{address} {near.name}"
            for link in set(re.findall(r'href="(/registry/[^"?]+/)"', body)):
                assert client.get(link).status_code == 200, link


def _callback(address: Address) -> Any:
    from django.urls import resolve

    return resolve(url(address, _any_arguments(address))).func
