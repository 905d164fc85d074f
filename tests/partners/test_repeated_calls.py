"""A repeated call does nothing twice: draft-ietf-httpapi-idempotency-key-header."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from anju.partners import idempotency
from anju.partners.models import CorrectionReport, RepeatableCall
from anju.partners.services.calls import WAIT_SECONDS, call_claim, calls_clear
from tests.commits import conninfo
from tests.factories import registry

from .conftest import Partner, report_of

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_call_gets_the_stored_answer(partner):
    body = report_of(registry.make_community())
    first = partner.post("/reports", body, key="a-1")
    again = partner.post("/reports", body, key="a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replay" not in first
    assert again["Idempotent-Replay"] == "true"
    assert CorrectionReport.objects.count() == 1


def test_the_answer_of_then_is_given_even_when_the_state_has_moved_on(partner):
    body = report_of(registry.make_community())
    made = partner.post("/reports", body, key="a-2").json()
    partner.post(f"/reports/{made['id']}/withdraw", key="a-3")
    assert partner.post("/reports", body, key="a-2").json() == made
    taken = partner.post(f"/reports/{made['id']}/withdraw", key="a-3")
    assert taken.status_code == 200
    assert taken["Idempotent-Replay"] == "true"


def test_a_refusal_of_the_service_is_an_answer_too(partner):
    community = registry.make_community()
    body = report_of(community, subject_id=2_000_000_000)
    first = partner.post("/reports", body, key="a-4")
    again = partner.post("/reports", body, key="a-4")
    assert (first.status_code, again.status_code) == (404, 404)
    assert first.json() == again.json()
    assert again["Idempotent-Replay"] == "true"


@pytest.mark.parametrize("other", ["body", "path"])
def test_a_key_used_for_another_call_is_refused(partner, other):
    community = registry.make_community()
    body = report_of(community)
    made = partner.post("/reports", body, key="a-5").json()
    if other == "body":
        answer = partner.post("/reports", body | {"right": "另一名"}, key="a-5")
    else:
        answer = partner.post(f"/reports/{made['id']}/withdraw", key="a-5")
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["fields"]
    assert CorrectionReport.objects.get().state == "received"


def test_two_partners_may_use_one_key(partner):
    community = registry.make_community()
    assert partner.post("/reports", report_of(community), key="a-6").status_code == 201
    answer = Partner().post("/reports", report_of(community), key="a-6")
    assert answer.status_code == 201
    assert "Idempotent-Replay" not in answer


@pytest.mark.parametrize(
    ("key", "status"), [(None, 400), ("a b", 422), ("x" * 201, 422), ("x" * 200, 201), ('"q"', 201)]
)
def test_the_header_is_required_and_visible_ascii(partner, key, status):
    answer = partner.post("/reports", report_of(registry.make_community()), key=key)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert "Idempotency-Key" in answer.content.decode()
        assert not CorrectionReport.objects.exists()


def test_every_unsafe_operation_asks_for_the_key(partner):
    """Also the one somebody adds next year."""
    from anju.config.api import api

    unsafe = [
        (path, method)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method not in ("get", "head", "options")
    ]
    # The gateway's receipts are signed with their time, and one that comes again counts once.
    unsafe = [one for one in unsafe if one[0] != "/api/v1/messages/receipts"]
    assert len(unsafe) >= 2
    for path, method in unsafe:
        assert method == "post"
        address = path.removeprefix("/api/v1").replace("{pk}", "1")
        answer = partner.post(address, report_of(registry.make_community()), key=None)
        assert answer.status_code == 400, path


def test_answers_are_kept_seven_days(partner):
    body = report_of(registry.make_community())
    partner.post("/reports", body, key="a-7")
    at = timezone.now()
    assert calls_clear(at=at + timedelta(days=6, hours=23)) == 0
    assert calls_clear(at=at + timedelta(days=7, minutes=1)) == 1
    assert partner.post("/reports", body, key="a-7").status_code == 409  # the reference is taken


# With real commits


def in_threads(number: int, call: Any) -> list[Any]:
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def committed(committed_db: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield Partner(), report_of(registry.make_community())


@pytest.mark.commits
def test_eight_calls_at_once_make_one_report(committed):
    partner, body = committed
    answers = in_threads(8, lambda: partner.post("/reports", body, key="b-1"))
    assert {answer.status_code for answer in answers} <= {201, 409}
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in good}) == 1
    assert sum("Idempotent-Replay" not in answer for answer in good) == 1
    assert CorrectionReport.objects.count() == 1


@pytest.mark.commits
def test_a_second_call_while_the_first_one_runs_is_told_when_to_come_again(committed, monkeypatch):
    partner, body = committed
    inside, go_on = threading.Event(), threading.Event()
    true_run = idempotency._run

    def slow(*args: Any) -> Any:
        inside.set()
        assert go_on.wait(20)
        return true_run(*args)

    monkeypatch.setattr(idempotency, "_run", slow)
    first: list[Any] = []

    def call() -> None:
        first.append(partner.post("/reports", body, key="b-2"))
        connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    assert inside.wait(20)
    second = partner.post("/reports", body, key="b-2")
    assert second.status_code == 409
    assert second["Retry-After"] == str(WAIT_SECONDS)
    assert second.json()["error"]
    go_on.set()
    thread.join()
    assert first[0].status_code == 201
    monkeypatch.undo()
    third = partner.post("/reports", body, key="b-2")
    assert (third.status_code, third["Idempotent-Replay"]) == (201, "true")
    assert third.content == first[0].content


@pytest.mark.commits
def test_a_first_call_that_is_rolled_back_lets_the_second_one_in(committed):
    partner, body = committed
    values = {
        "key_id": partner.row.pk, "idempotency_key": "b-3", "method": "POST",
        "path": "/api/v1/reports", "body": json.dumps(body).encode(), "at": timezone.now(),
    }  # fmt: skip
    claimed, answers = threading.Event(), []

    def gives_up() -> None:
        with transaction.atomic():
            call_claim(**values)
            claimed.set()
            threading.Event().wait(0.7)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=gives_up)
    thread.start()
    assert claimed.wait(20)
    answers.append(partner.post("/reports", body, key="b-3"))  # waits for the other
    thread.join()
    assert answers[0].status_code == 201
    assert "Idempotent-Replay" not in answers[0]


KILLED = """
import os, signal, sys, json
import django
django.setup()
from django.db import transaction
from django.test import Client
from anju.partners import idempotency

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

