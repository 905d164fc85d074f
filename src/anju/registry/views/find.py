"""Search with suggestions, and the map of communities."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.actors import Actor, Reach
from anju.reference.models import Area, Boundary
from anju.ui.pages import page

from ..filters import CommunityFilters
from ..models import Community
from ..models.base import Today
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
ON_MAP = 400


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


def _outlines(actor: Actor) -> dict[str, Any]:
    """Polygons of the areas one level below the actor's own place."""
    level = {Reach.DISTRICT: 2, Reach.SUBDISTRICT: 3, Reach.COMMITTEE: 3}.get(actor.reach, 1)
    areas = Area.objects.filter(level=level)
    column = {Reach.DISTRICT: "district_id", Reach.SUBDISTRICT: "subdistrict_id"}.get(actor.reach)
    if column:
        areas = areas.filter(**{column: actor.area_id})
    elif actor.reach is Reach.COMMITTEE:
        areas = areas.filter(pk=actor.area_id or 0)
    rows = (
        Boundary.objects.filter(area__in=areas, valid__contains=Today())
        .select_related("area")
        .order_by("area__sort_key")
    )
    features, source, names = [], "", set()
    for row in rows:
        name = row.area.name if row.area else ""
        features.append(
            {
                "type": "Feature",
                "geometry": row.simple_shape,
                "properties": {"name": name},
            }
        )
        names.add(name)
        source = f"{row.source} {row.as_of.isoformat()}"
    missing = [name for name in areas.values_list("name", flat=True) if name not in names]
    polygons = {"type": "FeatureCollection", "features": features}
    return {"polygons": polygons, "source": source, "missing": missing}


@page(permission=perm("registry:community_view"))
def community_map(request: HttpRequest) -> HttpResponse:
    """Communities on the ground, and the same in words beside it."""
    scope = Community.objects.visible_to(request.actor).defer("outline")
    filters = CommunityFilters(request.GET, queryset=scope, request=request)
    rows = filters.qs if filters.form.is_valid() else scope.none()
    total = rows.order_by().count()
    shown = list(rows.order_by("sort_key", "pk")[:ON_MAP])
    outlines = _outlines(request.actor)
    points = [
        {
            "at": [row.latitude, row.longitude],
            "name": row.name,
            "note": row.address,
            "href": link("registry:community", row.pk),
        }
        for row in shown
        if row.latitude is not None
    ]
    data = {"polygons": outlines["polygons"], "points": points}
    for row in shown:
        row.url = link("registry:community", row.pk)  # type: ignore[attr-defined]
    context = {
        "data": data,
        "drawn": bool(points or outlines["polygons"]["features"]),
        "rows": shown,
        "total": total,
        "points": len(points),
        "filters": filters,
        "outlines": outlines,
        "crumbs": desk_crumbs((_("Communities"), link_list())),
    }
    return render(request, "registry/map.html", context)


def link_list() -> str:
    from django.urls import reverse

    return reverse("registry:communities")
