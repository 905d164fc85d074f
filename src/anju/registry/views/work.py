"""Changes for review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.area import m2
from anju.core.errors import AnjuError
from anju.files.queries import attachments
from anju.ui.pages import form_refuses, form_status, page

from ..forms.parties import ReviewForm
from ..models import ChangeRequest, Company, Person, Unit
from ..policies import may_review_change, may_withdraw_change
from ..services.changes import change_approve, change_refuse, change_withdraw
from ..states import ChangeState
from ..tables.cells import link
from ..words import action_words, field_words, value_words
from .parts import state_of
from .places import desk_crumbs

TARGETS = {
    "registry.community": "registry:community",
    "registry.managementarea": "registry:area",
    "registry.company": "registry:company",
    "registry.unit": "registry:unit",
    "registry.person": "registry:person",
    "registry.project": "registry:project",
}


@page(permission=perm("registry:change_view"), methods=("GET", "POST"))
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposed change: old and new side by side, and the second person's decision."""
    rows = ChangeRequest.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("proposed_by", "reviewed_by"), pk=pk)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            words = _decide(request, row, form.cleaned_data["note"])
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(request, words)
            return HttpResponseRedirect(link("registry:change", row.pk), status=303)
        row = get_object_or_404(rows.select_related("proposed_by", "reviewed_by"), pk=pk)
    open_ = row.state == ChangeState.PROPOSED
    review = may_review_change(request.actor, row)
    context = {
        "change": row,
        "form": form,
        "title": action_words(row.action),
        "state": state_of(row),
        "target_url": link(TARGETS[row.target_type], row.target_id)
        if row.target_type in TARGETS
        else "",
        "lines": compare(row.before, row.after),
        "open": open_,
        "may_review": open_ and bool(review),
        "review_shut": "" if review or not open_ else review.reason,  # type: ignore[union-attr]
        "may_withdraw": open_ and bool(may_withdraw_change(request.actor, row)),
        "attachments": attachments(request.actor, row),
        "crumbs": desk_crumbs((_("Changes for review"), reverse("registry:changes"))),
    }
    return render(request, "registry/change.html", context, status=form_status(form))


def _decide(request: HttpRequest, row: ChangeRequest, note: str) -> str:
    at, actor = timezone.now(), request.actor
    match request.POST.get("do"):
        case "approve":
            change_approve(actor=actor, change=row, note=note, at=at)
            return _("Approved. The change is made.")
        case "refuse":
            change_refuse(actor=actor, change=row, note=note, at=at)
            return _("Refused. The proposer reads your note.")
        case "withdraw":
            change_withdraw(actor=actor, change=row, at=at)
            return _("Withdrawn. Nothing was changed.")
    raise AnjuError(_("Nothing was done: choose to approve, refuse or withdraw."))


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field: words, old value, new value, whether they differ."""
    lines = []
    for name in after:
        if name.endswith("_sealed"):
            continue
        old = _words(name, before.get(name))
        new = _words(name, after[name])
        lines.append({"name": field_words(name), "old": old, "new": new, "same": old == new})
    return lines


def _words(name: str, value: Any) -> str:
    if name == "holders" and isinstance(value, list):
        return _(", ").join(_holder(row) for row in value)
    if name == "parts" and isinstance(value, list):
        return _(", ").join(f"{part['number']}: {m2(part['area_dm2'])} m²" for part in value)
    if name == "units" and isinstance(value, list):
        keys = [key for key in value if isinstance(key, int)]
        numbers = dict(Unit.objects.filter(pk__in=keys).values_list("pk", "number"))
        return _(", ").join(str(numbers.get(key, key)) for key in value)
    return value_words(name, value)


def _holder(row: Mapping[str, Any]) -> str:
    model: Any = Company if row.get("company") else Person
    key = row.get("company") or row.get("person")
    name = model.objects.filter(pk=key).values_list("name", flat=True).first() or "—"
    return f"{name} {row.get('num', 1)}/{row.get('den', 1)}"
