"""Events are told once each, in order, signed, guarded, for three days, and then no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from standardwebhooks import Webhook

from anju.access.services.keys import key_revoke
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.notices.models import OutboxMessage
from anju.partners import rules, sending
from anju.partners.models import Delivery, DeliveryTry, Endpoint, Event
from anju.partners.sending import Outcome, post
from anju.partners.services.deliveries import deliveries_send_due, delivery_resend
from anju.partners.services.endpoints import (
    endpoint_create,
    endpoint_disable,
    endpoint_enable,
    endpoint_rotate,
)
from anju.partners.services.events import events_clear, events_dispatch
from anju.partners.services.reports import report_refuse
from anju.registry.services import change_approve, change_propose, company_rename
from tests.factories import access, registry

from .conftest import Partner, Receiver, keeper, make_endpoint, report_of

pytestmark = pytest.mark.django_db
NOW = timezone.now


def send(at: datetime | None = None, carry: Any = post) -> int:
    return deliveries_send_due(clock=lambda: at or NOW(), carry=carry)


def fails(_address: str, **_what: Any) -> Outcome:
    return Outcome(status=500, failure="status")


def arrives(_address: str, **_what: Any) -> Outcome:
    return Outcome(status=204)


def delivered_one(partner: Partner, address: str = "https://hooks.example/a") -> Delivery:
    """A delivery that waits."""
    make_endpoint(partner.organisation, address, ("community.changed",))
    registry.make_community()
    events_dispatch(at=NOW())
    return Delivery.objects.get()


# What becomes an event


def test_a_change_of_the_register_is_an_event_of_its_transaction(partner):
    community = registry.make_community()
    assert not Event.objects.exists()  # nobody asks
    make_endpoint(partner.organisation, kinds=("community.changed",))
    with transaction.atomic():
        registry.make_community("不成的小区")
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    community.address = "和平路8号"
    community.save()
    event = Event.objects.get()
    assert (event.kind, event.subject_id) == ("community.changed", community.pk)
    assert event.data == {"id": community.pk, "code": community.code}
    assert event.sequence is None


def test_every_thing_of_the_register_tells(partner):
    project = registry.make_project()
    manager = registry.make_manager(project.company)
    make_endpoint(partner.organisation)
    with connection.cursor() as cursor:
        for statement, kind, subject in (
            ("UPDATE registry_company SET phone = '1'", "company.changed", project.company_id),
            ("UPDATE registry_manager SET published_phone = '2'", "manager.changed", manager.pk),
            ("UPDATE registry_projectfee SET fee_fen = 199", "project.changed", project.pk),
        ):
            cursor.execute(statement)
            assert Event.objects.filter(kind=kind, subject_id=subject).count() == 1, kind
        cursor.execute("DELETE FROM partners_event")
        cursor.execute("UPDATE registry_managementarea SET name = '新名'")
        assert Event.objects.get().kind == "project.changed"
        cursor.execute("DELETE FROM partners_event")
        cursor.execute("UPDATE registry_community SET name = name")  # nothing changed
    assert not Event.objects.exists()


def test_developers_and_homes_tell_nothing(partner):
    make_endpoint(partner.organisation)
    registry.make_company("云城建设有限公司", kind="developer")
    assert not Event.objects.exists()


def test_one_event_for_a_thing_and_a_transaction(partner):
    make_endpoint(partner.organisation, kinds=("company.changed",))
    company = registry.make_company()  # several writes of one transaction
    company.phone = "1"
    company.save()
    assert Event.objects.filter(subject_id=company.pk).count() == 1


def test_a_decided_report_is_told_to_its_partner_alone(partner):
    other = Partner()
    own, _secret = make_endpoint(partner.organisation)
    make_endpoint(other.organisation)
    made = partner.post("/reports", report_of(registry.make_community())).json()
    Event.objects.all().delete()
    from anju.partners.models import CorrectionReport

    report = CorrectionReport.objects.get(pk=made["id"])
    report_refuse(
        actor=registry.make_actor(Role.DESK_CLERK), report=report, answer="不实", at=NOW()
    )
    assert events_dispatch(at=NOW()) == 1
    delivery = Delivery.objects.get()
    assert delivery.endpoint_id == own.pk
    assert delivery.event.data == {
        "id": report.pk, "reference": report.reference, "state": "refused",
    }  # fmt: skip


# On the line


def test_a_delivery_carries_what_the_standard_asks_for(partner, receiver):
    make_endpoint(partner.organisation, receiver.address, ("community.changed",))
    endpoint = Endpoint.objects.get()
    from anju.notices.vault import unseal

    community = registry.make_community()
    events_dispatch(at=NOW())
    assert send() == 1
    headers, body = receiver.got[0]
    told = Webhook(unseal(endpoint.secret_sealed)).verify(body, headers)
    assert told["type"] == "community.changed"
    assert told["data"]["id"] == community.pk
    assert headers["webhook-id"] == Event.objects.get().uid
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert DeliveryTry.objects.get().status == 204
    assert Endpoint.objects.get().delivered_at is not None
    assert send() == 0


def test_the_example_of_the_guide_takes_what_is_sent_and_nothing_else(partner, receiver):
    from .guide import example

    _endpoint, secret = make_endpoint(partner.organisation, receiver.address)
    registry.make_community()
    events_dispatch(at=NOW())
    send()
    headers, body = receiver.got[0]
    verify = example()
    assert verify(secret, headers, body)["type"] == "community.changed"
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    old = headers | {"webhook-timestamp": str(int(time.time()) - 3600)}
    for wrong in ((other, headers, body), (secret, headers, body + b" "), (secret, old, body)):
        with pytest.raises(ValueError, match="webhook"):
            verify(*wrong)


def test_after_a_rotation_both_secrets_verify_for_a_day(partner, receiver):
    endpoint, old = make_endpoint(partner.organisation, receiver.address, ("community.changed",))
    at = NOW()
    _endpoint, new = endpoint_rotate(actor=keeper(), endpoint=endpoint, at=at)
    assert old != new
    registry.make_community()
    events_dispatch(at=at)
    send(at)
    headers, body = receiver.got[0]
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    delivery_resend(actor=keeper(), delivery=Delivery.objects.get(), at=at)
    send(at + timedelta(hours=25))
    headers, body = receiver.got[1]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}".encode()
    raw = base64.b64decode(new.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == right


def test_secrets_are_not_in_the_database_in_clear(partner):
    _endpoint, secret = make_endpoint(partner.organisation)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_sealed FROM partners_endpoint")
        stored = bytes(cursor.fetchone()[0])
    assert secret.encode() not in stored
    assert base64.b64decode(secret.removeprefix("whsec_")) not in stored


def test_redirects_are_not_followed_and_answers_are_cut(partner, receiver):
    other = Receiver()
    receiver.status, receiver.headers = 302, {"Location": other.address}
    receiver.body = "很长的回答".encode() * 100_000
    outcome = post(receiver.address, body=b"{}", headers={})
    assert not outcome.arrived
    assert outcome.status == 302
    assert outcome.failure == "redirect"
    assert len(outcome.answer) <= 500
    assert not other.got
    other.server.shutdown()


class Dripping(threading.Thread):
    """A server that gives a byte of an answer's head now and then, for ever."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.start()

    def run(self) -> None:
        peer, _address = self.socket.accept()
        peer.recv(65536)
        try:
            while True:
                peer.sendall(b"H")
                time.sleep(0.05)
        except OSError:
            pass


