"""Notices on show: who starts, objects, answers and ends them, and on which days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from anju.access.states import OrganisationKind, Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.time import day_end, day_start
from anju.flow import queries, services, tasks
from anju.flow.models import Publicity, Task
from anju.flow.policies import ANSWER, ANSWERING_ROLE, START, WITHDRAW
from anju.flow.states import ObjectionState, PublicityState, TaskState
from anju.registry.services import area_show
from tests.factories import registry as make
from tests.factories.access import make_organisation

from .conftest import AT, District

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 7)


def start(district: District, **how: Any) -> Publicity:
    values: dict[str, Any] = {
        "actor": district.clerk,
        "at": AT,
        "kind": "tests.notice",
        "title": "公示",
        "subject": district.subject,
        "rows": [{"label": "1幢", "value": "6层"}],
        "area": district.subject.area,
        "organiser": district.office,
        "ends_on": LAST,
    }
    return services.publicity_start(**values | how)


def objected(district: District, notice: Publicity, at: datetime = AT) -> Any:
    return services.objection_raise(
        actor=district.resident, at=at, publicity=notice, text="界线有误"
    )


def test_a_show_shorter_than_its_rule_is_refused_with_the_day_it_could_end(
    district: District, ends: list[int]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        start(district, ends_on=LAST - timedelta(days=1))
    assert LAST.isoformat() in str(refusal.value.errors["ends_on"][0])
    assert start(district).ends_on == LAST


def test_nobody_shows_in_anothers_name_or_place(district: District, ends: list[int]) -> None:
    bureau = make_organisation(kind=OrganisationKind.BUREAU)
    with pytest.raises(Refused, match="one's own body"):
        start(district, organiser=bureau)
    elsewhere = make.make_management_area([make.make_building(_community_elsewhere())], "别处")
    with pytest.raises(Refused, match="outside the place"):
        start(district, subject=elsewhere, area=elsewhere.area)
    inspector = make.make_actor(Role.INSPECTOR, district.area, organisation_id=district.office.pk)
    with pytest.raises(Refused, match="may not put a notice"):
        start(district, actor=inspector)
    assert not Publicity.objects.exists()


def _community_elsewhere() -> Any:
    return make.make_community("远山苑", make.make_committee("远山社区", "远山区"))


def test_a_body_without_a_post_that_answers_shows_nothing(
    district: District, ends: list[int]
) -> None:
    company = make_organisation(kind=OrganisationKind.COMPANY)
    with pytest.raises(Refused, match="no post that could answer"):
        start(district, organiser=company)


def test_the_same_is_shown_once_at_a_time(district: District, ends: list[int]) -> None:
    notice = start(district)
    with pytest.raises(Conflict, match="on show already"):
        start(district)
    services.publicity_withdraw(actor=district.clerk, at=AT, publicity=notice, reason="附图有误")
    assert start(district).pk != notice.pk


def test_every_role_that_answers_holds_the_rights_of_a_show() -> None:
    from anju.access.permissions import GRANTS

    for role in set(ANSWERING_ROLE.values()) - {Role.DESK_CLERK}:
        assert {START, WITHDRAW, ANSWER} <= GRANTS[role], role
    # In the bureau a clerk answers what a confirmer or signer has put on show.
    assert ANSWER in GRANTS[Role.DESK_CLERK]


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        (day_start(FIRST), True),
        (day_end(LAST) - timedelta(seconds=1), True),
        (day_end(LAST), False),
        (day_end(LAST) + timedelta(days=60), False),
    ],
)
def test_objections_are_taken_until_the_end_of_the_last_day(
    district: District, ends: list[int], at: datetime, taken: bool
) -> None:
    notice = start(district)
    if taken:
        assert objected(district, notice, at).state == ObjectionState.RECEIVED
        return
    with pytest.raises(Refused, match="no longer taken"):
        objected(district, notice, at)
    assert notice.objections.count() == 0


def test_an_objection_is_a_to_do_of_the_organisers_clerk_until_all_are_answered(
    district: District, ends: list[int]
) -> None:
    notice = start(district)
    first, second = objected(district, notice), objected(district, notice)
    (task,) = queries.todos(district.clerk)
    assert (task.link, task.due_at) == (f"/publicity/{notice.pk}/", day_end(LAST))
    assert not queries.todos(district.resident).exists()
    answer = {"upheld": False, "answer": "附图为准。"}
    services.objection_answer(actor=district.clerk, at=AT, objection=first, **answer)
    assert queries.todo_count(district.clerk) == 1
    services.objection_answer(actor=district.clerk, at=AT, objection=second, **answer)
    task.refresh_from_db()
    assert (task.state, task.closed_by_id) == (TaskState.DONE, district.clerk.user_id)


def test_only_the_organiser_answers_and_only_once(district: District, ends: list[int]) -> None:
    notice = start(district)
    objection = objected(district, notice)
    answer = {"objection": objection, "at": AT, "upheld": True, "answer": "已更正"}
    stranger = make.make_actor(Role.DISTRICT_CLERK, district.area, organisation_id=None)
    for actor, words in (
        (district.resident, "may not answer"),
        (stranger, "Only the organiser"),
    ):
        with pytest.raises(Refused, match=words):
            services.objection_answer(actor=actor, **answer)
    with pytest.raises(InvalidInput):
        services.objection_answer(actor=district.clerk, **answer | {"answer": "  "})
    services.objection_answer(actor=district.clerk, **answer)
    with pytest.raises(Refused, match="answered already"):
        services.objection_answer(actor=district.other_clerk, **answer)


def test_nobody_answers_their_own_objection(district: District, ends: list[int]) -> None:
    notice = start(district)
    objection = services.objection_raise(
        actor=district.other_clerk, at=AT, publicity=notice, text="本人住在这里"
    )
    answer = {"objection": objection, "at": AT, "upheld": True, "answer": "已更正"}
    with pytest.raises(Refused, match="their own"):
        services.objection_answer(actor=district.other_clerk, **answer)
    services.objection_answer(actor=district.clerk, **answer)


def test_objections_are_read_by_the_organiser_and_by_who_wrote_them(
    district: District, ends: list[int]
) -> None:
    notice = start(district)
    mine = objected(district, notice)
    neighbour = make.make_actor(Role.OWNER, None)
    assert list(queries.objections_shown(district.clerk, publicity=notice)) == [mine]
    assert list(queries.objections_shown(district.resident, publicity=notice)) == [mine]
    assert not queries.objections_shown(neighbour, publicity=notice).exists()


def test_a_show_ends_after_its_last_day_and_tells_its_owner_once(
    district: District, ends: list[int]
) -> None:
    notice = start(district)
    with pytest.raises(Refused, match="until the end of its last day"):
        services.publicity_end(
            actor=SYSTEM, at=day_end(LAST) - timedelta(seconds=1), publicity=notice
        )
    for _again in range(2):
        ended = services.publicity_end(actor=SYSTEM, at=day_end(LAST), publicity=notice)
        assert ended.state == PublicityState.ENDED
    assert ends == [notice.pk]


def test_a_waiting_objection_keeps_the_show_open_and_in_sight(
    district: District, ends: list[int]
) -> None:
    notice = start(district)
    objection = objected(district, notice)
    after = day_end(LAST)
    with pytest.raises(Refused, match="waits for its answer"):
        services.publicity_end(actor=SYSTEM, at=after, publicity=notice)
    today = LAST + timedelta(days=1)
    assert notice not in queries.publicity_on_show(district.clerk, today=today)
    assert notice in queries.publicity_past(district.clerk, today=today)
    services.objection_answer(
        actor=district.clerk, at=after, objection=objection, upheld=False, answer="附图为准。"
    )
    services.publicity_end(actor=SYSTEM, at=after, publicity=notice)
    assert ends == [notice.pk]


def test_a_withdrawn_notice_keeps_its_reason_and_drops_its_to_dos(
    district: District, ends: list[int]
) -> None:
    notice = start(district)
    objected(district, notice)
    with pytest.raises(InvalidInput):
        services.publicity_withdraw(actor=district.clerk, at=AT, publicity=notice, reason=" ")
    with pytest.raises(Refused):
        services.publicity_withdraw(actor=district.resident, at=AT, publicity=notice, reason="x")
    services.publicity_withdraw(actor=district.clerk, at=AT, publicity=notice, reason="附图有误")
    assert Task.objects.get().state == TaskState.DROPPED
    services.publicity_end(actor=SYSTEM, at=day_end(LAST), publicity=notice)
    assert ends == []


def test_the_job_ends_what_is_over_and_leaves_the_rest(
    district: District, ends: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = start(district)
    objected(district, waiting)
    other = make.make_management_area([make.make_building(number="9")], "九幢管理区")
    over = start(district, subject=other, area=other.area)
    third = make.make_management_area([make.make_building(number="8")], "八幢管理区")
    running = start(district, subject=third, area=third.area, ends_on=LAST + timedelta(days=1))
    monkeypatch.setattr("anju.flow.tasks.timezone.now", lambda: day_end(LAST))
    tasks.publicity_end(timestamp=0)
    assert ends == [over.pk]
    for notice, state in ((waiting, "running"), (over, "ended"), (running, "running")):
        notice.refresh_from_db()
        assert notice.state == state


def test_a_delimitation_is_shown_with_the_buildings_of_that_day(district: District) -> None:
    notice = area_show(actor=district.clerk, management_area=district.subject, ends_on=LAST, at=AT)
    assert notice.title == "关于阳光花园管理区物业管理区域划分的公示"
    assert [row["label"] for row in notice.rows] == ["阳光花园1幢"]
    assert services.snapshot_hash(notice.rows) == notice.rows_sha256
    assert notice.organiser == district.office


def test_an_upheld_objection_to_a_delimitation_is_a_to_do_when_the_show_ends(
    district: District,
) -> None:
    notice = area_show(actor=district.clerk, management_area=district.subject, ends_on=LAST, at=AT)
    objection = objected(district, notice)
    services.objection_answer(
        actor=district.clerk, at=AT, objection=objection, upheld=True, answer="应当划入。"
    )
    assert queries.todo_count(district.clerk) == 0
    services.publicity_end(actor=SYSTEM, at=day_end(LAST), publicity=notice)
    (task,) = queries.todos(district.clerk)
    assert (task.kind, task.subject_id) == ("registry.area_correct", district.subject.pk)
