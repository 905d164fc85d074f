"""The desk: today in one sentence, what is to be done, and the register in figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.actors import Actor, Reach
from anju.core.time import legal_day
from anju.flow.queries import todo_groups, todo_sentence
from anju.ui.pages import page

from ..figures import PROVIDERS
from ..filters import place_names
from ..models import ChangeRequest, Community, Company, ManagementArea, Manager, Project, UnitTally
from ..states import ChangeState, UnitKind, UnitState
from ..tables.cells import link, number

SHOWN_TASKS = 50


@page(signed_in=True)
def desk(request: HttpRequest) -> HttpResponse:
    """What this post has to do today, and what it looks after."""
    now = timezone.now()
    groups = todo_groups(request.actor, at=now, most=SHOWN_TASKS)
    figures = _figures(request.actor, legal_day(now))
    chart = _chart(request.actor)
    context = {
        "today": legal_day(now),
        "sentence": todo_sentence(groups),
        "groups": groups,
        "figures": figures,
        "chart": chart,
        "waiting": _waiting(request.actor),
    }
    return render(request, "registry/desk.html", context)


def _figures(actor: Actor, today: date) -> list[dict[str, str]]:
    """What the post looks after, each with the list it is made of."""
    figures = []

    def put(words: str, permission: str, value: Any, url: str) -> None:
        if actor.can(permission):
            figures.append({"label": words, "value": number(value()), "href": url})

    put(
        _("Communities"),
        "registry:community_view",
        lambda: Community.objects.visible_to(actor).count(),
        reverse("registry:communities"),
    )
    if actor.can("registry:unit_view") and actor.reach in (
        Reach.CITY,
        Reach.DISTRICT,
        Reach.SUBDISTRICT,
        Reach.COMMITTEE,
    ):
        homes = UnitTally.objects.visible_to(actor).filter(
            kind=UnitKind.HOME, state=UnitState.ACTIVE
        )
        put(
            _("Homes"),
            "registry:unit_view",
            lambda: homes.aggregate(n=Sum("units"))["n"] or 0,
            reverse("registry:units") + "?kind=home&state=active",
        )
    put(
        _("Management areas"),
        "registry:area_view",
        lambda: ManagementArea.objects.visible_to(actor).filter(state="active").count(),
        reverse("registry:areas") + "?state=active",
    )
    put(
        _("Projects in service"),
        "registry:project_view",
        lambda: Project.objects.visible_to(actor).current().count(),
        reverse("registry:projects") + "?state=active",
    )
    put(
        _("Property companies"),
        "registry:company_view",
        lambda: Company.objects.visible_to(actor).filter(kind="property").count(),
        reverse("registry:companies"),
    )
    put(
        _("Project managers"),
        "registry:manager_view",
        lambda: Manager.objects.visible_to(actor).count(),
        reverse("registry:managers"),
    )
    for provider in PROVIDERS.values():
        figures += [
            {"label": str(one.label), "value": number(one.value), "href": one.href}
            for one in provider(actor, today)
        ]
    return figures


def _waiting(actor: Actor) -> list[dict[str, str]]:
    """Changes that wait for a second person, the oldest first."""
    if not actor.can(perm("registry:change_view")):
        return []
    rows = (
        ChangeRequest.objects.visible_to(actor)
        .filter(state=ChangeState.PROPOSED)
        .select_related("proposed_by")
        .order_by("proposed_at")[:6]
    )
    return [
        {
            "words": row.target_label,
            "by": row.proposed_by.full_name,
            "url": link("registry:change", row.pk),
            "day": legal_day(row.proposed_at).isoformat(),
        }
        for row in rows
    ]


def _chart(actor: Actor) -> dict[str, Any] | None:
    """Homes by the next level of places, largest first; none where one place is all there is."""
    column = {Reach.CITY: "district_id", Reach.DISTRICT: "subdistrict_id"}.get(
        actor.reach, "committee_id"
    )
    if not actor.can("registry:unit_view") or actor.reach not in (
        Reach.CITY,
        Reach.DISTRICT,
        Reach.SUBDISTRICT,
    ):
        return None
    rows = (
        UnitTally.objects.visible_to(actor)
        .filter(kind=UnitKind.HOME, state=UnitState.ACTIVE)
        .values_list(column)
        .annotate(n=Sum("units"))
        .order_by("-n")[:12]
    )
    names = place_names()
    found = [(names.get(key or 0, "—"), key, n) for key, n in rows if n]
    if len(found) < 2:
        return None
    parameter = column.removesuffix("_id")
    return {
        "data": {
            "kind": "bar",
            "x": [name for name, _key, _n in found],
            "series": [{"name": _("Homes"), "data": [n for _name, _key, n in found]}],
            "digits": 0,
            "unit": _("homes"),
        },
        "label": _("%(place)s has most homes: %(n)s.")
        % {"place": found[0][0], "n": number(found[0][2])},
        "rows": [
            (name, number(n), f"{reverse('registry:units')}?{parameter}={key}&kind=home")
            for name, key, n in found
        ],
    }