def test_a_server_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr(sending, "SECONDS_ALLOWED", 0.8)
    server = Dripping()
    began = time.monotonic()
    outcome = post(f"http://localhost:{server.socket.getsockname()[1]}/", body=b"{}", headers={})
    assert time.monotonic() - began < 3
    assert not outcome.arrived
    assert outcome.failure == "slow"


def test_nobody_listens(partner):
    outcome = post("http://localhost:9/", body=b"{}", headers={})
    assert outcome.failure == "line"
    assert "refused" in outcome.answer.lower()
    assert outcome.status is None


# The guard


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "127.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "255.255.255.255", "::", "198.18.0.1",
        "2001:0:0a00:0001::f5ff:fffe", "fe80::1%eth0", "not an address", "240.0.0.1",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_refused(address):
    assert rules.address_refused(address, loopback=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_public_addresses_are_taken(address):
    assert not rules.address_refused(address, loopback=False)


def test_loopback_is_taken_only_by_setting():
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert not rules.address_refused(address, loopback=True)
    assert rules.address_refused("10.0.0.1", loopback=True)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://hooks.example/a", ""),
        ("https://hooks.example:8443/a?b=1", ""),
        ("http://hooks.example/a", "https"),
        ("ftp://hooks.example/a", "form"),
        ("https:///a", "form"),
        ("https://user:word@hooks.example/", "user"),
        ("https://hooks.example/#x", "form"),
        ("https://localhost/", "private"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://10.1.2.3/", "private"),
        ("https://[::ffff:10.1.2.3]/", "private"),
        ("https://hooks.example:99999/", "form"),
        ("https://hooks.example/\r\nX: y", "form"),
        ("https://云.example/", "form"),
        ("javascript:alert(1)", "form"),
    ],
)
def test_the_address_of_an_endpoint(address, fault):
    assert rules.endpoint_fault(address, loopback=False) == fault


