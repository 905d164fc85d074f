"""Ports: the few calls that run upwards. A lower app calls, a higher app answers.

The higher app plugs itself in from its ``apps.py``; ``tests/architecture`` lists every port and
who answers it. Needed because ``access`` stands below ``audit`` and ``notices`` and must still
write audit rows and send codes.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class Port(Generic[T]):
    """A named socket for exactly one implementation."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: T | None = None
        self.answered_by = ""

    def plug(self, answer: T, *, by: str) -> None:
        """Plug in the implementation; ``by`` names the app. A second one is a mistake."""
        if self._answer is not None and self.answered_by != by:
            raise RuntimeError(f"port {self.name} is answered by {self.answered_by} already")
        self._answer, self.answered_by = answer, by

    def get(self) -> T:
        """The implementation.

        Raises:
            RuntimeError: nobody plugged in.
        """
        if self._answer is None:
            raise RuntimeError(f"nobody answers port {self.name}")
        return self._answer


class JournalWriter(Protocol):
    """Writes one audit row in the current transaction."""

    def __call__(self, *, entry: Any) -> None: ...


class Messenger(Protocol):
    """Puts one message in the outbox in the current transaction.

    ``channel`` is ``sms``, ``mail`` or ``inapp``; ``to`` a phone number, an address or a user id;
    ``template`` a declared message name and ``values`` what fills it.
    """

    def __call__(
        self, *, channel: str, to: str, template: str, values: dict[str, Any], language: str = ""
    ) -> None: ...


class DataOwners(Protocol):
    """Whose personal data the named rows (``app.model:pk``) are: account → words for its own."""

    def __call__(self, rows: list[str]) -> dict[int, list[str]]: ...


JOURNAL: Port[JournalWriter] = Port("journal")
MESSENGER: Port[Messenger] = Port("messenger")
DATA_OWNERS: Port[DataOwners] = Port("data_owners")
