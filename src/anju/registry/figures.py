"""Figures of the desk that apps above count: plugged in from their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from anju.core.actors import Actor
from anju.core.errors import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFigure:
    """A number on the desk and the list it is made of."""

    label: Sentence
    value: int
    href: str


Provider = Callable[[Actor, date], Iterable[DeskFigure]]
PROVIDERS: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Register what counts figures for an actor on a legal day; ``name`` is ``app.noun``.

    Raises:
        ValueError: the name is taken.
    """
    if PROVIDERS.get(name, provider) != provider:
        raise ValueError(f"desk figures {name} exist already")
    PROVIDERS[name] = provider
