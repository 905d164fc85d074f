"""The programming interface: OpenAPI 3.1, a key for each partner, one shape of errors.

``/api/v1/openapi.json`` describes it. Every refusal is ``{"error": sentence, "fields": {…}}``.
"""

from __future__ import annotations

from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from anju import __version__
from anju.core.errors import AnjuError, InvalidInput
from anju.notices.api import router as notices
from anju.registry.api import router as registry

api = NinjaAPI(
    title="Anju",
    version=__version__,
    description="The public register of a city's residential communities, for partner systems.",
    urls_namespace="api",
    docs_url=None,  # its page needs inline scripts, which our pages never run
)
api.add_router("", registry)
api.add_router("", notices)


def _answer(
    request: HttpRequest, status: int, sentence: object, fields: dict[str, Any] | None = None
) -> HttpResponse:
    return api.create_response(
        request, {"error": str(sentence), "fields": fields or {}}, status=status
    )


@api.exception_handler(AnjuError)
def refused(request: HttpRequest, error: AnjuError) -> HttpResponse:
    """A refusal of a service, with the fields it names."""
    fields = (
        {name: [str(one) for one in many] for name, many in error.errors.items()}
        if isinstance(error, InvalidInput)
        else {}
    )
    return _answer(request, error.status, error, fields)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Arguments of the wrong form: each is named."""
    fields = {".".join(map(str, one["loc"])): [one["msg"]] for one in error.errors}
    return _answer(request, 422, _("Arguments of the wrong form. See “fields”."), fields)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key in force, or one without the right to this."""
    response = _answer(
        request, 401, _("Send “Authorization: Bearer <key>” with a key that may read this.")
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """It does not exist, or is not public."""
    return _answer(request, 404, _("There is no such thing."))


@api.exception_handler(DataError)
def strange(request: HttpRequest, error: DataError) -> HttpResponse:
    """A value the database cannot hold."""
    return _answer(request, 422, _("A value is too long or of the wrong kind."))
