"""Lists of reports, endpoints and deliveries."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.core.actors import Actor
from anju.registry.filters import PlaceFilters, Text
from anju.registry.tables.places import PLACE, put_places
from anju.ui.lists import Column, ListPage
from anju.ui.pages import actor_of

from . import policies, queries
from .models import CorrectionReport, Delivery, Endpoint
from .states import DeliveryState, EndpointState, EventKind, ReportState, SubjectKind
from .subjects import field_of


def field_words(report: CorrectionReport) -> str:
    """The reported field as people call it."""
    return str(field_of(report.subject_kind, report.field).label)


class ReportFilters(PlaceFilters):
    of = Text(label=_("Of"), field_name="subject_label", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ReportState.choices, empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        field_name="subject_kind",
        choices=SubjectKind.choices,
        empty_label=_("All"),
    )
    partner = Text(label=_("Reported by"), field_name="organisation__name", lookup_expr="icontains")
    reference = Text(
        label=_("Partner's reference"), field_name="reference", lookup_expr="icontains"
    )

    class Meta:
        model = CorrectionReport
        fields: tuple[str, ...] = ()


class ReportList(ListPage):
    """What partners say is wrong in the register, within the actor's reach."""

    name = "partners.reports"
    title = _("Partners' reports")
    counted = ngettext_lazy("%(n)s report", "%(n)s reports", "n")
    filterset = ReportFilters
    row_template = "partners/report_rows.html"
    default_sort = "-received"
    empty = _("No partner has reported a wrong value here.")
    columns = (
        Column(name="of", label=_("Of"), value="subject_label", sort="subject_label", fixed=True),
        Column(name="kind", label=_("Kind"), sort="subject_kind", value="get_subject_kind_display"),
        Column(name="field", label=_("Field"), sort="field", value=field_words),
        Column(name="stated", label=_("Stated value"), value="stated_value", optional=True),
        Column(name="right", label=_("Right value"), value="right_value"),
        *PLACE,
        Column(
            name="partner",
            label=_("Reported by"),
            sort="organisation__sort_key",
            value="organisation.name",
        ),
        Column(name="reference", label=_("Partner's reference"), sort="reference", optional=True),
        Column(name="received", label=_("Received"), sort="received_at", value="received_at"),
        Column(name="evidence", label=_("Evidence"), export_only=True),
        Column(name="answer", label=_("Answer"), export_only=True),
        Column(
            name="state", label=_("State"), sort="state", value=lambda row: row.get_state_display()
        ),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return queries.reports(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        for row in rows:
            row.href = reverse("partners:report", args=[row.pk])
            row.kind_words = row.get_subject_kind_display()
            row.field_words = field_words(row)


class EndpointFilters(django_filters.FilterSet):
    organisation = Text(
        label=_("Partner"), field_name="organisation__name", lookup_expr="icontains"
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=EndpointState.choices, empty_label=_("All")
    )

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = ()


class EndpointList(ListPage):
    """Addresses that partners are told at."""

    name = "partners.endpoints"
    title = _("Webhook endpoints")
    counted = ngettext_lazy("%(n)s endpoint", "%(n)s endpoints", "n")
    filterset = EndpointFilters
    row_template = "partners/endpoint_rows.html"
    template = "partners/endpoint_list.html"
    default_sort = "name"
    empty = _("No partner is told of anything yet.")
    columns = (
        Column(name="name", label=_("Used for"), sort="name", fixed=True),
        Column(
            name="organisation",
            label=_("Partner"),
            sort="organisation__sort_key",
            value="organisation.name",
        ),
        Column(name="address", label=_("Address"), sort="address"),
        Column(
            name="kinds", label=_("Is told of"), value=lambda row: kind_words(row), optional=True
        ),
        Column(
            name="delivered", label=_("Last delivery"), sort="delivered_at", value="delivered_at"
        ),
        Column(
            name="state", label=_("State"), sort="state", value=lambda row: row.get_state_display()
        ),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return queries.endpoints(actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_make": actor_of(request).can(policies.WEBHOOK_CHANGE)}

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("partners:endpoint", args=[row.pk])
            row.kinds_words = kind_words(row)


def kind_words(endpoint: Endpoint) -> str:
    """What an endpoint is told of, in words."""
    return _(", ").join(str(EventKind(kind).label) for kind in endpoint.kinds)


class DeliveryFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=DeliveryState.choices, empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Event"), field_name="event__kind", choices=EventKind.choices, empty_label=_("All")
    )
    endpoint = Text(label=_("Endpoint"), field_name="endpoint__name", lookup_expr="icontains")
    uid = Text(label=_("Number of the event"), field_name="event__uid", lookup_expr="iexact")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class DeliveryList(ListPage):
    """What was sent to partners, and what waits."""

    name = "partners.deliveries"
    title = _("Webhook deliveries")
    counted = ngettext_lazy("%(n)s delivery", "%(n)s deliveries", "n")
    filterset = DeliveryFilters
    row_template = "partners/delivery_rows.html"
    default_sort = "-number"
    empty = _("Nothing was sent yet.")
    columns = (
        Column(name="number", label=_("Number"), sort="id", value="pk", fixed=True),
        Column(name="kind", label=_("Event"), sort="event__kind", value="event.get_kind_display"),
        Column(
            name="organisation",
            label=_("Partner"),
            sort="endpoint__organisation__sort_key",
            value="endpoint.organisation.name",
        ),
        Column(name="endpoint", label=_("Endpoint"), sort="endpoint__name", value="endpoint.name"),
        Column(name="written", label=_("Written"), sort="created_at", value="created_at"),
        Column(name="attempts", label=_("Tries"), sort="attempts", value="attempts", num=True),
        Column(name="due", label=_("Next try"), sort="due_at", value="due_at", optional=True),
        Column(
            name="state", label=_("State"), sort="state", value=lambda row: row.get_state_display()
        ),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return queries.deliveries(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.href = reverse("partners:delivery", args=[row.pk])
            row.kind_words = row.event.get_kind_display()
