"""Ways a message leaves. An adapter returns a receipt, or raises :class:`NotSent`."""

from __future__ import annotations

import os
import smtplib
import uuid
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.core.mail import EmailMessage


class NotSent(Exception):
    """The message did not go; the text says why and carries no personal data."""


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


def sms_none(to: str, subject: str, body: str) -> str:
    """No gateway is set up.

    Raises:
        NotSent: always.
    """
    raise NotSent("sms: no gateway is set up (ANJU_SMS)")


def sms_adapter() -> Callable[[str, str, str], str]:
    """The gateway named by ``ANJU_SMS`` as ``package.module:function``, or the demo's."""
    named = os.environ.get("ANJU_SMS", "")
    if named:
        module, _, function = named.partition(":")
        found: Callable[[str, str, str], str] = getattr(import_module(module), function)
        return found
    return demo_send if settings.DEMO else sms_none


def mail_adapter() -> Callable[[str, str, str], str]:
    """The mail backend; in the demo nothing leaves, unless ``ANJU_MAIL`` says a server is there."""
    demo = settings.DEMO and not os.environ.get("ANJU_MAIL")
    return demo_send if demo else mail_send
