"""The numbers beside the menu's entries: all in one statement, none that may not be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.access.permissions import GRANTS
from anju.access.states import Role
from anju.core.actors import Actor, ActorKind, Reach
from anju.ui import menus

CLERK = Actor(
    kind=ActorKind.USER,
    role=Role.DESK_CLERK.value,
    reach=Reach.CITY,
    permissions=GRANTS[Role.DESK_CLERK],
    user_id=1,
)


@pytest.mark.django_db
def test_every_number_is_counted_in_one_statement():
    with CaptureQueriesContext(connection) as asked:
        found = menus.counts(CLERK)
    assert len(asked) == 1
    wanted = {
        e.count for e in menus.entries() if e.count and (e.permission in (None, *CLERK.permissions))
    }
    assert set(found) == wanted
    for rows, number in found.items():
        assert number == rows(CLERK).count()


@pytest.mark.django_db
def test_without_the_right_nothing_is_counted():
    asked = {e.count for e in menus.entries() if e.count and e.permission is not None}
    assert asked
    assert not asked & set(menus.counts(replace(CLERK, permissions=frozenset())))
