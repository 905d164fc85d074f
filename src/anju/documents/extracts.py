"""Register extracts: what higher apps plug in from their ``apps.py``.

A provider finds one object within the actor's scope and says what the register holds of it; the
extract becomes an official paper of kind ``register-extract``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anju.access.models import Organisation
from anju.core.actors import Actor
from anju.core.errors import NotFound, Sentence
from anju.reference.models import Area

from .rules.content import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What the register holds of one object.

    Attributes:
        subject: the object itself, or None where it is no row.
        label: how people call it; shown in lists to those who may see the paper.
        title: the paper's title; it stands on the public verification page, so no personal data.
        area: the place that decides who sees the paper.
        blocks: facts and tables.
        url: the object's page.
    """

    subject: Any
    label: str
    title: str
    area: Area
    blocks: tuple[Block, ...]
    url: str = ""
    recipient: Organisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractProvider:
    """Gives extracts of one kind of thing.

    Attributes:
        name: a slug, e.g. ``community``; it stands in the address.
        label: what people call such things.
        extract: the extract of the object with this key, as the register holds it at an instant;
            raises NotFound outside the actor's scope. Called with the paper's language active.
    """

    name: str
    label: Sentence
    extract: Callable[[Actor, int, datetime], Extract]


PROVIDERS: dict[str, ExtractProvider] = {}


def register(provider: ExtractProvider) -> None:
    """Register a provider.

    Raises:
        ValueError: the name is taken.
    """
    if PROVIDERS.get(provider.name, provider) != provider:
        raise ValueError(f"extract provider {provider.name} exists already")
    PROVIDERS[provider.name] = provider


def provider(name: str) -> ExtractProvider:
    """The provider of a name.

    Raises:
        NotFound: there is none.
    """
    if name not in PROVIDERS:
        raise NotFound("")
    return PROVIDERS[name]
