"""Areas are renamed, merged, split, moved and brought back; every past day reads as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.core.errors import AnjuError, Conflict, InvalidInput, Refused
from anju.core.time import day_start
from anju.reference import services
from anju.reference.models import Area, AreaChange
from anju.reference.queries import area_on, place_on, successors_of, tree_on
from anju.reference.services.changes import Draft
from anju.reference.states import AreaChangeState
from tests.factories.reference import make_actor, make_area, make_city

pytestmark = pytest.mark.django_db
PROPOSE, CONFIRM = "reference:area_propose", "reference:area_change"
CLERK = make_actor(PROPOSE, user_id=1, name="陈一")
CONFIRMER = make_actor(PROPOSE, CONFIRM, user_id=2, name="林二")
DAY = date(2025, 1, 1)
NOW = day_start(date(2026, 6, 1))


@pytest.fixture(autouse=True)
def _journal(journal_rows: list[Any]) -> None:
    """Nothing here needs the audit's tables."""


def draft(kind: str, area: Area, on: date = DAY, /, **plan: Any) -> Draft:
    return Draft(
        kind=kind,
        area=area,
        plan=plan,
        effective_on=on,
        document="云政发〔2024〕9号",
        source="市政府",
    )


def make(kind: str, area: Area, on: date = DAY, /, **plan: Any) -> AreaChange:
    change = services.change_propose(actor=CLERK, draft=draft(kind, area, on, **plan), at=NOW)
    return services.change_confirm(actor=CONFIRMER, change=change, at=NOW)


def undo(change: AreaChange, on: date) -> AreaChange:
    taken = services.undo_draft(change, effective_on=on, document="更正1号", source="市政府")
    change = services.change_propose(actor=CLERK, draft=taken, at=NOW)
    return services.change_confirm(actor=CONFIRMER, change=change, at=NOW)


def names(day: date) -> set[str]:
    return {one.name for one in tree_on(day).areas.values()}


def where(area: Area, day: date) -> list[str]:
    return [one.name for one in place_on(area.pk, day)]


def test_a_renamed_area_carries_its_old_name_before_the_day() -> None:
    area = make_city()["district_a"]
    change = make("renamed", area, name="新湾区")
    assert change.state == AreaChangeState.IN_FORCE
    area.refresh_from_db()
    assert area.name == "新湾区"
    assert area.search_key.endswith("xwq")
    assert "河湾区" in names(date(2024, 12, 31))
    assert "新湾区" not in names(date(2024, 12, 31))
    assert "新湾区" in names(DAY)
    with pytest.raises(InvalidInput, match="2025-01-02"):
        make("renamed", area, date(2024, 6, 1), name="老湾区")
    undo(change, date(2025, 3, 1))
    assert [name in names(date(2025, 2, 28)) for name in ("新湾区", "河湾区")] == [True, False]
    assert "河湾区" in names(date(2025, 3, 1))
    assert AreaChange.objects.count() == 2


def test_a_moved_sub_district_takes_what_is_below_along() -> None:
    places = make_city()
    change = make("moved", places["subdistrict_a"], parent=places["district_b"].pk)
    committee = Area.objects.get(pk=places["committee_a"].pk)
    assert committee.district == places["district_b"]
    assert where(committee, date(2024, 12, 31)) == ["云州市", "河湾区", "河湾街道", "河湾社区"]
    assert where(committee, DAY) == ["云州市", "石桥区", "河湾街道", "河湾社区"]
    assert sorted(change.touched) == sorted([places["district_a"].pk, places["district_b"].pk])
    undo(change, date(2025, 5, 1))
    committee.refresh_from_db()
    assert committee.district == places["district_a"]
    assert where(committee, date(2025, 4, 30))[1] == "石桥区"


