"""Where a project stands follows its period: no job, nothing that goes stale."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from anju.core.errors import Conflict, InvalidInput
from anju.core.time import legal_day
from anju.registry import services
from anju.registry.models import Project
from anju.registry.states import ProjectState
from tests.factories.registry import NOW, SYSTEM, make_project

pytestmark = pytest.mark.django_db


def standing(project):
    project = Project.objects.get(pk=project.pk)
    found = {state for state in ProjectState if Project.objects.in_state(state).exists()}
    assert found == {project.state}
    return project.state


@pytest.mark.parametrize(
    ("first", "upper", "state"),
    [
        (-10, None, ProjectState.ACTIVE),
        (0, None, ProjectState.ACTIVE),
        (1, None, ProjectState.PLANNED),
        (-10, 1, ProjectState.ACTIVE),
        (-10, 0, ProjectState.ENDED),
        (-10, -1, ProjectState.ENDED),
    ],
)
def test_the_state_is_that_of_today(first, upper, state):
    today = legal_day(timezone.now())
    project = make_project(
        from_day=today + timedelta(days=first),
        to_day=None if upper is None else today + timedelta(days=upper),
        fees={},
    )
    assert standing(project) == state


def test_an_end_announced_for_later_comes_by_itself(monkeypatch):
    today = legal_day(timezone.now())
    project = make_project()
    services.project_end(
        actor=SYSTEM, project=project, on_day=today + timedelta(days=30), reason="到期", at=NOW
    )
    assert standing(project) == ProjectState.ACTIVE
    late = timezone.now() + timedelta(days=30)
    monkeypatch.setattr("anju.registry.models.projects.timezone.now", lambda: late)
    assert Project.objects.get(pk=project.pk).state == ProjectState.ENDED


def test_a_project_ends_after_it_begins_and_once():
    project = make_project(from_day=date(2020, 1, 1))
    with pytest.raises(InvalidInput):
        services.project_end(
            actor=SYSTEM, project=project, on_day=date(2020, 1, 1), reason="到期", at=NOW
        )
    services.project_end(
        actor=SYSTEM, project=project, on_day=date(2021, 1, 1), reason="到期", at=NOW
    )
    with pytest.raises(Conflict):
        services.project_end(
            actor=SYSTEM, project=project, on_day=date(2022, 1, 1), reason="到期", at=NOW
        )
