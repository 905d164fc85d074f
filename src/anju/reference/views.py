"""Places and days: areas, divisions, boundaries, the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.time import legal_day
from anju.ui.actions import Action, action_view
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from . import policies, queries, services
from .forms import CorrectionForm, YearForm
from .models import Area, DivisionChange
from .states import AreaLevel
from .tables import DivisionList

FIRST_YEAR, LAST_YEAR = 2004, 2100
WEEKDAYS_SHORT = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)


@page(permission=perm("reference:place_view"))
def area_list(request: HttpRequest) -> HttpResponse:
    """The city with its districts, or what a search finds at any level."""
    today = legal_day(timezone.now())
    words = clean(request.GET.get("q", ""))[:60]
    rows = Area.objects.visible_to(actor_of(request)).valid_on(today)
    context: dict[str, Any] = {"words": words, "today": today}
    if words:
        found = rows.named(words).select_related("parent", "district").order_by("level", "sort_key")
        paginator = Paginator(found, 50)
        context |= {"found": _shown(paginator, request), "total": paginator.count}
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
    context = _area_context(actor_of(request), area, today) | {
        "path": queries.area_path(area),
        "names": area.names.order_by("-period"),
        "parents": area.parents.select_related("parent").order_by("-period"),
    }
    return render(request, "reference/area_detail.html", context)


def _shown(paginator: Paginator[Any], request: HttpRequest) -> Any:
    """The page asked for, with the few numbers a phone has room for."""
    shown = paginator.get_page(request.GET.get("page"))
    numbers = paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1)
    shown.window = [number if isinstance(number, int) else None for number in numbers]  # type: ignore[attr-defined]
    return shown


def _area_context(actor: Actor, area: Area, today: date) -> dict[str, Any]:
    children = list(queries.children_with_counts(actor, area, day=today))
    counts = queries.area_counts(actor, area, day=today)
    boundary = queries.boundary_of(area, day=today)
    drawn: dict[str, Any] | None = None
    if boundary is not None:
        drawn = {
            "polygons": {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"name": area.name},
                        "geometry": boundary.simple_shape,
                    }
                ],
            }
        }
    elif area.level == AreaLevel.CITY:
        level = AreaLevel.DISTRICT
        inside = queries.boundaries(day=today, level=level)
        if inside["features"]:
            address = reverse("reference:boundaries")
            links = {
                child.name: reverse("reference:area_detail", args=[child.pk]) for child in children
            }
            drawn = {
                "src": f"{address}?level={level.value}",
                "links": links,
                "quiet": queries.too_small_to_label(inside),
            }
    return {
        "area": area,
        "today": today,
        "children": children,
        "counts": [(AreaLevel(level).label, count) for level, count in counts.items()],
        "boundary": boundary,
        "map_data": drawn,
        "undrawn": queries.areas_without_boundary(day=today) if drawn and "src" in drawn else [],
    }


@page(public=True, cache_seconds=3600)
def boundaries(request: HttpRequest) -> HttpResponse:
    """Thinned outlines of one level as GeoJSON, for maps."""
    try:
        level = AreaLevel(int(request.GET.get("level", AreaLevel.DISTRICT)))
    except ValueError as error:
        raise InvalidInput({"level": [_("The level is a number from 0 to 3.")]}) from error
    day = legal_day(timezone.now())
    return JsonResponse(
        queries.boundaries(day=day, level=level), content_type="application/geo+json"
    )


division_list = list_view(DivisionList, permission=perm("reference:place_view"))


@page(permission=perm("reference:place_view"))
def change_list(request: HttpRequest) -> HttpResponse:
    """Our own table of dated changes of divisions."""
    rows = DivisionChange.objects.prefetch_related("before", "after")
    paginator = Paginator(rows, 50)
    context = {"changes": _shown(paginator, request), "total": paginator.count}
    return render(request, "reference/change_list.html", context)


@page(permission=perm("reference:calendar_view"))
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Twelve months with working days, holidays and make-up days."""
    today = legal_day(timezone.now())
    year = year or today.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    context = {
        "calendar": queries.calendar_year(year),
        "today": today,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "weekdays": list(zip(WEEKDAYS_SHORT, WEEKDAYS.values(), strict=True)),
        "waiting": list(queries.provisional_deadlines(actor_of(request)))[:50],
        "may_correct": bool(policies.may_correct_calendar(actor_of(request))),
    }
    return render(request, "reference/calendar.html", context)


@page(permission=perm("reference:calendar_view"))
def calendar_day(request: HttpRequest, day: date) -> HttpResponse:
    """Everything ever said about one day."""
    context = {
        "the_day": day,
        "working": queries.working_calendar().is_working(day),
        "provisional": queries.working_calendar().is_provisional(day),
        "statements": queries.day_statements(day),
        "may_correct": policies.may_correct_calendar(actor_of(request)),
    }
    return render(request, "reference/calendar_day.html", context)


def _correct(*, actor: Actor, target: date, data: dict[str, Any], at: Any) -> Any:
    return services.day_correct(actor=actor, day=target, at=at, **data)


day_correct = action_view(
    Action(
        title=gettext_lazy("Correct a day"),
        button=gettext_lazy("Correct the day"),
        form=CorrectionForm,
        load=lambda actor, day: day,
        may=lambda actor, day: policies.may_correct_calendar(actor),
        explain=lambda day: _("%(day)s. Open deadlines are counted anew.") % {"day": day},
        run=_correct,
        after=lambda day, row: reverse("reference:calendar_day", args=[day]),
        done=lambda day, row: _("%(day)s is corrected.") % {"day": day},
        crumbs=lambda day: [
            (_("Calendar"), reverse("reference:calendar_year", args=[day.year])),
            (str(day), reverse("reference:calendar_day", args=[day])),
        ],
    ),
    permission=perm("reference:calendar_correct"),
)


def _load(*, actor: Actor, target: None, data: dict[str, Any], at: Any) -> tuple[int, int]:
    changed = services.year_load(
        actor=actor, year=data["year"], days=data["days"], source_name=data["source_name"], at=at
    )
    return data["year"], changed


year_load = action_view(
    Action(
        title=gettext_lazy("Load a published year"),
        button=gettext_lazy("Load the year"),
        form=YearForm,
        may=lambda actor, target: policies.may_correct_calendar(actor),
        explain=gettext_lazy(
            "The state publishes the days of a year in the autumn before. Deadlines that were"
            " provisional are counted anew, and those whose deadline moves are told."
        ),
        run=_load,
        after=lambda target, result: reverse("reference:calendar_year", args=[result[0]]),
        done=lambda target, result: (
            ngettext(
                "%(year)s is loaded: %(n)s day changed.",
                "%(year)s is loaded: %(n)s days changed.",
                result[1],
            )
            % {"year": result[0], "n": result[1]}
        ),
        crumbs=lambda target: [(_("Calendar"), reverse("reference:calendar"))],
    ),
    permission=perm("reference:calendar_correct"),
)
