"""Jobs: what a new legal day does to contracts and filings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.core.time import legal_day
from anju.jobs.queue import RETRY, app

from . import queries, services

log = logging.getLogger("anju.contracts")


# The clock of the queue is UTC: ten past midnight in Shanghai.
@app.periodic(cron="10 16 * * *")
@app.task(
    name="contracts.day_turn", queue="default", queueing_lock="contracts.day_turn", retry=RETRY
)
def day_turn(timestamp: int) -> dict[str, int]:
    """End what is over and warn of what will be; every row in its own transaction.

    One row that fails keeps no other from its turn; the job then fails too and is tried again,
    which is safe: what is done is not done twice.

    Raises:
        RuntimeError: a row failed; the log has why.
    """
    at = timezone.now()
    today = legal_day(at)
    failed: list[str] = []

    def each(rows: Any, call: Callable[..., Any], name: str) -> int:
        done = 0
        for row in rows:
            try:
                done += call(actor=SYSTEM, at=at, **{name: row}) is not None
            except Exception:
                log.exception("%s %s: the day was not turned", name, row.pk)
                failed.append(f"{name} {row.pk}")
        return done

    found = {
        "contracts_ended": each(
            queries.contracts_over(today=today), services.contract_term_end, "contract"
        ),
        "filings_ended": each(
            queries.filings_over(today=today), services.filing_term_end, "filing"
        ),
        "contracts_warned": each(
            queries.contracts_to_warn(today=today), services.contract_end_warn, "contract"
        ),
        "filings_warned": each(
            queries.filings_to_warn(today=today), services.filing_end_warn, "filing"
        ),
    }
    if failed:
        raise RuntimeError(f"the day was not turned for {', '.join(failed[:20])}")
    return found
