"""Ports: the few calls that run upwards. A lower app calls, a higher app answers.

The higher app plugs itself in from its ``apps.py``; ``tests/architecture`` lists every port and
who answers it. Needed because ``access`` stands below ``audit`` and ``notices`` and must still
write audit rows and send codes, and because every list of the kit may have to be written by a job.
"""

from __future__ import annotations

from datetime import datetime
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


class ListExporter(Protocol):
    """Takes a list that is too long to be written at once; it is written in the background.

    ``listed`` is the list's declared name and ``query`` its conditions and order as in the
    address. Returns the local address of the page on which the export is followed.
    """

    def __call__(
        self,
        *,
        actor: Any,
        listed: str,
        title: str,
        query: str,
        file_format: str,
        rows: int,
        personal: bool,
        at: datetime,
    ) -> str: ...


class DataOwners(Protocol):
    """Whose personal data the named rows (``app.model:pk``) are: account → words for its own."""

    def __call__(self, rows: list[str]) -> dict[int, list[str]]: ...


class PhoneFollower(Protocol):
    """What is known by an account's sign-in phone follows the account to its new one."""

    def __call__(self, *, user_id: int, phone: str) -> None: ...


class Residences(Protocol):
    """Homes an account is bound to today, an owner's before a tenant's: key, role, address."""

    def __call__(self, *, user_id: int) -> list[tuple[int, str, str]]: ...


JOURNAL: Port[JournalWriter] = Port("journal")
MESSENGER: Port[Messenger] = Port("messenger")
LIST_EXPORTER: Port[ListExporter] = Port("list_exporter")
DATA_OWNERS: Port[DataOwners] = Port("data_owners")
PHONE_FOLLOWER: Port[PhoneFollower] = Port("phone_follower")
RESIDENCES: Port[Residences] = Port("residences")
