"""Search with suggestions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anju.access.permissions import perm
from anju.ui.pages import page

from ..queries.search import search
from ..states import EntryKind
from ..tables.cells import link
from .places import desk_crumbs

PAGES = {
    EntryKind.COMMUNITY: "registry:community",
    EntryKind.AREA: "registry:area",
    EntryKind.COMPANY: "registry:company",
    EntryKind.MANAGER: "registry:manager",
    EntryKind.BUILDING: "registry:building",
    EntryKind.UNIT: "registry:unit",
    EntryKind.PERSON: "registry:person",
}


def _groups(request: HttpRequest, text: str, limit: int) -> list[dict[str, Any]]:
    groups = []
    for found in search(request.actor, text, limit=limit):
        kind = EntryKind(found.kind)
        hits = [
            {"label": hit.label, "note": hit.note, "url": link(PAGES[kind], hit.id)}
            for hit in found.hits
        ]
        groups.append(
            {"kind": str(kind.label), "key": kind.value, "hits": hits, "more": found.more}
        )
    return groups


@page(permission=perm("registry:register_search"))
def find(request: HttpRequest) -> HttpResponse:
    """Everything that matches what was typed, within the place of the post."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    groups = _groups(request, text, 30) if text else []
    context = {
        "text": text,
        "groups": groups,
        "count": sum(len(group["hits"]) for group in groups),
        "shell_query": text,
        "crumbs": desk_crumbs(),
    }
    return render(request, "registry/find.html", context)


@page(permission=perm("registry:register_search"))
def suggest(request: HttpRequest) -> HttpResponse:
    """A few matches while typing: options for a list, or links below the box."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    groups = _groups(request, text, 5) if text else []
    return render(request, "registry/suggest.html", {"groups": groups, "text": text})
