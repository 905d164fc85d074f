"""Places: areas today and on any past day, divisions, outlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.text import clean
from anju.core.time import legal_day
from anju.ui.grounds import map_words
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from .. import policies, queries
from ..models import Area
from ..states import AreaKind, AreaLevel
from ..tables import DivisionList


@page(permission=perm("reference:place_view"))
def area_list(request: HttpRequest) -> HttpResponse:
    """The city with its districts, or what a search finds at any level."""
    today = legal_day(timezone.now())
    words = clean(request.GET.get("q", ""))[:60]
    day, problem = _day_asked(request, today)
    if day is not None and not words:
        return _then(request, None, day)
    rows = Area.objects.visible_to(actor_of(request)).valid_on(today)
    context: dict[str, Any] = {"words": words, "today": today, "problem": problem}
    if words:
        found = rows.named(words).select_related("parent", "district").order_by("level", "sort_key")
        paginator = Paginator(found, 50)
        context |= {"found": page_shown(paginator, request), "total": paginator.count}
        return render(request, "reference/area_list.html", context)
    cities = list(rows.filter(parent=None).order_by("code"))
    if len(cities) == 1:
        context |= _area_context(actor_of(request), cities[0], today)
    else:
        context["children"] = cities
    return render(request, "reference/area_list.html", context)


@page(permission=perm("reference:place_view"))
def area_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One area: names, belongings, outline, and what lies in it."""
    area = get_object_or_404(
        Area.objects.visible_to(actor_of(request)).select_related("parent", "division"), pk=pk
    )
    today = legal_day(timezone.now())
    day, problem = _day_asked(request, today)
    if day is not None:
        return _then(request, area, day)
    context = _area_context(actor_of(request), area, today) | {
        "problem": problem,
        "changes": queries.changes_of(area).select_related("area")[:20],
        "moves": _moves(actor_of(request), area),
        "path": queries.area_path(area),
        "names": area.names.order_by("-period"),
        "parents": area.parents.select_related("parent").order_by("-period"),
    }
    return render(request, "reference/area_detail.html", context)


def _day_asked(request: HttpRequest, today: date) -> tuple[date | None, str]:
    """The past day a page is read for by ``?on=``, and what is wrong with what was written."""
    asked = request.GET.get("on", "").strip()[:20]
    if not asked:
        return None, ""
    try:
        day = parse_date(asked)
    except ValueError:
        day = None
    if day is None or day.year < 1900:
        return None, _("Write the day as year-month-day, from 1900 on. Shown is today.")
    if day > today:
        return None, _("That day is still to come. Shown is today.")
    return (day if day < today else None), ""


def _then(request: HttpRequest, area: Area | None, day: date) -> HttpResponse:
    """The tree of a past day, or one area of it."""
    tree = queries.tree_on(day)
    roots = tree.children(None)
    one = tree.areas.get(area.pk) if area else (roots[0] if len(roots) == 1 else None)
    rows = []
    for child in tree.children(one.id) if one else ([] if area else roots):
        child_rows = sum(1 for _below in tree.below(child.id))
        rows.append((child, AreaKind(child.kind).label, child_rows))
    context = {
        "area": area,
        "day": day,
        "one": one,
        "kind": AreaKind(one.kind).label if one else "",
        "path": tree.path(one.id)[:-1] if one else [],
        "rows": rows,
        "counts": _counts_then(tree, one),
    }
    return render(request, "reference/area_then.html", context)


def _counts_then(tree: queries.Tree, one: queries.AreaOn | None) -> list[tuple[Any, int]]:
    found: dict[int, int] = {}
    for below in tree.below(one.id) if one else ():
        found[below.level] = found.get(below.level, 0) + 1
    return [(AreaLevel(level).label, count) for level, count in sorted(found.items())]


def _moves(actor: Actor, area: Area) -> list[tuple[str, str]]:
    """What the actor may propose for an area: words and address."""
    if not policies.may_propose_change(actor):
        return []
    if area.valid_to is not None:
        return []
    offered = {
        "rename": _("Rename"),
        "recode": _("Change the code"),
        "move": _("Move into another area") if area.level > AreaLevel.DISTRICT else "",
        "merge": _("Merge into another area") if area.level else "",
        "split": _("Split in two") if area.level else "",
        "found": _("Found an area in it") if area.level < AreaLevel.COMMITTEE else "",
        "dissolve": _("Dissolve") if area.level else "",
    }
    return [
        (words, reverse("reference:area_change_propose", args=[area.pk, name]))
        for name, words in offered.items()
        if words
    ]


def page_shown(paginator: Paginator[Any], request: HttpRequest) -> Any:
    """The page asked for, with the few numbers a phone has room for."""
    shown = paginator.get_page(request.GET.get("page"))
    numbers = paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1)
    shown.window = [number if isinstance(number, int) else None for number in numbers]  # type: ignore[attr-defined]
    return shown


def _map_of(area: Area, boundary: Any, children: list[Area], today: date) -> dict[str, Any] | None:
    """The outline of an area with the areas in it and the streets under them."""
    inside = min(area.level + 1, AreaLevel.COMMITTEE)
    if boundary is None and not queries.boundaries(day=today, level=inside)["features"]:
        return None
    address = reverse("reference:boundaries")
    within = f"&within={area.pk}" if area.level else ""
    streets = reverse("reference:backdrop")
    data: dict[str, Any] = {
        "base": f"{address}?level={inside}{within}",
        "edges": f"{address}?level={area.level}{within}" if area.level else "",
        "streets": [f"{streets}?detail=1", f"{streets}?detail=2"],
        "links": {str(one.pk): reverse("reference:area_detail", args=[one.pk]) for one in children},
        "named": True,
        "words": map_words(),
    }
    if boundary is not None:
        data["box"] = [[boundary.south, boundary.west], [boundary.north, boundary.east]]
        if boundary.area_id != area.pk:
            data["outline"] = boundary.simple_shape
    return data


def _area_context(actor: Actor, area: Area, today: date) -> dict[str, Any]:
    children = list(queries.children_with_counts(actor, area, day=today))
    counts = queries.area_counts(actor, area, day=today)
    boundary = queries.boundary_of(area, day=today)
    drawn = _map_of(area, boundary, children, today)
    return {
        "area": area,
        "today": today,
        "children": children,
        "counts": [(AreaLevel(level).label, count) for level, count in counts.items()],
        "boundary": boundary,
        "map_data": drawn,
        "sources": queries.outline_sources(day=today, level=1) if not boundary else [],
        "ground": queries.backdrop_source(),
        "undrawn": queries.areas_without_boundary(day=today) if area.level == 0 else [],
    }


division_list = list_view(DivisionList, permission=perm("reference:place_view"))
