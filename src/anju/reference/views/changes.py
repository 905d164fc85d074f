"""Dated changes of areas: the list, one change, proposing, confirming, taking back."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anju.access.permissions import perm
from anju.core.errors import AnjuError
from anju.ui.pages import actor_of, form_refuses, form_status, page

from .. import policies, services
from ..forms import CHANGE_FORMS, AreaChangeForm, DecisionForm, UndoForm
from ..models import Area, AreaChange, DivisionChange
from ..services.changes import Draft
from ..states import AreaChangeState, AreaKind
from .places import page_shown

SHOWN = 50


@page(permission=perm("reference:place_view"))
def change_list(request: HttpRequest) -> HttpResponse:
    """Our own table of dated changes, and those of the state's own tree."""
    rows = AreaChange.objects.visible_to(actor_of(request)).select_related("area")
    paginator = Paginator(rows, SHOWN)
    shown = page_shown(paginator, request)
    for row in shown:
        row.lines = plan_words(row)
    context = {
        "changes": shown,
        "total": paginator.count,
        "divisions": DivisionChange.objects.prefetch_related("before", "after")[:SHOWN],
    }
    return render(request, "reference/change_list.html", context)


@page(permission=perm("reference:place_view"), methods=("GET", "POST"))
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what it changes, what it concerns, and the second person's decision."""
    actor = actor_of(request)
    rows = AreaChange.objects.visible_to(actor).select_related("area", "undoes")
    row = get_object_or_404(rows, pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            words = _decide(request, row, form.cleaned_data["note"])
        except AnjuError as error:
            form_refuses(form, error)
            row = get_object_or_404(rows, pk=pk)
        else:
            messages.success(request, words)
            return HttpResponseRedirect(reverse("reference:change", args=[pk]), status=303)
    decision = policies.may_decide_change(actor, row)
    made = row.state in (AreaChangeState.MOVING, AreaChangeState.IN_FORCE)
    context = {
        "change": row,
        "form": form,
        "lines": plan_words(row),
        "affected": affected_words(row.affected),
        "open": row.state == AreaChangeState.PROPOSED,
        "may_decide": bool(decision),
        "shut": "" if decision else decision.reason,  # type: ignore[union-attr]
        "may_withdraw": bool(policies.may_withdraw_change(actor, row)),
        "undone": row.undone_by.exclude(
            state__in=[AreaChangeState.REFUSED, AreaChangeState.WITHDRAWN]
        ).first(),
        "may_undo": made and bool(policies.may_propose_change(actor)),
    }
    return render(request, "reference/change.html", context, status=form_status(form))


def _decide(request: HttpRequest, row: AreaChange, note: str) -> str:
    actor, at = actor_of(request), timezone.now()
    match request.POST.get("do"):
        case "confirm":
            done = services.change_confirm(actor=actor, change=row, note=note, at=at)
            if done.state == AreaChangeState.CONFIRMED:
                return _("Confirmed. The change is made on its day.")
            return _("Confirmed. The change is in force.")
        case "refuse":
            services.change_refuse(actor=actor, change=row, note=note, at=at)
            return _("Refused. The proposer reads your note.")
        case "withdraw":
            services.change_withdraw(actor=actor, change=row, at=at)
            return _("Withdrawn. Nothing was changed.")
    raise AnjuError(_("Nothing was done: choose to confirm, refuse or withdraw."))


@page(permission=perm("reference:area_propose"), methods=("GET", "POST"))
def area_change_propose(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Propose a change of an area, after a look at what it does."""
    area = get_object_or_404(
        Area.objects.visible_to(actor_of(request)).select_related("parent"), pk=pk
    )
    if name not in CHANGE_FORMS or area.valid_to is not None:
        raise Http404
    form_class = CHANGE_FORMS[name]
    form = form_class(request.POST if request.method == "POST" else None, area=area)

    def draft() -> Draft:
        return _draft(form, area, form_class.kind)

    return _propose(request, form, area, draft)


@page(permission=perm("reference:area_propose"), methods=("GET", "POST"))
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the further change that takes one back."""
    row = get_object_or_404(
        AreaChange.objects.visible_to(actor_of(request)).select_related("area"), pk=pk
    )
    form = UndoForm(request.POST if request.method == "POST" else None, area=row.area)

    def draft() -> Draft:
        return services.undo_draft(
            row, **{key: form.cleaned_data[key] for key in ("effective_on", "document", "source")}
        )

    return _propose(request, form, row.area, draft)


def _draft(form: AreaChangeForm, area: Area, kind: str) -> Draft:
    data = form.cleaned_data
    return Draft(
        kind=kind,
        area=area,
        plan=form.plan(),
        effective_on=data["effective_on"],
        document=data["document"],
        source=data["source"],
    )


def _propose(request: HttpRequest, form: AreaChangeForm, area: Area, draft: Any) -> HttpResponse:
    """First a look at the effect, then the proposal."""
    actor, at = actor_of(request), timezone.now()
    effect = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "propose":
                row = services.change_propose(actor=actor, draft=draft(), at=at)
                messages.success(request, _("Proposed. Another person confirms it."))
                return HttpResponseRedirect(reverse("reference:change", args=[row.pk]), status=303)
            effect = services.change_preview(actor=actor, draft=draft(), at=at)
        except AnjuError as error:
            form_refuses(form, error)
    context = {
        "area": area,
        "form": form,
        "effect": effect,
        "affected": affected_words(effect.rows) if effect else [],
    }
    return render(request, "reference/change_form.html", context, status=form_status(form))


def affected_words(rows: dict[str, int]) -> list[tuple[str, int]]:
    """Rows by table as people call them, the largest first."""
    found = []
    for label, count in rows.items():
        try:
            words = capfirst(str(apps.get_model(label)._meta.verbose_name_plural))
        except LookupError:
            words = label
        found.append((words, count))
    return sorted(found, key=lambda one: (-one[1], one[0]))


def plan_words(change: AreaChange) -> list[tuple[str, str, str]]:
    """What changes, as (what, before, after)."""
    plan, before = change.plan, change.before
    keys = [plan.get("parent"), plan.get("into"), before.get("parent"), before.get("heir")]
    keys += plan.get("children") or []
    names = dict(Area.objects.filter(pk__in=[k for k in keys if k]).values_list("pk", "name"))

    def name(key: Any) -> str:
        return names.get(key or 0, "")

    lines = []
    if change.kind == "merged":
        lines.append((pgettext("place", "Area"), change.area.name, name(plan.get("into"))))
        if plan.get("name"):
            lines.append((_("Name"), before.get("heir_name", ""), plan["name"]))
        return lines
    if change.kind == "moved":
        return [(_("Lies in"), name(before.get("parent")), name(plan.get("parent")))]
    if change.kind in ("split", "founded"):
        kind = AreaKind(plan["kind"]).label if plan.get("kind") in AreaKind.values else ""
        lines.append((_("New area"), "", f"{plan.get('name', '')} {plan.get('code', '')} {kind}"))
    elif change.kind == "dissolved":
        lines.append((pgettext("place", "Area"), change.area.name, _("is no more")))
    elif change.kind == "restored":
        lines.append((pgettext("place", "Area"), name(before.get("heir")), change.area.name))
    else:
        if "name" in plan:
            lines.append((_("Name"), before.get("name", ""), plan["name"]))
        if "code" in plan:
            lines.append((_("Code"), before.get("code", ""), plan["code"]))
    if plan.get("children"):
        lines.append((_("Parts that move"), "", "、".join(name(key) for key in plan["children"])))
    return lines
