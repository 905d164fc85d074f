"""Answers of policies: allowed, or denied with the reason a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Refused, Sentence


@dataclass(frozen=True, slots=True)
class Allowed:
    """The actor may."""

    def __bool__(self) -> bool:
        return True

    def require(self) -> None:
        """Do nothing: it is allowed."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The actor may not, and this is why."""

    reason: Sentence

    def __bool__(self) -> bool:
        return False

    def require(self) -> None:
        """Raise :class:`Refused` with the reason."""
        raise Refused(self.reason)


Decision = Allowed | Denied
