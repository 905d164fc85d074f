"""Jobs of partners: hand out events, carry webhooks, follow changes, forget what is old."""

from __future__ import annotations

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.jobs.queue import app, defer

from .queries import deliveries_due
from .services.calls import calls_clear
from .services.deliveries import deliveries_send_due
from .services.events import events_clear, events_dispatch
from .services.reports import reports_follow


def dispatch() -> None:
    """Number what was committed, then wake a sender when something is due."""
    events_dispatch(at=timezone.now())
    if deliveries_due(at=timezone.now()):
        defer(deliveries_send, once="partners.deliveries_send")


# Events come from triggers of the database, which can wake nobody.
LOOPS = {"partners.dispatch": (dispatch, 2.0)}


@app.task(name="partners.deliveries_send", queue="webhooks")
def deliveries_send() -> int:
    """Try every delivery that is due."""
    return deliveries_send_due(clock=timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="partners.reports_follow", queue="default", queueing_lock="partners.reports_follow")
def reports_followed(timestamp: int) -> int:
    """Close or reopen reports whose change a second person decided."""
    return reports_follow(actor=SYSTEM, at=timezone.now())


@app.periodic(cron="20 * * * *")
@app.task(name="partners.old_clear", queue="default", queueing_lock="partners.old_clear")
def old_clear(timestamp: int) -> int:
    """Forget kept answers after seven days, and events after thirty."""
    return calls_clear(at=timezone.now()) + events_clear(at=timezone.now())
