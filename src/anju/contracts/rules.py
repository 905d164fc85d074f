"""Clocks and arithmetic of service contracts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from anju.reference.rules.working_days import WorkingCalendar, add_days


class Term(StrEnum):
    """Where a contract stands in its term."""

    COMING = "coming"
    RUNNING = "running"
    ENDING = "ending"  # within the first warning
    OVER = "over"
    OPEN_ENDED = "open_ended"


@dataclass(frozen=True, slots=True)
class TermPosition:
    """Position in the term: days left (the last day counts), and the warning in force."""

    term: Term
    days_left: int | None
    warning_days: int | None


def term_position(
    starts_on: date, ends_on: date | None, today: date, *, warnings: Sequence[int]
) -> TermPosition:
    """Where ``today`` lies in a term whose first and last day both count.

    ``warnings`` are the days before the end on which people are warned (a figure of the place).

    Raises:
        ValueError: the term ends before it starts.
    """
    if ends_on is None:
        return TermPosition(Term.COMING if today < starts_on else Term.OPEN_ENDED, None, None)
    if ends_on < starts_on:
        raise ValueError("the term ends before it starts")
    left = (ends_on - today).days + 1
    if today < starts_on:
        return TermPosition(Term.COMING, left, None)
    if left <= 0:
        return TermPosition(Term.OVER, 0, None)
    reached = [days for days in warnings if left <= days]
    if reached:
        return TermPosition(Term.ENDING, left, min(reached))
    return TermPosition(Term.RUNNING, left, None)


def filing_due_on(signed_on: date, days: int, calendar: WorkingCalendar) -> date:
    """Last day for filing: calendar days counted from the day after signing (Civil Code 201).

    A last day of rest gives way to the next working day (article 203).
    """
    return add_days(signed_on, days, calendar).day


def renewal_notice_due_on(ends_on: date) -> date:
    """Last day on which a provider that will not renew may say so (Civil Code art. 947).

    The term's last day is ``ends_on``; the 90 days lie before the term ends.
    """
    return ends_on - timedelta(days=90)


def fee_total_fen(area_dm2: int, fee_fen: int, months: int) -> tuple[int, int]:
    """Fee of a unit: ``area × fee × months`` as whole fen and the remainder in hundredths.

    ``fee_fen`` is fen per m² and month; the area is in 0.01 m², so the product is in 1/100 fen.
    Nothing is rounded here: the caller decides what becomes of the remainder.
    """
    return divmod(area_dm2 * fee_fen * months, 100)
