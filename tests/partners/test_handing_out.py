"""Events and deliveries under real commits and several workers: none skipped, none twice."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from anju.partners.models import Delivery, Event
from anju.partners.sending import Outcome
from anju.partners.services.deliveries import deliveries_send_due
from anju.partners.services.events import events_dispatch
from tests.factories import registry

from .conftest import Partner, make_endpoint

NOW = timezone.now


def send(carry: Any) -> int:
    return deliveries_send_due(clock=NOW, carry=carry)


@pytest.fixture
def committed(committed_db: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        partner = Partner()
        make_endpoint(partner.organisation, kinds=("community.changed",))
        yield partner


@pytest.mark.commits
def test_an_event_that_commits_late_is_not_passed_over(committed):
    """The older row becomes visible after a newer one was handed out."""
    wrote, go_on = threading.Event(), threading.Event()
    area = registry.make_committee()

    def slow() -> None:
        with transaction.atomic():
            registry.make_community("慢小区", area)
            wrote.set()
            assert go_on.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(20)
    registry.make_community("快小区", area)
    assert events_dispatch(at=NOW()) == 1
    go_on.set()
    thread.join()
    assert events_dispatch(at=NOW()) == 1
    first, second = Event.objects.order_by("sequence")
    assert first.pk > second.pk  # the order of commit, not of the key
    assert Delivery.objects.count() == 2


@pytest.mark.commits
def test_dispatchers_at_once_hand_out_each_event_once(committed):
    area = registry.make_committee()
    stop = threading.Event()

    def write(name: str) -> None:
        for n in range(12):
            registry.make_community(f"{name}{n}", area)
        connection.close()

    def dispatch() -> None:
        while not stop.is_set():
            events_dispatch(at=NOW(), limit=3)
        connection.close()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("东园", "西园", "南园")]
    dispatchers = [threading.Thread(target=dispatch) for _ in range(3)]
    for thread in (*writers, *dispatchers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in dispatchers:
        thread.join()
    while events_dispatch(at=NOW()):
        pass
    assert Event.objects.filter(sequence=None).count() == 0
    assert Event.objects.count() == Delivery.objects.count() == 36
    assert len(set(Event.objects.values_list("sequence", flat=True))) == 36


@pytest.mark.commits
def test_two_senders_share_the_row_and_send_each_once(committed):
    area = registry.make_committee()
    for n in range(10):
        registry.make_community(f"园{n}", area)
    events_dispatch(at=NOW())
    seen: list[str] = []

    def carry(_address: str, *, headers: Any, body: bytes) -> Outcome:
        seen.append(headers["webhook-id"])
        time.sleep(0.02)
        return Outcome(status=200)

    def run() -> None:
        send(carry=carry)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 10
    assert Delivery.objects.filter(state="delivered").count() == 10