def test_two_areas_are_merged_and_parted_again() -> None:
    places = make_city()
    ended, heir = places["district_a"], places["district_b"]
    change = make("merged", ended, into=heir.pk, name="湾桥区")
    ended.refresh_from_db()
    assert (ended.valid_to, ended.successor, ended.district) == (DAY, heir, heir)
    assert {"湾桥区"} <= names(DAY)
    assert {"河湾区", "石桥区"} & names(DAY) == set()
    assert {"河湾区", "石桥区"} <= names(DAY - timedelta(days=1))
    assert where(places["committee_a"], DAY)[1] == "湾桥区"
    assert [area.pk for area in successors_of(ended, DAY)] == [heir.pk]
    assert [area.pk for area in successors_of(ended, date(2024, 1, 1))] == [ended.pk]
    back = undo(change, date(2025, 6, 1))
    ended.refresh_from_db()
    assert (ended.valid_to, ended.successor, ended.district) == (None, None, ended)
    assert where(places["committee_a"], date(2025, 6, 1))[1] == "河湾区"
    assert where(places["committee_a"], date(2025, 5, 31))[1] == "湾桥区"
    assert "河湾区" not in names(date(2025, 3, 1))
    assert [area.pk for area in successors_of(ended, date(2025, 7, 1))] == [ended.pk]
    assert [area.pk for area in successors_of(heir, date(2025, 7, 1))] == [heir.pk]
    # Taking the taking back merges them once more.
    undo(back, date(2025, 9, 1))
    ended.refresh_from_db()
    assert ended.successor == heir
    assert "河湾区" in names(date(2025, 8, 31))
    assert "河湾区" not in names(date(2025, 9, 1))


def test_a_split_founds_an_area_and_its_undo_merges_it_back() -> None:
    places = make_city()
    street = places["subdistrict_a"]
    second = make_area(parent=street, name="东岸社区")
    change = make("split", street, code="99880001", name="东岸街道", children=[second.pk])
    made = Area.objects.get(code="99880001")
    assert (made.level, made.kind, made.parent) == (2, "subdistrict", places["district_a"])
    assert where(second, DAY)[2] == "东岸街道"
    assert where(second, date(2024, 12, 31))[2] == "河湾街道"
    assert {area.name for area in successors_of(street, DAY)} == {"河湾街道", "东岸街道"}
    undo(change, date(2025, 4, 1))
    made.refresh_from_db()
    assert (made.valid_to, made.successor) == (date(2025, 4, 1), street)
    assert where(second, date(2025, 4, 1))[2] == "河湾街道"
    assert [area.pk for area in successors_of(made, date(2025, 4, 1))] == [street.pk]


def test_a_code_names_the_area_that_bore_it_that_day() -> None:
    area = make_city()["subdistrict_a"]
    old = area.code
    change = make("recoded", area, code="99880002")
    assert area_on(old, date(2024, 12, 31)).id == area.pk  # type: ignore[union-attr]
    assert area_on(old, DAY) is None
    assert area_on("99880002", DAY).id == area.pk  # type: ignore[union-attr]
    assert area_on("99880002", date(2024, 12, 31)) is None
    undo(change, date(2025, 2, 1))
    assert area_on(old, date(2025, 2, 1)).id == area.pk  # type: ignore[union-attr]