where, key, body = sys.argv[1:4]
if where == "before":  # the report is written, its answer is not
    idempotency.call_answered = die
else:  # all is committed, the answer has not left
    idempotency.HttpResponse = die
headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "c-1"}
Client().post("/api/v1/reports", body, content_type="application/json", headers=headers)
"""


@pytest.mark.commits
@pytest.mark.parametrize(("where", "kept"), [("before", 0), ("after", 1)])
def test_a_process_killed_between_write_and_answer_makes_no_double(committed, where, kept):
    partner, body = committed
    close_old_connections()
    place = conninfo(connection.settings_dict["NAME"])
    place |= {"password": place.get("password", "")}
    url = psycopg.conninfo.make_conninfo(**place)
    given = psycopg.conninfo.conninfo_to_dict(url)
    address = "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**given)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, where, partner.key, json.dumps(body)],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": address, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        | {"DJANGO_SETTINGS_MODULE": "anju.config.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -9, done.stderr[-2000:]
    assert CorrectionReport.objects.count() == kept
    assert RepeatableCall.objects.count() == kept
    again = partner.post("/reports", body, key="c-1")
    assert again.status_code == 201
    assert again.get("Idempotent-Replay") == ("true" if kept else None)
    assert CorrectionReport.objects.count() == 1
