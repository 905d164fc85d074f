"""What anybody may read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from anju.core.text import clean
from anju.core.time import legal_day
from anju.flow.kinds import KINDS
from anju.flow.queries import publicity_on_show
from anju.flow.rules import publicity_days_left
from anju.reference.queries import backdrop_source
from anju.registry.queries import search_public
from anju.registry.states import EntryKind
from anju.ui.grounds import neighbourhood
from anju.ui.pages import actor_of, page

from .. import opendata, queries, rules

GROUND = 217  # y of the row of houses' ground line
HOUSE_STEP = 46
KEPT_SECONDS = 30  # a change on file shows on a public page within this time
PUBLIC_PAGES = {
    EntryKind.COMMUNITY: "portal:community",
    EntryKind.COMPANY: "portal:company",
    EntryKind.MANAGER: "portal:manager",
}


def _found(pages: Any) -> Any:
    if pages is None:
        raise Http404
    return pages


@page(public=True, cache_seconds=60)
def home(request: HttpRequest) -> HttpResponse:
    """The front page: search, who is served, what is on show, figures."""
    today = legal_day(timezone.now())
    coverage = queries.coverage()
    size = rules.window_size(max((d.communities for d in coverage), default=0))
    houses = []
    for index, district in enumerate(coverage):
        lit, whole = rules.windows(
            communities=district.communities, served=district.served, size=size
        )
        drawn = rules.house(lit=lit, whole=whole, left=12 + HOUSE_STEP * index, ground=GROUND)
        houses.append((district, drawn))
    top = min((drawn.roof for _district, drawn in houses), default=100) - 14
    notices = list(publicity_on_show(actor_of(request), today=today)[:5])
    for notice in notices:
        notice.days_left = publicity_days_left(ends_on=notice.ends_on, today=today)
        notice.kind_label = getattr(KINDS.get(notice.kind), "label", notice.kind)
    served = sum(district.served for district in coverage)
    total = sum(district.communities for district in coverage)
    return render(
        request,
        "portal/home.html",
        {
            "houses": houses,
            "width": 12 + HOUSE_STEP * max(len(coverage), 1),
            "top": top,
            "height": GROUND + 13 - top,
            "served": served,
            "size": size,
            "total": total,
            "percent": 100 * served // total if total else 0,
            "figures": queries.city_figures(),
            "notices": notices,
            "today": today,
        },
    )


@page(public=True)
def find(request: HttpRequest) -> HttpResponse:
    """Search over communities, companies and managers."""
    text = clean(request.GET.get("q", ""))[:60]
    found = search_public(text, limit=30)
    groups = [
        {
            "label": EntryKind(group.kind).label,
            "more": group.more,
            "hits": [
                (hit, reverse(PUBLIC_PAGES[EntryKind(group.kind)], args=[hit.id]))
                for hit in group.hits
            ],
        }
        for group in found
    ]
    count = sum(len(group.hits) for group in found)
    return render(
        request,
        "portal/find.html",
        {
            "groups": groups,
            "count": count,
            "more": any(group.more for group in found),
            "text": text,
            "shell_query": text,
        },
    )


@page(public=True)
def community_list(request: HttpRequest) -> HttpResponse:
    """Every community in use, by district."""
    district = request.GET.get("district", "")
    number = district.isascii() and district.isdigit() and len(district) < 12
    chosen = int(district) if number else None
    text = clean(request.GET.get("name", ""))[:60]
    paginator = Paginator(queries.communities_public(text=text, district=chosen), 50)
    shown = paginator.get_page(request.GET.get("page"))
    serving = queries.companies_serving(list(shown))
    for row in shown:
        row.companies = serving.get(row.pk, [])
    return render(
        request,
        "portal/community_list.html",
        {
            "page": shown,
            "count": paginator.count,
            "districts": queries.districts(),
            "chosen": chosen,
            "text": text,
        },
    )


def _named(request: HttpRequest, rows: Any, template: str) -> HttpResponse:
    """A list that is searched by name alone."""
    text = clean(request.GET.get("name", ""))[:60]
    paginator = Paginator(rows(text=text), 50)
    shown = paginator.get_page(request.GET.get("page"))
    return render(request, template, {"page": shown, "count": paginator.count, "text": text})


@page(public=True)
def company_list(request: HttpRequest) -> HttpResponse:
    """Every property company in business, with how much it serves."""
    return _named(request, queries.companies_public, "portal/company_list.html")


@page(public=True)
def manager_list(request: HttpRequest) -> HttpResponse:
    """Every manager who leads a project, with company and published telephone."""
    return _named(request, queries.managers_public, "portal/manager_list.html")


@page(public=True, cache_seconds=KEPT_SECONDS)
def community(request: HttpRequest, pk: int) -> HttpResponse:
    """One community: where, what, who serves it, which contract is filed."""
    found = _found(queries.community_public(pk))
    projects = queries.community_projects(found)
    contracts = [
        (contract, queries.contract_last_day(contract))
        for contract in (queries.contract_public(p.management_area) for p in projects)
        if contract is not None
    ]
    return render(
        request,
        "portal/community.html",
        {
            "community": found,
            "projects": projects,
            "contracts": contracts,
            "counts": queries.community_counts(found),
            "ground": neighbourhood(
                latitude=found.latitude,
                longitude=found.longitude,
                name=found.name,
                within=found.subdistrict_id,
            ),
            "ground_source": backdrop_source(),
        },
    )


@page(public=True, cache_seconds=KEPT_SECONDS)
def company(request: HttpRequest, pk: int) -> HttpResponse:
    """One property company with its projects, managers and telephones."""
    found = _found(queries.company_public(pk))
    return render(
        request,
        "portal/company.html",
        {"company": found, "projects": queries.company_projects(found)},
    )


@page(public=True, cache_seconds=KEPT_SECONDS)
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    """One project manager: projects, published telephone, companies before."""
    found = _found(queries.manager_public(pk))
    return render(
        request,
        "portal/manager.html",
        {
            "manager": found,
            "projects": queries.manager_projects(found),
            "course": queries.manager_course(found),
        },
    )


@page(public=True)
def open_data(request: HttpRequest) -> HttpResponse:
    """What may be downloaded, in which form, and what its fields mean."""
    return render(request, "portal/open_data.html", {"datasets": opendata.DATASETS.values()})


@page(public=True)
def open_data_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One data set as CSV or JSON."""
    dataset = opendata.DATASETS.get(name)
    if dataset is None or form not in ("csv", "json"):
        raise Http404
    return opendata.answer(dataset, form=form, at=timezone.now())


@page(public=True)
def open_data_schema(request: HttpRequest, name: str) -> HttpResponse:
    """The JSON Schema of a data set."""
    dataset = opendata.DATASETS.get(name)
    if dataset is None:
        raise Http404
    return opendata.schema_answer(dataset)


@page(public=True)
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page."""
    return render(request, "portal/site_map.html", {"datasets": opendata.DATASETS.values()})


@page(public=True)
def about(request: HttpRequest) -> HttpResponse:
    """What the platform is, where figures come from, how personal data are kept."""
    return render(request, "portal/about.html", {})
