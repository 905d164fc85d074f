"""An official corrects a day; a year is published; deadlines are counted anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anju.core.errors import Conflict, InvalidInput, Refused
from anju.reference import deadlines, services
from anju.reference.models import CalendarDay, CalendarYear
from anju.reference.queries import calendar_year, day_statements, working_calendar
from anju.reference.rules.working_days import add_working_days
from anju.reference.services.days import DayStatement
from tests.factories.reference import make_actor

pytestmark = pytest.mark.django_db
CORRECT = "reference:calendar_correct"


def test_published_years_are_there_from_the_start() -> None:
    calendar = working_calendar()
    assert calendar.published == frozenset(range(2004, 2027))
    assert not calendar.is_working(date(2026, 10, 1))
    assert calendar.is_working(date(2026, 10, 10))  # a Saturday made up for
    assert calendar_year(2026).working_days == 248


def test_a_corrected_day_counts_at_once_and_the_old_statement_is_kept(journal_rows) -> None:
    day = date(2026, 10, 10)
    row = services.day_correct(
        actor=make_actor(CORRECT),
        day=day,
        working=False,
        reason="市政府通知：台风停工",
        at=timezone.now(),
    )
    assert not working_calendar().is_working(day)
    newest, oldest = day_statements(day)
    assert newest == row
    assert (oldest.working, oldest.source) == (True, "published")
    assert oldest.superseded_at == newest.recorded_at
    assert journal_rows[0].action == "reference.day_correct"
    assert journal_rows[0].changes["working"] == [True, False]
    assert journal_rows[0].reason == "市政府通知：台风停工"


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_correction_needs_a_reason(reason: str, journal_rows) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.day_correct(
            actor=make_actor(CORRECT),
            day=date(2026, 3, 4),
            working=False,
            reason=reason,
            at=timezone.now(),
        )
    assert "reason" in refused.value.errors
    assert not day_statements(date(2026, 3, 4)).exists()
    assert journal_rows == []


def test_saying_what_the_calendar_says_is_refused(journal_rows) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.day_correct(
            actor=make_actor(CORRECT),
            day=date(2026, 3, 4),
            working=True,
            reason="x",
            at=timezone.now(),
        )
    assert "working" in refused.value.errors


def test_without_the_right_nothing_is_written(journal_rows) -> None:
    with pytest.raises(Refused):
        services.day_correct(
            actor=make_actor(), day=date(2026, 3, 4), working=False, reason="x", at=timezone.now()
        )
    assert not day_statements(date(2026, 3, 4)).exists()


def test_two_statements_cannot_stand_for_one_day() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(
            day=date(2026, 10, 1),
            working=True,
            source="published",
            recorded_at=timezone.now(),
            recorded_by="test",
        )


def test_a_published_year_makes_its_deadlines_final(journal_rows, messages_sent) -> None:
    moved_rows: list[date] = []
    started = date(2026, 12, 29)

    def recompute(actor, calendar, at):
        found = add_working_days(started, 3, calendar)
        moved_rows.append(found.day)
        before = date(2027, 1, 1)
        if found.day == before:
            return []
        return [
            deadlines.MovedDeadline(
                label="整改1号",
                url="/x/1/",
                before=before,
                after=found.day,
                provisional=found.provisional,
                user_ids=(7,),
            )
        ]

    source = deadlines.DeadlineSource(
        name="test.orders", label="Orders", provisional=lambda actor: [], recompute=recompute
    )
    deadlines.register(source)
    try:
        assert add_working_days(started, 3, working_calendar()).provisional
        changed = services.year_load(
            actor=make_actor(CORRECT),
            year=2027,
            days=[
                DayStatement(day=date(2027, 1, 1), working=False, name="new_year"),
                DayStatement(day=date(2027, 1, 3), working=True, name="new_year"),
            ],
            source_name="国办发明电〔2026〕1号",
            at=timezone.now(),
        )
    finally:
        deadlines.SOURCES.pop("test.orders")
    assert changed == 2
    assert moved_rows == [date(2027, 1, 3)]
    assert not add_working_days(started, 3, working_calendar()).provisional
    assert messages_sent[0]["to"] == "7"
    assert messages_sent[0]["values"]["after"] == "2027-01-03"
    assert {row.action for row in journal_rows} == {
        "reference.year_load",
        "reference.deadlines_recount",
    }


def test_a_year_loaded_twice_changes_nothing(journal_rows) -> None:
    days = [DayStatement(day=date(2027, 1, 1), working=False, name="new_year")]
    load = {"actor": make_actor(CORRECT), "year": 2027, "source_name": "x", "at": timezone.now()}
    assert services.year_load(days=days, **load) == 1
    assert services.year_load(days=days, **load) == 0
    assert CalendarYear.objects.filter(year=2027).count() == 1


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ([], "file"),
        ([DayStatement(day=date(2028, 1, 1), working=False)], "file"),
        ([DayStatement(day=date(2027, 1, 1), working=False)] * 2, "file"),
    ],
)
def test_a_wrong_year_is_refused_whole(days, field, journal_rows) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.year_load(
            actor=make_actor(CORRECT), year=2027, days=days, source_name="x", at=timezone.now()
        )
    assert field in refused.value.errors
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_day_changed_meanwhile_is_told(journal_rows, monkeypatch) -> None:
    class Nothing:
        def filter(self, **_):
            return self

        def first(self):
            return None

    monkeypatch.setattr(CalendarDay.objects, "select_for_update", lambda: Nothing())
    with pytest.raises(Conflict):
        services.day_correct(
            actor=make_actor(CORRECT),
            day=date(2026, 10, 10),
            working=True,
            reason="x",
            at=timezone.now() + timedelta(seconds=1),
        )
