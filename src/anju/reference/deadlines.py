"""Deadlines that lean on the calendar: what higher apps plug in from their ``apps.py``.

When a year is published or a day corrected, every registered source counts its open deadlines
anew and says which of them moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from anju.core.actors import Actor
from anju.core.errors import Sentence

from .rules.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalDeadline:
    """An open deadline that reaches beyond the published years."""

    label: str
    url: str
    started_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """A deadline that was counted anew and changed; ``user_ids`` are told."""

    label: str
    url: str
    before: date
    after: date
    provisional: bool
    user_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSource:
    """Where an app keeps deadlines.

    Attributes:
        name: ``app.noun``.
        label: what people call these deadlines.
        provisional: the open ones the actor may see that are not final yet.
        recompute: counts every open one anew, saves it and returns those that changed.
    """

    name: str
    label: Sentence
    provisional: Callable[[Actor], Iterable[ProvisionalDeadline]]
    recompute: Callable[[Actor, WorkingCalendar, datetime], Iterable[MovedDeadline]]


SOURCES: dict[str, DeadlineSource] = {}


def register(source: DeadlineSource) -> None:
    """Register a source.

    Raises:
        ValueError: the name is taken.
    """
    if SOURCES.get(source.name, source) != source:
        raise ValueError(f"deadline source {source.name} exists already")
    SOURCES[source.name] = source
