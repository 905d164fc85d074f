"""Where the text message gateway says what became of messages.

The gateway signs each call with the secret it shares with us (``ANJU_SMS_SECRET``):
``X-Anju-Timestamp`` carries the seconds since 1970, ``X-Anju-Signature`` the HMAC-SHA256 in hex
over time stamp, a dot and the body. A signature is good for five minutes; a call heard twice
changes nothing.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.security import APIKeyHeader

from anju.core.actors import SYSTEM

from . import channels, rules, services
from .states import ReceiptWay


class Gateway(APIKeyHeader):
    """Takes a call that is signed with the shared secret; 401 for any other."""

    param_name = "X-Anju-Signature"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        fits = rules.signature_fits(
            secret=channels.gateway_secret(),
            stamp=request.headers.get("X-Anju-Timestamp", ""),
            body=request.body,
            signature=key or "",
            now=timezone.now(),
        )
        return sha256((key or "").strip().lower().encode()).hexdigest() if fits else None


class ReceiptIn(Schema):
    """What became of one message."""

    message: str = Field(max_length=80, pattern=r"^[!-~]+$", description="the id given on sending")
    state: Literal["delivered", "failed"]
    code: str = Field(
        "", max_length=40, pattern=r"^[ -~]*$", description="the carrier's word, e.g. UNDELIV"
    )


class ReceiptsIn(Schema):
    """Up to 500 receipts."""

    receipts: list[ReceiptIn] = Field(max_length=500)


class TakenOut(Schema):
    """How many receipts changed a message, were heard before, or belong to none of ours."""

    taken: int
    repeated: int
    unknown: int


class Refusal(Schema):
    """Why not."""

    error: str
    fields: dict[str, list[str]]


router = Router(auth=Gateway(), tags=["messages"])


REFUSALS = {400: Refusal, 401: Refusal, 409: Refusal, 422: Refusal}


@router.post("/messages/receipts", response={200: TakenOut, **REFUSALS})
def receipts(request: HttpRequest, payload: ReceiptsIn) -> services.Taken:
    """Take the gateway's word on text messages. Unknown ids are counted and change nothing."""
    return services.receipts_take(
        actor=SYSTEM,
        receipts=[
            channels.Receipt(receipt=one.message, delivered=one.state == "delivered", code=one.code)
            for one in payload.receipts
        ],
        via=ReceiptWay.CALL,
        at=timezone.now(),
        digest=request.auth,  # type: ignore[attr-defined]
    )
