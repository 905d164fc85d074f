"""Figures the law leaves to place and time: each with its territory, its days and its source.

Pure. A figure of a district goes before one of the city, and that before one that holds
everywhere; of several in one territory the one in force on the day counts. Local figures come in
by ``settings.CONTRACT_FIGURES`` (docs/operations.md) and go before the table here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: ``territory`` is the code of an area of responsibility, empty for everywhere.

    ``to_day`` is the first day on which it no longer holds.
    """

    name: str
    values: tuple[int, ...]
    source: str
    territory: str = ""
    from_day: date = date.min
    to_day: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the figure is in force on a day."""
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


FILING_DAYS = "filing_days"  # calendar days for filing, counted from the day after signing
WARNING_DAYS = "warning_days"  # days before the end of a term on which people are warned
DECIDE_DAYS = "decide_days"  # working days in which the office files or returns
GRADES = "grades"  # service grades there are

TABLE = (
    Figure(
        name=FILING_DAYS,
        values=(30,),
        source="Longest of the local rules read: Shanghai art. 44 (30 days), Hangzhou art. 49 (15),"
        " Ningbo art. 48 (10). It refuses nobody who is in time anywhere.",
    ),
    Figure(
        name=WARNING_DAYS,
        values=(180, 90, 60, 30),
        source="Civil Code art. 947 (90 days, a provider that does not renew) and art. 946"
        " (60 days, owners who dismiss); 180 leaves time for an assembly's vote, 30 is a reminder.",
    ),
    Figure(
        name=DECIDE_DAYS,
        values=(5,),
        source="The platform's own figure until a local service promise is entered.",
    ),
    Figure(
        name=GRADES,
        values=(1, 2, 3, 4, 5),
        source="Five grades as in most price lists read; the number of grades of the provincial"
        " standard was not found.",
    ),
)


def figure_on(
    name: str, day: date, *, territories: Sequence[str] = (), local: Iterable[Figure] = ()
) -> Figure:
    """The figure in force on a day; ``territories`` are area codes, the smallest first.

    Raises:
        LookupError: there is none of that name on that day.
    """
    known = [f for f in (*local, *TABLE) if f.name == name and f.holds(day)]
    for territory in (*territories, ""):
        fits = [f for f in known if f.territory == territory]
        if fits:
            return max(fits, key=lambda f: f.from_day)
    raise LookupError(f"no figure {name} on {day}")
