"""The list exporter port: every list of the kit hands a long export over to here."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from anju.core.actors import Actor

from .services import export_ask


def list_export_ask(
    *,
    actor: Actor,
    listed: str,
    title: str,
    query: str,
    file_format: str,
    rows: int,
    personal: bool,
    at: datetime,
) -> str:
    """Put the list in the queue in the reader's language; the address of "My exports"."""
    export_ask(
        actor=actor,
        listed=listed,
        title=title,
        query=query,
        file_format=file_format,
        rows=rows,
        personal=personal,
        language=get_language() or "",
        at=at,
    )
    return reverse("exports:mine")
