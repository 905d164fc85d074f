"""Public pages that are kept for a short while: the same bytes for everybody not signed in.

Kept in the memory of a serving process for as long as the page's own ``cache_seconds``, which
shared caches are told too. A reader with a sign-in or a waiting message is never answered from
here, and outside a serving process nothing is kept.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from .reading import large_text

MOST = 1_000  # pages of a process
_PERSONAL = ("messages", settings.SESSION_COOKIE_NAME)
_kept: OrderedDict[Hashable, tuple[float, HttpResponse]] = OrderedDict()
_lock = Lock()


def kept_key(request: HttpRequest, seconds: int) -> Hashable | None:
    """What the page is kept under; None when it must be made for this reader."""
    if not (settings.KEEP_PAGES and seconds and request.method == "GET"):
        return None
    if any(name in request.COOKIES for name in _PERSONAL) or "HX-Request" in request.headers:
        return None
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        get_language(),
        large_text(request),
    )


def kept_page(key: Hashable) -> HttpResponse | None:
    """The page kept, unless its time is over."""
    with _lock:
        found = _kept.get(key)
        if found is None or found[0] < time.monotonic():
            _kept.pop(key, None)
            return None
    return _copy(found[1])


def keep_page(key: Hashable, response: HttpResponseBase, seconds: int) -> None:
    """Keep a whole page; the oldest makes room."""
    if not isinstance(response, HttpResponse) or response.status_code != 200 or response.cookies:
        return
    with _lock:
        _kept[key] = (time.monotonic() + seconds, _copy(response))
        if len(_kept) > MOST:
            _kept.popitem(last=False)


def _copy(response: HttpResponse) -> HttpResponse:
    # Middleware writes headers on what it is given.
    return HttpResponse(response.content, headers=dict(response.headers))