def test_a_founded_area_can_be_dissolved_and_restored() -> None:
    places = make_city()
    change = make(
        "founded", places["subdistrict_a"], code="99880003", name="新港社区", kind="committee"
    )
    made = Area.objects.get(code="99880003")
    assert where(made, DAY)[-2:] == ["河湾街道", "新港社区"]
    gone = undo(change, date(2025, 3, 1))
    assert "新港社区" not in names(date(2025, 3, 1))
    undo(gone, date(2025, 5, 1))
    assert ["新港社区" in names(date(2025, month, 15)) for month in (2, 4, 6)] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("kind", "area", "plan", "field"),
    [
        ("renamed", "district_a", {"name": " "}, "name"),
        ("renamed", "district_a", {"name": "河湾区"}, "name"),
        ("recoded", "district_a", {"code": "x"}, "code"),
        ("recoded", "district_a", {"code": "district_b"}, "code"),
        ("moved", "subdistrict_a", {"parent": "district_a"}, "parent"),
        ("moved", "subdistrict_a", {"parent": "committee_b"}, "parent"),
        ("moved", "subdistrict_a", {"parent": 0}, "parent"),
        ("moved", "city", {"parent": "city"}, "parent"),
        ("merged", "district_a", {"into": "district_a"}, "into"),
        ("merged", "district_a", {"into": "subdistrict_b"}, "into"),
        ("split", "subdistrict_a", {"code": "9988", "name": "a", "children": [0]}, "children"),
        ("split", "subdistrict_a", {"code": "9988", "name": ""}, "name"),
        ("split", "city", {"code": "9988", "name": "a"}, "effective_on"),
        ("founded", "committee_a", {"code": "9988", "name": "a", "kind": "committee"}, "kind"),
        ("founded", "district_a", {"code": "9988", "name": "a", "kind": "castle"}, "kind"),
        ("dissolved", "district_a", {}, "effective_on"),
        ("dissolved", "city", {}, "effective_on"),
        ("restored", "district_a", {}, "effective_on"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_saved(kind, area, plan, field) -> None:
    places = make_city()
    whole = {
        key: (places[value].code if key == "code" else places[value].pk)
        if isinstance(value, str) and value in places
        else value
        for key, value in plan.items()
    }
    before = tree_on(date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refused:
        make(kind, places[area], **whole)
    assert field in refused.value.errors
    assert tree_on(date(2026, 1, 1)) == before
    assert not AreaChange.objects.exists()


def test_a_document_and_a_second_person_are_needed() -> None:
    area = make_city()["district_a"]
    for missing in ("document", "source"):
        fields = {"document": "1号", "source": "市政府"} | {missing: " "}
        wrong = Draft(kind="renamed", area=area, plan={"name": "a"}, effective_on=DAY, **fields)
        with pytest.raises(InvalidInput) as refused:
            services.change_propose(actor=CLERK, draft=wrong, at=NOW)
        assert missing in refused.value.errors
    with pytest.raises(Refused):
        services.change_propose(actor=make_actor(), draft=draft("renamed", area, name="a"), at=NOW)
    change = services.change_propose(
        actor=CONFIRMER, draft=draft("renamed", area, name="新湾区"), at=NOW
    )
    for actor in (CONFIRMER, CLERK):
        with pytest.raises(Refused):
            services.change_confirm(actor=actor, change=change, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaChange.objects.update(decided_by=2)
    with pytest.raises(Conflict):
        services.change_propose(actor=CLERK, draft=draft("renamed", area, name="b"), at=NOW)
    assert "新湾区" not in names(DAY)
    with pytest.raises(Refused):
        services.change_withdraw(actor=CLERK, change=change, at=NOW)
    services.change_withdraw(actor=CONFIRMER, change=change, at=NOW)
    change.refresh_from_db()
    assert change.state == AreaChangeState.WITHDRAWN
    with pytest.raises(DatabaseError, match="further one"), transaction.atomic():
        AreaChange.objects.all().delete()


def test_a_refusal_says_why() -> None:
    change = services.change_propose(
        actor=CLERK, draft=draft("renamed", make_city()["district_a"], name="新湾区"), at=NOW
    )
    with pytest.raises(InvalidInput):
        services.change_refuse(actor=CONFIRMER, change=change, note=" ", at=NOW)
    done = services.change_refuse(actor=CONFIRMER, change=change, note="文号有误", at=NOW)
    assert (done.state, done.note) == (AreaChangeState.REFUSED, "文号有误")
    with pytest.raises(Refused):
        services.undo_draft(done, effective_on=DAY, document="1", source="x")


def test_a_change_of_a_day_to_come_is_made_on_its_day() -> None:
    area = make_city()["district_a"]
    later = date(2026, 9, 1)
    change = make("renamed", area, later, name="新湾区")
    assert change.state == AreaChangeState.CONFIRMED
    system = make_actor(CONFIRM)
    assert services.changes_due_make(actor=system, at=day_start(date(2026, 8, 31))) == 0
    area.refresh_from_db()
    assert area.name == "河湾区"
    assert services.changes_due_make(actor=system, at=day_start(later)) == 1
    assert services.changes_due_make(actor=system, at=day_start(later)) == 0
    area.refresh_from_db()
    assert area.name == "新湾区"


def test_one_that_cannot_be_made_any_more_is_refused_with_the_reason() -> None:
    places = make_city()
    later = date(2026, 9, 1)
    change = make("moved", places["subdistrict_a"], later, parent=places["district_b"].pk)
    make("merged", places["district_b"], date(2026, 5, 1), into=places["district_a"].pk)
    assert services.changes_due_make(actor=make_actor(CONFIRM), at=day_start(later)) == 0
    change.refresh_from_db()
    assert change.state == AreaChangeState.REFUSED
    assert "石桥区" in change.note


def test_a_preview_changes_nothing() -> None:
    places = make_city()
    before = tree_on(DAY)
    effect = services.change_preview(
        actor=CLERK,
        draft=draft("moved", places["subdistrict_a"], parent=places["district_b"].pk),
        at=timezone.now(),
    )
    assert effect.areas == 2
    assert tree_on(DAY) == before
    assert not AreaChange.objects.exists()


def test_a_name_given_after_a_gap_leaves_the_days_before_the_gap_alone() -> None:
    area = make_city()["committee_b"]
    before = tree_on(date(2024, 7, 1))
    ended = make("dissolved", area, DAY)
    undo(ended, DAY + timedelta(days=1))
    make("renamed", area, DAY + timedelta(days=9), name="新社区")
    assert tree_on(date(2024, 7, 1)) == before
    assert tree_on(DAY + timedelta(days=9)).areas[area.pk].name == "新社区"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["renamed", "moved", "merged", "split", "founded", "dissolved", "recoded", "undo"]
        ),
        st.integers(0, 50),
        st.integers(0, 50),
        st.integers(1, 40),
    ),
    min_size=1,
    max_size=12,
)


def _step(number: int, step: tuple[str, int, int, int], day: date) -> None:
    """Try one change of whatever the numbers hit; what cannot be is refused."""
    kind, first, second, _ = step
    areas = list(Area.objects.order_by("pk"))
    one, other = areas[first % len(areas)], areas[second % len(areas)]
    try:
        with transaction.atomic():
            if kind == "undo":
                done = list(AreaChange.objects.in_force().filter(undone_by=None).order_by("pk"))
                if done:
                    undo(done[first % len(done)], day)
                return
            children = [child.pk for child in one.children.filter(valid_to=None)][1:]
            plan: dict[str, Any] = {
                "name": f"区{number}",
                "code": f"9977{number:04d}",
                "parent": other.pk,
                "into": other.pk,
                "children": children,
                "kind": {0: "district", 1: "town", 2: "village"}.get(one.level, "committee"),
            }
            used = {
                "renamed": ["name"],
                "recoded": ["code"],
                "moved": ["parent"],
                "merged": ["into"],
                "split": ["code", "name", "children"],
                "founded": ["code", "name", "kind"],
                "dissolved": [],
            }[kind]
            make(kind, one, day, **{key: plan[key] for key in used})
    except AnjuError:
        return


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_any_row_of_changes_keeps_one_parent_and_every_past_day(steps) -> None:
    try:
        with transaction.atomic():
            make_city()
            day = DAY
            kept = {date(2024, 7, 1): tree_on(date(2024, 7, 1))}
            for number, step in enumerate(steps):
                yesterday = day
                # Some fall on the day of the last one, or before it: recorded late.
                day = max(DAY, day + timedelta(days=step[3] - 8))
                _step(number, step, day)
                kept = {then: tree for then, tree in kept.items() if then < day}
                for then, tree in kept.items():
                    assert tree_on(then) == tree
                for then in (day, yesterday):
                    kept[then] = tree_on(then)
                for then in {*kept, day + timedelta(days=1)}:
                    _sound(then)
            _current_is_today()
            raise AnjuError("take it back")
    except AnjuError:
        return


def _sound(day: date) -> None:
    """Each area of the day but the city lies in exactly one area of that day, of a higher level."""
    tree = tree_on(day)
    roots = [one for one in tree.areas.values() if one.parent_id is None]
    assert len(roots) == 1
    for one in tree.areas.values():
        if one.parent_id is not None:
            assert one.parent_id in tree.areas, (day, one)
            assert tree.areas[one.parent_id].level < one.level
        assert tree.path(one.id)[0] == roots[0]


def _current_is_today() -> None:
    """What stands in the rows themselves is what the last day reads."""
    tree = tree_on(date(2030, 1, 1))
    for area in Area.objects.filter(valid_to=None):
        on = tree.areas[area.pk]
        assert (on.name, on.code, on.parent_id) == (area.name, area.code, area.parent_id)
        path = {one.level: one.id for one in tree.path(area.pk)}
        assert (area.district_id, area.subdistrict_id, area.committee_id) == (
            path.get(1),
            path.get(2),
            path.get(3),
        )
    assert len(tree.areas) == Area.objects.filter(valid_to=None).count()
