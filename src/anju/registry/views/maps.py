"""Communities on the ground: how many in each place, then each one; the list says the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.actors import Actor, Reach
from anju.core.time import legal_day
from anju.reference import queries as places
from anju.reference.models import Area, Boundary
from anju.reference.states import AreaLevel
from anju.ui.geojson import geojson_response
from anju.ui.grounds import map_words
from anju.ui.pages import page

from ..filters import CommunityFilters
from ..models import Community
from ..tables.cells import link
from .places import desk_crumbs

VIEW = perm("registry:community_view")
LISTED = 100  # communities beside the map; the list page has them all
COLUMNS = {1: "district_id", 2: "subdistrict_id", 3: "committee_id"}
PARAMETERS = {1: "district", 2: "subdistrict", 3: "committee"}


def _filtered(request: HttpRequest) -> tuple[CommunityFilters, QuerySet[Community]]:
    scope = Community.objects.visible_to(request.actor).defer("outline")  # type: ignore[attr-defined]
    filters = CommunityFilters(request.GET, queryset=scope, request=request)
    return filters, filters.qs if filters.form.is_valid() else scope.none()


def _level(actor: Actor) -> int:
    """Level of the polygons that carry figures: one finer than most posts, where drawn at all."""
    wanted = {Reach.SUBDISTRICT: 3, Reach.COMMITTEE: 3}.get(actor.reach, 2)
    drawn = set(
        Boundary.objects.filter(area__level__gt=0).values_list("area__level", flat=True).distinct()
    )
    return max((level for level in drawn if level <= wanted), default=1)


def _frame(actor: Actor, filters: CommunityFilters) -> Area | None:
    """The area to look at first: what is filtered for, else the post's own place."""
    asked = [filters.form.cleaned_data.get(name) for name in ("subdistrict", "district")]
    key = next((int(one) for one in asked if one), None) or actor.area_id
    return Area.objects.filter(pk=key).first() if key else None


def cuts_of(values: list[int]) -> list[int]:
    """Four rising limits that part the values into five groups of about as many each."""
    ordered = sorted(value for value in values if value)
    limits: list[int] = []
    for part in range(1, 5):
        at = ordered[len(ordered) * part // 5] if ordered else part
        limits.append(max(at, limits[-1] + 1 if limits else 2))
    return limits


def _legend(cuts: list[int]) -> list[tuple[str, str]]:
    """Class and words of each step."""
    words = [_("fewer than %(n)s") % {"n": cuts[0]}]
    for low, high in pairwise(cuts):
        one = str(low)
        words.append(one if high - low == 1 else f"{low}–{high - 1}")
    words.append(_("%(n)s and more") % {"n": cuts[-1]})
    return [(f"k{step}", text) for step, text in enumerate(words, start=1)]


@page(permission=VIEW)
def community_map(request: HttpRequest) -> HttpResponse:
    """Communities on the ground, and the same in words beside it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filters, rows = _filtered(request)
    level = _level(actor)
    column = COLUMNS[level]
    counts = dict(
        rows.order_by()
        .values_list(column)
        .annotate(n=Count("pk", distinct=True))
        .values_list(column, "n")
    )
    total = sum(counts.values())
    frame = _frame(actor, filters) if filters.form.is_valid() else None
    cuts = cuts_of(list(counts.values()))
    data = _map_data(request, level, counts, cuts, frame)
    listed = list(rows.order_by("sort_key", "pk")[:LISTED])
    for row in listed:
        row.url = link("registry:community", row.pk)  # type: ignore[attr-defined]
    day = legal_day(timezone.now())
    context = {
        "data": data,
        "legend": _legend(cuts),
        "groups": _groups(request, level, counts),
        "rows": listed,
        "rest": max(0, total - len(listed)),
        "list_url": f"{reverse('registry:communities')}?{request.GET.urlencode()}",
        "total": total,
        "unplaced": rows.filter(latitude=None).count(),
        "filters": filters,
        "sources": places.outline_sources(day=day, level=level),
        "ground": places.backdrop_source(),
        "missing": places.areas_without_boundary(day=day),
        "crumbs": desk_crumbs((_("Communities"), reverse("registry:communities"))),
        "level": AreaLevel(level).label,
    }
    return render(request, "registry/map.html", context)


def _map_data(
    request: HttpRequest, level: int, counts: dict[int | None, int], cuts: list[int], frame: Any
) -> dict[str, Any]:
    """What ``maps.js`` needs; the ground itself comes by address and is cached."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ground = reverse("reference:boundaries")
    within = f"&within={actor.area_id}" if actor.area_id else ""
    streets = reverse("reference:backdrop")
    data: dict[str, Any] = {
        "base": f"{ground}?level={level}{within}",
        "edges": f"{ground}?level={min(level - 1, 1) or 1}{within}" if level > 1 else "",
        "streets": [f"{streets}?detail=1", f"{streets}?detail=2"],
        "values": {str(key): n for key, n in counts.items() if key},
        "cuts": cuts,
        "unit": _("communities"),
        "points": f"{reverse('registry:community_points')}?{request.GET.urlencode()}",
        "words": map_words(),
    }
    if actor.reach in (Reach.SUBDISTRICT, Reach.COMMITTEE):
        data["edges"] = f"{ground}?level=2{within}"
    if frame is not None:
        boundary = places.boundary_of(frame, day=legal_day(timezone.now()))
        if boundary is not None:
            data["box"] = [[boundary.south, boundary.west], [boundary.north, boundary.east]]
    return data


def _groups(
    request: HttpRequest, level: int, counts: dict[int | None, int]
) -> list[dict[str, Any]]:
    """The figures of the polygons in words, gathered by the area above them."""
    areas = Area.objects.filter(pk__in=[key for key in counts if key]).select_related("parent")
    query = request.GET.copy()
    found: dict[int, dict[str, Any]] = {}
    for area in areas.order_by("parent__sort_key", "sort_key"):
        n = counts[area.pk]
        query[PARAMETERS[level]] = str(area.pk)
        if area.parent is not None and level == AreaLevel.SUBDISTRICT:
            query["district"] = str(area.district_id)
        above = area.parent if level > 1 and area.parent is not None else None
        group = found.setdefault(
            above.pk if above else 0, {"name": above.name if above else "", "n": 0, "rows": []}
        )
        group["n"] += n
        group["rows"].append((area.name, n, f"{request.path}?{query.urlencode()}"))
    return sorted(found.values(), key=lambda group: -group["n"])


@page(permission=VIEW)
def community_points(request: HttpRequest) -> HttpResponse:
    """The points of the map for the same conditions: key, latitude, longitude, name, place."""
    _filters, rows = _filtered(request)
    found = rows.exclude(latitude=None).order_by("sort_key", "pk")
    template = reverse("registry:community", args=[0])

    def build() -> dict[str, Any]:
        return {
            "href": template,
            "points": [
                [pk, round(float(lat or 0), 5), round(float(lon or 0), 5), name]
                for pk, lat, lon, name in found.values_list("pk", "latitude", "longitude", "name")
            ],
        }

    return geojson_response(request, build)
