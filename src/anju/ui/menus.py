"""Navigation: each app's ``menu.py`` lists ``ENTRIES``; shells show what the actor may open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor


class Shelf(StrEnum):
    """Where an entry stands."""

    DESK = "desk"  # the rail at the left, by group
    EAVE = "eave"  # right of the search box: to-dos, messages
    SEARCH = "search"  # the search box of the desk (one entry, its label is the placeholder)
    SWITCH = "switch"  # the page on which the actor's post is chosen (one entry)
    ACCOUNT = "account"  # under the person's name
    SIGN_OUT = "sign_out"  # posted to (one entry)
    PORTAL = "portal"  # the portal's navigation
    FIND = "find"  # the portal's search box (one entry)
    UTIL = "util"  # the line on top of the portal
    FOOT = "foot"  # the portal's foot


class Group(StrEnum):
    """Parts of the rail, in this order."""

    TODAY = "today"
    REGISTER = "register"
    SUPERVISION = "supervision"
    MONEY = "money"
    ANALYSIS = "analysis"
    RUNNING = "running"


GROUPS: dict[Group, Promise] = {
    Group.TODAY: _("Today"),
    Group.REGISTER: _("Communities and companies"),
    Group.SUPERVISION: _("Supervision"),
    Group.MONEY: _("Money and votes"),
    Group.ANALYSIS: _("Analysis"),
    Group.RUNNING: _("Running the platform"),
}


Rows = Callable[[Actor], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of navigation.

    ``count`` gives the rows whose number stands beside the entry; all numbers of a page are
    counted in one statement, and only when one of them is shown.
    """

    label: str | Promise
    url_name: str
    permission: str | None = None
    icon: str = ""
    group: Group | str = Group.TODAY
    order: int = 100
    shelf: Shelf = Shelf.DESK
    count: Rows | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a page prints it."""

    label: str
    url: str
    icon: str
    count: int | None
    here: bool


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Every entry of every app, in order; read once."""
    found: list[Entry] = []
    for config in apps.get_app_configs():
        if config.name.startswith("anju.") and module_has_submodule(config.module, "menu"):
            found += import_module(f"{config.name}.menu").ENTRIES
    return tuple(sorted(found, key=lambda entry: (entry.order, entry.url_name)))


def counts(actor: Actor) -> dict[Rows, int]:
    """The numbers beside the entries the actor may open, in one statement."""
    found: dict[Rows, int] = {}
    parts: list[str] = []
    values: list[Any] = []
    for entry in entries():
        if entry.count is None or entry.count in found or not _opens(entry, actor):
            continue
        found[entry.count] = 0
        try:
            text, params = entry.count(actor).order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            text, params = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({text}) n{len(parts)})")  # noqa: S608 - Django's own SQL
        values += params
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            found = dict(zip(found, cursor.fetchone(), strict=True))
    return found


def _opens(entry: Entry, actor: Actor) -> bool:
    return entry.permission is None or actor.can(entry.permission)


def lines(
    request: HttpRequest,
    actor: Actor,
    shelf: Shelf,
    numbers: Callable[[], Mapping[Rows, int]],
) -> Iterator[tuple[Entry, Line]]:
    """The shelf's entries the actor may open; the one the address lies under is marked."""
    shown: list[tuple[Entry, str]] = []
    for entry in entries():
        if entry.shelf is not shelf or not _opens(entry, actor):
            continue
        try:
            shown.append((entry, reverse(entry.url_name)))
        except NoReverseMatch:
            continue  # tests/ui names entries without a page; a person's page must not fall over
    under = [url for _entry, url in shown if request.path.startswith(url)]
    here = max(under, key=len, default=None)
    for entry, url in shown:
        yield (
            entry,
            Line(
                label=str(entry.label),
                url=url,
                icon=entry.icon,
                count=numbers()[entry.count] if entry.count else None,
                here=url == here and (url != "/" or request.path == "/"),
            ),
        )
