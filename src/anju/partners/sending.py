"""Carrying one webhook to its address: signed, guarded, bounded.

The host name is resolved once; when any of its addresses is not one of the public internet
nothing is sent. The connection goes to the address that was checked (the name is used for TLS
and ``Host`` only), so a second answer of the name server changes nothing. Redirects are not
followed, no proxy is asked, and ten seconds are the end of it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from urllib.parse import urlsplit

from django.conf import settings
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from anju import __version__

from .rules import ANSWER_READ, SECONDS_ALLOWED, address_refused, endpoint_fault
from .states import Failure

_resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="anju-resolve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try."""

    status: int | None = None
    failure: str = ""  # one of Failure, empty when it arrived
    answer: str = ""  # the beginning of the body, or what the line said
    milliseconds: int = 0

    @property
    def arrived(self) -> bool:
        """Whether the endpoint said that it has it."""
        return not self.failure and self.status is not None and 200 <= self.status < 300


class NotAllowed(Exception):
    """The guard does not let this address through."""


def signatures(secrets: list[str], *, uid: str, at: datetime, body: str) -> str:
    """One signature by each secret, as the header carries them."""
    when = at.astimezone(UTC)
    return " ".join(Webhook(secret).sign(uid, when, body) for secret in secrets)


def signed_headers(secrets: list[str], *, uid: str, at: datetime, body: str) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(secrets, uid=uid, at=at, body=body),
    }


def resolved(host: str, port: int, *, within: float) -> str:
    """An address of a host to which something may be sent.

    Raises:
        NotAllowed: one of its addresses lies inside a private or special network.
        OSError: the name is not known, or the name server is too slow.
    """
    asked = _resolvers.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    try:
        found = [str(one[4][0]) for one in asked.result(timeout=within)]
    except TooSlow as error:
        raise OSError("the name server is too slow") from error
    loopback = settings.WEBHOOKS_TO_LOOPBACK
    for address in found:
        if address_refused(address, loopback=loopback):
            raise NotAllowed(address)
    if not found:
        raise OSError("the name has no address")
    return found[0]


def post(address: str, *, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send one body; every way in which it can end is an outcome."""
    began = time.monotonic()

    def ended(**words: object) -> Outcome:
        spent = int((time.monotonic() - began) * 1000)
        return Outcome(milliseconds=spent, **words)  # type: ignore[arg-type]

    if fault := endpoint_fault(address, loopback=settings.WEBHOOKS_TO_LOOPBACK):
        return ended(failure=Failure.ADDRESS, answer=fault)
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        ip = resolved(host, port, within=SECONDS_ALLOWED)
        left = SECONDS_ALLOWED - (time.monotonic() - began)
        with _connected(parts.scheme, ip, port, host, within=left) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                "POST",
                target,
                body=body,
                headers={"Host": parts.netloc, "Content-Type": "application/json"}
                | {"User-Agent": f"Anju/{__version__}", "Connection": "close", **headers},
                preload_content=False,
            )
            answer = connection.getresponse()
            text = _cut(answer.read(ANSWER_READ))
    except NotAllowed:
        return ended(failure=Failure.ADDRESS)
    except socket.gaierror:
        return ended(failure=Failure.NAME)
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        slow = time.monotonic() - began >= SECONDS_ALLOWED - 0.1
        words = _cut(f"{type(error).__name__}: {error}".encode())
        return ended(failure=Failure.SLOW if slow else Failure.LINE, answer=words)
    failure = ""
    if not 200 <= answer.status < 300:
        failure = Failure.REDIRECT if 300 <= answer.status < 400 else Failure.STATUS
    return ended(status=answer.status, failure=failure, answer=text)


@contextlib.contextmanager
def _connected(
    scheme: str, ip: str, port: int, host: str, *, within: float
) -> Iterator[HTTPConnection]:
    """A connection to the checked address that is cut off when the time is over."""
    connection: HTTPConnection
    if scheme == "https":
        connection = HTTPSConnection(
            ip,
            port,
            timeout=max(within, 0.1),
            ssl_context=ssl.create_default_context(cafile=settings.WEBHOOKS_CA_FILE or None),
            server_hostname=host,
            assert_hostname=host,
        )
    else:
        connection = HTTPConnection(ip, port, timeout=max(within, 0.1))

    def cut() -> None:
        # A peer that drips a byte now and then would never meet the socket's own time-out.
        with contextlib.suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(within, 0.1), cut)
    timer.daemon = True
    timer.start()
    try:
        yield connection
    finally:
        timer.cancel()
        connection.close()


def _cut(raw: bytes) -> str:
    """The beginning of an answer as one line of printable text."""
    text = raw[:ANSWER_READ].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
