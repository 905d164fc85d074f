"""The inbox and the page of outgoing messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from . import queries, services
from .models import Notice, OutboxMessage
from .tables import OutgoingList

_shut = list_view(OutgoingList, permission=perm("notices:outgoing_view"))
_open = list_view(OutgoingList, public=True)


def outgoing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Everybody's page in the demo, the operators' otherwise."""
    return (_open if settings.DEMO else _shut)(request, *args, **kwargs)


outgoing.page = _open.page if settings.DEMO else _shut.page  # type: ignore[attr-defined]
outgoing.declared = OutgoingList  # type: ignore[attr-defined]


@page(permission=perm("notices:outgoing_retry"), methods=("POST",))
def message_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed message again."""
    actor = actor_of(request)
    message = get_object_or_404(OutboxMessage.objects.visible_to(actor), pk=pk)
    services.message_retry(actor=actor, message=message, at=timezone.now())
    messages.success(request, _("The message is sent again shortly."))
    return HttpResponseRedirect(reverse("notices:outgoing"))


@page(signed_in=True)
def inbox(request: HttpRequest) -> HttpResponse:
    """One's own messages, newest first."""
    actor = actor_of(request)
    rows = Notice.objects.visible_to(actor).order_by("-created_at", "-pk")
    if request.GET.get("unread"):
        rows = rows.filter(read_at__isnull=True)
    shown = Paginator(rows, 20).get_page(request.GET.get("page", "1")[:9])
    for row in shown:
        subject, body = queries.notice_words(row)
        row.subject, row.body = subject, body  # type: ignore[attr-defined]
    context = {
        "notices": shown,
        "unread": queries.unread_count(actor),
        "only_unread": bool(request.GET.get("unread")),
    }
    return render(request, "notices/inbox.html", context)


@page(signed_in=True, methods=("POST",))
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Mark one message or all as read; a message with a link then leads there."""
    actor = actor_of(request)
    key = request.POST.get("id", "")
    back = reverse("notices:inbox")
    if not key:
        services.notices_read(actor=actor, pks=None, at=timezone.now())
        return HttpResponseRedirect(back)
    pk = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    notice = get_object_or_404(Notice.objects.visible_to(actor), pk=pk)
    services.notices_read(actor=actor, pks=[notice.pk], at=timezone.now())
    return HttpResponseRedirect(notice.link if "open" in request.POST and notice.link else back)
