"""What every shell prints: reader, actor, navigation, the site's facts. Read only when used."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from anju.access.states import Role
from anju.core.actors import Actor, ActorKind, Reach
from anju.reference.models import Area

from .menus import GROUPS, Entry, Group, Line, Rows, Shelf, counts, lines
from .reading import large_text

NOBODY = Actor(kind=ActorKind.ANONYMOUS, role="anonymous", reach=Reach.PUBLIC)


class Shell:
    """The frame of one page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", NOBODY)

    @property
    def signed_in(self) -> bool:
        return self.actor.kind is ActorKind.USER

    @property
    def actor_title(self) -> str:
        """The role the actor works in, in words."""
        return str(dict(Role.choices).get(self.actor.role, ""))

    @property
    def language(self) -> str:
        """Value of ``<html lang>``."""
        return "en" if get_language() == "en" else "zh-CN"

    @property
    def other_language(self) -> str:
        return "zh-hans" if self.language == "en" else "en"

    @cached_property
    def large(self) -> bool:
        return large_text(self.request)

    @property
    def here(self) -> str:
        """Where to come back to after a switch: this page when it can be asked for again."""
        if self.request.method in ("GET", "HEAD"):
            return self.request.get_full_path()
        return self.request.path

    @property
    def site(self) -> dict[str, str]:
        return settings.SITE  # type: ignore[return-value]

    @cached_property
    def place(self) -> str:
        """Name of the place the actor works for."""
        if self.actor.area_id is None:
            return str(settings.SITE["city"]) if self.signed_in else ""
        if self.actor.area_name:
            return self.actor.area_name
        return (
            Area.objects.filter(pk=self.actor.area_id).values_list("name", flat=True).first() or ""
        )

    @cached_property
    def numbers(self) -> dict[Rows, int]:
        """The numbers beside the menu's entries."""
        return counts(self.actor)

    @cached_property
    def rail(self) -> list[tuple[str, list[Line]]]:
        """Groups of the desk's menu."""
        pairs = sorted(
            self._lines(Shelf.DESK),
            key=lambda pair: list(Group).index(Group(pair[0].group)),
        )
        return [
            (str(GROUPS[Group(group)]), [line for _entry, line in part])
            for group, part in groupby(pairs, key=lambda pair: pair[0].group)
        ]

    def _lines(self, shelf: Shelf) -> Iterator[tuple[Entry, Line]]:
        return lines(self.request, self.actor, shelf, lambda: self.numbers)

    def shelf(self, shelf: Shelf) -> list[Line]:
        return [line for _entry, line in self._lines(shelf)]

    def one(self, shelf: Shelf) -> Line | None:
        return next(iter(self.shelf(shelf)), None)

    @cached_property
    def eave(self) -> list[Line]:
        return self.shelf(Shelf.EAVE)

    @cached_property
    def search(self) -> Line | None:
        return self.one(Shelf.SEARCH)

    @cached_property
    def switch(self) -> Line | None:
        return self.one(Shelf.SWITCH)

    @cached_property
    def account(self) -> list[Line]:
        return self.shelf(Shelf.ACCOUNT)

    @cached_property
    def sign_out(self) -> Line | None:
        return self.one(Shelf.SIGN_OUT)

    @cached_property
    def portal(self) -> list[Line]:
        return self.shelf(Shelf.PORTAL)

    @cached_property
    def find(self) -> Line | None:
        return self.one(Shelf.FIND)

    @cached_property
    def util(self) -> list[Line]:
        return self.shelf(Shelf.UTIL)

    @cached_property
    def foot(self) -> list[Line]:
        return self.shelf(Shelf.FOOT)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
