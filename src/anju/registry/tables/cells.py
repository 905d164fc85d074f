"""What rows print, made once per request: addresses, states, labels, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import TextChoices
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from anju.ui.appearance import look
from anju.ui.lists import ListPage
from anju.ui.pages import actor_of
from anju.ui.templatetags.anju import state_html


@lru_cache(maxsize=64)
def _pattern(name: str) -> str:
    return reverse(name, args=[987654321])


def link(name: str, pk: int | None) -> str:
    """Address of a row's page without resolving it again for every row."""
    return "" if pk is None else _pattern(name).replace("987654321", str(pk))


def labels(choices: type[TextChoices]) -> dict[str, str]:
    """Value → words in the reader's language."""
    return {value: str(words) for value, words in choices.choices}


def looks(choices: type[TextChoices]) -> dict[str, SafeString]:
    """Value → the state's markup as tables print it."""
    found: dict[str, SafeString] = {}
    for member in choices:
        shape, tone = look(member if isinstance(member, Enum) else choices(member))
        found[member.value] = state_html(shape, tone, str(member.label), bare=True)
    return found


def number(value: Any) -> str:
    """1,234; a dash when unknown."""
    return "—" if value is None else f"{int(value):,}"


def hectares(dm2: int | None) -> str:
    """Area in 10,000 m² with one decimal."""
    return "—" if dm2 is None else f"{dm2 / 1_000_000:,.1f}"


def day(value: Any) -> str:
    return "—" if value is None else value.isoformat()


class RegisterList(ListPage):
    """A list whose page offers what the post may do: (words, URL name, permission)."""

    template = "registry/list.html"
    offers: ClassVar[Sequence[tuple[Any, str, str]]] = ()

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = actor_of(request)
        able = [(words, reverse(name)) for words, name, right in self.offers if actor.can(right)]
        return {"list_actions": [(w, url, n == len(able) - 1) for n, (w, url) in enumerate(able)]}
