"""What jobs would have done: exports, written after the stories, as they read what is committed."""

from __future__ import annotations

from datetime import datetime

from anju.access.models import User
from anju.access.queries import actor_for, posts_of
from anju.exports.making import export_make
from anju.exports.models import ListExport
from anju.exports.services import export_ask, export_cancel
from anju.registry.models import Unit
from anju.ui.lists import list_named


def exports(at: datetime) -> None:
    """Exports of a few desks, ready ones and a cancelled one."""
    for username in ("desk-clerk", "district-clerk", "company-admin"):
        export_make(_asked(username, "registry.units", "xlsx", at).pk)
    export_make(_asked("desk-clerk", "registry.units", "csv", at, query="kind=garage").pk)
    given_up = _asked("desk-clerk", "registry.buildings", "csv", at)
    user = User.objects.get(username="desk-clerk")
    actor = actor_for(user, posts_of(user, at=at)[0], at)
    export_cancel(actor=actor, export=given_up, at=at)


def _asked(
    username: str, listed: str, file_format: str, at: datetime, *, query: str = ""
) -> ListExport:
    user = User.objects.get(username=username)
    declared, _rule = list_named(listed)
    return export_ask(
        actor=actor_for(user, posts_of(user, at=at)[0], at),
        listed=listed,
        title=str(declared.title),
        query=query,
        file_format=file_format,
        rows=Unit.objects.count(),
        personal=False,
        language="zh-hans",
        at=at,
    )
