"""GeoJSON as a map wants it: with an ETag, compressed, kept in memory while it is the same."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

MOST = 48  # bodies of a process
_kept: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()


def geojson_response(
    request: HttpRequest, build: Callable[[], dict[str, Any]], *, mark: str = "", seconds: int = 0
) -> HttpResponse:
    """The answer, or 304 when the reader has it already.

    Args:
        build: makes the collection; not called when ``mark`` is known.
        mark: changes whenever the collection does, and names it among all; without it the bytes
            themselves are the mark, and the answer is for this reader only.
        seconds: how long shared caches may keep it.
    """
    found = _kept.get(mark) if mark else None
    if found is None:
        body = json.dumps(build(), ensure_ascii=False, separators=(",", ":")).encode()
        found = (body, gzip.compress(body, 6, mtime=0))
        if mark:
            _kept[mark] = found
            if len(_kept) > MOST:
                _kept.popitem(last=False)
    plain, packed = found
    etag = f'W/"{hashlib.sha256(mark.encode() if mark else plain).hexdigest()[:24]}"'
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if accepts else plain, content_type="application/geo+json")
    if accepts:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer
