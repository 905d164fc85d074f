"""Lists of proposed changes and of imports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.lists import Column
from anju.ui.templatetags.anju import instant

from ..filters import ChangeFilters, ImportFilters
from ..models import ChangeRequest, ImportBatch
from ..states import ChangeState, ImportKind, ImportState
from ..words import action_words
from .cells import RegisterList, labels, link, looks, number
from .places import PLACE, put_places


class ChangeList(RegisterList):
    """Changes that wait for a second person, and those decided."""

    name = "registry.changes"
    title = _("Changes for review")
    counted = ngettext_lazy("%(n)s change", "%(n)s changes", "n")
    filterset = ChangeFilters
    row_template = "registry/rows/changes.html"
    default_sort = "-proposed"
    empty = _("Nobody has proposed a change here. Names, codes, owners and areas need two people.")
    columns = (
        Column(name="target", label=_("Of"), value="target_label", sort="target_label", fixed=True),
        Column(name="action", label=_("Change"), value="action_words"),
        *PLACE,
        Column(name="reason", label=_("Reason"), optional=True),
        Column(name="by", label=_("Proposed by"), value="proposed_by.full_name"),
        Column(name="proposed", label=_("Proposed at"), value="proposed_at", sort="proposed_at"),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(actor).select_related("proposed_by")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        put_places(rows)
        states, words = looks(ChangeState), labels(ChangeState)
        for row in rows:
            row.url = link("registry:change", row.pk)
            row.action_words = action_words(row.action)
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.proposed_words = instant(row.proposed_at)


class ImportList(RegisterList):
    """Files brought in, and what became of their rows."""

    name = "registry.imports"
    title = _("Imports")
    counted = ngettext_lazy("%(n)s import", "%(n)s imports", "n")
    offers = ((_("Import a file"), "registry:import_new", perm("registry:unit_import")),)
    filterset = ImportFilters
    row_template = "registry/rows/imports.html"
    default_sort = "-at"
    empty = _("No file has been imported yet.")
    columns = (
        Column(name="file", label=_("File"), value="file_name", fixed=True),
        Column(name="kind", label=_("Sheet"), value="kind_words"),
        Column(name="source", label=_("Source")),
        Column(name="at", label=_("Previewed at"), value="previewed_at", sort="previewed_at"),
        Column(name="rows", label=_("Rows"), sort="rows", num=True),
        Column(name="created", label=_("Created"), num=True),
        Column(name="changed", label=_("Changed"), num=True),
        Column(name="unchanged", label=_("Unchanged"), num=True, optional=True),
        Column(name="refused", label=_("Refused"), sort="refused", num=True),
        Column(name="state", label=_("State"), sort="state", value="state_words"),
    )

    def queryset(self, actor: Actor) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(actor).defer("content")

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        states, words = looks(ImportState), labels(ImportState)
        kinds = labels(ImportKind)
        for row in rows:
            row.url = link("registry:import", row.pk)
            row.kind_words = kinds[row.kind]
            row.state_html, row.state_words = states[row.state], words[row.state]
            row.at_words = instant(row.previewed_at)
            for name in ("rows", "created", "changed", "unchanged", "refused"):
                setattr(row, f"{name}_words", number(getattr(row, name)))
