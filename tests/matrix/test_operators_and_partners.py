"""Rows for which the table of URL × role has no column: an operator's look, and partners' keys."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from anju.access.models import Organisation
from anju.access.permissions import GRANTS
from anju.access.services.elevations import elevation_approve, elevation_ask
from anju.access.services.keys import key_issue, key_revoke
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.config.api import api
from anju.partners.models import CorrectionReport
from anju.registry.models import Community, Company, Manager, Project

from .conftest import actor_of, client_of
from .test_every_url_by_every_role import Writes

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


# An operator who was allowed to look


def looked(row: Community) -> int:
    rows = AuditEvent.objects.filter(action="access.elevation_read", target_id=str(row.pk))
    return rows.count()


def test_an_elevated_operator_sees_the_named_row_for_thirty_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named, neighbour = Community.objects.filter(state="active").order_by("pk")[:2]
    here, there = (f"/registry/communities/{row.pk}/" for row in (named, neighbour))
    client = client_of("system_admin")
    assert client.get(here).status_code == client.get(there).status_code == 404
    now = timezone.now()
    asked = elevation_ask(
        actor=actor_of("system_admin"), reason="核对轮廓", rows=[f"registry.community:{named.pk}"],
        at=now,
    )  # fmt: skip
    assert client.get(here).status_code == 404  # nobody allowed it yet
    elevation_approve(actor=actor_of("security_admin"), elevation=asked, at=now)
    before = looked(named)
    assert client.get(here).status_code == 200
    assert looked(named) == before + 1
    assert client.get(there).status_code == 404
    assert looked(neighbour) == 0
    # It is a look: nothing can be changed, and the neighbour's moves are not there either.
    for where in (here, there):
        assert client.post(f"{where}close/", {"reason": "x"}).status_code == 404
    late: datetime = now + timedelta(minutes=30, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert client.get(here).status_code == 404
    assert looked(named) == before + 1


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_what_exists_and_what_does_not_look_the_same_to_an_administrator(role: str) -> None:
    client = client_of(role)
    row = Community.objects.order_by("pk")[0]
    there = client.get(f"/registry/communities/{row.pk}/")
    absent = client.get("/registry/communities/2000000000/")
    assert there.status_code == absent.status_code == 404
    assert row.name not in there.content.decode()


# Partners

WRITING = "partners:correction_report"
READING = "registry:api_read"
RECEIPTS = "/api/v1/messages/receipts"


def operations() -> list[tuple[str, str]]:
    """Method and path of everything the interface offers, as its own description says."""
    return [
        (method.upper(), path)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    ]


def opened_with(path: str) -> str | None:
    """The scope an operation asks for; None where everybody may call it."""
    rest = path.removeprefix("/api/v1")
    if rest.startswith("/reports"):
        return WRITING
    return (
        READING
        if rest.split("/")[1] in {"communities", "companies", "managers", "projects"}
        else None
    )


def key(scopes: list[str]) -> tuple[Any, str]:
    return key_issue(
        actor=actor_of("security_admin"),
        organisation=Organisation.objects.get(name="云澜市政务服务便民热线"),
        name="表格",
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=1),
        at=timezone.now(),
    )


def call(method: str, path: str, secret: str | None, number: int) -> tuple[int, bool]:
    """Status of a call with real keys in its path, and whether it wrote a business row."""
    first: dict[str, Any] = {
        "communities": Community.objects.filter(state="active"),
        "companies": Company.objects.published(),
        "managers": Manager.objects.published(),
        "projects": Project.objects.current(),
        "reports": CorrectionReport.objects.filter(state="received"),
    }
    rest = path.removeprefix("/api/v1").strip("/").split("/")
    if "{pk}" in path:
        path = path.replace("{pk}", str(first[rest[0]].order_by("pk")[0].pk))
    body = {
        "kind": "community", "subject_id": first["communities"].order_by("pk")[0].pk,
        "field": "name", "stated": "", "right": "阳光花苑", "evidence": "门牌",
        "reference": f"T{number}",
    }  # fmt: skip
    if "{code}" in path:
        path = path.replace("{code}", first["companies"].order_by("pk")[0].code)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if method == "POST":
        headers["Idempotency-Key"] = f"table-{number}"
    spy = Writes()
    client = Client()
    with connection.execute_wrapper(spy):
        if method == "GET":
            answer = client.get(path, headers=headers)
        else:
            answer = client.post(path, body, content_type="application/json", headers=headers)
    wrote = any("PARTNERS_CORRECTIONREPORT" in one.upper() for one in spy.statements)
    return answer.status_code, wrote


def test_the_table_knows_every_address_of_the_interface() -> None:
    def walk(resolver: URLResolver, above: str) -> list[str]:
        found: list[str] = []
        for entry in resolver.url_patterns:
            route = above + str(entry.pattern)
            if isinstance(entry, URLResolver):
                found += walk(entry, route)
            elif isinstance(entry, URLPattern):
                found.append("/" + route)
        return found

    mounted = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", r) for r in walk(get_resolver(), "")}
    mounted = {route for route in mounted if route.startswith("/api/v1/")}
    described = {path for _method, path in operations()}
    assert mounted - described == {"/api/v1/openapi.json", "/api/v1/"}
    assert len(operations()) >= 8


def test_each_call_opens_to_its_scope_and_to_nobody_else() -> None:
    assert {READING, WRITING} <= GRANTS[Role.API_PARTNER]
    _row, both = key([READING, WRITING])
    revoked_row, revoked = key([READING, WRITING])
    key_revoke(actor=actor_of("security_admin"), key=revoked_row, reason="更换", at=timezone.now())
    alone = {scope: key([scope])[1] for scope in (READING, WRITING)}
    wrong = []
    number = 0
    for method, path in operations():
        scope = opened_with(path)
        if scope is None:
            continue
        other = alone[WRITING if scope == READING else READING]
        for who, secret, good in (
            ("nobody", None, False),
            ("a made-up key", "anju_made_up", False),
            ("a revoked key", revoked, False),
            ("a key of the other scope", other, False),
            ("a key of this scope", alone[scope], True),
            ("a key of both", both, True),
        ):
            number += 1
            status, wrote = call(method, path, secret, number)
            if good and status not in (200, 201, 409):
                wrong.append(f"{method} {path} with {who}: {status}")
            if not good and (status != 401 or wrote):
                wrong.append(f"{method} {path} with {who}: {status} wrote={wrote}")
    assert number >= 48
    assert not wrong, "\n".join(wrong)


def test_a_call_without_a_scope_is_named_here_and_takes_nothing_unsigned() -> None:
    """The message gateways' receipts carry a signature instead of a key."""
    assert [(m, p) for m, p in operations() if opened_with(p) is None] == [("POST", RECEIPTS)]
    spy = Writes()
    _row, secret = key([READING, WRITING])
    for headers in ({}, {"Authorization": f"Bearer {secret}"}):
        with connection.execute_wrapper(spy):
            answer = Client().post(RECEIPTS, {}, content_type="application/json", headers=headers)
        assert answer.status_code in (401, 403)
    assert not [one for one in spy.statements if "NOTICES_" in one.upper()]
