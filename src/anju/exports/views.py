"""My exports: how far each is, cancel, fetch, once more."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.core.time import legal_day
from anju.ui.exports import XLSX
from anju.ui.lists import list_named
from anju.ui.pages import actor_of, page

from . import policies, services
from .models import ListExport
from .states import Reason

FORMAT_WORDS = {"xlsx": gettext_lazy("Excel workbook"), "csv": gettext_lazy("CSV file")}
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def _own(request: HttpRequest, pk: int) -> ListExport:
    return get_object_or_404(ListExport.objects.visible_to(actor_of(request)), pk=pk)


def _title(export: ListExport) -> str:
    try:
        return str(list_named(export.list_name)[0].title)
    except LookupError:
        return export.title


@page(signed_in=True)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own exports, newest first; the part with the table renews itself while one runs."""
    rows = ListExport.objects.visible_to(actor_of(request)).order_by("-asked_at", "-pk")
    shown = Paginator(rows, 20).get_page(request.GET.get("page", "1")[:9])
    for row in shown:
        row.words = _title(row)  # type: ignore[attr-defined]
        row.why = Reason(row.reason).label if row.reason else ""  # type: ignore[attr-defined]
        row.may_fetch = bool(policies.may_fetch(row))  # type: ignore[attr-defined]
        row.may_repeat = bool(policies.may_repeat(row))  # type: ignore[attr-defined]
        row.format_words = FORMAT_WORDS[row.file_format]  # type: ignore[attr-defined]
        row.total_words = f"{row.rows_total:,}"  # type: ignore[attr-defined]
        row.done_words = f"{row.rows_done:,}"  # type: ignore[attr-defined]
    context = {"exports": shown, "active": any(row.is_active for row in shown)}
    part = request.headers.get("HX-Target") == "exports"
    template = "exports/part.html" if part else "exports/mine.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@page(signed_in=True, journals=True)
def export_fetch(request: HttpRequest, pk: int) -> FileResponse:
    """The file, while the post it was asked from still reaches its rows."""
    export = _own(request, pk)
    services.export_fetch(actor=actor_of(request), export=export, at=timezone.now()).require()
    try:
        body = default_storage.open(export.path)
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{_title(export)}-{legal_day(export.finished_at or export.asked_at)}"
    return FileResponse(
        body,
        as_attachment=True,
        filename=f"{name}.{export.file_format}",
        content_type=TYPES[export.file_format],
    )


@page(signed_in=True, methods=("POST",))
def export_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an export."""
    services.export_cancel(actor=actor_of(request), export=_own(request, pk), at=timezone.now())
    messages.success(request, _("Cancelled. Nothing is kept of it."))
    return HttpResponseRedirect(reverse("exports:mine"), status=303)


@page(signed_in=True, methods=("POST",))
def export_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Have an export written again."""
    services.export_repeat(actor=actor_of(request), export=_own(request, pk), at=timezone.now())
    messages.success(request, _("It is written again, with the rows of now."))
    return HttpResponseRedirect(reverse("exports:mine"), status=303)
