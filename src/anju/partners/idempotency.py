"""Unsafe operations of the API, safe to repeat (draft-ietf-httpapi-idempotency-key-header).

``@repeatable`` stands under ``@router.post(…)``. Claim, change and answer are one transaction: a
process killed before the commit leaves nothing, one killed after it leaves the answer. Refusals
of a service are kept as answers too; arguments of the wrong form are not, for nothing ran.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Schema
from ninja.utils import contribute_operation_args

from anju.core.errors import AnjuError, InvalidInput

from .services.calls import KEY, call_answered, call_claim

REPLAYED = "Idempotent-Replay"

ABOUT = "A new value for each new call; the same value repeats the call. Kept for 7 days."


def refusal_body(error: object, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The one shape of every refusal."""
    return {"error": str(error), "fields": fields or {}}


def fields_of(error: AnjuError) -> dict[str, list[str]]:
    """The fields a refusal names, as plain text."""
    if not isinstance(error, InvalidInput):
        return {}
    return {name: [str(one) for one in many] for name, many in error.errors.items()}


def repeatable(status: int) -> Callable[[Callable[..., Schema]], Callable[..., HttpResponse]]:
    """Give the kept answer to a repeated call; ``status`` is that of a success."""

    def decorate(operation: Callable[..., Schema]) -> Callable[..., HttpResponse]:
        @wraps(operation)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            given = kwargs.pop("idempotency_key", "")
            at = timezone.now()
            with transaction.atomic():
                call, new = call_claim(
                    key_id=request.partner_key_id,  # type: ignore[attr-defined]
                    idempotency_key=given,
                    method=request.method or "",
                    path=request.path,
                    body=request.body,
                    at=at,
                )
                if new:
                    code, text = _run(operation, status, request, args, kwargs)
                    call_answered(call=call, status=code, answer=text)
                else:
                    code, text = call.status or status, call.answer
            response = HttpResponse(text, status=code, content_type="application/json")
            if not new:
                response[REPLAYED] = "true"
            return response

        # The framework reads types in the globals of ``inner``, which are not the operation's.
        inner.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        # For the published description; a missing one is answered 400 by the API's own handler.
        header = Header(
            ...,
            alias=KEY,
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description=ABOUT,
        )
        contribute_operation_args(inner, "idempotency_key", str, header)
        return inner

    return decorate


def _run(
    operation: Callable[..., Schema],
    status: int,
    request: HttpRequest,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[int, str]:
    try:
        with transaction.atomic():
            return status, operation(request, *args, **kwargs).model_dump_json()
    except AnjuError as error:
        body = refusal_body(error, fields_of(error))
        return error.status, json.dumps(body, ensure_ascii=False)
