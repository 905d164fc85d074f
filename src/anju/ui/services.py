"""Writes of the interface: saved filters, and the record of an export."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, NotFound, Refused
from anju.core.text import clean
from anju.core.transactions import service

from .models import SavedFilter

EXPORTED = journal.declare("ui.list_export", _("Exported a list"))
MAX_SAVED = 50


@service
def saved_filter_keep(
    *, actor: Actor, list_name: str, name: str, query: str, shared: bool, at: datetime
) -> SavedFilter:
    """Keep a list's conditions under a name; the same name is overwritten.

    Raises:
        Refused: nobody is signed in, or too many are kept.
        InvalidInput: the name is empty or too long, or the conditions are too long.
    """
    if actor.user_id is None:
        raise Refused(_("Sign in to keep a filter."))
    name = clean(name)
    if not name or len(name) > 40:
        raise InvalidInput({"name": [_("Give the filter a name of at most 40 characters.")]})
    if len(query) > 1000:
        raise InvalidInput({"name": [_("These conditions are too long to keep.")]})
    kept = SavedFilter.objects.filter(user_id=actor.user_id, list_name=list_name)
    if kept.exclude(name=name).count() >= MAX_SAVED:
        raise Refused(_("At most 50 filters of a list are kept. Remove one first."))
    saved, _created = SavedFilter.objects.update_or_create(
        user_id=actor.user_id,
        list_name=list_name,
        name=name,
        defaults={
            "query": query,
            "is_shared": shared,
            "organisation_id": actor.organisation_id,
        },
    )
    return saved


@service
def saved_filter_remove(*, actor: Actor, saved_filter: SavedFilter, at: datetime) -> None:
    """Remove one's own filter.

    Raises:
        NotFound: it is somebody else's.
    """
    if saved_filter.user_id != actor.user_id:
        raise NotFound(_("This filter belongs to somebody else."))
    saved_filter.delete()


@service
def list_export(
    *,
    actor: Actor,
    list_name: str,
    rows: int,
    file_format: str,
    query: str,
    personal: bool,
    at: datetime,
) -> None:
    """Record that a list left the platform as a file."""
    journal.record(
        actor=actor,
        action=EXPORTED,
        at=at,
        changes={"list": list_name, "rows": rows, "format": file_format, "query": query[:500]},
        personal=personal,
    )
