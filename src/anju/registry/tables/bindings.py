"""Lists of accounts bound to homes, and of complaints about reads."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.time import legal_day
from anju.ui.lists import Column
from anju.ui.templatetags.anju import instant, state_html

from ..filters import BindingFilters, ComplaintFilters
from ..models import HomeBinding, ReadComplaint
from ..states import BindingKind, BindingMethod, ComplaintState
from .cells import RegisterList, day, labels, link, looks
from .places import PLACE, put_places


class BindingList(RegisterList):
    """Accounts bound to homes within reach, and those that were."""

    name = "registry.bindings"
    title = _("Bound homes")
    counted = ngettext_lazy("%(n)s binding", "%(n)s bindings", "n")
    offers = ((_("Separate phones"), "registry:shared_phones", perm("registry:phone_separate")),)
    filterset = BindingFilters
    personal = True
    row_template = "registry/rows/bindings.html"
    default_sort = "-bound"
    empty = _("No account is bound to a home here yet. Bind one on the page of a home.")
    columns = (
        Column(name="home", label=_("Home"), value="home_words", fixed=True),
        Column(name="person", label=_("Person"), value="person.name", sort="person__sort_key"),
        *PLACE,
        Column(name="kind", label=_("Bound as"), value="kind_words", sort="kind"),
        Column(name="method", label=_("Bound how"), value="method_words", optional=True),
        Column(name="bound", label=_("Since"), value="bound_words", sort="bound_at"),
        Column(name="last", label=_("Last day"), value="last_words", sort="last_day", hidden=True),
        Column(name="state", label=_("State"), value="state_words"),
        Column(name="why", label=_("Reason of the end"), value="end_reason", hidden=True),
    )

    def queryset(self, actor: Actor) -> QuerySet[HomeBinding]:
        return HomeBinding.objects.visible_to(actor).select_related(
            "person", "unit__community", "unit__building", "unit__stairwell"
        )

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        kinds, methods = labels(BindingKind), labels(BindingMethod)
        bound, ended = str(_("Bound")), str(_("Ended"))
        today = legal_day(timezone.now())
        for row in rows:
            row.url = link("registry:binding", row.pk)
            row.home_words = row.unit.address_words
            row.kind_words, row.method_words = kinds[row.kind], methods[row.method]
            row.bound_words, row.last_words = instant(row.bound_at), day(row.last_day)
            over = row.ended_at is not None or (row.last_day is not None and row.last_day < today)
            row.state_words = ended if over else bound
            shape, tone = ("s-filed", "") if over else ("s-done", "good")
            row.state_html = state_html(shape, tone, row.state_words, bare=True)


class ComplaintList(RegisterList):
    """Complaints about reads of personal data."""

    name = "registry.complaints"
    title = _("Complaints about reads")
    counted = ngettext_lazy("%(n)s complaint", "%(n)s complaints", "n")
    filterset = ComplaintFilters
    row_template = "registry/rows/complaints.html"
    default_sort = "-raised"
    empty = _("Nobody has complained about a read.")
    columns = (
        Column(name="number", label=_("Complaint"), value="journal_label", fixed=True),
        Column(name="text", label=_("What is wrong")),
        Column(name="raised", label=_("Raised"), value="raised_words", sort="raised_at"),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[ReadComplaint]:
        return ReadComplaint.objects.visible_to(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        states, words = looks(ComplaintState), labels(ComplaintState)
        for row in rows:
            row.url = link("registry:complaint", row.pk)
            row.raised_words = instant(row.raised_at)
            row.state_html, row.state_words = states[row.state], words[row.state]
