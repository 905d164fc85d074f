"""Clocks and arithmetic of service contracts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Local clocks differ (Shanghai 30 days, art. 44; Hangzhou 15, art. 49; Ningbo 10, art. 48), so the
# figure is a setting; 30 is the longest of them and refuses nobody who is in time anywhere.
FILING_DAYS_DEFAULT = 30

# Civil Code art. 947: a provider that does not renew says so 90 days before the term ends.
# Art. 946: owners who dismiss early give 60 days. 180 days leave time for an assembly's vote.
WARNING_DAYS = (180, 90, 60, 30)


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


def term_position(starts_on: date, ends_on: date | None, today: date) -> TermPosition:
    """Where ``today`` lies in a term whose first and last day both count.

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
    reached = [days for days in WARNING_DAYS if left <= days]
    if reached:
        return TermPosition(Term.ENDING, left, min(reached))
    return TermPosition(Term.RUNNING, left, None)


def filing_due_on(signed_on: date, days: int = FILING_DAYS_DEFAULT) -> date:
    """Last day for filing: calendar days counted from the day after signing (Civil Code 201)."""
    return signed_on + timedelta(days=days)


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
