"""Lists of places."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.core.actors import Actor
from anju.ui.lists import Column, ListPage

from .filters import DivisionFilter
from .models import Division


class DivisionList(ListPage):
    """Administrative divisions, those of earlier days too."""

    name = "reference.divisions"
    title = _("Administrative divisions")
    counted = ngettext_lazy("%(n)s division", "%(n)s divisions", "n")
    columns = (
        Column(name="name", label=_("Name"), sort=("sort_key",), fixed=True),
        Column(name="code", label=_("Code"), sort="code"),
        Column(name="level", label=_("Level"), sort="level", value="level_words"),
        Column(name="parent", label=_("Lies in"), value=lambda row: str(row.parent or "")),
        Column(name="valid_from", label=_("From"), value=lambda row: row.valid.lower),
        Column(name="valid_to", label=_("To"), value=lambda row: row.valid.upper),
        Column(name="source", label=_("Source"), optional=True),
    )
    filterset = DivisionFilter
    row_template = "reference/division_rows.html"
    template = "reference/division_list.html"
    default_sort = "code"
    empty = _("No divisions are loaded. An operator runs load-divisions.")

    def queryset(self, actor: Actor) -> QuerySet[Division]:
        return Division.objects.visible_to(actor).select_related("parent").order_by("code", "id")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        for row in rows:
            row.level_words = row.get_level_display()
