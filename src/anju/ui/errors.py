"""Pages for what did not work: what happened, and the next step."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.core.errors import AnjuError, Sentence


@dataclass(frozen=True, slots=True)
class Explained:
    """One kind of failure in words."""

    title: str | Promise
    sentence: str | Promise
    step: str | Promise


EXPLAINED: dict[int, Explained] = {
    400: Explained(
        _("The request could not be read"),
        _("The address or the form was incomplete. Nothing was saved."),
        _("Go back, reload the page and try once more."),
    ),
    403: Explained(
        _("Not open to this post"),
        _("The post in which you work may not do this. Nothing was changed."),
        _("Change to another post, or ask whoever assigns the work."),
    ),
    404: Explained(
        _("Nothing at this address"),
        _("It was moved, or it lies outside the place you work for."),
        _("Search for its name or number."),
    ),
    405: Explained(
        _("This address takes a form"),
        _("It cannot be opened by itself. Nothing was changed."),
        _("Go back to the page with the form."),
    ),
    409: Explained(
        _("Somebody was faster"),
        _("It was changed after this page was opened. Nothing of yours was saved."),
        _("Go back, reload the page and look at the change."),
    ),
    413: Explained(
        _("The file is too large"),
        _("It is above what the platform takes. Nothing was saved."),
        _("Make the file smaller and send it again."),
    ),
    422: Explained(
        _("Not saved"),
        _("Something in the form cannot be right."),
        _("Go back and mend it."),
    ),
    429: Explained(
        _("Too many tries"),
        _("The page was asked for too often in a short time."),
        _("Wait a minute and try once more."),
    ),
    500: Explained(
        _("It did not work, and it is our fault"),
        _("The mistake was written down. What you entered was not saved."),
        _("Try again in a few minutes. If it stays, call the telephone below and name the time."),
    ),
}


def error_page(
    request: HttpRequest, status: int, sentence: Sentence = "", *, step: Sentence = ""
) -> HttpResponse:
    """The page for a status, with the sentence of the refusal where there is one."""
    known = EXPLAINED.get(status, EXPLAINED[400 if status < 500 else 500])
    body = render_to_string(
        "ui/error.html",
        {
            "status": status,
            "title": known.title,
            "sentence": sentence or known.sentence,
            "step": step or known.step,
        },
        request=request,
    )
    return HttpResponse(body, status=status)


def refusal_page(request: HttpRequest, error: AnjuError) -> HttpResponse:
    """The page of an expected refusal."""
    return error_page(request, error.status, str(error))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token was missing or old (settings.CSRF_FAILURE_VIEW)."""
    return error_page(
        request,
        403,
        _("The form was open too long, or cookies are switched off. Nothing was saved."),
        step=_("Go back, reload the page and send the form once more."),
    )
