"""A partner with a key, things of the register to report about, and a receiver of webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anju.access.models import Organisation
from anju.access.services.keys import key_issue
from anju.access.states import OrganisationKind, Role
from anju.core.actors import Actor
from anju.partners.models import Endpoint
from anju.partners.services.endpoints import endpoint_create
from anju.partners.states import EventKind
from tests.factories import access

_numbers = count(1)
SCOPES = ("partners:correction_report", "registry:api_read")


@pytest.fixture(autouse=True)
def secrets(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path))
    settings.WEBHOOKS_TO_LOOPBACK = True


class Partner:
    """An agency with a key, and how it calls."""

    def __init__(self, scopes: tuple[str, ...] = SCOPES) -> None:
        self.organisation = access.make_organisation(kind=OrganisationKind.AGENCY)
        self.row, self.key = key_issue(
            actor=access.make_actor(role=Role.SECURITY_ADMIN),
            organisation=self.organisation,
            name="信用接口",
            scopes=scopes,
            expires_at=timezone.now() + timedelta(days=30),
            at=timezone.now(),
        )

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers=self._headers())

    def post(self, path: str, body: Any = None, key: str | None = "new", **headers: str) -> Any:
        given = f"call-{next(_numbers)}" if key == "new" else key
        sent = self._headers() | headers | ({"Idempotency-Key": given} if given else {})
        text = json.dumps(body) if body is not None else ""
        return Client().post(f"/api/v1{path}", text, content_type="application/json", headers=sent)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def partner(db: None) -> Partner:
    return Partner()


def report_of(subject: Any, kind: str = "community", **fields: Any) -> dict[str, Any]:
    """The body of a report."""
    values = {
        "kind": kind,
        "subject_id": subject.pk,
        "field": "name",
        "stated": subject.name if hasattr(subject, "name") else "",
        "right": "阳光花苑",
        "evidence": "市民来电反映，门牌为“阳光花苑”。",
        "reference": f"RX-{next(_numbers)}",
    }
    return values | fields


def keeper() -> Actor:
    return access.make_actor(role=Role.SECURITY_ADMIN)


def make_endpoint(
    organisation: Organisation,
    address: str = "https://hooks.example/anju",
    kinds: tuple[str, ...] = tuple(EventKind.values),
) -> tuple[Endpoint, str]:
    return endpoint_create(
        actor=keeper(), organisation=organisation, name="热线回调", address=address,
        kinds=kinds, at=timezone.now(),
    )  # fmt: skip


class Receiver:
    """A partner's server on this machine: keeps what it was sent, answers as told."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                receiver.got.append((dict(self.headers), self.rfile.read(size)))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_port}/hooks?a=1"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()
