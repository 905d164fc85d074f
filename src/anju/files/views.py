"""Giving files out."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header

from anju.ui.pages import actor_of, page

from .models import StoredFile
from .purposes import PURPOSES
from .services import file_open_record
from .states import FileKind


@page(signed_in=True, journals=True)
def file_open(request: HttpRequest, pk: int) -> FileResponse:
    """One file: pictures we drew anew may show in the page, everything else is saved."""
    actor = actor_of(request)
    file = get_object_or_404(StoredFile.objects.visible_to(actor), pk=pk)
    purpose = PURPOSES.get(file.purpose)
    if purpose is not None and purpose.personal:
        file_open_record(actor=actor, file=file, at=timezone.now())
    return file_response(file)


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
