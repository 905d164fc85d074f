"""Putting the demo together, in one transaction: the cast, then its stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from ..models import Making
from . import desk, endings, homes, operators, partners, places
from .cast import Cast, DemoAccount, accounts_keep, cast_make

STORIES: tuple[Callable[[Cast, datetime], None], ...] = (
    homes.changes,
    homes.revealed,
    homes.reads,
    homes.shared_phone,
    endings.endings,
    desk.contracts,
    desk.filings,
    desk.notices,
    desk.papers,
    desk.imports,
    desk.messages,
    places.changes,
    operators.elevations,
    operators.look_at_a_home,
    operators.keys,
    partners.reports,
    partners.webhooks,
)


def show_make(*, at: datetime) -> list[DemoAccount]:
    """Sign-ins and stories on top of the invented city of this database.

    Raises:
        Making.DoesNotExist: there is no invented city here.
    """
    Making.objects.get()
    with transaction.atomic():
        cast, accounts = cast_make(at)
        accounts += homes.residents(cast, at)
        for story in STORIES:
            story(cast, at)
    accounts_keep(accounts)
    return accounts
