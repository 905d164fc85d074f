"""Lists of papers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.core.actors import Actor
from anju.ui.lists import Column, ListPage

from .filters import PaperFilter
from .models import Paper


class PaperList(ListPage):
    """Papers issued in the actor's place."""

    name = "documents.papers"
    title = _("Official papers")
    counted = ngettext_lazy("%(n)s paper", "%(n)s papers", "n")
    columns = (
        Column(name="title", label=_("Title"), fixed=True),
        Column(name="number", label=_("Number"), sort=("series_id", "year", "sequence")),
        Column(name="kind", label=_("Kind"), value="kind.name", optional=True),
        Column(name="issuer", label=_("Issuer"), value="issuer_name"),
        Column(name="issued", label=_("Issued"), sort=("issued_at", "id"), value="issued_at"),
        Column(name="state", label=_("State"), value=lambda row: row.get_state_display()),
    )
    filterset = PaperFilter
    row_template = "documents/paper_rows.html"
    default_sort = "-issued"
    empty = _("No paper has been issued yet.")

    def queryset(self, actor: Actor) -> QuerySet[Paper]:
        return Paper.objects.visible_to(actor).select_related("kind").order_by("-issued_at", "-id")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.url = reverse("documents:paper_detail", args=[row.pk])
