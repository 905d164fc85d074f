"""Gates: a lower app asks "may this be done?", higher apps register the checks.

Each check answers with :class:`Allowed` or :class:`Denied`; all reasons are told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .decisions import Allowed, Decision, Denied

Check = Callable[..., Decision]


class Gate:
    """A named question with the checks that answer it."""

    def __init__(self, name: str) -> None:
        if name in GATES:
            raise ValueError(f"gate {name} exists already")
        self.name = name
        self.checks: dict[str, Check] = {}
        GATES[name] = self

    def register(self, check: Check, *, by: str) -> None:
        """Add a check; ``by`` names the app and the check, e.g. ``"credit.black_list"``."""
        self.checks[by] = check

    def reasons(self, **question: Any) -> list[Denied]:
        """Every refusal, in the order of registration; empty when it may be done."""
        answers = (check(**question) for check in self.checks.values())
        return [answer for answer in answers if isinstance(answer, Denied)]

    def ask(self, **question: Any) -> Decision:
        """The first refusal, or allowed."""
        reasons = self.reasons(**question)
        return reasons[0] if reasons else Allowed()


GATES: dict[str, Gate] = {}
