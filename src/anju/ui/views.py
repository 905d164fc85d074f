"""Switches of the reader, the gallery and the page catalogue."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from . import gallery as examples
from .errors import error_page
from .pages import page
from .reading import TEXT_COOKIE

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the reader came from, never to another host."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    return HttpResponseRedirect(target)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _ours(request: HttpRequest) -> bool:
    """Whether one of our pages sent the form (browsers older than the header are believed)."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


@csrf_exempt
@page(public=True, methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language. Without a token: public pages stay cacheable."""
    response = _back(request)
    if not _ours(request):
        return response
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response


@csrf_exempt
@page(public=True, methods=("POST",))
def text(request: HttpRequest) -> HttpResponse:
    """Keep the reader's size of text. Without a token, like the language."""
    response = _back(request)
    if not _ours(request):
        return response
    if request.POST.get("text") == "large":
        _keep(response, TEXT_COOKIE, "large")
    else:
        response.delete_cookie(TEXT_COOKIE)
    return response


@page(public=True)
def gallery(request: HttpRequest) -> HttpResponse:
    """Each component in each state."""
    return render(request, "ui/gallery/index.html", examples.sheet(request))


@page(public=True)
def catalogue(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the catalogue, with invented content."""
    if name not in examples.PAGES:
        raise Http404
    if name.startswith("error-"):
        return error_page(request, int(name.removeprefix("error-")))
    return render(request, f"ui/gallery/{name}.html", examples.sheet(request, name))
