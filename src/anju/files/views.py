"""Giving files out."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.core.errors import InvalidInput, Refused
from anju.ui.pages import actor_of, form_refuses, form_status, page

from . import policies, rules, services
from .forms import Attach
from .models import StoredFile
from .purposes import PURPOSES, Purpose
from .services import file_open_record, files_store
from .states import FileKind


@page(signed_in=True, journals=True)
def file_open(request: HttpRequest, pk: int) -> FileResponse:
    """One file: pictures we drew anew may show in the page, everything else is saved."""
    actor = actor_of(request)
    file = get_object_or_404(StoredFile.objects.visible_to(actor), pk=pk)
    policies.may_open(file).require()
    purpose = PURPOSES.get(file.purpose)
    if purpose is not None and purpose.personal:
        file_open_record(actor=actor, file=file, at=timezone.now())
    return file_response(file)


def _owner(request: HttpRequest, purpose: str, pk: int) -> tuple[Purpose, Any]:
    """The purpose and the thing within the actor's reach, or 404; 403 without the permission."""
    known = PURPOSES.get(purpose)
    if known is None:
        raise Http404
    rows = apps.get_model(known.owner)._default_manager.visible_to(actor_of(request))  # type: ignore[attr-defined]
    owner = get_object_or_404(rows, pk=pk)
    if known.view and not actor_of(request).can(known.view):
        raise Refused(_("Your post does not allow this."))
    return known, owner


@page(signed_in=True, methods=("GET", "POST"))
def attach(request: HttpRequest, pk: int, purpose: str) -> HttpResponse:
    """Attach files to a thing: several at once, or a photograph taken now."""
    actor = actor_of(request)
    known, owner = _owner(request, purpose, pk)
    known.may_add(actor, owner).require()
    sent = request.method == "POST"
    form = Attach(*((request.POST, request.FILES) if sent else ()), purpose=purpose)
    if sent and form.is_valid():
        try:
            stored = files_store(
                actor=actor,
                uploads=form.cleaned_data["all"],
                purpose=purpose,
                owner=owner,
                at=timezone.now(),
            )
        except InvalidInput as error:
            form_refuses(form, error)
        else:
            words = ngettext("%(n)s file is attached.", "%(n)s files are attached.", len(stored))
            messages.success(request, words % {"n": len(stored)})
            return HttpResponseRedirect(reverse(known.page, args=[owner.pk]), status=303)
    context = {
        "form": form,
        "label": known.label,
        "owner": known.title(owner),
        "back": reverse(known.page, args=[owner.pk]),
        "most": rules.AT_ONCE,
    }
    return render(request, "files/attach.html", context, status=form_status(form))


@page(signed_in=True, methods=("POST",))
def file_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a file on which nothing was decided yet."""
    actor = actor_of(request)
    file = get_object_or_404(StoredFile.objects.visible_to(actor), pk=pk)
    services.file_take_back(actor=actor, file=file, at=timezone.now())
    messages.success(request, _("Taken back. The file is not attached any more."))
    return HttpResponseRedirect(
        reverse(PURPOSES[file.purpose].page, args=[file.owner_id]), status=303
    )


def file_response(file: StoredFile) -> FileResponse:
    """The bytes with headers under which a browser runs nothing of them."""
    try:
        body = default_storage.open(file.path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(body, content_type=file.media_type)
    attached = file.kind != FileKind.IMAGE
    response["Content-Disposition"] = (
        content_disposition_header(attached, file.name) or "attachment"
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