def test_plain_http_only_to_this_machine_and_only_by_setting():
    assert rules.endpoint_fault("http://localhost:8000/x", loopback=True) == ""
    assert rules.endpoint_fault("http://hooks.example/x", loopback=True) == "https"


@pytest.mark.parametrize("answers", [["10.0.0.7"], ["93.184.216.34", "10.0.0.7"], ["::1"]])
def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(monkeypatch, settings, answers):
    settings.WEBHOOKS_TO_LOOPBACK = False
    connected: list[Any] = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (one, 443)) for one in answers]
    )
    monkeypatch.setattr(socket.socket, "connect", lambda *a: connected.append(a))
    outcome = post("https://hooks.example/a", body=b"{}", headers={})
    assert outcome.failure == "address"
    assert not connected


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, receiver):
    """A name server that says something else the second time changes nothing."""
    asked: list[str] = []
    true = socket.getaddrinfo
    port = receiver.server.server_port

    def rebinding(host: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(str(host))
        return true("127.0.0.1" if len(asked) == 1 else "10.255.255.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    # urllib3 looks an address up again; it must be the number that was checked.
    outcome = post(f"http://rebind.localhost:{port}/", body=b"{}", headers={})
    assert asked[0] == "rebind.localhost"
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert outcome.arrived or len(asked) > 1


# Tries, and the end of them


def test_pauses_grow_and_the_last_try_is_at_three_days():
    first = at = datetime(2026, 6, 1, tzinfo=timezone.get_current_timezone())
    pauses, n = [], 1
    while (following := rules.next_try(n, first=first, at=at)) is not None:
        pauses.append(following - at)
        at, n = following, n + 1
    assert pauses[:4] == [timedelta(minutes=m) for m in (1, 3, 9, 27)]
    assert max(pauses) <= timedelta(days=1)
    assert at - first == timedelta(days=3)
    assert 8 <= n <= 14


def test_three_days_of_failures_switch_the_endpoint_off_and_tell_its_keeper(partner):
    administrator = keeper()
    delivery = delivered_one(partner)
    at, tries = delivery.due_at, 0
    while True:
        assert send(at, carry=fails) == 1
        tries += 1
        delivery.refresh_from_db()
        if delivery.due_at is None:
            break
        assert Endpoint.objects.get().state == "active"
        at = delivery.due_at
    assert (delivery.state, delivery.attempts) == ("failed", tries)
    assert delivery.ended_at - delivery.first_tried_at == timedelta(days=3)
    endpoint = Endpoint.objects.get()
    assert endpoint.state == "disabled"
    assert endpoint.disabled_reason
    told = OutboxMessage.objects.filter(template="partners.endpoint_disabled")
    assert str(administrator.user_id) in [row.to_masked for row in told]
    assert AuditEvent.objects.filter(action="partners.endpoint_disable").count() == 1


def test_an_endpoint_that_takes_others_is_not_switched_off_for_one(partner):
    delivery = delivered_one(partner)
    send(delivery.due_at, carry=fails)
    registry.make_community("又一个")
    events_dispatch(at=NOW())
    send(NOW(), carry=lambda *a, **k: arrives(""))
    delivery.refresh_from_db()
    at = delivery.due_at
    if delivery.state == "waiting":
        while at is not None:
            send(at, carry=fails)
            delivery.refresh_from_db()
            at = delivery.due_at
    assert Endpoint.objects.get().state == "active"


def test_gone_switches_off_at_once(partner):
    delivered_one(partner)
    send(NOW() + timedelta(seconds=1), carry=lambda *a, **k: Outcome(status=410, failure="status"))
    assert Endpoint.objects.get().state == "disabled"


def test_one_dead_endpoint_holds_up_nobody(partner):
    for number, address in enumerate(("https://dead.example/", "https://live.example/")):
        make_endpoint(Partner().organisation, address, ("community.changed",))
        assert number < 2
    for n in range(4):
        registry.make_community(f"园{n}")
    events_dispatch(at=NOW())
    called: list[str] = []

    def carry(address: str, **what: Any) -> Outcome:
        called.append(address)
        return fails(address) if "dead" in address else arrives(address)

    send(NOW() + timedelta(seconds=1), carry=carry)
    assert called.count("https://dead.example/") == 1
    assert called.count("https://live.example/") == Event.objects.count()


def test_what_waits_is_kept_while_an_endpoint_is_off(partner):
    delivered_one(partner)
    endpoint, at = Endpoint.objects.get(), NOW()
    endpoint_disable(actor=keeper(), endpoint=endpoint, reason="伙伴停机检修", at=at)
    assert send(at + timedelta(hours=1), carry=arrives) == 0
    endpoint.refresh_from_db()
    endpoint_enable(actor=keeper(), endpoint=endpoint, at=at)
    assert send(at + timedelta(seconds=1), carry=arrives) == 1


def test_resending_is_for_what_has_ended(partner):
    delivery = delivered_one(partner)
    with pytest.raises(Refused):
        delivery_resend(actor=keeper(), delivery=delivery, at=NOW())
    send(NOW() + timedelta(seconds=1), carry=arrives)
    with pytest.raises(Refused):
        delivery_resend(actor=access.make_actor(role=Role.DESK_CLERK), delivery=delivery, at=NOW())
    later = NOW() + timedelta(minutes=1)
    delivery_resend(actor=keeper(), delivery=delivery, at=later)
    assert send(later, carry=arrives) == 1
    assert DeliveryTry.objects.count() == 2


def test_a_sender_that_dies_leaves_the_delivery_to_the_next(partner):
    delivery = delivered_one(partner)
    at = delivery.due_at

    def dies(*_args: Any, **_what: Any) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(at, carry=dies)
    assert send(at + timedelta(seconds=5), carry=arrives) == 0  # its lease runs
    assert send(at + timedelta(minutes=2), carry=arrives) == 1


def test_old_events_are_forgotten_and_waiting_ones_are_not(partner):
    delivered_one(partner)
    registry.make_community("另一个")
    events_dispatch(at=NOW())
    first = Delivery.objects.order_by("pk")[0]
    Delivery.objects.exclude(pk=first.pk).update(state="delivered", due_at=None, ended_at=NOW())
    late = NOW() + timedelta(days=31)
    assert events_clear(at=late) >= 1
    assert list(Delivery.objects.values_list("pk", flat=True)) == [first.pk]
    endpoint_disable(actor=keeper(), endpoint=first.endpoint, reason="停用", at=NOW())
    assert events_clear(at=late) == 1


# Who keeps endpoints


def test_only_the_security_administrator_keeps_endpoints(partner):
    clerk = access.make_actor(role=Role.DESK_CLERK)
    with pytest.raises(Refused):
        endpoint_create(
            actor=clerk, organisation=partner.organisation, name="x",
            address="https://hooks.example/", kinds=["company.changed"], at=NOW(),
        )  # fmt: skip
    assert not Endpoint.objects.visible_to(clerk).exists()
    make_endpoint(partner.organisation)
    with pytest.raises(Conflict):
        make_endpoint(partner.organisation)


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "http://hooks.example/"), ("kinds", []), ("kinds", ["x"]), ("name", " ")],
)
def test_a_wrong_endpoint_names_its_field(partner, field, value):
    values = {"name": "x", "address": "https://hooks.example/", "kinds": ["company.changed"]}
    with pytest.raises(InvalidInput) as refused:
        endpoint_create(
            actor=keeper(), organisation=partner.organisation, at=NOW(), **(values | {field: value})
        )
    assert set(refused.value.errors) == {field}


def test_events_follow_a_change_that_two_persons_made(partner):
    community = registry.make_community()
    make_endpoint(partner.organisation, kinds=("community.changed",))
    day = registry.NOW.date()
    change = change_propose(
        actor=registry.make_actor(Role.DESK_CLERK), action="community_rename", target=community,
        after={"name": "新名", "on_day": day.isoformat()}, reason="更名", at=registry.NOW,
    )  # fmt: skip
    assert not Event.objects.exists()  # a proposal changes nothing
    change_approve(actor=registry.make_actor(Role.DESK_CONFIRMER), change=change, at=registry.NOW)
    assert Event.objects.filter(kind="community.changed").count() == 1


def test_a_company_renamed_by_the_platform_tells_too(partner):
    company = registry.make_company()
    make_endpoint(partner.organisation, kinds=("company.changed",))
    company_rename(
        actor=SYSTEM, company=company, name="云城新安居物业有限公司",
        on_day=registry.NOW.date(), at=registry.NOW,
    )  # fmt: skip
    assert json.dumps(Event.objects.get().data)
    key_revoke(actor=keeper(), key=partner.row, reason="x", at=NOW())
