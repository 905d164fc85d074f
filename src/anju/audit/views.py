"""Pages of the audit."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from . import policies, queries, services
from .models import AuditAnchor, AuditBlock, AuditEvent
from .tables import EventList, dress

event_list = list_view(EventList, permission=perm("audit:event_view"))


@page(permission=perm("audit:event_view"))
def event_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One act: its sentence, who, where, what changed, and its seal."""
    event = get_object_or_404(AuditEvent.objects.visible_to(actor_of(request)), pk=pk)
    dress([event])
    # Not "block": inside a template's block that name is the block itself.
    seal = queries.block_of(event)
    context = {"event": event, "changes": _changes(event.changes), "seal": seal}
    return render(request, "audit/event_detail.html", context)


def _changes(changes: Any) -> list[dict[str, str]]:
    rows = []
    for name, value in (changes if isinstance(changes, dict) else {}).items():
        pair = isinstance(value, list) and len(value) == 2
        before, after = value if pair else ("", value)
        rows.append({"name": name, "before": _words(before), "after": _words(after)})
    return rows


def _words(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


@page(permission=perm("audit:seal_view"), methods=("GET", "POST"))
def seal_list(request: HttpRequest) -> HttpResponse:
    """How far sealing is, whether a block is missing, and what was anchored outside."""
    actor = actor_of(request)
    at = timezone.now()
    if request.method == "POST":
        anchor = services.head_anchor(actor=actor, at=at)
        if anchor is None:
            messages.info(request, _("Nothing was sealed since the last anchor."))
        else:
            words = _("Block %(block)s is anchored outside the database.")
            messages.success(request, words % {"block": anchor.block_number})
        return HttpResponseRedirect(reverse("audit:seal_list"))
    outside = queries.anchors_in(services.anchors_file())
    anchors = list(AuditAnchor.objects.order_by("-block_number")[:20])
    hashes = {
        number: bytes(value).hex()
        for number, value in AuditBlock.objects.filter(
            number__in=[anchor.block_number for anchor in anchors]
        ).values_list("number", "hash")
    }
    for anchor in anchors:
        written = outside.get(anchor.block_number, ("", ""))[0]
        anchor.agrees = written == hashes.get(anchor.block_number)  # type: ignore[attr-defined]
    blocks = AuditBlock.objects.order_by("-number").defer("row_ids", "row_hashes")
    shown = Paginator(blocks, 20).get_page(request.GET.get("page", "1")[:9])
    shown.window = [  # type: ignore[attr-defined]
        n if isinstance(n, int) else None
        for n in shown.paginator.get_elided_page_range(shown.number, on_each_side=1)
    ]
    for block in shown:
        block.hex = bytes(block.hash).hex()  # type: ignore[attr-defined]
    context = {
        "sealing": queries.sealing_at(at),
        "gaps": queries.block_gaps(),
        "anchors": anchors,
        "blocks": shown,
        "may_anchor": bool(policies.may_anchor(actor)),
        "seconds": round(queries.sealing_at(at).lag.total_seconds(), 1),
    }
    return render(request, "audit/seal_list.html", context)
