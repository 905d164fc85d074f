"""The search of the audit."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.models import User
from anju.access.states import Role
from anju.core.actors import Actor, ActorKind
from anju.core.journal import ACTIONS
from anju.core.time import day_end, day_start
from anju.reference.models import Area
from anju.ui.lists import Column, ListPage

from .models import AuditEvent
from .states import Result

# Who acts where no account does.
ACTORS = {
    ActorKind.ANONYMOUS: _("A visitor"),
    ActorKind.USER: _("An account"),
    ActorKind.SYSTEM: _("The system"),
    ActorKind.PARTNER: _("A partner"),
}


def day_input() -> forms.DateInput:
    """The browser's calendar; it takes a day in one format only, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def sentence(action: str) -> str:
    """The sentence of an action; its name when the app that declared it is gone."""
    return str(ACTIONS.get(action, action))


def _actions() -> list[tuple[str, str]]:
    return sorted(((name, str(words)) for name, words in ACTIONS.items()), key=lambda x: x[1])


def target_words(row: AuditEvent) -> str:
    """Label of the object, else its kind in the reader's language and its number."""
    if not row.target_type:
        return ""
    try:
        kind = str(apps.get_model(row.target_type)._meta.verbose_name)
    except LookupError:
        kind = row.target_type
    # A label that is only a number does not say what it numbers.
    label = row.target_label if not row.target_label.removeprefix("#").isdecimal() else ""
    return label or f"{kind} {row.target_id}"


def _place_key(row: AuditEvent) -> int | None:
    return row.committee_id or row.subdistrict_id or row.district_id


class EventFilter(django_filters.FilterSet):
    person = django_filters.CharFilter(method="by_person", label=_("Sign-in name"))
    action = django_filters.ChoiceFilter(choices=_actions, label=_("Action"))
    since = django_filters.DateFilter(
        method="by_since",
        label=_("From"),
        widget=day_input(),
    )
    until = django_filters.DateFilter(
        method="by_until",
        label=_("To"),
        widget=day_input(),
    )
    personal = django_filters.ChoiceFilter(
        choices=[("true", _("Yes")), ("false", _("No"))],
        method="by_personal",
        label=_("Personal data in clear"),
    )
    result = django_filters.ChoiceFilter(choices=Result.choices, label=_("Result"))
    role = django_filters.ChoiceFilter(choices=Role.choices, label=_("Role"))
    place = django_filters.CharFilter(method="by_place", label=_("Place"))
    target = django_filters.CharFilter(method="by_target", label=_("Object"))

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()

    def by_since(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(recorded_at__gte=day_start(value))

    def by_until(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(recorded_at__lt=day_end(value)) if value < date.max else rows

    def by_personal(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(personal=value == "true")

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        users = User.objects.filter(username__iexact=value.strip()).values_list("pk", flat=True)
        return rows.filter(user_id__in=list(users))

    def by_place(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Area.objects.filter(name__icontains=value.strip()).values_list("pk", flat=True)
        places = list(found[:200])
        return (
            rows.filter(district_id__in=places)
            | rows.filter(subdistrict_id__in=places)
            | rows.filter(committee_id__in=places)
        )

    def by_target(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # registry.community:12, registry.community, or a part of the label
        value = value.strip()
        kind, _colon, key = value.partition(":")
        if "." in kind and kind.replace(".", "").replace("_", "").isalnum() and kind.isascii():
            rows = rows.filter(target_type=kind.lower())
            return rows.filter(target_id=key) if key else rows
        return rows.filter(target_label__icontains=value)


class EventList(ListPage):
    """Every act, with who, where and when."""

    name = "audit.events"
    title = _("Audit")
    counted = ngettext_lazy("%(n)s act", "%(n)s acts", "n")
    filterset = EventFilter
    row_template = "audit/event_rows.html"
    template = "audit/event_list.html"
    default_sort = "-time"
    empty = _("No act meets these conditions.")
    columns = (
        Column(name="time", label=_("Time"), sort="recorded_at", value="recorded_at", fixed=True),
        Column(name="action", label=_("Action"), value=lambda row: sentence(row.action)),
        Column(name="person", label=_("Account"), value="user_id"),
        Column(name="role", label=_("Role"), value="role", optional=True),
        Column(name="target", label=_("Object"), value=target_words),
        Column(name="place", label=_("Place"), value=_place_key, optional=True),
        Column(name="personal", label=_("Personal data in clear"), value="personal", optional=True),
        Column(name="result", label=_("Result"), value=lambda row: row.get_result_display()),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return AuditEvent.objects.visible_to(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        dress(rows)


def dress(rows: list[AuditEvent]) -> None:
    """Put words for account, role, place and object on rows, with two queries."""
    users = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    keys = {k for row in rows for k in (row.district_id, row.subdistrict_id, row.committee_id) if k}
    areas = Area.objects.in_bulk(keys)
    roles = dict(Role.choices)
    kinds = {kind.value: str(words) for kind, words in ACTORS.items()}
    for row in rows:
        user = users.get(row.user_id) if row.user_id else None
        # The sign-in name, not the person's: auditors see acts, not people.
        row.person = user.username if user else kinds[row.actor_kind]  # type: ignore[attr-defined]
        row.role_words = str(roles.get(row.role) or kinds.get(row.role, row.role))  # type: ignore[attr-defined]
        smallest = _place_key(row)
        row.place = str(areas.get(smallest, "")) if smallest else ""  # type: ignore[attr-defined]
        row.target = target_words(row)  # type: ignore[attr-defined]
        row.words = sentence(row.action)  # type: ignore[attr-defined]
        row.href = reverse("audit:event_detail", args=[row.pk])  # type: ignore[attr-defined]
