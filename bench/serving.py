"""Shared by the page measurements: signed-in clerks, our server, bounded loops of requests."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from anju.config.cli import serve_command

ROOT = Path(__file__).resolve().parent.parent
NAME = "bench-"  # what the accounts of a measurement are called; they are removed afterwards


@dataclass(frozen=True, slots=True)
class Clerk:
    """A clerk of a place with a running sign-in."""

    reach: str
    session: str
    area_id: int | None


def part_of(values: list[float], part: float) -> float:
    """The value below which that part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


@contextmanager
def clerks() -> Iterator[list[Clerk]]:
    """A clerk of the city, of a district and of a sub-district, each signed in."""
    from anju.access.models import Organisation, User
    from anju.reference.models import Area

    _tidy()
    city = Area.objects.get(level=0, valid_to=None)
    try:
        found = []
        for level, reach in enumerate(("city", "district", "subdistrict")):
            area = Area.objects.filter(level=level, valid_to=None).order_by("code").first() or city
            user = User.objects.create_user(username=f"{NAME}{reach}", full_name=reach)
            organisation = Organisation.objects.create(
                name=f"{NAME}{reach}", kind="bureau", area=area
            )
            found.append(Clerk(reach, _session(user, organisation, area), level and area.pk))
        yield found
    finally:
        _tidy()


def _session(user: Any, organisation: Any, area: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from anju.access.models import Post

    Post.objects.create(
        user=user,
        organisation=organisation,
        area=area,
        role="desk_clerk",
        valid_from=date(2020, 1, 1),
    )
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[NAME] = True
    store.create()
    return str(store.session_key)


def _tidy() -> None:
    from django.contrib.sessions.models import Session

    from anju.access.models import Organisation, Post, User

    for session in Session.objects.all():
        if NAME in session.get_decoded():
            session.delete()
    Post.objects.filter(user__username__startswith=NAME).delete()
    User.objects.filter(username__startswith=NAME).delete()
    Organisation.objects.filter(name__startswith=NAME).delete()


@contextmanager
def server(application: str = "anju.config.wsgi:application") -> Iterator[int]:
    """The web server as ``anju serve`` starts it, on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [*serve_command(str(port))[:-1], application]
    environment = os.environ | {
        "ANJU_SERVING": "1",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def loops(
    port: int, requests: Callable[[int], tuple[str, str]], clients: int, each: int
) -> list[tuple[int, float]]:
    """(number of the request, milliseconds) of ``each`` requests by each client, kept alive.

    Args:
        requests: number → path and session key.
        clients: how many ask at the same time.
        each: requests of a client.
    """
    times: list[tuple[int, float]] = []
    failures: list[str] = []

    def run(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for number in range(first, clients * each, clients):
                path, session = requests(number)
                headers = {"Cookie": f"sessionid={session}"} if session else {}
                began = time.perf_counter()
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                times.append((number, (time.perf_counter() - began) * 1000))
                if answer.status != 200:
                    failures.append(f"{path}: {answer.status}")
        except OSError as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} requests failed, first: {failures[0]}")
    return times


def judge(words: str, value: float, limit: float, unit: str = "ms") -> bool:
    """Print a figure with its limit; whether it is met."""
    met = value <= limit
    print(f"{words:58} {value:8.2f} {unit:5} limit {limit:g}  {'met' if met else 'NOT MET'}")
    return met


def load() -> str:
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())
