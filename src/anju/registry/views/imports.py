"""Imports from a file: upload, preview, result, problems, templates."""

from __future__ import annotations

import io
from itertools import islice

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.access.permissions import perm
from anju.core.errors import AnjuError
from anju.ui.exports import XLSX
from anju.ui.pages import View, form_refuses, form_status, page

from ..forms.work import ImportForm
from ..models import ImportBatch
from ..queries.imports import refused_lines
from ..services.imports import import_apply, import_discard, import_preview
from ..sheets import LAYOUTS, template_xlsx
from ..states import IMPORT_RIGHTS, ImportKind, ImportState
from ..tables.cells import link
from .parts import state_of
from .places import desk_crumbs

SHOWN_LINES = 200
IMPORT = perm("registry:unit_import")  # everybody who imports anything holds it
# Where each kind is uploaded: its address, and the title of the page.
NEW = {
    ImportKind.UNITS: ("import_new", gettext_lazy("Import homes from a file")),
    ImportKind.COMMUNITIES: (
        "import_communities",
        gettext_lazy("Import communities and buildings from a file"),
    ),
    ImportKind.OWNERS: ("import_owners", gettext_lazy("Import owners of homes from a file")),
    ImportKind.COMPANIES: ("import_companies", gettext_lazy("Import companies from a file")),
    ImportKind.AREAS: ("import_areas", gettext_lazy("Import management areas from a file")),
}


def _new(kind: ImportKind) -> View:
    @page(permission=IMPORT_RIGHTS[kind], methods=("GET", "POST"))
    def view(request: HttpRequest) -> HttpResponse:
        return _upload(request, kind)

    return view


def _template(kind: ImportKind) -> View:
    @page(permission=IMPORT_RIGHTS[kind])
    def view(request: HttpRequest) -> FileResponse:
        layout = LAYOUTS[kind]
        target = io.BytesIO(template_xlsx(layout))
        name = f"{layout.file_name}.xlsx"
        return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)

    return view


def _upload(request: HttpRequest, kind: ImportKind) -> HttpResponse:
    """Take a file; it is checked row by row before anything is written."""
    layout = LAYOUTS[kind]
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm()
    form.fields["file"].help_text = _("Excel (.xlsx) or CSV, up to 30 MB and %(most)s rows.") % {
        "most": f"{layout.most_rows:,}"
    }
    if sent and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = import_preview(
                actor=request.actor,
                file_name=upload.name,
                content=upload.read(),
                source=form.cleaned_data["source"],
                as_of=form.cleaned_data["as_of"],
                kind=kind,
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            return HttpResponseRedirect(link("registry:import", batch.pk), status=303)
    context = {
        "form": form,
        "title": NEW[kind][1],
        "template_url": reverse(f"registry:{NEW[kind][0]}_template"),
        "columns": [(c.label, c.needed, c.note) for c in layout.columns.values()],
        "notes": layout.notes,
        "others": [
            (other.label, reverse(f"registry:{name}"))
            for other, (name, _title) in NEW.items()
            if other != kind and request.actor.can(IMPORT_RIGHTS[other])
        ],
        "crumbs": desk_crumbs((_("Imports"), reverse("registry:imports"))),
    }
    return render(request, "registry/import_new.html", context, status=form_status(form))


@page(permission=IMPORT, methods=("GET", "POST"))
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of a file, or its result; every bad row is named."""
    rows = ImportBatch.objects.visible_to(request.actor).defer("content")
    batch = get_object_or_404(rows, pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "apply":
                import_apply(actor=request.actor, batch=batch, at=timezone.now())
                messages.success(request, _("Imported. The good rows are in the register."))
            elif request.POST.get("do") == "discard":
                import_discard(actor=request.actor, batch=batch, at=timezone.now())
                messages.success(request, _("Discarded. Nothing was changed."))
            else:
                raise AnjuError(_("Nothing was done: choose to import or to discard."))
            return HttpResponseRedirect(link("registry:import", batch.pk), status=303)
        except AnjuError as error:
            problem = str(error)
            batch = get_object_or_404(rows, pk=pk)
    context = {
        "batch": batch,
        "state": state_of(batch),
        "previewed": batch.state == ImportState.PREVIEWED,
        "lines": list(islice(refused_lines(batch), SHOWN_LINES)),
        "shown": SHOWN_LINES,
        "waits_for_review": batch.kind == ImportKind.OWNERS,
        "problem": problem,
        "crumbs": desk_crumbs((_("Imports"), reverse("registry:imports"))),
    }
    return render(request, "registry/import.html", context, status=409 if problem else 200)


@page(permission=IMPORT)
def import_problems(request: HttpRequest, pk: int) -> HttpResponse:
    """Every bad row of a file as text, one line each."""
    rows = ImportBatch.objects.visible_to(request.actor).defer("content")
    batch = get_object_or_404(rows, pk=pk)
    lines = [sentence for _number, many in refused_lines(batch) for sentence in many]
    return HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")


import_new, import_template = _new(ImportKind.UNITS), _template(ImportKind.UNITS)
import_communities = _new(ImportKind.COMMUNITIES)
import_communities_template = _template(ImportKind.COMMUNITIES)
import_owners = _new(ImportKind.OWNERS)
import_owners_template = _template(ImportKind.OWNERS)
import_companies = _new(ImportKind.COMPANIES)
import_companies_template = _template(ImportKind.COMPANIES)
import_areas, import_areas_template = _new(ImportKind.AREAS), _template(ImportKind.AREAS)
