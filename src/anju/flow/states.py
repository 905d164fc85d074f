"""State machines as tables, and the states of tasks, publicity and objections.

One table of moves feeds the buttons, the refusal sentence and the diagram.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.core.decisions import Allowed, Decision, Denied

Label = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One named arrow: from any of ``source`` to ``target``, for holders of ``permission``.

    ``other_person`` means that whoever made the move into the present state may not make this
    one (two pairs of eyes); ``reason`` means that the person must say why.
    """

    name: str
    label: Label
    source: frozenset[str]
    target: str
    permission: str
    reason: bool = False
    other_person: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Flow:
    """All moves of one kind of thing, its first state and its closed ones."""

    name: str
    states: Any  # a TextChoices class: value → label
    first: str
    moves: tuple[Move, ...]
    closed: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        known = {str(value) for value in self.states.values}
        names = [move.name for move in self.moves]
        if len(names) != len(set(names)):
            raise ValueError(f"flow {self.name}: two moves of one name")
        for move in self.moves:
            strange = ({str(s) for s in move.source} | {str(move.target)}) - known
            if strange:
                raise ValueError(f"flow {self.name}, move {move.name}: unknown {sorted(strange)}")
        if unreachable := known - self.reachable():
            raise ValueError(f"flow {self.name}: no way to {sorted(unreachable)}")

    def reachable(self) -> set[str]:
        """States that some sequence of moves leads to, the first one included."""
        seen = {str(self.first)}
        while True:
            more = {str(m.target) for m in self.moves if {str(s) for s in m.source} & seen} - seen
            if not more:
                return seen
            seen |= more

    def move(self, name: str) -> Move:
        """The move of that name.

        Raises:
            KeyError: there is none.
        """
        for move in self.moves:
            if move.name == name:
                return move
        raise KeyError(f"flow {self.name} has no move {name}")

    def open_from(self, state: str) -> Iterator[Move]:
        """Moves that start in ``state``."""
        return (move for move in self.moves if state in {str(s) for s in move.source})

    def check(self, state: str, name: str) -> Decision:
        """Whether the move starts in ``state``; the refusal names where the thing stands."""
        move = self.move(name)
        if state in {str(s) for s in move.source}:
            return Allowed()
        return Denied(
            _("“%(move)s” is not possible now: the state is “%(state)s”.")
            % {"move": move.label, "state": dict(self.states.choices).get(state, state)}
        )

    def diagram(self) -> str:
        """The flow as a Mermaid state diagram, for docs/processes/."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.first}"]
        for move in self.moves:
            lines += [
                f"    {source} --> {move.target}: {move.name}"
                for source in sorted(str(s) for s in move.source)
            ]
        lines += [f"    {state} --> [*]" for state in sorted(str(s) for s in self.closed)]
        return "\n".join(lines) + "\n"


class Words:
    """A sentence kept as its English text and values, and read in the reader's language.

    ``Words(gettext_noop("File contract %(number)s"), number=contract.number)``
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = {name: str(value) for name, value in values.items()}

    def __str__(self) -> str:
        return gettext(self.text) % self.values if self.values else gettext(self.text)


class TaskState(TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class PublicityState(TextChoices):
    RUNNING = "running", _("On show")
    ENDED = "ended", _("Show ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ObjectionState(TextChoices):
    RECEIVED = "received", _("Waiting for an answer")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Not upheld")


APPEARANCE = {
    TaskState.OPEN: ("s-open", ""),
    TaskState.DONE: ("s-done", "good"),
    TaskState.DROPPED: ("s-void", ""),
    PublicityState.RUNNING: ("s-public", "lamp"),
    PublicityState.ENDED: ("s-filed", ""),
    PublicityState.WITHDRAWN: ("s-void", ""),
    ObjectionState.RECEIVED: ("s-open", ""),
    ObjectionState.UPHELD: ("s-done", "good"),
    ObjectionState.REJECTED: ("s-fail", "bad"),
}
