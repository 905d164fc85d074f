"""An owner's own page, and who has read the owner's data."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.audit.models import AuditEvent
from anju.core.actors import Actor
from anju.core.errors import AnjuError
from anju.core.time import legal_day
from anju.registry.models import HomeBinding
from anju.registry.queries.own import (
    invitations_for,
    own_bindings,
    readings_dressed,
    readings_for,
)
from anju.registry.services import complaint_raise
from anju.ui.exports import csv_response
from anju.ui.pages import actor_of, form_refuses, form_status, page

from .. import queries
from ..forms import ComplaintForm

SELF = perm("registry:binding_self")
SHOWN_READINGS = 3
FILE_ROWS = 10_000


@page(signed_in=True)
def my_home(request: HttpRequest) -> HttpResponse:
    """My homes: who serves them, what it costs, who is bound to them, who read my data."""
    actor = actor_of(request)
    today = legal_day(timezone.now())
    user = User.objects.get(pk=actor.user_id)
    may_bind = actor.can(SELF)
    events = readings_for(actor) if may_bind else AuditEvent.objects.none()
    homes = queries.my_homes(actor, today=today)
    context = {
        "homes": homes,
        "level": "h3"
        if len(homes) > 1
        else "h2",  # each home has a heading where there are several
        "may_bind": may_bind,
        "invitations": invitations_for(user, today=today) if may_bind else [],
        "readings": readings_dressed(actor, list(events[:SHOWN_READINGS])),
        "readings_count": events.count(),
        "today": today,
    }
    return render(request, "portal/my_home.html", context)


@page(permission=SELF)
def readings(request: HttpRequest) -> HttpResponse:
    """Each read in clear of my data: when, which office and post, why, what."""
    actor = actor_of(request)
    shown = Paginator(readings_for(actor), 20).get_page(request.GET.get("page", "1")[:9])
    shown.window = [  # type: ignore[attr-defined]
        n if isinstance(n, int) else None
        for n in shown.paginator.get_elided_page_range(shown.number, on_each_side=1)
    ]
    context = {
        "page": shown,
        "readings": readings_dressed(actor, list(shown)),
        "count": shown.paginator.count,
        "bound": own_bindings(actor).exists(),
    }
    return render(request, "portal/readings.html", context)


@page(permission=SELF)
def readings_file(request: HttpRequest) -> HttpResponseBase:
    """The same as a CSV file."""
    actor = actor_of(request)
    rows = readings_dressed(actor, list(readings_for(actor)[:FILE_ROWS]))
    heads = [_("When"), _("Office"), _("Post"), _("What was done"), _("Whose data"), _("Reason")]
    return csv_response(
        _("Who has read my data"),
        heads,
        [
            [one.event.at, one.organisation, one.post, one.what, one.whose, one.event.reason]
            for one in rows
        ],
    )


def _reading(actor: Actor, event: int) -> AuditEvent:
    found = readings_for(actor).filter(pk=event).first() if event < 2**63 else None
    if found is None:
        raise Http404
    return found


@page(permission=SELF, methods=("GET", "POST"))
def complain(request: HttpRequest, event: int) -> HttpResponse:
    """Complain about one read; the audit administrator answers."""
    actor = actor_of(request)
    read = _reading(actor, event)
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        binding = _binding_of(actor, read)
        try:
            complaint_raise(
                actor=actor,
                event=read,
                binding=binding,
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(
                request, _("Your complaint was sent. The answer comes to your messages.")
            )
            return HttpResponseRedirect(reverse("portal:readings"), status=303)
    context = {"form": form, "reading": readings_dressed(actor, [read])[0]}
    return render(request, "portal/complain.html", context, status=form_status(form))


def _binding_of(actor: Actor, read: AuditEvent) -> HomeBinding:
    """The binding whose data was read."""
    rows = own_bindings(actor)
    if read.target_type == "registry.person":
        rows = rows.filter(person_id=int(read.target_id))
    elif read.target_type == "registry.unit":
        rows = rows.filter(unit_id=int(read.target_id))
    else:
        return get_object_or_404(rows, pk=int(read.target_id))
    found = rows.first()
    if found is None:
        raise Http404
    return found
