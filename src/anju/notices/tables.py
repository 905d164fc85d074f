"""The list of outgoing messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.models import User
from anju.core.actors import Actor
from anju.ui.lists import Column, ListPage

from . import policies
from .models import OutboxMessage
from .queries import message_words, receipts_unknown
from .states import Channel, MessageState


class OutgoingFilter(django_filters.FilterSet):
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("Channel"))
    state = django_filters.ChoiceFilter(choices=MessageState.choices, label=_("State"))

    class Meta:
        model = OutboxMessage
        fields: tuple[str, ...] = ()


class OutgoingList(ListPage):
    """Every message that left or waits to leave."""

    name = "notices.outgoing"
    title = _("Outgoing messages")
    counted = ngettext_lazy("%(n)s message", "%(n)s messages", "n")
    filterset = OutgoingFilter
    row_template = "notices/outgoing_rows.html"
    template = "notices/outgoing_list.html"
    default_sort = "-written"
    empty = _("No message yet.")
    can_export = False
    columns = (
        Column(
            name="written", label=_("Written"), sort="created_at", value="created_at", fixed=True
        ),
        Column(name="channel", label=_("Channel"), sort="channel", value="get_channel_display"),
        Column(name="to", label=_("Recipient"), value="to_masked"),
        Column(name="words", label=_("Message"), value="template"),
        Column(name="attempts", label=_("Tries"), sort="attempts", num=True, optional=True),
        Column(name="code", label=_("Gateway's code"), value="failure_code", hidden=True),
        Column(name="state", label=_("State"), sort="state", value="get_state_display"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return OutboxMessage.objects.visible_to(actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        since = timezone.now() - timedelta(days=30)
        return {"unknown_receipts": receipts_unknown(since=since)}

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        now = timezone.now()
        for row in rows:
            row.held = bool(
                row.state == MessageState.WAITING
                and row.due_at
                and row.due_at > now
                and row.attempts == 0
                and not row.resends
            )
            row.again_at = (
                row.due_at if row.state == MessageState.WAITING and not row.held else None
            )
            row.to, row.subject, row.body = message_words(row, clear=settings.DEMO)
        inside = [row for row in rows if row.channel == Channel.INAPP and row.to.isdecimal()]
        people = User.objects.in_bulk([int(row.to) for row in inside])
        for row in inside:
            row.to = str(people.get(int(row.to), row.to))
        for row in rows:
            row.retry = ""
            if policies.may_retry(actor, row):
                row.retry = reverse("notices:message_retry", args=[row.pk])
