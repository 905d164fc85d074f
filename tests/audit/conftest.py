from __future__ import annotations

import pytest

from tests.commits import cloned


@pytest.fixture
def committing(django_db_setup, django_db_blocker, request):
    """A database of one's own, in which commits are real."""
    with django_db_blocker.unblock():
        yield from cloned("audit")
