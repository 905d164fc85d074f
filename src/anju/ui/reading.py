"""How a person reads: language and size of text, from two cookies."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

TEXT_COOKIE = "anju_text"


class ReadingMiddleware:
    """Chinese unless the reader chose otherwise; what the browser prefers is not asked.

    A terminal in an office or a library answers for its installer, not for its reader.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


def large_text(request: HttpRequest) -> bool:
    """Whether the reader chose the elder mode."""
    return request.COOKIES.get(TEXT_COOKIE) == "large"
