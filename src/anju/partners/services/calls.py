"""Repeated calls: the answer is kept in the transaction of the change, and given again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from anju.core.errors import AnjuError, Conflict, InvalidInput

from ..models import RepeatableCall
from ..rules import KEPT_CALLS, body_hash, is_idempotency_key

NO_KEY = _("Send the header “Idempotency-Key”: a new value for each new call.")
WAIT_SECONDS = 2  # how long a second call waits for the first one
KEY = "Idempotency-Key"


class KeyMissing(AnjuError):
    """An unsafe call without the header."""

    status = 400


class CallRuns(Conflict):
    """The same call runs at this moment."""

    retry_after = WAIT_SECONDS


def call_claim(
    *, key_id: int, idempotency_key: str, method: str, path: str, body: bytes, at: datetime
) -> tuple[RepeatableCall, bool]:
    """The row of a call, and whether it is new; inside the caller's transaction.

    The unique index makes a second call with the key wait until the first one commits (its
    answer is found) or is rolled back (the second one is then the first).

    Raises:
        KeyMissing: no header.
        InvalidInput: not 1 to 200 visible ASCII characters, or used for another call.
        CallRuns: the first call has not ended in two seconds.
    """
    if not idempotency_key:
        raise KeyMissing(NO_KEY)
    if not is_idempotency_key(idempotency_key):
        raise InvalidInput({KEY: [_("The key is 1 to 200 visible ASCII characters, no blanks.")]})
    sha = body_hash(body)
    values: list[Any] = [key_id, idempotency_key, method, path[:500], sha, at]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
            cursor.execute(
                "INSERT INTO partners_repeatablecall"
                " (key_id, idempotency_key, method, path, body_sha256, answer, called_at)"
                " VALUES (%s, %s, %s, %s, %s, '', %s)"
                " ON CONFLICT (key_id, idempotency_key) DO NOTHING",
                values,
            )
            new = cursor.rowcount == 1
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CallRuns(
                _("The same call runs at this moment. Repeat it in %(seconds)s seconds.")
                % {"seconds": WAIT_SECONDS}
            ) from error
        raise
    call = RepeatableCall.objects.get(key_id=key_id, idempotency_key=idempotency_key)
    if (call.method, call.path, call.body_sha256) != (method, path[:500], sha):
        raise InvalidInput(
            {KEY: [_("This key was used for another call. Take a new key for a new call.")]}
        )
    return call, new


def call_answered(*, call: RepeatableCall, status: int, answer: str) -> None:
    """Keep the answer beside the change, before both are committed."""
    call.status, call.answer = status, answer
    call.save(update_fields=["status", "answer"])


def calls_clear(*, at: datetime) -> int:
    """Forget answers after seven days; returns how many."""
    gone, _by_model = RepeatableCall.objects.filter(called_at__lt=at - KEPT_CALLS).delete()
    return gone
