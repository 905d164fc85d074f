"""Jobs: send what is due, ask for receipts."""

from __future__ import annotations

from django.utils import timezone

from anju.core.actors import SYSTEM
from anju.jobs.queue import app

from .services import messages_send_due, receipts_poll, stuck_alarm


@app.periodic(cron="* * * * *")
@app.task(name="notices.messages_sweep", queue="notices", queueing_lock="notices.messages_send")
def messages_sweep(timestamp: int) -> int:
    """Send what a crash between commit and queue, or a failed try, left waiting."""
    return messages_send_due(actor=SYSTEM, at=timezone.now())


@app.task(name="notices.messages_send", queue="notices")
def messages_send() -> int:
    """Send every message that is due."""
    return messages_send_due(actor=SYSTEM, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.stuck_alarm", queue="notices", queueing_lock="notices.stuck_alarm")
def messages_stuck(timestamp: int) -> int:
    """Tell the operators about messages that do not go out."""
    return stuck_alarm(actor=SYSTEM, at=timezone.now())


def receipts_ask() -> int:
    """Ask the gateway what became of messages, where it is asked at all."""
    return receipts_poll(actor=SYSTEM, at=timezone.now())


LOOPS = {"notices.receipts": (receipts_ask, 5.0)}
