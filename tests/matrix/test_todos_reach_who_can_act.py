"""Every open to-do of the demo is seen by somebody who can open what it links to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anju.access.models import User
from anju.access.queries import actor_for, posts_of
from anju.flow.models import Task
from anju.flow.queries import todos

from .addresses import ROLE_ACCOUNTS

# Without django_db the plugin would make no test database for this file alone.
pytestmark = pytest.mark.django_db


def test_whoever_has_a_to_do_can_open_it(demo_city: None, django_db_blocker: Any) -> None:
    from django.utils import timezone

    now = timezone.now()
    wrong, reached, places = [], set(), set()
    with django_db_blocker.unblock():
        tasks = set(Task.objects.open())
        assert tasks, "the demo shows no to-do"
        for name in filter(None, ROLE_ACCOUNTS.values()):
            user = User.objects.get(username=name)
            post = next(iter(posts_of(user, at=now)), None)
            actor = actor_for(user, post, now)
            places.add((actor.role, actor.area_id))
            client = Client()
            client.force_login(user)
            for task in todos(actor):
                reached.add(task)
                status = client.get(task.link).status_code
                if status != 200:
                    wrong.append(f"{name}: {task.kind} {task.link} answers {status}")
        # Other places have no account in the demo.
        mine = [t for t in tasks - reached if (t.role, t.area_id) in places]
        wrong += [f"nobody sees {t.kind} {t.link}" for t in mine]
    assert not wrong, "\n".join(wrong)
