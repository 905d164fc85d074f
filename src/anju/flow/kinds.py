"""Kinds of publicity: what owners of a process plug in from their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from anju.core.actors import Actor
from anju.core.errors import Sentence

if TYPE_CHECKING:
    from .models import Publicity

KINDS: dict[str, PublicityKind] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityKind:
    """A kind of notice: how long it is shown at least, and what happens when the show ends.

    Attributes:
        name: ``app.noun``.
        label: what people call it.
        days_min: calendar days on show at the least.
        basis: the rule it rests on, named as people cite it.
        ended: called once in the transaction that ends the show.
    """

    name: str
    label: Sentence
    days_min: int
    basis: Sentence
    ended: Callable[..., None] | None = None


def register(kind: PublicityKind) -> None:
    """Register a kind.

    Raises:
        ValueError: the name is taken.
    """
    if KINDS.get(kind.name, kind) != kind:
        raise ValueError(f"publicity kind {kind.name} exists already")
    KINDS[kind.name] = kind


def tell_owner(*, publicity: Publicity, actor: Actor, at: datetime) -> None:
    """Call what the owner of the kind registered for the end of the show."""
    kind = KINDS.get(publicity.kind)
    if kind is not None and kind.ended is not None:
        kind.ended(publicity=publicity, actor=actor, at=at)
