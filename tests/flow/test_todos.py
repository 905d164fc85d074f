"""To-dos reach the post they are meant for and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import translation

from anju.access.states import OrganisationKind, Role
from anju.flow import queries, services
from anju.flow.models import Task
from anju.flow.states import TaskState, Words
from tests.factories import registry as make
from tests.factories.access import make_organisation

from .conftest import AT, District


def opened(district: District, **how: Any) -> Task:
    values: dict[str, Any] = {
        "actor": district.clerk,
        "at": AT,
        "kind": "tests.work",
        "title": Words("Check it"),
        "subject": district.subject,
        "link": "/x/",
        "role": Role.DISTRICT_CLERK,
        "area": district.area,
    }
    return services.task_open(**values | how)


def test_a_to_do_is_for_one_role_at_one_place(district: District) -> None:
    task = opened(district)
    elsewhere = make.make_committee("远山社区", "远山区").district
    for actor, seen in (
        (district.clerk, True),
        (district.other_clerk, True),
        (make.make_actor(Role.INSPECTOR, district.area), False),
        (make.make_actor(Role.DISTRICT_CLERK, elsewhere), False),
        (make.make_actor(Role.DESK_CLERK), False),
        (district.resident, False),
    ):
        assert (task in queries.todos(actor)) is seen, actor.role


def test_a_to_do_of_a_company_is_its_own(district: District) -> None:
    ours = make_organisation(kind=OrganisationKind.COMPANY)
    theirs = make_organisation(kind=OrganisationKind.COMPANY)
    task = opened(district, role=Role.COMPANY_ADMIN, organisation=ours)
    from anju.core.actors import Reach

    for organisation, seen in ((ours, True), (theirs, False)):
        actor = make.make_actor(
            Role.COMPANY_ADMIN, organisation_id=organisation.pk, reach=Reach.COMPANY
        )
        assert (task in queries.todos(actor)) is seen


def test_a_to_do_of_a_person_is_theirs_whatever_their_post(district: District) -> None:
    user = make.make_user()
    task = opened(district, user=user)
    assert task in queries.todos(make.make_actor(Role.OWNER, None, user))
    assert task not in queries.todos(district.clerk)


def test_opening_the_same_again_moves_its_time_and_makes_no_second(district: District) -> None:
    first = opened(district, due_at=AT)
    again = opened(district, due_at=AT + timedelta(days=1))
    assert again.pk == first.pk
    assert Task.objects.get().due_at == AT + timedelta(days=1)


def test_closing_ends_the_kinds_named_and_keeps_who_did_it(district: District) -> None:
    work, other = opened(district), opened(district, kind="tests.other")
    assert (
        services.tasks_close(
            actor=district.clerk, at=AT, subject=district.subject, kinds=["tests.work"]
        )
        == 1
    )
    work.refresh_from_db()
    other.refresh_from_db()
    assert (work.state, work.closed_by_id) == (TaskState.DONE, district.clerk.user_id)
    assert other.state == TaskState.OPEN


def test_to_dos_are_cut_by_deadline(district: District) -> None:
    due = {
        "late": AT - timedelta(minutes=1),
        "today": AT + timedelta(hours=1),
        "week": AT + timedelta(days=3),
        "later": AT + timedelta(days=10),
        "undated": None,
    }
    for name, at in due.items():
        opened(district, kind=f"tests.{name}", due_at=at)
    groups = queries.todo_groups(district.clerk, at=AT)
    assert {group.key: [t.kind for t in group.tasks] for group in groups} == {
        name: [f"tests.{name}"] for name in due
    }


def test_a_to_do_is_read_in_the_readers_language(district: District) -> None:
    title = Words("Correct the delimitation, objections were upheld: %(name)s", name="和平苑")
    task = opened(district, title=title)
    with translation.override("zh-hans"):
        assert task.words == "异议成立，请更正区域划分：和平苑"
    with translation.override("en"):
        assert task.words == "Correct the delimitation, objections were upheld: 和平苑"
