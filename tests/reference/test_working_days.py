"""Working days over real holidays, and the ends of periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from anju.core.time import day_start
from anju.reference.rules.working_days import (
    WorkingCalendar,
    add_days,
    add_months,
    add_working_days,
    working_days_between,
)

REAL = WorkingCalendar(
    days={
        **dict.fromkeys(constants.holidays, False),
        **dict.fromkeys(constants.workdays, True),
    },
    published=frozenset(range(2004, 2027)),
)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        # National Day 2024: rest 1 to 7 October; Sunday 29 September and Saturday 12 October work.
        (date(2024, 9, 27), 1, date(2024, 9, 29)),
        (date(2024, 9, 30), 1, date(2024, 10, 8)),
        (date(2024, 9, 30), 5, date(2024, 10, 12)),
        (date(2024, 9, 30), 6, date(2024, 10, 14)),
        # Spring Festival 2025: rest 28 January to 4 February; 26 January and 8 February work.
        (date(2025, 1, 24), 1, date(2025, 1, 26)),
        (date(2025, 1, 27), 1, date(2025, 2, 5)),
        (date(2025, 1, 27), 4, date(2025, 2, 8)),
        (date(2025, 1, 27), 5, date(2025, 2, 10)),
        # Spring Festival 2026: rest 15 to 23 February; 14 and 28 February work.
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        (date(2026, 2, 14), 6, date(2026, 3, 2)),
        # An ordinary week.
        (date(2025, 6, 9), 5, date(2025, 6, 16)),
    ],
)
def test_working_days_over_real_holidays(start: date, n: int, end: date) -> None:
    found = add_working_days(start, n, REAL)
    assert found.day == end
    assert not found.provisional
    assert working_days_between(start, end, REAL) == n


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2024, 9, 20), 10, date(2024, 9, 30)),  # a working Monday
        (date(2024, 9, 22), 10, date(2024, 10, 8)),  # 2 October rests
        (date(2025, 1, 19), 10, date(2025, 2, 5)),  # 29 January rests
        (date(2025, 1, 16), 10, date(2025, 1, 26)),  # a Sunday that works
        (date(2025, 6, 4), 3, date(2025, 6, 9)),  # a Saturday
    ],
)
def test_a_period_in_days_ends_on_a_working_day(start: date, n: int, end: date) -> None:
    assert add_days(start, n, REAL).day == end


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2025, 3, 15), 1, date(2025, 4, 15)),
        (date(2024, 9, 2), 1, date(2024, 10, 8)),  # 2 October rests
        (date(2024, 12, 1), 1, date(2025, 1, 2)),  # New Year's Day rests
    ],
)
def test_a_period_in_months_ends_on_the_same_day(start: date, n: int, end: date) -> None:
    assert add_months(start, n, REAL).day == end


def test_the_last_day_ends_at_24_o_clock() -> None:
    assert add_working_days(date(2026, 11, 23), 4, REAL).ends_at == day_start(date(2026, 11, 28))


def test_beyond_the_published_years_the_deadline_is_provisional() -> None:
    assert not add_working_days(date(2026, 12, 24), 5, REAL).provisional
    assert add_working_days(date(2026, 12, 28), 5, REAL).provisional
    assert add_working_days(date(2027, 2, 1), 1, REAL).provisional
    assert add_days(date(2026, 12, 30), 2, REAL).provisional


@pytest.mark.parametrize("n", [0, -1])
@pytest.mark.parametrize("count", [add_working_days, add_days, add_months])
def test_a_period_has_at_least_one_day(count, n: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        count(date(2026, 1, 1), n, REAL)


DAYS = st.dates(min_value=date(2004, 1, 1), max_value=date(2026, 6, 30))


@given(start=DAYS, n=st.integers(1, 90))
def test_counting_forth_and_measuring_agree(start: date, n: int) -> None:
    end = add_working_days(start, n, REAL).day
    assert end > start
    assert REAL.is_working(end)
    assert working_days_between(start, end, REAL) == n
    assert working_days_between(end, start, REAL) == -n


@given(start=DAYS, first=st.integers(1, 40), second=st.integers(1, 40))
def test_two_periods_in_a_row_are_one(start: date, first: int, second: int) -> None:
    middle = add_working_days(start, first, REAL).day
    assert add_working_days(middle, second, REAL) == add_working_days(start, first + second, REAL)


@given(start=DAYS, n=st.integers(1, 200))
def test_a_period_in_days_is_never_cut_short(start: date, n: int) -> None:
    end = add_days(start, n, REAL).day
    assert end >= start + timedelta(days=n)
    assert REAL.is_working(end)
    day = start + timedelta(days=n)
    while day < end:
        assert not REAL.is_working(day)
        day += timedelta(days=1)


# Written by hand: weekdays of the year, less the statutory days (10 until 2007, 11 until 2024, 13
# since), which the swaps of weekends leave as they are; then what a year took from another.
TOTALS = {
    2004: 262 - 10,
    2005: 260 - 10,
    2006: 260 - 10 + 2 - 1,  # 30 and 31 December worked for 2007; 3 January had none to match
    2007: 261 - 10 - 2,  # 2 and 3 January were worked for in 2006
    2008: 262 - 11,
    2009: 261 - 11,
    2010: 261 - 11,
    2011: 260 - 11 + 1,  # 31 December worked for 2012
    2012: 261 - 11 - 1,
    2013: 261 - 11,
    2014: 261 - 11,
    2015: 261 - 11 - 1,  # 3 September, the seventieth anniversary
    2016: 261 - 11,
    2017: 260 - 11,
    2018: 261 - 11,
    2019: 261 - 11,
    2020: 262 - 11 - 2,  # Spring Festival was lengthened by 31 January and a make-up day fell away
    2021: 261 - 11,
    2022: 260 - 11,
    2023: 260 - 11,
    2024: 262 - 11,
    2025: 261 - 13,
    2026: 261 - 13,
}


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_published_year_has_as_many_working_days_as_counted_by_hand(year: int) -> None:
    last_of_before = date(year - 1, 12, 31)
    assert working_days_between(last_of_before, date(year, 12, 31), REAL) == TOTALS[year]


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        # Rest, with the make-up days round it: from the Saturday before to the Sunday after.
        (date(2008, 9, 27), date(2008, 10, 5), ["2008-09-27", "2008-09-28"]),
        (date(2013, 9, 28), date(2013, 10, 13), ["2013-09-29", "2013-09-30", "2013-10-08",
         "2013-10-09", "2013-10-10", "2013-10-11", "2013-10-12"]),
        (date(2020, 9, 26), date(2020, 10, 11), ["2020-09-27", "2020-09-28", "2020-09-29",
         "2020-09-30", "2020-10-09", "2020-10-10"]),
        (date(2025, 9, 27), date(2025, 10, 12), ["2025-09-28", "2025-09-29", "2025-09-30",
         "2025-10-09", "2025-10-10", "2025-10-11"]),
        (date(2012, 1, 21), date(2012, 1, 29), ["2012-01-21", "2012-01-29"]),
        (date(2023, 1, 21), date(2023, 1, 29), ["2023-01-28", "2023-01-29"]),
        (date(2024, 2, 3), date(2024, 2, 18), ["2024-02-04", "2024-02-05", "2024-02-06",
         "2024-02-07", "2024-02-08", "2024-02-09", "2024-02-18"]),
    ],
)  # fmt: skip
def test_the_weeks_of_real_festivals_day_by_day(first: date, last: date, worked: list[str]) -> None:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day.isoformat() for day in days if REAL.is_working(day)] == worked
