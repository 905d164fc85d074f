"""Lists of administration."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.core.actors import Actor
from anju.core.time import legal_day
from anju.ui.lists import Column, ListPage
from anju.ui.pages import actor_of

from . import policies
from .models import ApiKey, Elevation, Organisation, User
from .states import ElevationState, OrganisationKind


class OrganisationFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(method="by_name", label=_("Name"))
    kind = django_filters.ChoiceFilter(choices=OrganisationKind.choices, label=_("Kind"))

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_name(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)


class OrganisationList(ListPage):
    """Organisations."""

    name = "access.organisations"
    title = _("Organisations")
    counted = ngettext_lazy("%(n)s organisation", "%(n)s organisations", "n")
    filterset = OrganisationFilter
    row_template = "access/organisation_rows.html"
    template = "access/organisation_list.html"
    default_sort = "name"
    empty = _("No organisation yet.")
    columns = (
        Column(name="name", label=_("Name"), sort="sort_key", fixed=True),
        Column(name="kind", label=_("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column(name="area", label=_("Place"), value=lambda row: row.area.name if row.area else ""),
        Column(
            name="parent",
            label=_("Belongs to"),
            value=lambda row: row.parent.name if row.parent else "",
            optional=True,
        ),
        Column(name="posts", label=_("Posts"), value="held", num=True),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        today = legal_day(timezone.now())
        held = Q(posts__valid_from__lte=today) & (
            Q(posts__valid_to__isnull=True) | Q(posts__valid_to__gt=today)
        )
        return (
            Organisation.objects.visible_to(actor)
            .select_related("area", "parent")
            .annotate(held=Count("posts", filter=held))
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("access:organisation", args=[row.pk])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.ORGANISATION_CHANGE)}


class AccountFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(method="by_name", label=_("Name or sign-in name"))
    locked = django_filters.BooleanFilter(
        field_name="locked_at", lookup_expr="isnull", exclude=True, label=_("Locked")
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_name(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(full_name__icontains=value) | Q(username__icontains=value))


class AccountList(ListPage):
    """Accounts; phones are masked."""

    name = "access.accounts"
    title = _("Accounts")
    counted = ngettext_lazy("%(n)s account", "%(n)s accounts", "n")
    filterset = AccountFilter
    row_template = "access/account_rows.html"
    template = "access/account_list.html"
    default_sort = "-since"
    empty = _("No account yet.")
    columns = (
        Column(name="name", label=_("Person"), sort="full_name", value="full_name", fixed=True),
        Column(name="username", label=_("Sign-in name"), sort="username", value="shown_name"),
        Column(name="posts", label=_("Posts"), value="held"),
        Column(name="since", label=_("Opened"), sort="created_at", value="created_at"),
        Column(name="state", label=_("State"), value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return User.objects.visible_to(actor).prefetch_related("posts__organisation")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        today = legal_day(timezone.now())
        for row in rows:
            row.href = reverse("access:user", args=[row.pk])
            row.held = ", ".join(str(p) for p in row.posts.all() if p.is_valid_on(today))
            # An owner's sign-in name holds the phone.
            own = bool(row.phone) and row.phone in row.username
            row.shown_name = "" if own else row.username
            row.state_words = _("Locked") if row.locked_at else _("In use")

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.ACCOUNT_CREATE)}


class ElevationFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=ElevationState.choices, label=_("State"))

    class Meta:
        model = Elevation
        fields: tuple[str, ...] = ()


class ElevationList(ListPage):
    """Elevations."""

    name = "access.elevations"
    title = _("Elevations")
    counted = ngettext_lazy("%(n)s elevation", "%(n)s elevations", "n")
    filterset = ElevationFilter
    row_template = "access/elevation_rows.html"
    template = "access/elevation_list.html"
    default_sort = "-asked"
    empty = _("Nobody asked for an elevation yet.")
    columns = (
        Column(name="number", label=_("Number"), sort="pk", value="pk", fixed=True),
        Column(name="who", label=_("Asked by"), value="asked_by.full_name"),
        Column(name="reason", label=_("Reason"), value="reason"),
        Column(name="asked", label=_("Asked"), sort="asked_at", value="asked_at"),
        Column(name="ends", label=_("Ends"), sort="ends_at", value="ends_at", optional=True),
        Column(name="state", label=_("State"), value=lambda row: row.get_state_display()),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return Elevation.objects.visible_to(actor).select_related("asked_by")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("access:elevation", args=[row.pk])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.ELEVATION_ASK)}


class KeyList(ListPage):
    """Partner keys."""

    name = "access.keys"
    title = _("Partner keys")
    counted = ngettext_lazy("%(n)s key", "%(n)s keys", "n")
    row_template = "access/key_rows.html"
    template = "access/key_list.html"
    default_sort = "-issued"
    empty = _("No key was issued yet.")
    columns = (
        Column(name="prefix", label=_("Begins with"), value="prefix", fixed=True),
        Column(name="organisation", label=_("Organisation"), value="organisation.name"),
        Column(name="name", label=_("Used for"), value="name"),
        Column(name="issued", label=_("Issued"), sort="created_at", value="created_at"),
        Column(name="expires", label=_("Expires"), sort="expires_at", value="expires_at"),
        Column(name="revoked", label=_("Revoked"), value="revoked_at"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return ApiKey.objects.visible_to(actor).select_related("organisation")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("access:key_revoke", args=[row.pk])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.KEY_ISSUE)}
