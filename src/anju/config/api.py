"""The programming interface: OpenAPI 3.1, a key for each partner, one shape of errors.

``/api/v1/openapi.json`` describes it, docs/partners.md tells how to begin. Every refusal is
``{"error": sentence, "fields": {…}}``.
"""

from __future__ import annotations

from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from anju import __version__
from anju.core.errors import AnjuError
from anju.notices.api import router as notices
from anju.partners.api import router as partners
from anju.partners.api import webhooks
from anju.partners.idempotency import fields_of, refusal_body
from anju.partners.services.calls import KEY, NO_KEY
from anju.registry.api import router as registry

ABOUT = """The public register of a city's residential communities, for partner systems.

Send `Authorization: Bearer <key>`. Calls that change something also carry `Idempotency-Key`
(draft-ietf-httpapi-idempotency-key-header): the same key and content give the stored answer with
`Idempotent-Replay: true`, another content 422, a call that still runs 409 with `Retry-After`.
Answers are kept for 7 days. Events are sent as Standard Webhooks; see `webhooks`."""

api = NinjaAPI(
    title="Anju",
    version=__version__,
    description=ABOUT,
    urls_namespace="api",
    docs_url=None,  # its page needs inline scripts, which our pages never run
    openapi_extra={"webhooks": webhooks()},
)
api.add_router("", registry)
api.add_router("", partners)
api.add_router("", notices)


def _answer(
    request: HttpRequest, status: int, sentence: object, fields: dict[str, Any] | None = None
) -> HttpResponse:
    return api.create_response(request, refusal_body(sentence, fields), status=status)


@api.exception_handler(AnjuError)
def refused(request: HttpRequest, error: AnjuError) -> HttpResponse:
    """A refusal of a service, with the fields it names."""
    response = _answer(request, error.status, error, fields_of(error))
    if hasattr(error, "retry_after"):
        response["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Arguments of the wrong form: each is named."""
    fields = {".".join(map(str, one["loc"])): [one["msg"]] for one in error.errors}
    if any(KEY in one["loc"] and one["type"] == "missing" for one in error.errors):
        return _answer(request, 400, NO_KEY, fields)
    return _answer(request, 422, _("Arguments of the wrong form. See “fields”."), fields)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key in force, or one without the right to this."""
    response = _answer(
        request, 401, _("Send “Authorization: Bearer <key>” with a key that may read this.")
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is not JSON, and the like."""
    return _answer(request, error.status_code, _("The body cannot be read. Send JSON in UTF-8."))


@api.exception_handler(Http404)
def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """It does not exist, or is not public."""
    return _answer(request, 404, _("There is no such thing."))


@api.exception_handler(DataError)
def strange(request: HttpRequest, error: DataError) -> HttpResponse:
    """A value the database cannot hold."""
    return _answer(request, 422, _("A value is too long or of the wrong kind."))
