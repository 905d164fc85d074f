"""Partner systems read the public register with a key, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from anju.access.services.keys import key_issue
from anju.access.states import OrganisationKind, Role
from tests.factories import access, registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def secrets(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path))


@pytest.fixture
def key() -> str:
    partner = access.make_organisation(kind=OrganisationKind.AGENCY)
    _row, text = key_issue(
        actor=access.make_actor(role=Role.SECURITY_ADMIN),
        organisation=partner,
        name="热线接口",
        scopes=["registry:api_read", "partners:correction_report"],
        expires_at=timezone.now() + timedelta(days=30),
        at=timezone.now(),
    )
    return text


def ask(address: str, key: str | None) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Client().get(f"/api/v1{address}", headers=headers)


@pytest.mark.parametrize("address", ["/communities", "/companies", "/managers", "/projects"])
def test_nobody_reads_without_a_key(address):
    for wrong in (None, "anju_wrong", "x" * 5000):
        answer = ask(address, wrong)
        assert answer.status_code == 401
        assert answer.json()["error"]


def test_a_partner_pages_through_the_register(key):
    names = sorted(f"小区{n}" for n in range(5))
    for name in names:
        registry.make_community(name)
    seen, after = [], 0
    while after is not None:
        page = ask(f"/communities?limit=2&after={after}", key).json()
        assert page["count"] == 5
        seen += [row["name"] for row in page["rows"]]
        after = page["next"]
    assert seen == names


def test_a_project_tells_manager_telephone_and_fee(key):
    project = registry.make_project(fees={"home": 185})
    row = ask("/projects", key).json()["rows"][0]
    assert row["code"] == project.code
    assert row["home_fee_fen"] == 185
    assert row["company_code"] == project.company.code


def test_what_is_not_there_is_404_in_words(key):
    for address in ("/communities/2000000000", "/companies/91320300000000000X"):
        answer = ask(address, key)
        assert answer.status_code == 404
        assert answer.json()["error"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "after=-1", "after=x", f"after={10**30}", "name=" + "x" * 61]
)
def test_a_wrong_argument_is_named(key, query):
    answer = ask(f"/communities?{query}", key)
    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_no_answer_holds_personal_data_of_owners(key):
    unit = registry.make_unit()
    person = registry.make_owner(unit)
    text = "".join(
        ask(address, key).content.decode()
        for address in ("/communities", "/companies", "/managers", "/projects")
    )
    assert person.name not in text


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Keep the test's transaction open through the requests of a plain WSGI caller."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_whatever_is_sent_is_answered_in_form(key, kept_connection):
    """Schemathesis sends what the description allows and what it does not; nothing is a 500."""
    import schemathesis
    from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

    from anju.config.wsgi import application

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    # A schema cannot say that a field belongs to a kind, or that a text is more than blanks.
    left_out = {"get": [ignored_auth], "post": [ignored_auth, positive_data_acceptance]}
    tried: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy())
        def fuzz(case: Any) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code < 500, (case, answer.text)
            case.validate_response(answer, excluded_checks=left_out[case.operation.method.lower()])

        fuzz()
        tried.append(operation.method.lower())
    assert tried.count("get") >= 8
    assert tried.count("post") >= 2
