"""Days: a year, a day, corrections, published years."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.time import legal_day
from anju.ui.actions import Action, action_view
from anju.ui.pages import actor_of, page

from .. import policies, queries, services
from ..forms import CorrectionForm, YearForm

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
