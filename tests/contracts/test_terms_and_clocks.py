"""Clocks of a contract: filing, warnings before the end, notice of not renewing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.contracts import rules
from anju.reference.rules.working_days import WorkingCalendar

WEEK = WorkingCalendar()
WARNINGS = (180, 90, 60, 30)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))


def test_notice_of_not_renewing_lies_ninety_days_before_the_end():
    assert rules.renewal_notice_due_on(date(2026, 12, 31)) == date(2026, 10, 2)


def test_filing_counts_from_the_day_after_signing():
    assert rules.filing_due_on(date(2026, 1, 31), 30, WEEK) == date(2026, 3, 2)


def test_a_last_day_of_rest_gives_way_to_the_next_working_day():
    """Civil Code art. 203: 30 days after 21 August 2026 is a Sunday; the Monday counts."""
    assert rules.filing_due_on(date(2026, 8, 21), 30, WEEK) == date(2026, 9, 21)


@pytest.mark.parametrize(
    ("left", "term", "warning"),
    [
        (181, rules.Term.RUNNING, None),
        (180, rules.Term.ENDING, 180),
        (91, rules.Term.ENDING, 180),
        (90, rules.Term.ENDING, 90),
        (30, rules.Term.ENDING, 30),
        (1, rules.Term.ENDING, 30),
        (0, rules.Term.OVER, None),
    ],
)
def test_warnings_begin_on_their_day(left, term, warning):
    end = date(2026, 12, 31)
    position = rules.term_position(
        date(2020, 1, 1), end, end - timedelta(days=left - 1), warnings=WARNINGS
    )
    assert (position.term, position.warning_days) == (term, warning)
    assert position.days_left == left


@given(start=DAYS, length=st.integers(0, 5000), offset=st.integers(-400, 6000))
def test_the_last_day_counts_and_the_next_does_not(start, length, offset):
    end = start + timedelta(days=length)
    today = start + timedelta(days=offset)
    position = rules.term_position(start, end, today, warnings=WARNINGS)
    assert (position.term == rules.Term.COMING) == (today < start)
    assert (position.term == rules.Term.OVER) == (today > end)


def test_a_term_that_ends_before_it_starts_is_a_mistake():
    with pytest.raises(ValueError, match="ends before"):
        rules.term_position(date(2026, 1, 2), date(2026, 1, 1), date(2026, 1, 1), warnings=WARNINGS)


@given(st.integers(1, 10**7), st.integers(1, 100_000), st.integers(1, 120))
def test_a_fee_loses_nothing(area, fee, months):
    whole, rest = rules.fee_total_fen(area, fee, months)
    assert whole * 100 + rest == area * fee * months
    assert 0 <= rest < 100
