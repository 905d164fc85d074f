"""The table of URL × role, made from the pages' own rules over the demo city.

What a role may not open is refused and nothing is written; what lies outside its reach is 404,
as if it were not there; what it may open opens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from anju.core.actors import Actor, ActorKind

from .addresses import ABSENT, INTEGERS, Address, addresses, sample, stranger, url

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

# A move that the state of the sample shuts, or a form that has nothing to choose from.
SHUT = {403, 409, 422}
OPENED = {200, 204, 302}
# Rows that a refusal or a sign-in may write.
BOOKKEEPING = ("django_session", "audit_event", "anju_cache")


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


def test_what_a_role_may_not_open_is_refused_and_nothing_is_written(client, actor):
    wrong = []
    for address in addresses():
        if opens(address, actor) or address.name in DEMO_OPEN:
            continue
        head = _any_arguments(address)
        for method in {"GET", "POST"} & set(address.rule.methods):
            spy = Writes()
            with connection.execute_wrapper(spy):
                answer = client.generic(method, url(address, head))
            if actor.kind is ActorKind.ANONYMOUS:
                good = answer.status_code == 302 and "sign-in" in answer["Location"]
            else:
                good = answer.status_code == 403
            if not good:
                wrong.append(f"{method} {address}: {answer.status_code}")
            if spy.statements:
                wrong.append(f"{method} {address} wrote: {spy.statements[0]}")
    assert not wrong, "\n".join(wrong)


def test_what_a_role_may_open_opens(client, actor):
    wrong = []
    for address in addresses():
        if not opens(address, actor) or "GET" not in address.rule.methods:
            continue
        arguments = sample(address, actor)
        if arguments is None:
            continue
        answer = client.get(url(address, arguments))
        begun = actor.kind is not ActorKind.ANONYMOUS or address.name not in STEPS
        if answer.status_code not in OPENED | SHUT and begun:
            wrong.append(f"{address} {arguments}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_another_place_is_not_found(client, actor):
    wrong = []
    seen = 0
    for address in addresses():
        if not opens(address, actor) or address.arguments[:1] != ("pk",):
            continue
        if address.rule.public:
            continue
        for key in (stranger(address, actor), ABSENT):
            if key is None:
                continue
            seen += 1
            arguments = _any_arguments(address) | {"pk": key}
            for method in sorted({"GET", "POST"} & set(address.rule.methods)):
                spy = Writes()
                with connection.execute_wrapper(spy):
                    answer = client.generic(method, url(address, arguments))
                if answer.status_code != 404 or spy.statements:
                    wrong.append(
                        f"{method} {address} pk={key}: {answer.status_code} {spy.statements}"
                    )
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


@pytest.mark.parametrize(
    "role", ["district_clerk", "subdistrict_clerk", "committee_clerk", "company_admin"]
)
def test_lists_counts_exports_and_searches_keep_to_the_reach(role):
    """A list, its count, its export and the search tell the same rows, all within the reach."""
    from .conftest import actor_of, client_of

    actor, client = actor_of(role), client_of(role)
    checked = 0
    for address in addresses():
        declared = getattr(_callback(address), "declared", None)
        if declared is None or not opens(address, actor):
            continue
        rows = declared().queryset(actor)
        shown = client.get(url(address, {}))
        assert shown.status_code == 200, address
        exported = client.post(url(address, {}), {"export_all": "csv"})
        if declared.can_export:
            assert exported.status_code == 200, address
            body = b"".join(exported.streaming_content) if exported.streaming else exported.content
            lines = body.decode("utf-8-sig").strip().splitlines()
            assert len(lines) == rows.count() + 1, f"{address}: export differs from the list"
        if hasattr(rows.model, "district_id") and hasattr(rows, "visible_to"):
            assert not rows.exclude(pk__in=rows.model._default_manager.visible_to(actor)).exists()
        checked += 1
    assert checked >= 3


def _callback(address: Address) -> Any:
    from django.urls import resolve

    return resolve(url(address, _any_arguments(address))).func
