"""The one decorator of every page: who may open it, and what a refusal looks like.

``@page(permission=perm("registry:community_view"))``, ``@page(signed_in=True)`` or
``@page(public=True)``. Every URL's view carries ``view.page``, a :class:`PageRule`; tests build
the table of URL and role from it.

A GET runs in a read-only transaction: the database refuses a write. Pages that log a read of
personal data or an export say ``journals=True``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import DataError, IntegrityError, connection, transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import is_business
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.errors import AnjuError, InvalidInput, Sentence

from .errors import EXPLAINED, error_page
from .keeping import keep_page, kept_key, kept_page

log = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
Fields = Mapping[str, Sequence[Sentence]]
NOBODY = Actor(kind=ActorKind.ANONYMOUS, role="anonymous", reach=Reach.PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRule:
    """Who may open a page and how."""

    permission: str | None = None
    signed_in: bool = False
    public: bool = False
    methods: tuple[str, ...] = ("GET",)
    journals: bool = False  # a GET may write an audit row
    cache_seconds: int = 0  # public pages only, for readers who are not signed in

    def admits(self, actor: Actor) -> bool:
        """Whether the actor may open the page at all (rows are another question)."""
        if self.public:
            return True
        if self.permission is not None:
            return actor.can(self.permission)
        return actor.kind is ActorKind.USER

    def hides_rows_from(self, actor: Actor) -> bool:
        """Whether a row of this page is not there for the actor, rather than forbidden.

        To somebody who reaches no business row each of them is 404, existing or not.
        """
        return (
            actor.reach is Reach.NOTHING
            and self.permission is not None
            and is_business(self.permission)
        )


class View(Protocol):
    """A view that carries its rule."""

    page: PageRule

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def page(
    *,
    permission: str | None = None,
    signed_in: bool = False,
    public: bool = False,
    methods: tuple[str, ...] = ("GET",),
    journals: bool = False,
    cache_seconds: int = 0,
) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Say who may open a view.

    Args:
        permission: a name from ``perm(…)``; the actor's role must hold it.
        signed_in: anybody with an account.
        public: everybody.
        methods: what the view answers; HEAD goes with GET. Others get 405.
        journals: a GET of this page writes an audit row (a read of personal data, an export).
        cache_seconds: how long a public page may be kept, here and by shared caches.

    Raises:
        ValueError: at import, unless exactly one of the three is given.
    """
    if (permission is not None) + signed_in + public != 1:
        raise ValueError("a page is public, for signed-in people, or has one permission")
    if cache_seconds and not public:
        raise ValueError("only public pages are cached")
    rule = PageRule(
        permission=permission,
        signed_in=signed_in,
        public=public,
        methods=methods,
        journals=journals,
        cache_seconds=cache_seconds,
    )
    allowed = {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}

    def decorate(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = kept_key(request, rule.cache_seconds)
            if key is not None and (kept := kept_page(key)) is not None:
                return kept
            actor = actor_of(request)
            if not rule.admits(actor):
                hidden = bool(kwargs) and rule.hides_rows_from(actor)
                return _private(_turned_away(request, actor, 404 if hidden else 403))
            if request.method not in allowed:
                return _private(HttpResponseNotAllowed(sorted(allowed)))
            if request.method == "OPTIONS":
                return _private(HttpResponse(headers={"Allow": ", ".join(sorted(allowed))}))
            response = _answer(view, rule, request, args, kwargs)
            if actor.elevation is not None and response.status_code == 200:
                _note_read(request, actor, kwargs)
            if rule.public and actor.kind is ActorKind.ANONYMOUS and request.method in SAFE:
                shared = _shared(response, rule.cache_seconds)
                if key is not None:
                    keep_page(key, shared, rule.cache_seconds)
                return shared
            return _private(response)

        inner.page = rule  # type: ignore[attr-defined]
        return inner  # type: ignore[return-value]

    return decorate


def actor_of(request: HttpRequest) -> Actor:
    """The request's actor; nobody when no middleware named one."""
    return getattr(request, "actor", NOBODY)


def _answer(
    view: Callable[..., HttpResponseBase],
    rule: PageRule,
    request: HttpRequest,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    try:
        if request.method in SAFE and not rule.journals:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                return _rendered(view(request, *args, **kwargs))
        return _rendered(view(request, *args, **kwargs))
    except AnjuError as error:
        fields = error.errors if isinstance(error, InvalidInput) else None
        return refusal(request, error.status, str(error), fields=fields)
    except Http404:
        return refusal(request, 404)
    except PermissionDenied:
        return refusal(request, 403)
    except (RequestDataTooBig, TooManyFilesSent):
        return refusal(request, 413, _("Send a smaller file, or fewer rows."))
    except IntegrityError:
        # A constraint no service turned into a sentence. Nothing was saved.
        log.exception("unexpected constraint at %s", request.path)
        return refusal(
            request,
            409,
            _("Nothing was saved: it does not fit what is on file. Load the page again."),
        )
    except DataError:
        log.exception("unexpected value at %s", request.path)
        return refusal(
            request,
            422,
            _("Nothing was saved: a value is too long or of the wrong kind."),
        )


def _note_read(request: HttpRequest, actor: Actor, kwargs: dict[str, Any]) -> None:
    """Journal which rows of a running elevation a page showed, for the people they are about."""
    from anju.access.services.elevations import elevation_read

    assert actor.elevation is not None
    rows = actor.elevation.rows
    match = request.resolver_match
    if "pk" in kwargs:
        rows = frozenset(row for row in rows if row.endswith(f":{kwargs['pk']}"))
        named = f"{match.app_name}.{match.url_name}:" if match else ""
        rows = frozenset(row for row in rows if row.startswith(named)) or rows
    else:
        declared = getattr(match.func if match else None, "declared", None)
        if declared is None:
            return
        label = declared().queryset(actor).model._meta.label_lower
        rows = frozenset(row for row in rows if row.startswith(f"{label}:"))
    if rows:
        elevation_read(actor=actor, page=request.path, rows=rows, at=timezone.now())


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    # A lazy template would run its queries after the read-only transaction.
    if getattr(response, "is_rendered", True) is False:
        return response.render()  # type: ignore[attr-defined,no-any-return]
    return response


def _turned_away(request: HttpRequest, actor: Actor, status: int) -> HttpResponse:
    if actor.kind is not ActorKind.ANONYMOUS:
        return refusal(request, status)
    if request.headers.get("HX-Request"):
        target = request.headers.get("HX-Current-URL", "/")
        login = redirect_to_login(_local(request, target), resolve_url(settings.LOGIN_URL)).url
        return HttpResponse(status=401, headers={"HX-Redirect": login})
    back = request.get_full_path() if request.method in SAFE else request.path
    return redirect_to_login(back, resolve_url(settings.LOGIN_URL))


def _local(request: HttpRequest, address: str) -> str:
    root = request.build_absolute_uri("/")
    return "/" + address.removeprefix(root) if address.startswith(root) else "/"


def _private(response: HttpResponseBase) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, no_store=True, private=True)
    return response


def _shared(response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    if response.has_header("Cache-Control"):
        return response
    if seconds and response.status_code == 200:
        patch_cache_control(response, public=True, max_age=seconds)
    else:
        patch_cache_control(response, no_cache=True)
    return response


def refusal(
    request: HttpRequest, status: int, sentence: Sentence = "", *, fields: Fields | None = None
) -> HttpResponse:
    """The page of a refusal; for htmx the part that says it."""
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        known = EXPLAINED.get(status, EXPLAINED[400])
        context = {
            "title": known.title,
            "sentence": str(sentence) or known.sentence,
            "step": "" if sentence else known.step,
            "fields": fields or {},
        }
        return render(request, "ui/parts/refusal.html", context, status=status)
    words = [str(one) for many in (fields or {}).values() for one in many]
    return error_page(request, status, " ".join(words) or str(sentence))


def form_refuses(form: BaseForm, error: AnjuError) -> None:
    """Put a service's refusal beside the fields it names, for showing the form again."""
    if not isinstance(error, InvalidInput):
        form.add_error(None, str(error))
        return
    for name, sentences in error.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))


def form_status(form: BaseForm) -> int:
    """422 for a form that was sent and refused, else 200."""
    return 422 if form.is_bound and form.errors else 200
