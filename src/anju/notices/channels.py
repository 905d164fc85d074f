"""Ways a message leaves. An adapter returns a receipt, or raises :class:`NotSent`.

What became of a text message the gateway says by a signed call (``api.py``), or a second adapter
asks it: ``ANJU_SMS_POLL`` names ``package.module:function`` that takes what was sent and the
present instant, and returns a :class:`Receipt` for each message the gateway knows the end of.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage


class NotSent(Exception):
    """The message did not go; the text says why and carries no personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A text message that waits for its receipt."""

    receipt: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message, with the gateway's own code."""

    receipt: str
    delivered: bool
    code: str = ""


Poll = Callable[[Sequence[Sent], datetime], list[Receipt]]


def mail_send(to: str, subject: str, body: str) -> str:
    """Send by the mail backend of the settings.

    Raises:
        NotSent: the mail server refused or could not be reached.
    """
    receipt = f"{uuid.uuid4().hex}@anju"
    message = EmailMessage(
        subject.replace("\r", " ").replace("\n", " "),
        body,
        to=[to],
        headers={"Message-ID": f"<{receipt}>"},
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The text of a mail server may repeat the address: only the kind of error is kept.
        raise NotSent(f"mail: {type(error).__name__}") from error
    return receipt


def demo_send(to: str, subject: str, body: str) -> str:
    """Send nothing: the page of outgoing messages shows the text."""
    return f"demo-{uuid.uuid4().hex[:12]}"


def demo_poll(sent: Sequence[Sent], now: datetime) -> list[Receipt]:
    """Receipts as a gateway gives them: after 2 to 17 seconds, and one message in twelve fails."""
    found = []
    for one in sent:
        dice = hashlib.sha256(one.receipt.encode()).digest()
        if (now - one.sent_at).total_seconds() < 2 + dice[0] % 16:
            continue
        if dice[1] % 12:
            found.append(Receipt(receipt=one.receipt, delivered=True, code="DELIVRD"))
        else:
            code = ("UNDELIV", "EXPIRED", "REJECTD")[dice[2] % 3]
            found.append(Receipt(receipt=one.receipt, delivered=False, code=code))
    return found


def sms_none(to: str, subject: str, body: str) -> str:
    """No gateway is set up.

    Raises:
        NotSent: always.
    """
    raise NotSent("sms: no gateway is set up (ANJU_SMS)")


def sms_adapter() -> Callable[[str, str, str], str]:
    """The gateway named by ``ANJU_SMS`` as ``package.module:function``, or the demo's."""
    found: Callable[[str, str, str], str] | None = _named("ANJU_SMS")
    return found or (demo_send if settings.DEMO else sms_none)


def poll_adapter() -> Poll | None:
    """What asks the gateway for receipts: ``ANJU_SMS_POLL``, or the demo's, or nothing."""
    found: Poll | None = _named("ANJU_SMS_POLL")
    return found or (demo_poll if settings.DEMO and not os.environ.get("ANJU_SMS") else None)


def gateway_secret() -> str:
    """The secret that the gateway signs its calls with (``ANJU_SMS_SECRET``), or nothing."""
    return os.environ.get("ANJU_SMS_SECRET", "")


def gives_receipts() -> bool:
    """Whether text messages get a receipt here at all."""
    return bool(gateway_secret()) or poll_adapter() is not None


def _named(variable: str) -> Any:
    named = os.environ.get(variable, "")
    if not named:
        return None
    module, _, function = named.partition(":")
    return getattr(import_module(module), function)


def mail_adapter() -> Callable[[str, str, str], str]:
    """The mail backend; in the demo nothing leaves, unless ``ANJU_MAIL`` says a server is there."""
    demo = settings.DEMO and not os.environ.get("ANJU_MAIL")
    return demo_send if demo else mail_send
