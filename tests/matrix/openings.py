"""Which role opens which address: one page for each URL, for tests that belong to every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from anju.core.actors import Actor

from .addresses import ROLE_ACCOUNTS, Address, addresses, sample, url
from .conftest import actor_of, client_of

# The first of these that may open an address opens it; the other roles come after them.
_FIRST = (
    "bureau_head",
    "desk_clerk",
    "desk_confirmer",
    "district_clerk",
    "company_admin",
    "owner",
    "auditor",
    "system_admin",
    "security_admin",
    "audit_admin",
    "anonymous",
)
ORDER = (*_FIRST, *(role for role in ROLE_ACCOUNTS if role not in _FIRST))


@dataclass(frozen=True)
class Opening:
    """An address as one role opened it."""

    address: Address
    role: str
    path: str
    body: str = ""  # of HTML only
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.address} as {self.role} ({self.path})"


class Desk:
    """Actors and signed-in clients of the roles, made once for a test."""

    def __init__(self, **how: Any) -> None:
        self.how = how
        self.actors: dict[str, Actor] = {}
        self.clients: dict[str, Client] = {}

    def actor(self, role: str) -> Actor:
        if role not in self.actors:
            self.actors[role] = actor_of(role)
        return self.actors[role]

    def client(self, role: str) -> Client:
        if role not in self.clients:
            self.clients[role] = client_of(role)
            for name, value in self.how.items():
                self.clients[role].cookies[name] = value
        return self.clients[role]

    def paths(self, address: Address) -> list[tuple[str, str]]:
        """Role and path for each role that may open the address and sees a row for it."""
        found = []
        for role in ORDER:
            actor = self.actor(role)
            if not address.rule.admits(actor):
                continue
            arguments = sample(address, actor)
            if arguments is not None:
                found.append((role, url(address, arguments)))
        return found


def openings(desk: Desk) -> list[Opening]:
    """Every address that takes GET, as the first fitting role whom it answers with 200."""
    found = []
    for address in addresses():
        if "GET" not in address.rule.methods:
            continue
        for role, path in desk.paths(address):
            answer = desk.client(role).get(path)
            if answer.status_code != 200:
                continue
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            html = answer["Content-Type"].startswith("text/html")
            headers = dict(answer.items())
            found.append(Opening(address, role, path, body.decode() if html else "", headers))
            break
    return found
