"""The one decorator of every state change."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def service(func: Callable[P, R]) -> Callable[P, R]:
    """Make ``func`` a state change: keyword-only, one transaction, the actor known to triggers.

    The actor's label is put in ``anju.actor`` for the history triggers of this transaction.

    Raises:
        TypeError: at import, when ``func`` takes positional arguments or lacks ``actor`` or ``at``.
    """
    parameters = inspect.signature(func).parameters
    if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters.values()):
        raise TypeError(f"{func.__qualname__}: a service takes keyword-only arguments")
    if "actor" not in parameters or "at" not in parameters:
        raise TypeError(f"{func.__qualname__}: a service takes actor= and at=")

    @wraps(func)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            actor = kwargs["actor"]
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('anju.actor', %s, true)", [actor.label])  # type: ignore[attr-defined]
            return func(*args, **kwargs)

    inner.is_service = True  # type: ignore[attr-defined]
    return inner
